//! Promotions and their discount codes.

mod actions;
mod codes;
mod errors;
mod inputs;
mod mutations;
mod queries;
mod types;

pub use mutations::PromotionMutation;
pub use queries::PromotionQuery;
pub use types::Promotion;
