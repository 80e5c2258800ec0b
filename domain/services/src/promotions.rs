//! Promotions and their codes, managed by staff and integrations.

mod input;
mod manage;
mod read;
mod refusal;

pub use input::{ActionInput, ConditionsInput, PromotionInput, SelectorInput};
pub use manage::{
    PromotionError, PromotionRule, PromotionTarget, add_codes, archive_promotion, create_promotion, update_promotion,
};
pub use read::{codes_of, count_promotions, find_promotion, list_promotions, promotions_by_ids};
pub use refusal::{InvalidPromotion, PromotionRefusal};
