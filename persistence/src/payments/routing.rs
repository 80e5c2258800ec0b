//! Routing rules: few, always read whole.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{Timestamp, ids::RoutingRuleId, payments::RoutingRule};
use serde_json::Value;
use uuid::Uuid;

use super::tables::payment_routing_rules as t;
use crate::{Conn, StoreError, StoreResult};

type Row = (Uuid, String, i32, Value, Vec<String>, Timestamp);

/// The most rules a shop has; they are read whole.
const MOST: i64 = 1_000;

/// Every rule, highest priority first, then oldest first.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn rules(conn: &mut Conn) -> StoreResult<Vec<RoutingRule>> {
    let rows: Vec<Row> = t::table
        .select((t::id, t::name, t::priority, t::conditions, t::gateways, t::created_at))
        .order((t::priority.desc(), t::id))
        .limit(MOST)
        .load(conn)
        .await?;
    rows.into_iter().map(restore).collect()
}

/// Writes a new rule.
///
/// # Errors
/// `payment_routing_rules_name_key` when the name is taken, or [`StoreError`].
pub async fn insert_rule(conn: &mut Conn, rule: &RoutingRule) -> StoreResult<()> {
    let conditions = serde_json::to_value(&rule.when).map_err(StoreError::corrupt)?;
    let values = (
        t::id.eq(rule.id.uuid()),
        t::name.eq(&rule.name),
        t::priority.eq(rule.priority),
        t::conditions.eq(conditions),
        t::gateways.eq(&rule.gateways),
        t::created_at.eq(rule.created_at),
    );
    diesel::insert_into(t::table).values(values).execute(conn).await?;
    Ok(())
}

/// Deletes a rule.
///
/// # Errors
/// [`StoreError::NotFound`], or [`StoreError`] of the database.
pub async fn delete_rule(conn: &mut Conn, id: RoutingRuleId) -> StoreResult<()> {
    let deleted = diesel::delete(t::table.find(id.uuid())).execute(conn).await?;
    if deleted == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

fn restore((id, name, priority, conditions, gateways, created_at): Row) -> StoreResult<RoutingRule> {
    Ok(RoutingRule {
        id: RoutingRuleId::restore(id),
        name,
        priority,
        when: serde_json::from_value(conditions).map_err(StoreError::corrupt)?,
        gateways,
        created_at,
    })
}
