//! Root fields that read payments, gateways and the ledger.

use async_graphql::{Context, ID, Object, Result};
use model::{
    MoneyError,
    ids::{LedgerEntryId, PaymentId},
};
use schema_shared::{Connection, ConnectionArgs, RequestExt, connection_fields, nullable, parse_id, total_count};
use services::payments;

use super::{
    Payment,
    gateways::{PaymentGateway, PaymentRoutingRule},
    ledger::{LedgerBalance, LedgerEntry, Reconciliation},
};

/// Queries of payments, gateways and the ledger.
#[derive(Default)]
pub struct PaymentQuery;

#[connection_fields]
#[Object]
impl PaymentQuery {
    /// The payment of an id; null if it does not exist. Needs `PAYMENTS_READ` or `ORDERS_READ`.
    async fn payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the payment.")] id: ID,
    ) -> Option<Result<Payment>> {
        nullable(async {
            let request = ctx.request()?;
            let id: PaymentId = parse_id(&id)?;
            let found = payments::payments_by_ids(&request.app, &request.actor, &[id]).await?.remove(&id);
            Ok(found.map(Payment))
        })
        .await
    }

    /// All configured gateways with their health. Needs `PAYMENTS_READ`.
    async fn payment_gateways(&self, ctx: &Context<'_>) -> Result<Vec<PaymentGateway>> {
        let request = ctx.request()?;
        let reports = payments::gateways(&request.app, &request.actor).await?;
        Ok(reports.into_iter().map(Into::into).collect())
    }

    /// All routing rules in the order of their evaluation. Needs `PAYMENTS_READ`.
    async fn payment_routing_rules(&self, ctx: &Context<'_>) -> Result<Vec<PaymentRoutingRule>> {
        let request = ctx.request()?;
        let rules = payments::routing_rules(&request.app, &request.actor).await?;
        Ok(rules.into_iter().map(PaymentRoutingRule).collect())
    }

    /// Entries of the ledger, newest first. Needs `PAYMENTS_READ`.
    async fn ledger(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<LedgerEntry>> {
        let request = ctx.request()?;
        let page = args.page::<LedgerEntryId>()?;
        let found = payments::ledger_entries(&request.app, &request.actor, &page).await?;
        let total = total_count(ctx, payments::ledger_count(&request.app, &request.actor)).await?;
        Ok(Connection::new(&page, found, total, |entry| entry.id, LedgerEntry))
    }

    /// Balances of the ledger, by account and currency. Needs `PAYMENTS_READ`.
    async fn ledger_balances(&self, ctx: &Context<'_>) -> Result<Vec<LedgerBalance>> {
        let request = ctx.request()?;
        let balances = payments::balances(&request.app, &request.actor).await?;
        Ok(balances.into_iter().map(TryInto::try_into).collect::<Result<_, MoneyError>>()?)
    }

    /// Comparisons of recorded charges with the reports of gateways, newest first. Always empty: no comparison runs
    /// today. Needs `PAYMENTS_READ`.
    async fn reconciliations(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Reconciliation>> {
        payments::authorize_reconciliations(&ctx.request()?.actor)?;
        let page = args.page::<String>()?;
        Ok(Connection::of_list(&page, Vec::new())?)
    }
}
