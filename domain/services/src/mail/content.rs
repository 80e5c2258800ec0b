//! The values that templates show. Amounts, dates and numbers are formatted already, in the language of the mail.

use serde::Serialize;

/// Everything that a template can show.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Content {
    /// The shop.
    pub shop: ShopContent,
    /// The name of the recipient. Mails that a stranger can cause do not contain one.
    pub name: Option<String>,
    /// The page for the button.
    pub link: Option<String>,
    /// The secret of a one-time token.
    pub code: Option<String>,
    /// The lifetime of the secret in hours.
    pub hours: i64,
    /// The lifetime of the secret in days.
    pub days: i64,
    /// True if the mail lists everything that was ordered.
    pub shows_order: bool,
    /// The order.
    pub order: Option<OrderContent>,
    /// The shipment.
    pub shipment: Option<ShipmentContent>,
    /// The refund.
    pub refund: Option<RefundContent>,
    /// The data for a bank transfer.
    pub instructions: Option<InstructionsContent>,
}

/// The shop in mails.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct ShopContent {
    /// Its name.
    pub name: String,
    /// The storefront.
    pub url: Option<String>,
    /// The lines of its address; empty if it is not known.
    pub address: Vec<String>,
}

/// An order in mails.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct OrderContent {
    /// Its number.
    pub number: String,
    /// The day of placement.
    pub placed_at: String,
    /// The lines.
    pub lines: Vec<LineContent>,
    /// The sum of the lines.
    pub subtotal: String,
    /// The discounts on lines; amounts are negative.
    pub discounts: Vec<DiscountContent>,
    /// The price of delivery; none if it is free.
    pub shipping: Option<String>,
    /// The taxes.
    pub taxes: Vec<TaxContent>,
    /// True if line amounts, subtotal and delivery include tax.
    pub prices_include_tax: bool,
    /// True if the recipient accounts for the tax.
    pub reverse_charge: bool,
    /// The buyer's VAT number.
    pub vat_id: Option<String>,
    /// The amount to pay.
    pub total: String,
    /// The delivery options that were bought.
    pub deliveries: Vec<DeliveryContent>,
    /// The lines of the delivery address.
    pub shipping_address: Option<Vec<String>>,
    /// The lines of the invoice address; none if it is the delivery address.
    pub billing_address: Option<Vec<String>>,
    /// The note of the buyer.
    pub note: Option<String>,
    /// The reason of a cancellation as the API names it; empty if it is not canceled.
    pub cancel_reason: String,
}

/// A line of an order.
#[derive(Debug, Clone, Serialize)]
pub(super) struct LineContent {
    /// The name of the item.
    pub name: String,
    /// The SKU.
    pub sku: String,
    /// The number of units.
    pub quantity: String,
    /// The price of all units before discounts.
    pub amount: String,
    /// The text that the buyer entered.
    pub attributes: Vec<AttributeContent>,
    /// True for a free gift of a promotion.
    pub is_gift: bool,
}

/// A value that the buyer entered for a line.
#[derive(Debug, Clone, Serialize)]
pub(super) struct AttributeContent {
    /// Its name.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// A discount.
#[derive(Debug, Clone, Serialize)]
pub(super) struct DiscountContent {
    /// The title of the promotion.
    pub title: String,
    /// The code, if there is one.
    pub code: Option<String>,
    /// The negative amount.
    pub amount: String,
}

/// A tax.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TaxContent {
    /// Its name; none for the word of the language.
    pub name: Option<String>,
    /// The percentage; empty if it is not one rate.
    pub percent: String,
    /// The amount.
    pub amount: String,
}

/// A delivery option.
#[derive(Debug, Clone, Serialize)]
pub(super) struct DeliveryContent {
    /// Its title.
    pub title: String,
    /// The days until delivery, such as `2–4`; none if they are not known.
    pub days: Option<String>,
    /// True if the buyer picks up the goods.
    pub is_pickup: bool,
    /// The lines of the place of pickup.
    pub pickup: Vec<String>,
}

/// A shipment.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct ShipmentContent {
    /// The parcels.
    pub parcels: Vec<ParcelContent>,
    /// The items.
    pub lines: Vec<ShippedContent>,
    /// True if nothing is left to ship.
    pub is_last: bool,
    /// True if the buyer picks up the goods.
    pub is_pickup: bool,
    /// The lines of the place of pickup.
    pub pickup: Vec<String>,
}

/// A parcel.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ParcelContent {
    /// The carrier.
    pub carrier: Option<String>,
    /// The tracking number.
    pub number: String,
    /// The tracking page.
    pub url: Option<String>,
}

/// Shipped units of a line.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ShippedContent {
    /// The name of the item.
    pub name: String,
    /// The number of units.
    pub quantity: String,
}

/// A refund.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct RefundContent {
    /// The amount.
    pub amount: String,
}

/// The data for a bank transfer.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct InstructionsContent {
    /// The amount that is due.
    pub amount: String,
    /// The time until which the payment is awaited.
    pub until: Option<String>,
    /// Everything to enter into the form of a bank, in order.
    pub rows: Vec<InstructionRow>,
}

/// A value to enter into the form of a bank.
#[derive(Debug, Clone, Serialize)]
pub(super) struct InstructionRow {
    /// The key of its name in the words of the language.
    pub word: &'static str,
    /// The value.
    pub value: String,
}
