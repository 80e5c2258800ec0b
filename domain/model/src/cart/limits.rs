//! Limits that the rules and the error messages of a cart share.

/// The maximum number of lines in a cart.
pub const MAX_LINES: usize = 500;
/// The maximum number of discount codes in a cart.
pub const MAX_CODES: usize = 10;
