//! The cart: what a shopper wants, before it is an order. One row; changed under its version.
//! Its rules are in `cart/`: each change is checked whole and then made whole, or refused with a path to each reason.

mod codes;
mod details;
mod error;
mod life;
mod limits;
mod lines;
mod merge;
#[cfg(test)]
mod tests;

pub use details::{AddressesChange, BuyerChange};
pub use error::{CartError, Refusal, Refusals};
pub use life::NewCart;
pub use limits::{MAX_CODES, MAX_LINES};
pub use lines::{LineChange, NewLine};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::{
    Address, Country, Currency, Locale, Quantity, Timestamp,
    ids::{CartId, CartLineId, ChannelId, CustomerId, DeliveryGroupId, OrderId, ProductId, VariantId},
};

/// A basket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cart {
    /// Identifier; for guests it is the secret that opens the cart.
    pub id: CartId,
    /// The secret that opens the order afterwards, 128 random bits as text.
    pub token: String,
    /// Counts the writes, from 1.
    pub version: i32,
    /// Where it is in its life.
    pub status: CartStatus,
    /// The place of sale.
    pub channel: ChannelId,
    /// The currency of every amount.
    pub currency: Currency,
    /// The language of names kept on the order.
    pub locale: Locale,
    /// The account it belongs to; a guest's cart has none.
    pub customer: Option<CustomerId>,
    /// What is in it, in the order it was added.
    pub lines: Vec<CartLine>,
    /// Who buys.
    pub buyer: Buyer,
    /// Where it goes.
    pub shipping_address: Option<Address>,
    /// Who is billed; the shipping address where absent.
    pub billing_address: Option<Address>,
    /// The group of lines that ship together; there is one for now.
    pub delivery_group: DeliveryGroupId,
    /// The handle of the chosen delivery method of each group.
    pub delivery_choices: BTreeMap<DeliveryGroupId, String>,
    /// Codes the shopper entered, upper-case, in the order entered.
    pub discount_codes: Vec<String>,
    /// A word to the merchant.
    pub note: Option<String>,
    /// The order it became.
    pub order: Option<OrderId>,
    /// The cart its lines went into.
    pub merged_into: Option<CartId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// When it stops being usable, unless written again.
    pub expires_at: Timestamp,
}

/// The state of a cart.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum CartStatus {
    /// The cart can be changed and completed.
    Active,
    /// The cart became an order.
    Completed,
    /// The lines were merged into another cart.
    Merged,
}

/// A variant and how many of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// Identifier.
    pub id: CartLineId,
    /// What is bought.
    pub variant_id: VariantId,
    /// The product it belongs to.
    pub product_id: ProductId,
    /// How many, at least one.
    pub quantity: Quantity,
    /// What the shopper asked for, such as an engraving; lines with other attributes stay apart.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// Who buys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Buyer {
    /// Where the confirmation goes.
    #[serde(default)]
    pub email: Option<String>,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// Where they are, until an address says it.
    #[serde(default)]
    pub country: Option<Country>,
}
