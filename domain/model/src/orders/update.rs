//! Changing contact data, addresses, tags and metafields of a placed order. Prices and taxes never change.

use std::collections::HashSet;

use serde::Serialize;

use super::{
    CancelReason, EventDetails, FulfillmentStatus, Order, OrderEvent, OrderEventKind, OrderLine, OrderStatus,
    PaymentProgress, REMOVED_EMAIL, event,
};
use crate::{
    Address, Patch, Quantity, Timestamp,
    audit::{Change, changed},
    catalog::{Metafield, Violation, check_metafields},
    customers::Email,
};

/// The values of an order to change; absent ones stay.
#[derive(Debug, Clone, Default)]
pub struct OrderPatch {
    /// The e-mail address.
    pub email: Option<Email>,
    /// The phone number.
    pub phone: Patch<String>,
    /// The delivery address.
    pub shipping_address: Option<Address>,
    /// The address for the invoice.
    pub billing_address: Option<Address>,
    /// All tags.
    pub tags: Option<Vec<String>>,
    /// All metafields.
    pub metafields: Option<Vec<Metafield>>,
}

/// The order cannot be changed like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateRefused {
    /// Addresses of a canceled or expired order do not change.
    #[error("the order is {0}; its addresses cannot be changed")]
    Ended(OrderStatus),
    /// Items were shipped, so that addresses cannot change.
    #[error("items of this order were shipped; its addresses cannot be changed")]
    Shipped,
    /// Nothing is delivered.
    #[error("nothing of this order is delivered, so it has no delivery address")]
    NoDelivery,
    /// The contact data was removed because the buyer was erased or its period is over.
    #[error("the contact data of this order was removed")]
    Erased,
    /// An address is incomplete or malformed.
    #[error("the {field} of this address is missing, too long, or malformed")]
    Address {
        /// The GraphQL name of the address.
        which: &'static str,
        /// The GraphQL name of the part.
        field: &'static str,
    },
    /// The phone number is too long.
    #[error("a phone number has 1 to 50 characters")]
    Phone,
    /// There are too many tags, or one is empty, too long or listed twice.
    #[error("an order has at most {most} tags of 1 to {chars} characters, each only once", most = Order::MOST_TAGS, chars = Order::TAG_CHARS)]
    Tags,
    /// The metafields are malformed.
    #[error("{}", .0.first().map_or("", |violation| violation.message.as_str()))]
    Metafields(Vec<Violation>),
}

/// The values of an order that changes are recorded of.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderView<'a> {
    status: OrderStatus,
    payment_status: PaymentProgress,
    fulfillment_status: FulfillmentStatus,
    cancel_reason: Option<CancelReason>,
    email: &'a str,
    phone: Option<&'a str>,
    shipping_address: Option<&'a Address>,
    billing_address: Option<&'a Address>,
    tags: &'a [String],
    metafields: &'a [Metafield],
}

impl<'a> From<&'a Order> for OrderView<'a> {
    fn from(order: &'a Order) -> Self {
        Self {
            status: order.status,
            payment_status: order.payment_status,
            fulfillment_status: order.fulfillment_status,
            cancel_reason: order.cancel_reason,
            email: &order.email,
            phone: order.phone.as_deref(),
            shipping_address: order.shipping_address.as_ref(),
            billing_address: order.billing_address.as_ref(),
            tags: &order.tags,
            metafields: &order.metafields,
        }
    }
}

impl OrderView<'_> {
    /// The names of the values that are personal data. Records of changes lose them when the contact data is removed.
    pub const PERSONAL: [&'static str; 7] =
        ["email", "phone", "shippingAddress", "billingAddress", "metafields", "note", "reference"];
}

impl Order {
    /// The most tags of an order.
    pub const MOST_TAGS: usize = 50;
    /// The maximum number of characters of a tag.
    pub const TAG_CHARS: usize = 100;
    /// The maximum number of characters of a phone number.
    const PHONE_CHARS: usize = 50;

    /// The address that decides about taxes: where the goods are delivered, or of the invoice if nothing is.
    #[must_use]
    pub fn place(&self) -> Option<&Address> {
        self.shipping_address.as_ref().or(self.billing_address.as_ref())
    }

    /// The differences to an earlier state.
    #[must_use]
    pub fn changes_since(&self, before: &Self) -> Vec<Change> {
        changed(&OrderView::from(before), &OrderView::from(self))
    }

    /// Changes the order. The caller has compared the taxes of a new place with those of the sale. Returns no event if
    /// nothing is different.
    ///
    /// # Errors
    /// All rules that the change breaks; then nothing has changed.
    pub fn update(
        &mut self,
        lines: &[OrderLine],
        patch: OrderPatch,
        actor: &str,
        now: Timestamp,
    ) -> Result<Option<OrderEvent>, Vec<UpdateRefused>> {
        let patch = patch.normalized();
        let refused = self.refusals(lines, &patch);
        if !refused.is_empty() {
            return Err(refused);
        }
        let before = self.clone();
        let OrderPatch { email, phone, shipping_address, billing_address, tags, metafields } = patch;
        if let Some(email) = email {
            email.as_str().clone_into(&mut self.email);
        }
        phone.apply(&mut self.phone);
        self.shipping_address = shipping_address.or(self.shipping_address.take());
        self.billing_address = billing_address.or(self.billing_address.take());
        self.tags = tags.unwrap_or(std::mem::take(&mut self.tags));
        self.metafields = metafields.unwrap_or(std::mem::take(&mut self.metafields));
        let changes = self.changes_since(&before);
        if changes.is_empty() {
            return Ok(None);
        }
        self.touch(now);
        let details = EventDetails { changes, ..EventDetails::default() };
        Ok(Some(event(self.id, OrderEventKind::Updated, actor, now).with(details)))
    }

    fn refusals(&self, lines: &[OrderLine], patch: &OrderPatch) -> Vec<UpdateRefused> {
        let has_address = patch.shipping_address.is_some() || patch.billing_address.is_some();
        let has_contact = has_address || patch.email.is_some() || patch.phone != Patch::Keep;
        let is_shipped = lines.iter().any(|line| line.fulfilled > Quantity::ZERO);
        let is_long = |text: &String| !(1..=Self::PHONE_CHARS).contains(&text.chars().count());
        let mut refused: Vec<UpdateRefused> = [
            (has_contact && self.email == REMOVED_EMAIL, UpdateRefused::Erased),
            (has_address && self.status.is_void(), UpdateRefused::Ended(self.status)),
            (has_address && is_shipped, UpdateRefused::Shipped),
            (patch.shipping_address.is_some() && self.shipping_address.is_none(), UpdateRefused::NoDelivery),
            (matches!(&patch.phone, Patch::Set(phone) if is_long(phone)), UpdateRefused::Phone),
            (patch.tags.as_ref().is_some_and(|tags| !are_tags(tags)), UpdateRefused::Tags),
        ]
        .into_iter()
        .filter_map(|(is_broken, rule)| is_broken.then_some(rule))
        .collect();
        let addresses = [("shippingAddress", &patch.shipping_address), ("billingAddress", &patch.billing_address)];
        for (which, address) in addresses {
            let invalid = address.iter().flat_map(Address::invalid_fields);
            refused.extend(invalid.map(|field| UpdateRefused::Address { which, field }));
        }
        let violations = patch.metafields.as_deref().map(check_metafields).unwrap_or_default();
        if !violations.is_empty() {
            refused.push(UpdateRefused::Metafields(violations));
        }
        refused
    }
}

impl OrderPatch {
    fn normalized(self) -> Self {
        let trimmed = |text: String| text.trim().to_owned();
        Self {
            email: self.email,
            phone: self.phone.map(trimmed),
            shipping_address: self.shipping_address.map(Address::normalized),
            billing_address: self.billing_address.map(Address::normalized),
            tags: self.tags.map(|tags| tags.into_iter().map(trimmed).collect()),
            metafields: self.metafields,
        }
    }
}

fn are_tags(tags: &[String]) -> bool {
    let mut seen = HashSet::new();
    let is_tag = |tag: &String| (1..=Order::TAG_CHARS).contains(&tag.chars().count()) && seen.insert(tag.clone());
    tags.len() <= Order::MOST_TAGS && tags.iter().all(is_tag)
}
