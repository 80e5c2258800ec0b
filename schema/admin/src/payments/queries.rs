//! Root fields that read payments, gateways and the ledger.

use async_graphql::{Context, ID, Object, Result};
use model::ids::{LedgerEntryId, PaymentId};
use schema_shared::{Connection, RequestExt, encode_cursor, nullable, page, parse_id, wants_total_count};
use services::payments;

use super::{
    Payment,
    gateways::{PaymentGateway, PaymentRoutingRule},
    ledger::{LedgerBalance, LedgerEntry, Reconciliation},
};

/// Reads payments, gateways and the ledger.
#[derive(Default)]
pub struct PaymentQuery;

#[Object]
impl PaymentQuery {
    /// The payment of an id; null when there is none.
    async fn payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The payment's id.")] id: ID,
    ) -> Option<Result<Payment>> {
        nullable(async {
            let request = ctx.request()?;
            let id: PaymentId = parse_id(&id)?;
            let found = payments::payments_by_ids(&request.app, &request.actor, &[id]).await?.remove(&id);
            Ok(found.map(Payment))
        })
        .await
    }

    /// Every gateway, with how it is doing.
    async fn payment_gateways(&self, ctx: &Context<'_>) -> Result<Vec<PaymentGateway>> {
        let request = ctx.request()?;
        let reports = payments::gateways(&request.app, &request.actor).await?;
        Ok(reports.into_iter().map(Into::into).collect())
    }

    /// Every routing rule, in the order in which they are asked.
    async fn payment_routing_rules(&self, ctx: &Context<'_>) -> Result<Vec<PaymentRoutingRule>> {
        let request = ctx.request()?;
        let rules = payments::routing_rules(&request.app, &request.actor).await?;
        Ok(rules.into_iter().map(PaymentRoutingRule).collect())
    }

    /// Movements of money, newest first.
    async fn ledger(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first entries, 1 to 100; 20 when no size is given.")] first: Option<i32>,
        #[graphql(desc = "Entries after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last entries, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Entries before this cursor.")] before: Option<String>,
    ) -> Result<Connection<LedgerEntry>> {
        let request = ctx.request()?;
        let page = page::<LedgerEntryId>(first, after, last, before)?;
        let (entries, has_more) = payments::ledger_entries(&request.app, &request.actor, &page).await?;
        let total = if wants_total_count(ctx) {
            Some(payments::ledger_count(&request.app, &request.actor).await?)
        } else {
            None
        };
        let rows = entries.into_iter().map(|entry| (encode_cursor(&entry.id), LedgerEntry(entry))).collect();
        Ok(Connection::new(&page, rows, has_more, total))
    }

    /// What every account of the ledger holds, by account and currency.
    async fn ledger_balances(&self, ctx: &Context<'_>) -> Result<Vec<LedgerBalance>> {
        let request = ctx.request()?;
        let balances = payments::balances(&request.app, &request.actor).await?;
        Ok(balances.into_iter().map(Into::into).collect())
    }

    /// Comparisons of recorded charges with the reports of gateways, newest first. Always empty: no comparison runs
    /// today. Needs `PAYMENTS_READ`.
    async fn reconciliations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first comparisons, 1 to 100; 20 when no size is given.")] first: Option<i32>,
        #[graphql(desc = "Comparisons after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last comparisons, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Comparisons before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Reconciliation>> {
        ctx.request()?.actor.require(model::access::Permission::PaymentsRead)?;
        let page = page::<String>(first, after, last, before)?;
        Ok(Connection::of_list(&page, Vec::new())?)
    }
}
