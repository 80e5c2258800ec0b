//! Inputs of mutations that change placed orders and their fulfillments.

use async_graphql::{ID, InputObject, MaybeUndefined};
use model::{Patch, orders::Tracking};
use schema_shared::{AddressInput, Decimal, parse_id};
use services::{
    orders::{AddNote, ChangeFulfillment, ResendConfirmation, TrackFulfillment, UpdateOrder},
    payments::MarkPaid,
};

use super::{
    errors::{OrderErrorCode, OrderUserError},
    inputs::{TrackingInput, key, no_order},
};
use crate::catalog::MetafieldInput;

/// Input of `orderNoteAdd`.
#[derive(InputObject)]
pub struct OrderNoteAddInput {
    /// Global id of the order.
    order_id: ID,
    /// Text of the note, 1 to 5,000 characters.
    text: String,
    /// Key that makes repetition safe: the same key with the same input adds one note; with another input it is rejected
    /// with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters, valid across all calls of this mutation by the caller.
    idempotency_key: Option<String>,
}

/// Input of `orderUpdate`. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct OrderUpdateInput {
    /// Global id of the order.
    order_id: ID,
    /// Email address for messages about the order.
    email: Option<String>,
    /// Phone number of the buyer, 1 to 50 characters; null removes it.
    phone: MaybeUndefined<String>,
    /// Address to deliver to, only before anything was shipped. Taxes at the new address must be those of the order, and the
    /// delivery that was bought must serve it.
    shipping_address: Option<AddressInput>,
    /// Address for the invoice, only before anything was shipped. If nothing is delivered, taxes at the new address must be
    /// those of the order.
    billing_address: Option<AddressInput>,
    /// All tags of the order, at most 50 of 1 to 100 characters.
    tags: Option<Vec<String>>,
    /// All metafields of the order, at most 250.
    metafields: Option<Vec<MetafieldInput>>,
    /// Version of the order that the caller last read. Nothing happens if the order has changed since.
    expected_version: Option<i32>,
}

/// Input of `orderConfirmationSend`.
#[derive(InputObject)]
pub struct OrderConfirmationSendInput {
    /// Global id of the order.
    order_id: ID,
    /// Key that makes repetition safe: the same key with the same input sends one mail; with another input it is rejected
    /// with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters, valid across all calls of this mutation by the caller.
    idempotency_key: Option<String>,
}

/// Input of `orderMarkPaid`.
#[derive(InputObject)]
pub struct OrderMarkPaidInput {
    /// Global id of the order.
    order_id: ID,
    /// Amount that has arrived, in the order's currency; everything that is open if absent.
    amount: Option<Decimal>,
    /// Reference on the bank statement, 1 to 200 characters, for the records.
    reference: Option<String>,
    /// Version of the order that the caller last read. Nothing happens if the order has changed since.
    expected_version: Option<i32>,
    /// Key that makes repetition safe: the same key with the same input records one receipt; with another input it is
    /// rejected with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters, valid across all calls of this mutation by the
    /// caller.
    idempotency_key: Option<String>,
}

/// Input of `fulfillmentTrackingUpdate`. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct FulfillmentTrackingUpdateInput {
    /// Global id of the fulfillment.
    fulfillment_id: ID,
    /// Carrier of the parcels, 1 to 200 characters; null removes it.
    carrier: MaybeUndefined<String>,
    /// Tracking of all parcels, at most 50.
    trackings: Option<Vec<TrackingInput>>,
    /// Version of the order that the caller last read. Nothing happens if the order has changed since.
    expected_version: Option<i32>,
}

/// Input of `fulfillmentCancel`.
#[derive(InputObject)]
pub struct FulfillmentCancelInput {
    /// Global id of the fulfillment.
    fulfillment_id: ID,
    /// Version of the order that the caller last read. Nothing happens if the order has changed since.
    expected_version: Option<i32>,
    /// Key that makes repetition safe: the same key with the same input acts once and returns the same payload; with
    /// another input it is rejected with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters, valid across all calls of this
    /// mutation by the caller.
    idempotency_key: Option<String>,
}

/// Input of `fulfillmentMarkDelivered`.
#[derive(InputObject)]
pub struct FulfillmentMarkDeliveredInput {
    /// Global id of the fulfillment.
    fulfillment_id: ID,
    /// Version of the order that the caller last read. Nothing happens if the order has changed since.
    expected_version: Option<i32>,
}

impl OrderNoteAddInput {
    pub(super) fn read(self) -> Result<AddNote, OrderUserError> {
        let order_id = parse_id(&self.order_id).map_err(|_| no_order())?;
        Ok(AddNote { order_id, text: self.text, idempotency_key: key(self.idempotency_key)? })
    }
}

impl OrderUpdateInput {
    pub(super) fn read(self) -> Result<UpdateOrder, OrderUserError> {
        Ok(UpdateOrder {
            order_id: parse_id(&self.order_id).map_err(|_| no_order())?,
            email: self.email,
            phone: patch(self.phone),
            shipping_address: self.shipping_address.map(Into::into),
            billing_address: self.billing_address.map(Into::into),
            tags: self.tags,
            metafields: self.metafields.map(|fields| fields.into_iter().map(Into::into).collect()),
            expected_version: self.expected_version,
        })
    }
}

impl OrderConfirmationSendInput {
    pub(super) fn read(self) -> Result<ResendConfirmation, OrderUserError> {
        let order_id = parse_id(&self.order_id).map_err(|_| no_order())?;
        Ok(ResendConfirmation { order_id, idempotency_key: key(self.idempotency_key)? })
    }
}

impl OrderMarkPaidInput {
    pub(super) fn read(self) -> Result<MarkPaid, OrderUserError> {
        Ok(MarkPaid {
            order_id: parse_id(&self.order_id).map_err(|_| no_order())?,
            amount: self.amount.map(|amount| amount.0.into_owned()),
            reference: self.reference,
            expected_version: self.expected_version,
            idempotency_key: key(self.idempotency_key)?,
        })
    }
}

impl FulfillmentTrackingUpdateInput {
    pub(super) fn read(self) -> Result<TrackFulfillment, OrderUserError> {
        Ok(TrackFulfillment {
            fulfillment_id: parse_id(&self.fulfillment_id).map_err(|_| no_fulfillment())?,
            carrier: patch(self.carrier),
            trackings: self.trackings.map(|all| all.into_iter().map(Tracking::from).collect()),
            expected_version: self.expected_version,
        })
    }
}

impl FulfillmentCancelInput {
    pub(super) fn read(self) -> Result<ChangeFulfillment, OrderUserError> {
        Ok(ChangeFulfillment {
            fulfillment_id: parse_id(&self.fulfillment_id).map_err(|_| no_fulfillment())?,
            expected_version: self.expected_version,
            idempotency_key: key(self.idempotency_key)?,
        })
    }
}

impl FulfillmentMarkDeliveredInput {
    pub(super) fn read(self) -> Result<ChangeFulfillment, OrderUserError> {
        Ok(ChangeFulfillment {
            fulfillment_id: parse_id(&self.fulfillment_id).map_err(|_| no_fulfillment())?,
            expected_version: self.expected_version,
            idempotency_key: None,
        })
    }
}

fn no_fulfillment() -> OrderUserError {
    OrderUserError::at(OrderErrorCode::NotFound, "there is no such fulfillment", "fulfillmentId")
}

fn patch(value: MaybeUndefined<String>) -> Patch<String> {
    match value {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value),
    }
}
