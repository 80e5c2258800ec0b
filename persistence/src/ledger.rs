//! The money ledger. Entries are only appended.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_types::{BigInt, Text},
};
use diesel_async::RunQueryDsl;
use model::{
    Currency, Money, Page, PageRequest, Timestamp,
    ids::{LedgerEntryId, OrderId},
    ledger::{AccountBalance, LedgerEntry, LedgerLine},
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, StoreResult,
    keyset::{self, ListOrder},
};

diesel::table! {
    /// Ledger entries.
    ledger_entries (id) {
        /// The identifier; sorts by creation time.
        id -> Uuid,
        /// The kind of entry.
        kind -> Text,
        /// The transaction or order that caused it.
        reference -> Text,
        /// The order, if any.
        order_id -> Nullable<Uuid>,
        /// The time of the event.
        at -> Timestamptz,
    }
}

diesel::table! {
    /// The lines of entries.
    ledger_lines (entry_id, position) {
        /// The entry.
        entry_id -> Uuid,
        /// The position in the entry.
        position -> SmallInt,
        /// The account.
        account -> Text,
        /// DEBIT or CREDIT.
        side -> Text,
        /// The currency.
        currency -> Text,
        /// The amount.
        amount -> BigInt,
    }
}

/// Appends entries, in two statements.
///
/// # Errors
/// `ledger_entries_kind_reference_key` if an entry was posted before.
pub async fn post(mut conn: &Conn, entries: &[LedgerEntry]) -> StoreResult<()> {
    use ledger_lines as l;
    let entries: Vec<_> = entries.iter().filter(|entry| !entry.lines().is_empty()).collect();
    if entries.is_empty() {
        return Ok(());
    }
    let heads: Vec<_> = entries
        .iter()
        .map(|entry| {
            (
                ledger_entries::id.eq(entry.id.uuid()),
                ledger_entries::kind.eq(<&str>::from(entry.kind)),
                ledger_entries::reference.eq(&entry.reference),
                ledger_entries::order_id.eq(entry.order_id.map(OrderId::uuid)),
                ledger_entries::at.eq(entry.at),
            )
        })
        .collect();
    diesel::insert_into(ledger_entries::table).values(heads).execute(&mut conn).await?;
    let lines: Vec<_> =
        entries.iter().flat_map(|entry| (0_i16..).zip(entry.lines()).map(|line| (entry.id, line))).collect();
    let rows: Vec<_> = lines
        .into_iter()
        .map(|(entry, (position, line))| {
            (
                l::entry_id.eq(entry.uuid()),
                l::position.eq(position),
                l::account.eq(line.account.to_string()),
                l::side.eq(<&str>::from(line.side)),
                l::currency.eq(line.amount.currency.code()),
                l::amount.eq(line.amount.minor),
            )
        })
        .collect();
    // Insert all lines in one statement, because the database checks the balance per statement.
    diesel::insert_into(l::table).values(rows).execute(&mut conn).await?;
    Ok(())
}

/// The entries of an order, oldest first.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn of_order(conn: &mut Conn, order: OrderId) -> StoreResult<Vec<LedgerEntry>> {
    let entries: Vec<EntryRow> = ledger_entries::table
        .filter(ledger_entries::order_id.eq(order.uuid()))
        .order(ledger_entries::id)
        .limit(10_000)
        .select(EntryRow::as_select())
        .load(conn)
        .await?;
    with_lines(conn, entries).await
}

/// A page of entries, newest first.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn list(conn: &mut Conn, page: &PageRequest<LedgerEntryId>) -> StoreResult<Page<LedgerEntry>> {
    let query = ledger_entries::table.select(EntryRow::as_select()).into_boxed();
    let rows: Vec<EntryRow> = keyset::page(query, ledger_entries::id, page, ListOrder::NewestFirst).load(conn).await?;
    let Page { rows, has_more } = Page::from_rows(page, rows);
    Ok(Page { rows: with_lines(conn, rows).await?, has_more })
}

/// The number of entries.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn count(conn: &mut Conn) -> StoreResult<i64> {
    Ok(ledger_entries::table.count().get_result(conn).await?)
}

/// The balances of all accounts, sorted by account and currency.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn balances(conn: &mut Conn) -> StoreResult<Vec<AccountBalance>> {
    let rows: Vec<BalanceRow> = diesel::sql_query(include_str!("ledger_balances.sql")).load(conn).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

#[derive(diesel::QueryableByName)]
struct BalanceRow {
    #[diesel(sql_type = Text)]
    account: String,
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = BigInt)]
    debit: i64,
    #[diesel(sql_type = BigInt)]
    credit: i64,
}

impl TryFrom<BalanceRow> for AccountBalance {
    type Error = StoreError;
    fn try_from(row: BalanceRow) -> StoreResult<Self> {
        let currency: Currency = row.currency.parse().map_err(StoreError::corrupt)?;
        Ok(Self {
            account: row.account.parse().map_err(StoreError::corrupt)?,
            debit: Money::new(row.debit, currency),
            credit: Money::new(row.credit, currency),
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = ledger_entries, check_for_backend(diesel::pg::Pg))]
struct EntryRow {
    id: Uuid,
    kind: String,
    reference: String,
    order_id: Option<Uuid>,
    at: Timestamp,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = ledger_lines, check_for_backend(diesel::pg::Pg))]
struct LineRow {
    entry_id: Uuid,
    account: String,
    side: String,
    currency: String,
    amount: i64,
}

impl TryFrom<LineRow> for LedgerLine {
    type Error = StoreError;
    fn try_from(row: LineRow) -> StoreResult<Self> {
        let currency: Currency = row.currency.parse().map_err(StoreError::corrupt)?;
        Ok(Self {
            account: row.account.parse().map_err(StoreError::corrupt)?,
            side: row.side.parse().map_err(StoreError::corrupt)?,
            amount: Money::new(row.amount, currency),
        })
    }
}

async fn with_lines(conn: &mut Conn, entries: Vec<EntryRow>) -> StoreResult<Vec<LedgerEntry>> {
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
    let rows: Vec<LineRow> = ledger_lines::table
        .filter(ledger_lines::entry_id.eq_any(ids))
        .order((ledger_lines::entry_id, ledger_lines::position))
        .select(LineRow::as_select())
        .load(conn)
        .await?;
    let mut lines: HashMap<Uuid, Vec<LedgerLine>> = HashMap::new();
    for row in rows {
        lines.entry(row.entry_id).or_default().push(row.try_into()?);
    }
    let restore = |row: EntryRow| {
        let lines = lines.remove(&row.id).ok_or_else(|| StoreError::corrupt("a ledger entry without lines"))?;
        Ok(LedgerEntry::restore(
            LedgerEntryId::restore(row.id),
            row.kind.parse().map_err(StoreError::corrupt)?,
            row.reference,
            row.order_id.map(OrderId::restore),
            row.at,
            lines,
        ))
    };
    entries.into_iter().map(restore).collect()
}
