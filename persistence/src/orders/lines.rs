//! Order lines.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_types::{Array, Integer},
};
use diesel_async::RunQueryDsl;
use model::{ids::OrderId, orders::OrderLine};
use uuid::Uuid;

use super::{
    rows::{LineRow, to_column},
    tables::order_lines,
};
use crate::{Conn, StoreResult};

/// The lines of orders, sorted by position.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn lines_of(conn: &mut Conn, orders: &[OrderId]) -> StoreResult<HashMap<OrderId, Vec<OrderLine>>> {
    let ids: Vec<Uuid> = orders.iter().map(|id| id.uuid()).collect();
    let rows: Vec<LineRow> = order_lines::table
        .filter(order_lines::order_id.eq_any(ids))
        .order((order_lines::order_id, order_lines::position))
        .select(LineRow::as_select())
        .load(conn)
        .await?;
    let mut found: HashMap<OrderId, Vec<OrderLine>> = HashMap::new();
    for row in rows {
        let line = OrderLine::try_from(row)?;
        found.entry(line.order_id).or_default().push(line);
    }
    Ok(found)
}

pub(super) async fn insert(mut conn: &Conn, lines: &[OrderLine]) -> StoreResult<()> {
    let rows: Vec<LineRow> = lines.iter().map(LineRow::from).collect();
    diesel::insert_into(order_lines::table).values(rows).execute(&mut conn).await?;
    Ok(())
}

/// Saves the fulfilled units of lines, in one statement.
///
/// # Errors
/// `order_lines_fulfilled_check` if more units are fulfilled than were ordered.
pub async fn save_fulfilled(conn: &mut Conn, lines: &[OrderLine]) -> StoreResult<()> {
    let ids: Vec<Uuid> = lines.iter().map(|line| line.id.uuid()).collect();
    let fulfilled: Vec<i32> = lines.iter().map(|line| to_column(line.fulfilled)).collect();
    diesel::sql_query(include_str!("save_fulfilled.sql"))
        .bind::<Array<diesel::sql_types::Uuid>, _>(ids)
        .bind::<Array<Integer>, _>(fulfilled)
        .execute(conn)
        .await?;
    Ok(())
}
