//! Payment routing rules. A shop has few, so they are always read as a whole.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{Timestamp, ids::RoutingRuleId, payments::RoutingRule};
use serde_json::Value;
use uuid::Uuid;

use super::tables::payment_routing_rules::{self, self as t};
use crate::{Conn, StoreError, StoreResult};

#[derive(Queryable, Selectable)]
#[diesel(table_name = payment_routing_rules, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    name: String,
    priority: i32,
    conditions: Value,
    gateways: Vec<String>,
    created_at: Timestamp,
}

/// The maximum number of rules that are read.
const MOST: i64 = 1_000;

/// All rules, highest priority first, then oldest first.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn rules(conn: &mut Conn) -> StoreResult<Vec<RoutingRule>> {
    let rows: Vec<Row> =
        t::table.select(Row::as_select()).order((t::priority.desc(), t::id)).limit(MOST).load(conn).await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Inserts a rule.
///
/// # Errors
/// `payment_routing_rules_name_key` if the name is taken.
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
/// [`StoreError::NotFound`] if there is no such row.
pub async fn delete_rule(conn: &mut Conn, id: RoutingRuleId) -> StoreResult<()> {
    let deleted = diesel::delete(t::table.find(id.uuid())).execute(conn).await?;
    if deleted == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

impl TryFrom<Row> for RoutingRule {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        Ok(Self {
            id: RoutingRuleId::restore(row.id),
            name: row.name,
            priority: row.priority,
            when: serde_json::from_value(row.conditions).map_err(StoreError::corrupt)?,
            gateways: row.gateways,
            created_at: row.created_at,
        })
    }
}
