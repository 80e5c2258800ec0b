//! Root fields that read delivery zones and methods.

use async_graphql::{Context, Object, Result};
use model::ids::{ChannelId, DeliveryMethodId, DeliveryZoneId};
use schema_shared::{BadUserInput, Connection, ConnectionArgs, RequestExt, connection_fields};
use services::shipping;

use super::types::{DeliveryMethod, DeliveryZone};

/// Queries of delivery.
#[derive(Default)]
pub struct ShippingQuery;

#[connection_fields]
#[Object]
impl ShippingQuery {
    /// Delivery zones, oldest first. Needs `SETTINGS_WRITE`, `CATALOG_READ` or `ORDERS_READ`.
    async fn delivery_zones(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<DeliveryZone>> {
        let request = ctx.request()?;
        let page = args.page::<DeliveryZoneId>()?;
        let settings = shipping::list_zones(&request.app, &request.actor).await?;
        let node = |zone: &model::shipping::DeliveryZone| DeliveryZone(zone.clone());
        Ok(Connection::of_slice(&page, &settings.delivery_zones, |zone| zone.id, node)?)
    }

    /// Delivery methods that are not archived, by channel and in the order in which shoppers see them. Needs
    /// `SETTINGS_WRITE`, `CATALOG_READ` or `ORDERS_READ`.
    async fn delivery_methods(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Channel by slug or global id; all channels if absent. An unknown one is an error.")]
        channel: Option<String>,
        args: ConnectionArgs,
    ) -> Result<Connection<DeliveryMethod>> {
        let request = ctx.request()?;
        let page = args.page::<DeliveryMethodId>()?;
        let settings = shipping::list_methods(&request.app, &request.actor).await?;
        let mut methods: Vec<&model::shipping::DeliveryMethod> = settings.delivery_methods.iter().collect();
        if let Some(reference) = channel {
            let found = match reference.parse::<ChannelId>() {
                Ok(id) => settings.channel_by_id(id),
                Err(_) => settings.channel(&reference),
            };
            let unknown = || BadUserInput("there is no such channel".to_owned());
            let id = found.ok_or_else(unknown)?.id;
            methods.retain(|method| method.channel == id);
        }
        let node = |method: &&model::shipping::DeliveryMethod| DeliveryMethod {
            method: (*method).clone(),
            settings: settings.clone(),
        };
        Ok(Connection::of_slice(&page, &methods, |method| method.id, node)?)
    }
}
