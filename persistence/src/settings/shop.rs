//! The settings of the whole shop: one row, which the migration inserts.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Address, Timestamp,
    customers::Email,
    settings::{MailSender, OrderNumberFormat, RetentionDays, ShopSettings},
};

use crate::{Conn, StoreError, StoreResult, json::Json};

diesel::table! {
    /// The settings of the whole shop; one row.
    shop_settings (is_only) {
        /// Always true; the table has one row.
        is_only -> Bool,
        /// The number of writes.
        version -> Integer,
        /// The name of the shop.
        name -> Text,
        /// The address of the merchant.
        address -> Nullable<Jsonb>,
        /// The text before the digits of order numbers.
        order_number_prefix -> Text,
        /// The text after the digits of order numbers.
        order_number_suffix -> Text,
        /// The number of digits that order numbers are filled up to.
        order_number_digits -> Integer,
        /// Days that a cart is kept after its last change.
        cart_days -> Integer,
        /// Hours after which an order with an undecided payment expires.
        unpaid_order_hours -> Integer,
        /// The display name of the sender of mails; null for the name of the shop.
        mail_sender_name -> Nullable<Text>,
        /// The e-mail address of the sender.
        mail_sender_address -> Nullable<Text>,
        /// Days that contact data of orders is kept; zero keeps it.
        keep_order_contacts_days -> Integer,
        /// Days that invoice addresses of orders are kept; zero keeps them.
        keep_order_buyers_days -> Integer,
        /// Days that entries of the audit log are kept; zero keeps them.
        keep_audit_days -> Integer,
        /// Time of the last write.
        updated_at -> Timestamptz,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = shop_settings, check_for_backend(diesel::pg::Pg))]
struct Row {
    version: i32,
    name: String,
    address: Option<Json<Address>>,
    order_number_prefix: String,
    order_number_suffix: String,
    order_number_digits: i32,
    cart_days: i32,
    unpaid_order_hours: i32,
    mail_sender_name: Option<String>,
    mail_sender_address: Option<String>,
    keep_order_contacts_days: i32,
    keep_order_buyers_days: i32,
    keep_audit_days: i32,
}

/// The settings of the shop.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn get(conn: &mut Conn) -> StoreResult<ShopSettings> {
    let row: Row = shop_settings::table.select(Row::as_select()).first(conn).await?;
    row.try_into()
}

/// The settings of the shop, locked until the end of the transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock(conn: &mut Conn) -> StoreResult<ShopSettings> {
    let row: Row = shop_settings::table.select(Row::as_select()).for_no_key_update().first(conn).await?;
    row.try_into()
}

/// Saves the locked settings of the shop.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn save(conn: &mut Conn, settings: &ShopSettings, now: Timestamp) -> StoreResult<()> {
    let changes = (
        shop_settings::version.eq(settings.version),
        shop_settings::name.eq(&settings.name),
        shop_settings::address.eq(settings.address.clone().map(Json)),
        shop_settings::order_number_prefix.eq(&settings.order_numbers.prefix),
        shop_settings::order_number_suffix.eq(&settings.order_numbers.suffix),
        shop_settings::order_number_digits.eq(settings.order_numbers.digits),
        shop_settings::cart_days.eq(settings.cart_days),
        shop_settings::unpaid_order_hours.eq(settings.unpaid_order_hours),
        shop_settings::mail_sender_name.eq(settings.mail_sender.name.as_deref()),
        shop_settings::mail_sender_address.eq(settings.mail_sender.address.as_ref().map(Email::as_str)),
        shop_settings::keep_order_contacts_days.eq(settings.retention.order_contacts),
        shop_settings::keep_order_buyers_days.eq(settings.retention.order_buyers),
        shop_settings::keep_audit_days.eq(settings.retention.audit_log),
        shop_settings::updated_at.eq(now),
    );
    diesel::update(shop_settings::table).set(changes).execute(conn).await?;
    Ok(())
}

impl TryFrom<Row> for ShopSettings {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        Ok(Self {
            version: row.version,
            name: row.name,
            address: row.address.map(|Json(address)| address),
            order_numbers: OrderNumberFormat {
                prefix: row.order_number_prefix,
                suffix: row.order_number_suffix,
                digits: row.order_number_digits,
            },
            cart_days: row.cart_days,
            unpaid_order_hours: row.unpaid_order_hours,
            mail_sender: MailSender {
                name: row.mail_sender_name,
                address: row.mail_sender_address.map(TryInto::try_into).transpose().map_err(StoreError::corrupt)?,
            },
            retention: RetentionDays {
                order_contacts: row.keep_order_contacts_days,
                order_buyers: row.keep_order_buyers_days,
                audit_log: row.keep_audit_days,
            },
        })
    }
}
