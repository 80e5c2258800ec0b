//! Promotions and their codes, managed by staff and integrations.

mod codes;
mod input;
mod manage;
mod read;
mod refusal;

pub use codes::{AddCodes, DeactivateCodes, add_codes, deactivate_codes};
pub use input::{ActionInput, ConditionsInput, GiftRef, PromotionInput, SelectorInput};
pub use manage::{
    CreatePromotion, PromotionError, PromotionRule, PromotionTarget, archive_promotion, create_promotion,
    update_promotion,
};
pub use persistence::promotions::RecordedUse;
pub use read::{
    codes_of, count_codes, count_promotions, count_uses, find_code, find_promotion, is_running, list_promotions,
    promotions_by_ids, uses_of,
};
pub use refusal::{InvalidPromotion, PromotionRefusal};
