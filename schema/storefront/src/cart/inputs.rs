//! What the mutations of carts are given. An id that names nothing is a user error with its path.

use std::collections::BTreeMap;

use async_graphql::{ID, InputObject, MaybeUndefined};
use model::{
    GlobalId, IdempotencyKey, InvalidId, Patch,
    cart::{AddressesChange, BuyerChange, CartError, LineChange, Refusal, Refusals},
    ids::{CartId, CartLineId, DeliveryGroupId},
};
use schema_shared::{AddressInput, CountryCode, parse_id};
use services::cart::{CartTarget, CreateCart, LineInput, MergeCarts};

/// A new cart.
#[derive(InputObject)]
pub struct CartCreateInput {
    /// What is in it, at most 500 lines.
    #[graphql(default)]
    lines: Vec<CartLineInput>,
    /// Who buys.
    buyer: Option<CartBuyerInput>,
    /// Discount codes.
    #[graphql(default)]
    discount_codes: Vec<String>,
    /// A word to the merchant, at most 5000 characters.
    note: Option<String>,
    /// The same key with the same input gives the same cart; 1 to 255 characters. Without a login it needs at least 16
    /// characters and should be random, such as a UUID: whoever knows a guest's key and input can get the guest's cart.
    idempotency_key: Option<String>,
}

/// A variant to be put into a cart.
#[derive(InputObject)]
pub struct CartLineInput {
    /// The variant's id.
    variant_id: ID,
    /// How many units, 1 to 1000000.
    #[graphql(default = 1)]
    quantity: i32,
    /// What the shopper asks for, such as an engraving; lines with other attributes stay apart. At most 20 of
    /// different names, of 4 KiB together, and 64 KiB in the whole cart.
    #[graphql(default)]
    attributes: Vec<CartLineAttributeInput>,
}

/// Something the shopper asks for.
#[derive(InputObject)]
pub struct CartLineAttributeInput {
    /// Name, 1 to 100 characters.
    key: String,
    /// Value, at most 1000 characters.
    value: String,
}

/// Who buys.
#[derive(InputObject)]
pub struct CartBuyerInput {
    /// Where the confirmation goes.
    email: MaybeUndefined<String>,
    /// Telephone.
    phone: MaybeUndefined<String>,
    /// Where they are, until an address says it; the country of the request where it is left out of a new cart.
    country_code: MaybeUndefined<CountryCode>,
}

/// Variants to be put into a cart.
#[derive(InputObject)]
pub struct CartLinesAddInput {
    /// The cart's id.
    cart_id: ID,
    /// The variants, at most 500.
    pub(super) lines: Vec<CartLineInput>,
    /// The version the caller last saw; a cart that has moved on is not changed.
    expected_version: Option<i32>,
    /// The same key with the same input adds once; 1 to 255 characters. Without a login it counts within the cart, else
    /// for all carts of the caller.
    pub(super) idempotency_key: Option<String>,
}

/// New quantities of lines.
#[derive(InputObject)]
pub struct CartLinesUpdateInput {
    /// The cart's id.
    cart_id: ID,
    /// The lines, at most 500.
    lines: Vec<CartLineUpdateInput>,
    /// The version the caller last saw; a cart that has moved on is not changed.
    expected_version: Option<i32>,
}

/// A new quantity of a line.
#[derive(InputObject)]
pub struct CartLineUpdateInput {
    /// The line's id.
    line_id: ID,
    /// How many units there shall be; 0 removes the line.
    quantity: i32,
}

/// Lines to be taken out.
#[derive(InputObject)]
pub struct CartLinesRemoveInput {
    /// The cart's id.
    cart_id: ID,
    /// The lines' ids, at most 500; those that are gone already are ignored.
    line_ids: Vec<ID>,
    /// The version the caller last saw; a cart that has moved on is not changed.
    expected_version: Option<i32>,
}

/// What to change about the buyer: what is left out stays, null clears.
#[derive(InputObject)]
pub struct CartBuyerUpdateInput {
    /// The cart's id.
    cart_id: ID,
    /// Where the confirmation goes.
    email: MaybeUndefined<String>,
    /// Telephone.
    phone: MaybeUndefined<String>,
    /// Where they are, until an address says it.
    country_code: MaybeUndefined<CountryCode>,
    /// The version the caller last saw; a cart that has moved on is not changed.
    expected_version: Option<i32>,
}

/// What to change about the addresses: what is left out stays, null clears.
#[derive(InputObject)]
pub struct CartAddressesUpdateInput {
    /// The cart's id.
    cart_id: ID,
    /// Where it goes.
    shipping: MaybeUndefined<AddressInput>,
    /// Who is billed; the shipping address counts where there is none.
    billing: MaybeUndefined<AddressInput>,
    /// The version the caller last saw; a cart that has moved on is not changed.
    expected_version: Option<i32>,
}

/// How a group of lines is delivered.
#[derive(InputObject)]
pub struct CartDeliveryOptionSelectInput {
    /// The cart's id.
    cart_id: ID,
    /// The group's id.
    delivery_group_id: ID,
    /// The handle of one of the group's options.
    pub(super) handle: String,
    /// The version the caller last saw; a cart that has moved on is not changed.
    expected_version: Option<i32>,
}

/// Discount codes in the place of those entered before.
#[derive(InputObject)]
pub struct CartDiscountCodesUpdateInput {
    /// The cart's id.
    cart_id: ID,
    /// The codes, in any case, at most 10; none takes all away.
    pub(super) codes: Vec<String>,
    /// The version the caller last saw; a cart that has moved on is not changed.
    expected_version: Option<i32>,
}

/// A word to the merchant.
#[derive(InputObject)]
pub struct CartNoteUpdateInput {
    /// The cart's id.
    cart_id: ID,
    /// The note, at most 5000 characters; null takes it away, what is left out stays.
    note: MaybeUndefined<String>,
    /// The version the caller last saw; a cart that has moved on is not changed.
    expected_version: Option<i32>,
}

/// Which cart goes into which.
#[derive(InputObject)]
pub struct CartMergeInput {
    /// The cart whose lines are taken; it can no longer be changed afterwards.
    from_cart_id: ID,
    /// The cart that takes them.
    into_cart_id: ID,
    /// The version of the taking cart that the caller last saw; a cart that has moved on is not changed.
    expected_version: Option<i32>,
}

macro_rules! targets {
    ($($input:ident)*) => {$(
        impl $input {
            /// Which cart is meant.
            pub(super) fn target(&self) -> Result<CartTarget, Refusals> {
                let id = id(&self.cart_id, CartError::NotFound, &["cartId"])?;
                Ok(CartTarget { id, expected_version: self.expected_version })
            }
        }
    )*};
}

targets! {
    CartLinesAddInput CartLinesUpdateInput CartLinesRemoveInput CartBuyerUpdateInput CartAddressesUpdateInput
    CartDeliveryOptionSelectInput CartDiscountCodesUpdateInput CartNoteUpdateInput
}

impl CartCreateInput {
    /// The wish of the service.
    pub(super) fn into_service(self) -> Result<CreateCart, Refusals> {
        Ok(CreateCart {
            lines: lines(self.lines)?,
            buyer: self.buyer.map(CartBuyerInput::into_change).unwrap_or_default(),
            discount_codes: self.discount_codes,
            note: self.note,
            idempotency_key: key(self.idempotency_key)?,
        })
    }
}

impl CartBuyerInput {
    fn into_change(self) -> BuyerChange {
        BuyerChange {
            email: patch(self.email),
            phone: patch(self.phone),
            country: patch(self.country_code).map(|code| code.0),
        }
    }
}

impl CartBuyerUpdateInput {
    /// What to change.
    pub(super) fn into_change(self) -> BuyerChange {
        CartBuyerInput { email: self.email, phone: self.phone, country_code: self.country_code }.into_change()
    }
}

impl CartAddressesUpdateInput {
    /// What to change.
    pub(super) fn into_change(self) -> AddressesChange {
        AddressesChange { shipping: patch(self.shipping).map(Into::into), billing: patch(self.billing).map(Into::into) }
    }
}

impl CartLinesUpdateInput {
    /// The new quantities.
    pub(super) fn changes(&self) -> Result<Vec<LineChange>, Refusals> {
        let change = |(at, line): (usize, &CartLineUpdateInput)| {
            let path = ["lines", &at.to_string(), "lineId"];
            let line_id = id(&line.line_id, CartError::LineNotFound, &path)?;
            Ok(LineChange { line_id, quantity: line.quantity.into() })
        };
        self.lines.iter().enumerate().map(change).collect()
    }
}

impl CartLinesRemoveInput {
    /// The lines; an id that names nothing is gone already.
    pub(super) fn lines(&self) -> Vec<CartLineId> {
        self.line_ids.iter().filter_map(|id| parse_id(id).ok()).collect()
    }
}

impl CartNoteUpdateInput {
    /// What to change.
    pub(super) fn change(&self) -> Patch<String> {
        patch(self.note.clone())
    }
}

impl CartDeliveryOptionSelectInput {
    /// The group.
    pub(super) fn group(&self) -> Result<DeliveryGroupId, Refusals> {
        id(&self.delivery_group_id, CartError::DeliveryGroupNotFound, &["deliveryGroupId"])
    }
}

impl CartMergeInput {
    /// The wish of the service.
    pub(super) fn into_service(self) -> Result<MergeCarts, Refusals> {
        let from: CartId = id(&self.from_cart_id, CartError::NotFound, &["fromCartId"])?;
        let into = id(&self.into_cart_id, CartError::NotFound, &["intoCartId"])?;
        Ok(MergeCarts { from, into, expected_version: self.expected_version })
    }
}

/// The lines that a shopper wants.
pub(super) fn lines(lines: Vec<CartLineInput>) -> Result<Vec<LineInput>, Refusals> {
    let mut wanted = Vec::with_capacity(lines.len());
    let mut refusals = Refusals::new();
    for (at, line) in lines.into_iter().enumerate() {
        let named = line.attributes.len();
        let attributes: BTreeMap<String, String> =
            line.attributes.into_iter().map(|attribute| (attribute.key, attribute.value)).collect();
        let mut refuse = |error, part| refusals.push(Refusal::in_list(error, "lines", at, Some(part)));
        if attributes.len() < named {
            refuse(CartError::InvalidAttributes, "attributes");
        }
        match parse_id(&line.variant_id) {
            Ok(variant_id) => wanted.push(LineInput { variant_id, quantity: line.quantity.into(), attributes }),
            Err(_) => refuse(CartError::VariantNotFound, "variantId"),
        }
    }
    if refusals.is_empty() { Ok(wanted) } else { Err(refusals) }
}

/// The key, if there is one.
pub(super) fn key(text: Option<String>) -> Result<Option<IdempotencyKey>, Refusals> {
    let refuse = |error| vec![Refusal::at(CartError::InvalidIdempotencyKey(error), &["idempotencyKey"])];
    text.map(IdempotencyKey::try_from).transpose().map_err(refuse)
}

fn id<T: GlobalId + std::str::FromStr<Err = InvalidId>>(
    id: &ID,
    error: CartError,
    path: &[&str],
) -> Result<T, Refusals> {
    parse_id(id).map_err(|_| vec![Refusal::at(error, path)])
}

fn patch<T>(value: MaybeUndefined<T>) -> Patch<T> {
    match value {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value),
    }
}
