//! Payment administration: gateways, routing rules and the ledger.

use std::{collections::HashSet, time::Duration};

use model::{
    Page, PageRequest,
    access::{Actor, Permission},
    audit::{created, deleted},
    events::DomainEvent,
    ids::{LedgerEntryId, RoutingRuleId},
    ledger::{AccountBalance, LedgerEntry},
    payments::{RoutingConditions, RoutingRule},
};
use persistence::{
    audit,
    db::Transactions as _,
    ledger as books, outbox,
    payments::{self as store, GatewayStats},
};
use serde_json::{Value, json};

use super::errors::{RoutingRefused, RoutingRuleError};
use crate::{App, ServiceResult, error::OnStoreError as _};

/// The period over which a gateway's state is computed.
const PERIOD: Duration = Duration::from_hours(1);
/// A gateway with a lower success rate is degraded.
const DEGRADED_BELOW: f64 = 0.9;

/// The state of a gateway.
#[derive(Debug, Clone, PartialEq)]
pub struct GatewayReport {
    /// Name of the gateway.
    pub name: String,
    /// Its state.
    pub state: GatewayState,
    /// Share of the last hour's attempts that the gateway decided, 0 to 1; none without attempts.
    pub success_rate: Option<f64>,
    /// Median latency of the last hour in milliseconds.
    pub median_latency_ms: Option<f64>,
    /// Number of attempts of the last hour that are not decided.
    pub pending: i64,
}

/// The state of a gateway over the last hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatewayState {
    /// It answers, or was not called.
    Healthy,
    /// It failed more than a tenth of the attempts.
    Degraded,
    /// It failed every attempt.
    Failing,
}

/// Input of [`create_rule`].
#[derive(Debug, Clone)]
pub struct CreateRule {
    /// Name for staff; unique.
    pub name: String,
    /// Rules with a higher priority come first.
    pub priority: i32,
    /// The conditions of a match.
    pub when: RoutingConditions,
    /// The gateways, best first.
    pub gateways: Vec<String>,
}

/// The state of every gateway, in the order of the configuration.
///
/// # Errors
/// [`crate::ServiceError`] without the permission to read payments, or if the database fails.
pub async fn gateways(app: &App, actor: &Actor) -> ServiceResult<Vec<GatewayReport>> {
    actor.require(Permission::PaymentsRead)?;
    let mut conn = app.db.read().await?;
    let stats = store::gateway_stats(&mut conn, app.clock.now() - PERIOD).await?;
    let report = |name: &str| report_of(name, stats.iter().find(|stats| stats.gateway == name));
    Ok(app.gateways.names().map(report).collect())
}

#[expect(clippy::cast_precision_loss, reason = "a rate of counts that are far below 2^52")]
fn report_of(name: &str, stats: Option<&GatewayStats>) -> GatewayReport {
    let finished = stats.map_or(0, |stats| stats.finished);
    let success_rate = stats.filter(|_| finished > 0).map(|stats| stats.succeeded as f64 / finished as f64);
    let health = match success_rate {
        Some(rate) if rate <= 0.0 => GatewayState::Failing,
        Some(rate) if rate < DEGRADED_BELOW => GatewayState::Degraded,
        _ => GatewayState::Healthy,
    };
    GatewayReport {
        name: name.to_owned(),
        state: health,
        success_rate,
        median_latency_ms: stats.and_then(|stats| stats.median_latency_ms),
        pending: stats.map_or(0, |stats| stats.pending),
    }
}

/// Every routing rule, highest priority first.
///
/// # Errors
/// [`crate::ServiceError`] without the permission to read payments, or if the database fails.
pub async fn routing_rules(app: &App, actor: &Actor) -> ServiceResult<Vec<RoutingRule>> {
    actor.require(Permission::PaymentsRead)?;
    let mut conn = app.db.read().await?;
    Ok(store::rules(&mut conn).await?)
}

/// Creates a routing rule.
///
/// # Errors
/// [`RoutingRuleError`].
pub async fn create_rule(app: &App, actor: &Actor, new: CreateRule) -> Result<RoutingRule, RoutingRuleError> {
    actor.require(Permission::PaymentsWrite)?;
    if new.name.trim().is_empty() {
        return Err(RoutingRefused::NameMissing.into());
    }
    if !new.when.has_valid_bounds() {
        return Err(RoutingRefused::Bounds.into());
    }
    check_gateways(app, &new.gateways)?;
    let now = app.clock.now();
    let CreateRule { name, priority, when, gateways } = new;
    let rule = RoutingRule { id: RoutingRuleId::new(), name, priority, when, gateways, created_at: now };
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            store::insert_rule(conn, &rule)
                .await
                .on_constraint("payment_routing_rules_name_key", RoutingRefused::NameTaken)?;
            outbox::push(conn, &[DomainEvent::SettingsChanged { id: rule.id.to_string() }]).await?;
            audit::push(conn, actor, "paymentRoutingRuleCreate", rule.id, created(&view(&rule)), now).await?;
            Ok::<_, RoutingRuleError>(())
        })
        .await?;
    app.gateways.invalidate();
    Ok(rule)
}

fn check_gateways(app: &App, names: &[String]) -> Result<(), RoutingRuleError> {
    let unknown = names.iter().find(|name| app.gateways.get(name).is_none());
    if let Some(unknown) = unknown.cloned().or_else(|| names.is_empty().then(String::new)) {
        return Err(RoutingRefused::UnknownGateway(unknown).into());
    }
    let mut seen = HashSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        Some(twice) => Err(RoutingRefused::DuplicateGateway(twice.clone()).into()),
        None => Ok(()),
    }
}

/// Writes the routing rules that are missing, by name.
///
/// # Errors
/// [`crate::ServiceError`] if the database fails.
pub async fn import_rules(app: &App, rules: Vec<CreateRule>) -> ServiceResult<()> {
    let mut conn = app.db.write().await?;
    let known = store::rules(&mut conn).await?;
    for rule in rules {
        if known.iter().any(|known| known.name == rule.name) {
            continue;
        }
        let CreateRule { name, priority, when, gateways } = rule;
        let rule =
            RoutingRule { id: RoutingRuleId::new(), name, priority, when, gateways, created_at: app.clock.now() };
        store::insert_rule(&mut conn, &rule).await?;
    }
    Ok(())
}

/// Deletes a routing rule.
///
/// # Errors
/// [`RoutingRuleError`].
pub async fn delete_rule(app: &App, actor: &Actor, id: RoutingRuleId) -> Result<(), RoutingRuleError> {
    actor.require(Permission::PaymentsWrite)?;
    let now = app.clock.now();
    app.db
        .write()
        .await?
        .transaction(async |conn| {
            let rule = store::rules(conn).await?.into_iter().find(|rule| rule.id == id);
            store::delete_rule(conn, id).await.on_not_found(RoutingRefused::NotFound)?;
            outbox::push(conn, &[DomainEvent::SettingsChanged { id: id.to_string() }]).await?;
            let values = deleted(&rule.as_ref().map(view));
            audit::push(conn, actor, "paymentRoutingRuleDelete", id, values, now).await?;
            Ok::<_, RoutingRuleError>(())
        })
        .await?;
    app.gateways.invalidate();
    Ok(())
}

/// The values of a rule, for the audit log.
fn view(rule: &RoutingRule) -> Value {
    let RoutingRule { name, priority, when, gateways, .. } = rule;
    json!({ "name": name, "priority": priority, "when": when, "gateways": gateways })
}

/// A page of the ledger, newest first.
///
/// # Errors
/// [`crate::ServiceError`] without the permission to read payments, or if the database fails.
pub async fn ledger_entries(
    app: &App,
    actor: &Actor,
    page: &PageRequest<LedgerEntryId>,
) -> ServiceResult<Page<LedgerEntry>> {
    actor.require(Permission::PaymentsRead)?;
    let mut conn = app.db.read().await?;
    Ok(books::list(&mut conn, page).await?)
}

/// The number of ledger entries.
///
/// # Errors
/// [`crate::ServiceError`] without the permission to read payments, or if the database fails.
pub async fn ledger_count(app: &App, actor: &Actor) -> ServiceResult<i64> {
    actor.require(Permission::PaymentsRead)?;
    let mut conn = app.db.read().await?;
    Ok(books::count(&mut conn).await?)
}

/// The balance of every ledger account.
///
/// # Errors
/// [`crate::ServiceError`] without the permission to read payments, or if the database fails.
pub async fn balances(app: &App, actor: &Actor) -> ServiceResult<Vec<AccountBalance>> {
    actor.require(Permission::PaymentsRead)?;
    let mut conn = app.db.read().await?;
    Ok(books::balances(&mut conn).await?)
}

/// Authorizes reading the reconciliations with gateways; none is recorded, so there is nothing to load.
///
/// # Errors
/// [`crate::ServiceError`] if the actor may not read payments.
pub fn authorize_reconciliations(actor: &Actor) -> ServiceResult<()> {
    Ok(actor.require(Permission::PaymentsRead)?)
}
