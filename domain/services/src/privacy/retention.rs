//! Deletion of personal data that is not needed any longer. Each run is safe to repeat, and several processes can run at once.

use std::fmt;

use model::{Timestamp, ids::OrderId, orders::OrderView, settings::RetentionDays};
use persistence::{Conn, StoreResult, audit, carts, db::Transactions as _, orders::erasure, promotions};

use crate::{App, ServiceError, ServiceResult};

/// Rows per transaction.
const BATCH: i64 = 500;

/// A kind of personal data with its own period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetentionKind {
    /// E-mail address, phone numbers, note, token and delivery address of finished orders.
    OrderContacts,
    /// Invoice address, account and line attributes of orders whose contact data was removed.
    OrderBuyers,
    /// Entries of the audit log.
    AuditLog,
}

impl RetentionKind {
    /// Every kind, in the order in which they are processed.
    pub const ALL: [Self; 3] = [Self::OrderContacts, Self::OrderBuyers, Self::AuditLog];

    /// The time before which data of the kind is due; none if it is kept forever.
    fn cutoff(self, periods: RetentionDays, now: Timestamp) -> Option<Timestamp> {
        let days = match self {
            Self::OrderContacts => periods.order_contacts,
            Self::OrderBuyers => periods.order_buyers,
            Self::AuditLog => periods.audit_log,
        };
        RetentionDays::cutoff(days, now)
    }
}

impl fmt::Display for RetentionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OrderContacts => "contact data of orders",
            Self::OrderBuyers => "invoice addresses of orders",
            Self::AuditLog => "audit log",
        })
    }
}

/// The data of a kind that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The kind.
    pub kind: RetentionKind,
    /// Data before this time is due; none if it is kept forever.
    pub before: Option<Timestamp>,
    /// The number of rows.
    pub rows: i64,
}

/// Counts what [`retain`] would delete, and deletes nothing. For the process, which has no actor.
///
/// # Errors
/// [`ServiceError`] if the database fails.
pub async fn due(app: &App) -> ServiceResult<Vec<Due>> {
    let periods = periods(app).await?;
    let mut conn = app.db.read().await?;
    let mut found = Vec::with_capacity(RetentionKind::ALL.len());
    for kind in RetentionKind::ALL {
        let before = kind.cutoff(periods, app.clock.now());
        let rows = match (kind, before) {
            (RetentionKind::OrderContacts, before) => erasure::count_due_contacts(&mut conn, before).await?,
            (RetentionKind::OrderBuyers, Some(before)) => erasure::count_due_buyers(&mut conn, before).await?,
            (RetentionKind::AuditLog, Some(before)) => audit::count_before(&mut conn, before).await?,
            (RetentionKind::OrderBuyers | RetentionKind::AuditLog, None) => 0,
        };
        found.push(Due { kind, before, rows });
    }
    Ok(found)
}

/// Deletes all data that is due and returns the number of rows of each kind. For the process, which has no actor.
///
/// # Errors
/// [`ServiceError`] if the database fails; batches that were deleted before stay deleted.
pub async fn retain(app: &App) -> ServiceResult<Vec<(RetentionKind, usize)>> {
    let periods = periods(app).await?;
    let mut deleted = Vec::with_capacity(RetentionKind::ALL.len());
    for kind in RetentionKind::ALL {
        deleted.push((kind, delete(app, kind, kind.cutoff(periods, app.clock.now())).await?));
    }
    Ok(deleted)
}

/// The periods that are stored now: what is deleted cannot be restored.
async fn periods(app: &App) -> ServiceResult<RetentionDays> {
    Ok(app.settings.confirmed(&app.db).await?.shop.retention)
}

/// Removes the contact data of the finished orders of erased buyers.
pub(super) async fn remove_contacts_of_erased(app: &App) -> ServiceResult<()> {
    delete(app, RetentionKind::OrderContacts, None).await.map(drop)
}

/// Deletes data of a kind from before a time in batches, each in its own transaction.
async fn delete(app: &App, kind: RetentionKind, before: Option<Timestamp>) -> ServiceResult<usize> {
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let mut total = 0;
    loop {
        let found = conn
            .transaction::<_, ServiceError, _>(async |conn| Ok(delete_batch(conn, kind, before, now).await?))
            .await?;
        total += found;
        if i64::try_from(found).is_ok_and(|found| found < BATCH) {
            return Ok(total);
        }
    }
}

async fn delete_batch(
    conn: &mut Conn,
    kind: RetentionKind,
    before: Option<Timestamp>,
    now: Timestamp,
) -> StoreResult<usize> {
    match (kind, before) {
        (RetentionKind::OrderContacts, before) => {
            let orders = erasure::lock_due_contacts(conn, before, BATCH).await?;
            if !orders.is_empty() {
                erasure::remove_contacts(conn, &orders, now).await?;
                carts::erase_buyers(conn, &orders, now).await?;
                promotions::remove_buyers(conn, &orders).await?;
                remove_changes_of_orders(conn, &orders).await?;
            }
            Ok(orders.len())
        }
        (RetentionKind::OrderBuyers, Some(before)) => {
            let orders = erasure::lock_due_buyers(conn, before, BATCH).await?;
            if !orders.is_empty() {
                erasure::remove_buyers(conn, &orders, now).await?;
            }
            Ok(orders.len())
        }
        (RetentionKind::AuditLog, Some(before)) => audit::delete_before(conn, before, BATCH).await,
        (RetentionKind::OrderBuyers | RetentionKind::AuditLog, None) => Ok(0),
    }
}

/// Removes contact data, notes and references from the timelines and audit entries of orders.
async fn remove_changes_of_orders(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<()> {
    erasure::remove_records(conn, orders).await?;
    let objects: Vec<String> = orders.iter().map(ToString::to_string).collect();
    audit::remove_values(conn, &objects, Some(&OrderView::PERSONAL)).await
}
