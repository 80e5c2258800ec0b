//! The details of an account that a cart starts with.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Address, Timestamp,
    customers::{CheckoutDetails, Email},
    ids::CustomerId,
};

use super::{addresses::customer_addresses, customers, rows::vat_id};
use crate::{Conn, StoreError, StoreResult, json::Json};

diesel::allow_tables_to_appear_in_same_query!(customers, customer_addresses);

type Row = (Option<String>, Option<String>, Option<Timestamp>, Option<Json<Address>>, Option<Json<Address>>);

/// The details of a customer's account, in one statement; `None` if there is no such customer.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find(conn: &mut Conn, id: CustomerId) -> StoreResult<Option<CheckoutDetails>> {
    let (shipping, billing) = diesel::alias!(customer_addresses as shipping, customer_addresses as billing);
    let shipping_id = shipping.field(customer_addresses::id).nullable();
    let billing_id = billing.field(customer_addresses::id).nullable();
    let row: Option<Row> = customers::table
        .left_join(shipping.on(shipping_id.eq(customers::default_shipping_address_id)))
        .left_join(billing.on(billing_id.eq(customers::default_billing_address_id)))
        .filter(customers::id.eq(id.uuid()))
        .select((
            customers::email,
            customers::vat_id,
            customers::vat_id_confirmed_at,
            shipping.field(customer_addresses::address).nullable(),
            billing.field(customer_addresses::address).nullable(),
        ))
        .first(conn)
        .await
        .optional()?;
    let Some((email, number, confirmed_at, shipping, billing)) = row else { return Ok(None) };
    Ok(Some(CheckoutDetails {
        email: email.map(|email| email.parse::<Email>()).transpose().map_err(StoreError::corrupt)?,
        vat_id: vat_id(number, confirmed_at)?,
        shipping_address: shipping.map(|address| address.0),
        billing_address: billing.map(|address| address.0),
    }))
}
