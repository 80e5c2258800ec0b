//! Carts. A cart is one row, and every write increments its version.
//! Each change is validated completely before it is applied; a rejected change returns all reasons with their paths.

mod account;
mod codes;
mod details;
mod error;
mod filter;
mod life;
mod limits;
mod lines;
mod merge;
#[cfg(test)]
mod tests;

pub use details::{AddressesChange, BuyerChange};
pub use error::{CartError, Refusal, Refusals};
pub use filter::{CartCursor, CartFilter, CartRecord};
pub use life::NewCart;
pub use limits::{MAX_CODES, MAX_LINES};
pub use lines::{LineChange, NewLine};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use crate::{
    Address, CheckedVatId, Country, Currency, Locale, Money, Quantity, Timestamp,
    ids::{CartId, CartLineId, ChannelId, CustomerId, DeliveryGroupId, OrderId, ProductId, VariantId},
};

/// A cart of a shopper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cart {
    /// Global id; it is the only secret that protects a guest's cart.
    pub id: CartId,
    /// Secret that grants a guest access to the later order: 128 random bits as text.
    pub token: String,
    /// Number of writes, starting at 1.
    pub version: i32,
    /// State of the cart.
    pub status: CartStatus,
    /// Channel of the cart.
    pub channel: ChannelId,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Locale of the names that the order stores.
    pub locale: Locale,
    /// Customer the cart belongs to; None for a guest.
    pub customer: Option<CustomerId>,
    /// Lines in the order in which they were added.
    pub lines: Vec<CartLine>,
    /// Contact data of the buyer.
    pub buyer: Buyer,
    /// Shipping address.
    pub shipping_address: Option<Address>,
    /// Billing address; None if it is the shipping address.
    pub billing_address: Option<Address>,
    /// Id of the delivery group that contains all lines to ship.
    pub delivery_group: DeliveryGroupId,
    /// Handle of the selected delivery method, by delivery group.
    pub delivery_choices: BTreeMap<DeliveryGroupId, String>,
    /// Entered discount codes in upper case, in the order of entry.
    pub discount_codes: Vec<String>,
    /// Note from the shopper to the merchant.
    pub note: Option<String>,
    /// Order that completed the cart.
    pub order: Option<OrderId>,
    /// Cart that the lines were merged into.
    pub merged_into: Option<CartId>,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the last write.
    pub updated_at: Timestamp,
    /// Time when an active cart expires; every write extends it.
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

/// A line of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// Global id.
    pub id: CartLineId,
    /// Variant to buy.
    pub variant_id: VariantId,
    /// Product of the variant.
    pub product_id: ProductId,
    /// Quantity, at least one.
    pub quantity: Quantity,
    /// Custom attributes, such as an engraving; lines with different attributes are not merged.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// Price of one unit when units of the line were last added; None in carts of earlier versions. It serves lists of
    /// carts for staff; prices of shoppers are computed from the products.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
}

/// The contact data of a buyer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Buyer {
    /// Email address for the order confirmation.
    #[serde(default)]
    pub email: Option<String>,
    /// Phone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// Country of the buyer, used until there is an address.
    #[serde(default)]
    pub country: Option<Country>,
    /// VAT identification number of a business.
    #[serde(default)]
    pub vat_id: Option<CheckedVatId>,
}
