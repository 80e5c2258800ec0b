//! Root fields that read tax classes and rates.

use async_graphql::{Context, Object, Result};
use model::ids::TaxRateId;
use schema_shared::{Connection, ConnectionArgs, RequestExt, connection_fields, total_count};
use services::tax as use_cases;

use super::{
    inputs::TaxRateFilter,
    types::{TaxClass, TaxRate},
};

/// Queries of taxes.
#[derive(Default)]
pub struct TaxQuery;

#[connection_fields]
#[Object]
impl TaxQuery {
    /// All tax classes, ordered by slug, at most 100. Needs `CATALOG_READ` or `SETTINGS_WRITE`.
    async fn tax_classes(&self, ctx: &Context<'_>) -> Result<Vec<TaxClass>> {
        let request = ctx.request()?;
        let classes = use_cases::list_classes(&request.app, &request.actor).await?;
        Ok(classes.into_iter().map(TaxClass).collect())
    }

    /// Tax rates in the order of creation, including those that apply only later. Needs `CATALOG_READ` or
    /// `SETTINGS_WRITE`.
    async fn tax_rates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions that the rates must meet; all rates if absent.")] filter: Option<TaxRateFilter>,
        args: ConnectionArgs,
    ) -> Result<Connection<TaxRate>> {
        let request = ctx.request()?;
        let page = args.page::<TaxRateId>()?;
        let filter = filter.unwrap_or_default().into_model();
        let found = use_cases::list_rates(&request.app, &request.actor, &filter, &page).await?;
        let total = total_count(ctx, use_cases::count_rates(&request.app, &request.actor, &filter)).await?;
        Ok(Connection::new(&page, found, total, |rate| rate.id, TaxRate))
    }
}
