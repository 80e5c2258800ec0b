//! Promotions and their discount codes.

mod errors;
mod inputs;
mod mutations;
mod queries;
mod types;

pub use mutations::PromotionMutation;
pub use queries::PromotionQuery;
pub use types::Promotion;
