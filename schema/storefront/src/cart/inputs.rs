//! Inputs of cart mutations. An id of no object becomes a user error with its path.

use std::collections::BTreeMap;

use async_graphql::{ID, InputObject, MaybeUndefined};
use model::{
    GlobalId, IdempotencyKey, InvalidId, Network, Patch,
    cart::{AddressesChange, BuyerChange, CartError, LineChange, Refusal, Refusals},
    ids::{CartId, CartLineId, DeliveryGroupId},
};
use schema_shared::{AddressInput, CountryCode, parse_id};
use services::cart::{CartTarget, CreateCart, LineInput, MergeCarts};

/// Input of `cartCreate`.
#[derive(InputObject)]
pub struct CartCreateInput {
    /// Variants to add, at most 500.
    #[graphql(default)]
    lines: Vec<CartLineInput>,
    /// Contact data of the buyer.
    buyer: Option<CartBuyerInput>,
    /// Discount codes to enter, at most ten.
    #[graphql(default)]
    discount_codes: Vec<String>,
    /// Note from the shopper, at most 5,000 characters.
    note: Option<String>,
    /// Key that makes repetition safe: the same key with the same input returns the same cart. 1 to 255 characters. A
    /// guest's key needs at least 16 characters and should be random, such as a UUID: anybody who knows key and input
    /// can access the cart.
    idempotency_key: Option<String>,
}

/// A variant to add to a cart.
#[derive(InputObject)]
pub struct CartLineInput {
    /// Global id of the variant.
    variant_id: ID,
    /// Number of units, 1 to 1,000,000.
    #[graphql(default = 1)]
    quantity: i32,
    /// Attributes that the shopper enters for the line, such as an engraving. Lines with different attributes stay
    /// separate. At most 20 attributes with different keys, 4 KiB per line and 64 KiB per cart.
    #[graphql(default)]
    attributes: Vec<CartLineAttributeInput>,
}

/// An attribute that the shopper enters for a cart line.
#[derive(InputObject)]
pub struct CartLineAttributeInput {
    /// Name of the attribute, 1 to 100 characters.
    key: String,
    /// Value of the attribute, at most 1,000 characters.
    value: String,
}

/// The contact data of a buyer.
#[derive(InputObject)]
pub struct CartBuyerInput {
    /// Email address for messages about the order.
    email: MaybeUndefined<String>,
    /// Phone number of the buyer.
    phone: MaybeUndefined<String>,
    /// Country of the buyer until the cart has an address; the country of the request if absent.
    country_code: MaybeUndefined<CountryCode>,
    /// VAT identification number of a business, such as `DE136695976`. Deliveries to a business in another member state of
    /// the European Union are not taxed (reverse charge).
    vat_id: MaybeUndefined<String>,
}

/// Input of `cartLinesAdd`.
#[derive(InputObject)]
pub struct CartLinesAddInput {
    /// Global id of the cart.
    cart_id: ID,
    /// Variants to add, at most 500.
    pub(super) lines: Vec<CartLineInput>,
    /// Version of the cart that the caller last read. The change is rejected if the cart has changed since.
    expected_version: Option<i32>,
    /// Key that makes repetition safe: the same key with the same input adds the lines once. 1 to 255 characters. A
    /// guest's key is valid within the cart, a customer's key across all carts of the customer.
    pub(super) idempotency_key: Option<String>,
}

/// Input of `cartLinesUpdate`.
#[derive(InputObject)]
pub struct CartLinesUpdateInput {
    /// Global id of the cart.
    cart_id: ID,
    /// Lines with their new quantities, at most 500.
    lines: Vec<CartLineUpdateInput>,
    /// Version of the cart that the caller last read. The change is rejected if the cart has changed since.
    expected_version: Option<i32>,
}

/// A new quantity of a cart line.
#[derive(InputObject)]
pub struct CartLineUpdateInput {
    /// Global id of the line.
    line_id: ID,
    /// New number of units; 0 removes the line.
    quantity: i32,
}

/// Input of `cartLinesRemove`.
#[derive(InputObject)]
pub struct CartLinesRemoveInput {
    /// Global id of the cart.
    cart_id: ID,
    /// Global ids of the lines, at most 500. Lines that do not exist are ignored.
    line_ids: Vec<ID>,
    /// Version of the cart that the caller last read. The change is rejected if the cart has changed since.
    expected_version: Option<i32>,
}

/// Input of `cartBuyerUpdate`. Absent fields stay unchanged; null clears a field.
#[derive(InputObject)]
pub struct CartBuyerUpdateInput {
    /// Global id of the cart.
    cart_id: ID,
    /// Email address for messages about the order.
    email: MaybeUndefined<String>,
    /// Phone number of the buyer.
    phone: MaybeUndefined<String>,
    /// Country of the buyer until the cart has an address.
    country_code: MaybeUndefined<CountryCode>,
    /// VAT identification number of a business, such as `DE136695976`. Deliveries to a business in another member state of
    /// the European Union are not taxed (reverse charge).
    vat_id: MaybeUndefined<String>,
    /// Version of the cart that the caller last read. The change is rejected if the cart has changed since.
    expected_version: Option<i32>,
}

/// Input of `cartAddressesUpdate`. Absent fields stay unchanged; null clears a field.
#[derive(InputObject)]
pub struct CartAddressesUpdateInput {
    /// Global id of the cart.
    cart_id: ID,
    /// Address that the cart is delivered to.
    shipping: MaybeUndefined<AddressInput>,
    /// Address for the invoice; the shipping address is used if there is none.
    billing: MaybeUndefined<AddressInput>,
    /// Version of the cart that the caller last read. The change is rejected if the cart has changed since.
    expected_version: Option<i32>,
}

/// Input of `cartDeliveryOptionSelect`.
#[derive(InputObject)]
pub struct CartDeliveryOptionSelectInput {
    /// Global id of the cart.
    cart_id: ID,
    /// Global id of the delivery group.
    delivery_group_id: ID,
    /// Handle of one of the group's delivery options.
    pub(super) handle: String,
    /// Version of the cart that the caller last read. The change is rejected if the cart has changed since.
    expected_version: Option<i32>,
}

/// Input of `cartDiscountCodesUpdate`.
#[derive(InputObject)]
pub struct CartDiscountCodesUpdateInput {
    /// Global id of the cart.
    cart_id: ID,
    /// All discount codes, in upper or lower case, at most ten; an empty list removes all codes.
    pub(super) codes: Vec<String>,
    /// Version of the cart that the caller last read. The change is rejected if the cart has changed since.
    expected_version: Option<i32>,
}

/// Input of `cartNoteUpdate`.
#[derive(InputObject)]
pub struct CartNoteUpdateInput {
    /// Global id of the cart.
    cart_id: ID,
    /// Note of at most 5,000 characters; null clears it, and it stays unchanged if absent.
    note: MaybeUndefined<String>,
    /// Version of the cart that the caller last read. The change is rejected if the cart has changed since.
    expected_version: Option<i32>,
}

/// Input of `cartMerge`.
#[derive(InputObject)]
pub struct CartMergeInput {
    /// Global id of the cart whose lines are moved. It cannot be changed afterwards.
    from_cart_id: ID,
    /// Global id of the cart that receives the lines.
    into_cart_id: ID,
    /// Version of the receiving cart that the caller last read. The change is rejected if the cart has changed since.
    expected_version: Option<i32>,
}

macro_rules! targets {
    ($($input:ident)*) => {$(
        impl $input {
            /// The cart to change.
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
    /// The input of the use case.
    pub(super) fn into_service(self, network: Option<Network>) -> Result<CreateCart, Refusals> {
        Ok(CreateCart {
            lines: lines(self.lines)?,
            buyer: self.buyer.map(CartBuyerInput::into_change).unwrap_or_default(),
            discount_codes: self.discount_codes,
            note: self.note,
            idempotency_key: key(self.idempotency_key)?,
            network,
        })
    }
}

impl CartBuyerInput {
    fn into_change(self) -> BuyerChange {
        BuyerChange {
            email: patch(self.email),
            phone: patch(self.phone),
            country: patch(self.country_code).map(|code| code.0),
            vat_id: patch(self.vat_id),
            vat_id_confirmed_at: None,
        }
    }
}

impl CartBuyerUpdateInput {
    /// The change of the buyer.
    pub(super) fn into_change(self) -> BuyerChange {
        let Self { email, phone, country_code, vat_id, .. } = self;
        CartBuyerInput { email, phone, country_code, vat_id }.into_change()
    }
}

impl CartAddressesUpdateInput {
    /// The change of the addresses.
    pub(super) fn into_change(self) -> AddressesChange {
        AddressesChange { shipping: patch(self.shipping).map(Into::into), billing: patch(self.billing).map(Into::into) }
    }
}

impl CartLinesUpdateInput {
    /// The new quantities of the lines.
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
    /// The ids of the lines. Ids of other types are ignored like lines that do not exist.
    pub(super) fn lines(&self) -> Vec<CartLineId> {
        self.line_ids.iter().filter_map(|id| parse_id(id).ok()).collect()
    }
}

impl CartNoteUpdateInput {
    /// The change of the note.
    pub(super) fn change(&self) -> Patch<String> {
        patch(self.note.clone())
    }
}

impl CartDeliveryOptionSelectInput {
    /// The id of the delivery group.
    pub(super) fn group(&self) -> Result<DeliveryGroupId, Refusals> {
        id(&self.delivery_group_id, CartError::DeliveryGroupNotFound, &["deliveryGroupId"])
    }
}

impl CartMergeInput {
    /// The input of the use case.
    pub(super) fn into_service(self) -> Result<MergeCarts, Refusals> {
        let from: CartId = id(&self.from_cart_id, CartError::NotFound, &["fromCartId"])?;
        let into = id(&self.into_cart_id, CartError::NotFound, &["intoCartId"])?;
        Ok(MergeCarts { from, into, expected_version: self.expected_version })
    }
}

/// The lines to add.
pub(super) fn lines(lines: Vec<CartLineInput>) -> Result<Vec<LineInput>, Refusals> {
    let mut variants = Vec::with_capacity(lines.len());
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
            Ok(variant_id) => variants.push(LineInput { variant_id, quantity: line.quantity.into(), attributes }),
            Err(_) => refuse(CartError::VariantNotFound, "variantId"),
        }
    }
    if refusals.is_empty() { Ok(variants) } else { Err(refusals) }
}

/// The idempotency key, if there is one.
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
