//! Behavior of the storefront schema on real databases, without a server.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod search;
