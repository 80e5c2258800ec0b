//! Rows of orders and order lines, and their conversion to model types.

use std::collections::BTreeMap;

use diesel::prelude::*;
use model::{
    Address, CheckedVatId, Currency, Locale, Money, Quantity, TaxedMoney, Timestamp,
    catalog::Metafield,
    ids::{CartId, CartLineId, ChannelId, CustomerId, OrderId, OrderLineId, ProductId, VariantId},
    orders::{Order, OrderDelivery, OrderLine, OrderNumber},
    pricing::{AppliedPromotion, DiscountAllocation, PricedLine},
    tax::{TaxLine, TaxRate, TaxTreatment},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::tables::{order_lines, orders};
use crate::{StoreError, StoreResult, json::Json};

/// The part of an order that is never searched.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OrderBody {
    locale: Locale,
    #[serde(default)]
    phone: Option<String>,
    #[serde(default)]
    shipping_address: Option<Address>,
    #[serde(default)]
    billing_address: Option<Address>,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    deliveries: Vec<OrderDelivery>,
    #[serde(default)]
    promotions: Vec<AppliedPromotion>,
    #[serde(default)]
    tax_treatment: TaxTreatment,
    #[serde(default)]
    vat_id: Option<CheckedVatId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    metafields: Vec<Metafield>,
}

impl From<&Order> for OrderBody {
    fn from(order: &Order) -> Self {
        Self {
            locale: order.locale.clone(),
            phone: order.phone.clone(),
            shipping_address: order.shipping_address.clone(),
            billing_address: order.billing_address.clone(),
            note: order.note.clone(),
            deliveries: order.deliveries.clone(),
            promotions: order.promotions.clone(),
            tax_treatment: order.tax_treatment,
            vat_id: order.vat_id.clone(),
            metafields: order.metafields.clone(),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = orders, check_for_backend(diesel::pg::Pg))]
pub(super) struct OrderRow {
    id: Uuid,
    number: i64,
    number_text: Option<String>,
    cart_id: Uuid,
    token: String,
    version: i32,
    channel_id: Uuid,
    customer_id: Option<Uuid>,
    email: String,
    status: String,
    payment_status: String,
    fulfillment_status: String,
    currency: String,
    subtotal_net: i64,
    subtotal_gross: i64,
    discount_total: i64,
    shipping_net: i64,
    shipping_gross: i64,
    total_net: i64,
    total_gross: i64,
    body: Json<OrderBody>,
    tags: Vec<String>,
    cancel_reason: Option<String>,
    placed_at: Timestamp,
    updated_at: Timestamp,
    expires_at: Option<Timestamp>,
}

/// A new order; the database assigns its number.
#[derive(Insertable)]
#[diesel(table_name = orders)]
pub(super) struct NewOrderRow<'a> {
    id: Uuid,
    cart_id: Uuid,
    token: &'a str,
    version: i32,
    channel_id: Uuid,
    customer_id: Option<Uuid>,
    email: &'a str,
    status: &'static str,
    payment_status: &'static str,
    fulfillment_status: &'static str,
    currency: &'static str,
    subtotal_net: i64,
    subtotal_gross: i64,
    discount_total: i64,
    shipping_net: i64,
    shipping_gross: i64,
    total_net: i64,
    total_gross: i64,
    body: Json<OrderBody>,
    tags: &'a [String],
    placed_at: Timestamp,
    updated_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl<'a> From<&'a Order> for NewOrderRow<'a> {
    fn from(order: &'a Order) -> Self {
        Self {
            id: order.id.uuid(),
            cart_id: order.cart_id.uuid(),
            token: &order.token,
            version: order.version,
            channel_id: order.channel.uuid(),
            customer_id: order.customer.map(CustomerId::uuid),
            email: &order.email,
            status: order.status.into(),
            payment_status: order.payment_status.into(),
            fulfillment_status: order.fulfillment_status.into(),
            currency: order.currency.code(),
            subtotal_net: order.subtotal.net.minor,
            subtotal_gross: order.subtotal.gross.minor,
            discount_total: order.discount_total.minor,
            shipping_net: order.shipping.net.minor,
            shipping_gross: order.shipping.gross.minor,
            total_net: order.total.net.minor,
            total_gross: order.total.gross.minor,
            body: Json(order.into()),
            tags: &order.tags,
            placed_at: order.placed_at,
            updated_at: order.updated_at,
            expires_at: order.expires_at,
        }
    }
}

impl TryFrom<OrderRow> for Order {
    type Error = StoreError;
    fn try_from(row: OrderRow) -> StoreResult<Self> {
        let currency: Currency = row.currency.parse().map_err(StoreError::corrupt)?;
        let taxed = |net, gross| taxed(currency, net, gross);
        let Json(body) = row.body;
        Ok(Self {
            id: OrderId::restore(row.id),
            number: OrderNumber::restore(row.number, row.number_text),
            cart_id: CartId::restore(row.cart_id),
            token: row.token,
            version: row.version,
            channel: ChannelId::restore(row.channel_id),
            currency,
            locale: body.locale,
            customer: row.customer_id.map(CustomerId::restore),
            email: row.email,
            phone: body.phone,
            shipping_address: body.shipping_address,
            billing_address: body.billing_address,
            note: body.note,
            subtotal: taxed(row.subtotal_net, row.subtotal_gross),
            discount_total: Money::new(row.discount_total, currency),
            shipping: taxed(row.shipping_net, row.shipping_gross),
            total: taxed(row.total_net, row.total_gross),
            tax_treatment: body.tax_treatment,
            vat_id: body.vat_id,
            deliveries: body.deliveries,
            promotions: body.promotions,
            tags: row.tags,
            metafields: body.metafields,
            status: row.status.parse().map_err(StoreError::corrupt)?,
            payment_status: row.payment_status.parse().map_err(StoreError::corrupt)?,
            fulfillment_status: row.fulfillment_status.parse().map_err(StoreError::corrupt)?,
            cancel_reason: row.cancel_reason.map(|reason| reason.parse()).transpose().map_err(StoreError::corrupt)?,
            placed_at: row.placed_at,
            updated_at: row.updated_at,
            expires_at: row.expires_at,
        })
    }
}

/// The part of a line that is never searched.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LineBody {
    #[serde(default)]
    cart_line_id: Option<CartLineId>,
    #[serde(default)]
    discounts: Vec<DiscountAllocation>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    taxes: Vec<TaxLine>,
    stock_needs: Vec<(VariantId, i64)>,
    #[serde(default)]
    is_gift: bool,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = order_lines, check_for_backend(diesel::pg::Pg))]
pub(super) struct LineRow {
    id: Uuid,
    order_id: Uuid,
    position: i32,
    variant_id: Uuid,
    product_id: Uuid,
    sku: String,
    name: String,
    quantity: i32,
    fulfilled: i32,
    currency: String,
    unit_net: i64,
    unit_gross: i64,
    subtotal_net: i64,
    subtotal_gross: i64,
    total_net: i64,
    total_gross: i64,
    tax_class: String,
    tax_millionths: i64,
    requires_shipping: bool,
    body: Json<LineBody>,
}

impl From<&OrderLine> for LineRow {
    fn from(line: &OrderLine) -> Self {
        let sold = &line.sold;
        Self {
            id: line.id.uuid(),
            order_id: line.order_id.uuid(),
            position: line.position,
            variant_id: sold.variant_id.uuid(),
            product_id: sold.product_id.uuid(),
            sku: sold.sku.clone(),
            name: sold.name.clone(),
            quantity: to_column(sold.quantity),
            fulfilled: to_column(line.fulfilled),
            currency: sold.total.gross.currency.code().to_owned(),
            unit_net: sold.unit_price.net.minor,
            unit_gross: sold.unit_price.gross.minor,
            subtotal_net: sold.subtotal.net.minor,
            subtotal_gross: sold.subtotal.gross.minor,
            total_net: sold.total.net.minor,
            total_gross: sold.total.gross.minor,
            tax_class: sold.tax_class.clone(),
            tax_millionths: sold.tax_rate.millionths(),
            requires_shipping: sold.requires_shipping,
            body: Json(LineBody {
                cart_line_id: Some(sold.id),
                discounts: sold.discounts.clone(),
                attributes: line.attributes.clone(),
                taxes: sold.taxes.clone(),
                stock_needs: sold.stock_needs.clone(),
                is_gift: sold.is_gift,
            }),
        }
    }
}

impl TryFrom<LineRow> for OrderLine {
    type Error = StoreError;
    fn try_from(row: LineRow) -> StoreResult<Self> {
        let currency: Currency = row.currency.parse().map_err(StoreError::corrupt)?;
        let Json(body) = row.body;
        Ok(Self {
            id: OrderLineId::restore(row.id),
            order_id: OrderId::restore(row.order_id),
            position: row.position,
            fulfilled: from_column(row.fulfilled)?,
            attributes: body.attributes,
            sold: PricedLine {
                // Rows of earlier versions do not contain it; no such row needs it, because a cart knows its lines.
                id: body.cart_line_id.unwrap_or(CartLineId::restore(row.id)),
                variant_id: VariantId::restore(row.variant_id),
                product_id: ProductId::restore(row.product_id),
                sku: row.sku,
                name: row.name,
                quantity: from_column(row.quantity)?,
                unit_price: taxed(currency, row.unit_net, row.unit_gross),
                subtotal: taxed(currency, row.subtotal_net, row.subtotal_gross),
                total: taxed(currency, row.total_net, row.total_gross),
                discounts: body.discounts,
                tax_class: row.tax_class,
                tax_rate: TaxRate::restore(row.tax_millionths).map_err(StoreError::corrupt)?,
                taxes: body.taxes,
                requires_shipping: row.requires_shipping,
                is_gift: body.is_gift,
                stock_needs: body.stock_needs,
            },
        })
    }
}

const fn taxed(currency: Currency, net: i64, gross: i64) -> TaxedMoney {
    TaxedMoney { net: Money::new(net, currency), gross: Money::new(gross, currency) }
}

/// A quantity as stored. Its maximum is far below that of the column, so no value is cut.
pub(super) fn to_column(quantity: Quantity) -> i32 {
    i32::try_from(quantity.get()).unwrap_or(i32::MAX)
}

pub(super) fn from_column(quantity: i32) -> StoreResult<Quantity> {
    Quantity::try_from(i64::from(quantity)).map_err(StoreError::corrupt)
}
