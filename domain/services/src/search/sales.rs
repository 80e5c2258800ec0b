//! Units sold: counted from the events of orders, and refreshed in the search index.

use std::time::Duration;

use chrono::{Days, NaiveDate};
use model::{Timestamp, events::DomainEvent, ids::OrderId};
use persistence::{Conn, sales};
use uuid::Uuid;

use super::refresh::refresh;
use crate::{App, ServiceResult, events::consumer::Consumer};

/// Number of days, including today, that count for the order of best-selling products.
const DAYS: u64 = 30;
/// Orders are counted for one day longer, because the index and the database may disagree on what day it is.
const COUNTED_DAYS: u64 = DAYS + 1;
/// Number of orders that one statement counts.
const BATCH: i64 = 1_000;

/// Counts the units sold of each product and day.
pub struct SalesConsumer;

#[async_trait::async_trait]
impl Consumer for SalesConsumer {
    fn name(&self) -> &'static str {
        "product_sales"
    }

    async fn handle(&self, app: &App, conn: &mut Conn, events: &[DomainEvent]) -> ServiceResult<()> {
        let orders: Vec<OrderId> = events.iter().filter_map(order_of).collect();
        if !orders.is_empty() {
            sales::count(conn, &orders, counted_since(app)).await?;
        }
        Ok(())
    }

    async fn rebuild(&self, app: &App, conn: &mut Conn) -> ServiceResult<()> {
        let since = counted_since(app);
        let mut after = (since, OrderId::restore(Uuid::nil()));
        loop {
            let page = sales::orders_after(conn, after, BATCH).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = *last;
            let orders: Vec<OrderId> = page.into_iter().map(|(_, id)| id).collect();
            sales::count(conn, &orders, since).await?;
        }
    }
}

fn order_of(event: &DomainEvent) -> Option<OrderId> {
    match event {
        DomainEvent::OrderPlaced { id } | DomainEvent::OrderUpdated { id } => Some(*id),
        _ => None,
    }
}

fn counted_since(app: &App) -> Timestamp {
    app.clock.now() - Duration::from_hours(24 * COUNTED_DAYS)
}

/// The first day, in UTC, whose sales count for the order of best-selling products.
pub(super) fn first_day(app: &App) -> NaiveDate {
    let today = app.clock.now().date_naive();
    // A date before the first that can be expressed: all sales count.
    today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(NaiveDate::MIN)
}

/// Brings the units sold in the index of this process up to date and returns how many products changed. Does nothing
/// before the index is built, because building includes them.
///
/// # Errors
/// The store's error; the index stays as it was.
pub async fn refresh_sales(app: &App) -> ServiceResult<usize> {
    let reached = app.search.shared.writing.lock().await;
    let Some(position) = *reached else { return Ok(0) };
    let units = sales::units_since(&mut *app.db.read().await?, first_day(app)).await?;
    let outdated = app.search.blocking(move |index| Ok(index.with_other_units(&units))).await?;
    let refreshed = refresh(app, &outdated).await;
    if refreshed.is_err() {
        app.search.shared.index.roll_back();
    }
    let changed = refreshed?;
    if changed > 0 {
        app.search.blocking(move |index| index.commit(Some(position))).await?;
    }
    Ok(changed)
}
