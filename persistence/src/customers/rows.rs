//! Customers as rows.

use diesel::prelude::*;
use model::{
    CheckedVatId, Locale, Timestamp, VatId,
    customers::{Customer, Email},
    ids::{AddressId, CustomerId},
};
use uuid::Uuid;

use super::customers;
use crate::{StoreError, StoreResult};

#[derive(Queryable, Selectable)]
#[diesel(table_name = customers, check_for_backend(diesel::pg::Pg))]
pub(super) struct CustomerRow {
    pub(super) id: Uuid,
    email: Option<String>,
    first_name: String,
    last_name: String,
    phone: Option<String>,
    locale: Option<String>,
    accepts_marketing: bool,
    vat_id: Option<String>,
    vat_id_confirmed_at: Option<Timestamp>,
    is_tax_exempt: bool,
    default_shipping_address_id: Option<Uuid>,
    default_billing_address_id: Option<Uuid>,
    note: Option<String>,
    tags: Vec<String>,
    email_verified_at: Option<Timestamp>,
    erased_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl TryFrom<CustomerRow> for Customer {
    type Error = StoreError;
    fn try_from(row: CustomerRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: CustomerId::restore(row.id),
            email: row.email.map(Email::try_from).transpose().map_err(StoreError::corrupt)?,
            first_name: row.first_name,
            last_name: row.last_name,
            phone: row.phone,
            locale: row.locale.map(Locale::try_from).transpose().map_err(StoreError::corrupt)?,
            accepts_marketing: row.accepts_marketing,
            vat_id: vat_id(row.vat_id, row.vat_id_confirmed_at)?,
            is_tax_exempt: row.is_tax_exempt,
            default_shipping_address: row.default_shipping_address_id.map(AddressId::restore),
            default_billing_address: row.default_billing_address_id.map(AddressId::restore),
            note: row.note,
            tags: row.tags,
            email_verified_at: row.email_verified_at,
            erased_at: row.erased_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// A VAT identification number of two columns.
pub(super) fn vat_id(number: Option<String>, confirmed_at: Option<Timestamp>) -> StoreResult<Option<CheckedVatId>> {
    let checked =
        |number| Ok(CheckedVatId { number: VatId::try_from(number).map_err(StoreError::corrupt)?, confirmed_at });
    number.map(checked).transpose()
}

/// The mutable columns: all except id, password and creation time.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = customers, treat_none_as_null = true)]
pub(super) struct Changes<'a> {
    email: Option<String>,
    first_name: &'a str,
    last_name: &'a str,
    phone: Option<String>,
    locale: Option<String>,
    accepts_marketing: bool,
    vat_id: Option<String>,
    vat_id_confirmed_at: Option<Timestamp>,
    is_tax_exempt: bool,
    default_shipping_address_id: Option<Uuid>,
    default_billing_address_id: Option<Uuid>,
    note: Option<String>,
    tags: &'a [String],
    email_verified_at: Option<Timestamp>,
    erased_at: Option<Timestamp>,
    updated_at: Timestamp,
}

impl<'a> From<&'a Customer> for Changes<'a> {
    fn from(customer: &'a Customer) -> Self {
        Self {
            email: customer.email.as_ref().map(ToString::to_string),
            first_name: &customer.first_name,
            last_name: &customer.last_name,
            phone: customer.phone.clone(),
            locale: customer.locale.as_ref().map(ToString::to_string),
            accepts_marketing: customer.accepts_marketing,
            vat_id: customer.vat_id.as_ref().map(|vat_id| vat_id.number.as_str().to_owned()),
            vat_id_confirmed_at: customer.vat_id.as_ref().and_then(|vat_id| vat_id.confirmed_at),
            is_tax_exempt: customer.is_tax_exempt,
            default_shipping_address_id: customer.default_shipping_address.map(AddressId::uuid),
            default_billing_address_id: customer.default_billing_address.map(AddressId::uuid),
            note: customer.note.clone(),
            tags: &customer.tags,
            email_verified_at: customer.email_verified_at,
            erased_at: customer.erased_at,
            updated_at: customer.updated_at,
        }
    }
}
