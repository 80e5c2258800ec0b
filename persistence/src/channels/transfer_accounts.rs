//! The accounts of channels for bank transfers.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{Timestamp, channels::TransferAccount, ids::ChannelId};
use uuid::Uuid;

use crate::{Conn, StoreError, StoreResult};

diesel::table! {
    /// The accounts of channels for bank transfers.
    transfer_accounts (channel_id) {
        /// The channel.
        channel_id -> Uuid,
        /// The holder.
        account_holder -> Text,
        /// The IBAN.
        iban -> Nullable<Text>,
        /// The BIC.
        bic -> Nullable<Text>,
        /// The national account number.
        account_number -> Nullable<Text>,
        /// The national code of the bank.
        routing_number -> Nullable<Text>,
        /// The name of the bank.
        bank_name -> Nullable<Text>,
        /// A note for shoppers.
        note -> Nullable<Text>,
        /// Hours before the expiry of an unpaid order; zero for no reminder.
        reminder_hours -> Integer,
        /// Time of the last write.
        updated_at -> Timestamptz,
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = transfer_accounts, treat_none_as_null = true)]
struct Row {
    channel_id: Uuid,
    account_holder: String,
    iban: Option<String>,
    bic: Option<String>,
    account_number: Option<String>,
    routing_number: Option<String>,
    bank_name: Option<String>,
    note: Option<String>,
    reminder_hours: i32,
    updated_at: Timestamp,
}

impl TryFrom<Row> for TransferAccount {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        Ok(Self {
            channel: ChannelId::restore(row.channel_id),
            account_holder: row.account_holder,
            iban: row.iban.map(|iban| iban.parse()).transpose().map_err(StoreError::corrupt)?,
            bic: row.bic,
            account_number: row.account_number,
            routing_number: row.routing_number,
            bank_name: row.bank_name,
            note: row.note,
            reminder_hours: row.reminder_hours,
        })
    }
}

/// All accounts.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn list(conn: &mut Conn) -> StoreResult<Vec<TransferAccount>> {
    let rows: Vec<Row> = transfer_accounts::table
        .select(Row::as_select())
        .order(transfer_accounts::channel_id)
        .limit(1_000)
        .load(conn)
        .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The account of a channel, locked until the end of the transaction.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn lock(conn: &mut Conn, channel: ChannelId) -> StoreResult<Option<TransferAccount>> {
    let query = transfer_accounts::table.find(channel.uuid()).select(Row::as_select()).for_update();
    let row: Option<Row> = query.first(conn).await.optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Inserts or replaces the account of a channel.
///
/// # Errors
/// `transfer_accounts_channel_id_fkey` if the channel does not exist.
pub async fn put(conn: &mut Conn, account: &TransferAccount, now: Timestamp) -> StoreResult<()> {
    let row = || Row {
        channel_id: account.channel.uuid(),
        account_holder: account.account_holder.clone(),
        iban: account.iban.as_ref().map(|iban| iban.as_str().to_owned()),
        bic: account.bic.clone(),
        account_number: account.account_number.clone(),
        routing_number: account.routing_number.clone(),
        bank_name: account.bank_name.clone(),
        note: account.note.clone(),
        reminder_hours: account.reminder_hours,
        updated_at: now,
    };
    let insert = diesel::insert_into(transfer_accounts::table).values(row());
    insert.on_conflict(transfer_accounts::channel_id).do_update().set(row()).execute(conn).await?;
    Ok(())
}

/// Deletes the account of a channel.
///
/// # Errors
/// [`StoreError::NotFound`] if it has none.
pub async fn delete(conn: &mut Conn, channel: ChannelId) -> StoreResult<()> {
    match diesel::delete(transfer_accounts::table.find(channel.uuid())).execute(conn).await? {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}
