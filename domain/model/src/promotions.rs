//! Promotions: conditions and actions that reduce the price of a cart.
//!
//! **Selection.** A promotion is a candidate if it is active in the cart's channel, is automatic or enabled by a code
//! that is not used up, and its conditions hold for the cart before any discount. Candidates are sorted by priority
//! (highest first), then by the discount each would give alone (largest first), then by id. Each one is selected if it
//! and all selected before it allow each other's class in `combines_with`.
//!
//! **Order.** Class PRODUCT applies first, then ORDER, then SHIPPING; within a class the order of selection. Each
//! promotion applies to the amounts that the earlier ones left, so no amount becomes negative. Goods are discounted
//! before taxes, in the channel's price mode, and delivery after goods, because the threshold for free delivery applies
//! to the discounted goods.
//!
//! **Gifts.** A gift is a line of its own with the list price and a discount of the same amount, so that it changes no total.
//! It is added after all other discounts and counts neither towards conditions nor towards free delivery. It is part of
//! the cart while the promotion is selected and the gift can be sold; shoppers cannot change or remove the line. Its units
//! are allocated like those of other lines. A cart is completed without its gifts if they were sold to others meanwhile.
//!
//! **Allocation.** The discount of an action is split over its lines in proportion to their remaining amounts, by
//! largest remainder. Equal remainders are resolved by variant and attributes, so the order of lines does not matter.

mod actions;
mod codes;
mod conditions;
mod draft;
mod engine;
mod goods;
mod promotion;
mod selector;

pub use codes::{CodeRefusal, DiscountCode, enabled_by, normalize_code};
pub use conditions::Conditions;
pub use draft::{DraftError, NewCode, PromotionDraft};
pub(crate) use engine::{Chosen, Outcome, Shopping, choose, discount};
pub(crate) use goods::{Goods, Reduction};
pub use promotion::{DiscountClass, Promotion, PromotionAction};
pub use selector::ProductSelector;
