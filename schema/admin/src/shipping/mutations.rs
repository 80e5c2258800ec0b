//! Root fields that change delivery zones and methods.

use async_graphql::{Context, ID, Object, Result};
use model::ids::DeliveryMethodId;
use schema_shared::{Payload, RequestData, RequestExt, parse_id, to_id, to_user_errors};
use services::shipping::{self, MethodError, MethodTarget, ZoneError, ZoneTarget};

use super::{
    errors::{
        DeliveryMethodArchivePayload, DeliveryMethodCreatePayload, DeliveryMethodUpdatePayload,
        DeliveryZoneCreatePayload, DeliveryZoneDeletePayload, DeliveryZoneUpdatePayload, ShippingUserError,
    },
    inputs::{
        DeliveryMethodArchiveInput, DeliveryMethodCreateInput, DeliveryMethodUpdateInput, DeliveryZoneCreateInput,
        DeliveryZoneDeleteInput, DeliveryZoneUpdateInput, zone_id,
    },
    types::{DeliveryMethod, DeliveryZone},
};

/// Mutations of delivery.
#[derive(Default)]
pub struct ShippingMutation;

#[Object]
impl ShippingMutation {
    /// Creates a delivery zone, to which methods can deliver. Needs `SETTINGS_WRITE`.
    async fn delivery_zone_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Zone to create.")] input: DeliveryZoneCreateInput,
    ) -> Result<DeliveryZoneCreatePayload> {
        let request = ctx.request()?;
        zone_answer(shipping::create_zone(&request.app, &request.actor, input.into()).await)
    }

    /// Changes a delivery zone. Carts follow at once, in other processes within a second. Needs `SETTINGS_WRITE`.
    async fn delivery_zone_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Zone to change, with the new values.")] input: DeliveryZoneUpdateInput,
    ) -> Result<DeliveryZoneUpdatePayload> {
        let request = ctx.request()?;
        let target = ZoneTarget { id: zone_id(&input.id), expected_version: input.expected_version };
        zone_answer(shipping::update_zone(&request.app, &request.actor, target, input.into()).await)
    }

    /// Deletes a delivery zone to which no method delivers; archive the methods first, or move them. Its archived methods
    /// are deleted too; orders keep what was bought. Needs `SETTINGS_WRITE`.
    async fn delivery_zone_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Zone to delete.")] input: DeliveryZoneDeleteInput,
    ) -> Result<DeliveryZoneDeletePayload> {
        let request = ctx.request()?;
        let target = ZoneTarget { id: zone_id(&input.id), expected_version: input.expected_version };
        match shipping::delete_zone(&request.app, &request.actor, target).await {
            Ok(id) => Ok(DeliveryZoneDeletePayload::done(to_id(id))),
            Err(error) => Ok(DeliveryZoneDeletePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Creates a delivery method of a channel. Carts offer it at once, in other processes within a second. Needs
    /// `SETTINGS_WRITE`.
    async fn delivery_method_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Method to create.")] input: DeliveryMethodCreateInput,
    ) -> Result<DeliveryMethodCreatePayload> {
        let request = ctx.request()?;
        let (channel, handle, currency) = (input.channel.clone(), input.handle.clone(), input.currency_code.0);
        let fields = match input.read() {
            Ok(fields) => fields,
            Err(error) => return Ok(DeliveryMethodCreatePayload::refused(vec![error])),
        };
        let outcome = shipping::create_method(&request.app, &request.actor, &channel, handle, currency, fields).await;
        method_answer(request, outcome).await
    }

    /// Changes a delivery method. Needs `SETTINGS_WRITE`.
    async fn delivery_method_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Method to change, with the new values.")] input: DeliveryMethodUpdateInput,
    ) -> Result<DeliveryMethodUpdatePayload> {
        let request = ctx.request()?;
        let target = MethodTarget { id: method_id(&input.id), expected_version: input.expected_version };
        let fields = match input.read() {
            Ok(fields) => fields,
            Err(error) => return Ok(DeliveryMethodUpdatePayload::refused(vec![error])),
        };
        method_answer(request, shipping::update_method(&request.app, &request.actor, target, fields).await).await
    }

    /// Archives a delivery method: it is no longer offered, and carts that selected it report the missing choice. Archiving
    /// it again changes nothing. Needs `SETTINGS_WRITE`.
    async fn delivery_method_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Method to archive.")] input: DeliveryMethodArchiveInput,
    ) -> Result<DeliveryMethodArchivePayload> {
        let request = ctx.request()?;
        let target = MethodTarget { id: method_id(&input.id), expected_version: input.expected_version };
        method_answer(request, shipping::archive_method(&request.app, &request.actor, target).await).await
    }
}

/// The id of a method. An id of another type becomes a new id, so that the permission is checked first.
fn method_id(id: &ID) -> DeliveryMethodId {
    parse_id(id).unwrap_or_else(|_| DeliveryMethodId::new())
}

fn zone_answer<P>(outcome: Result<model::shipping::DeliveryZone, ZoneError>) -> Result<P>
where
    P: Payload<Objects = (DeliveryZone,), UserError = ShippingUserError>,
{
    match outcome {
        Ok(zone) => Ok(P::success((DeliveryZone(zone),), Vec::new())),
        Err(error) => Ok(P::failure(to_user_errors(error)?)),
    }
}

async fn method_answer<P>(
    request: &RequestData,
    outcome: Result<model::shipping::DeliveryMethod, MethodError>,
) -> Result<P>
where
    P: Payload<Objects = (DeliveryMethod,), UserError = ShippingUserError>,
{
    match outcome {
        Ok(method) => {
            let settings = request.back_office()?.settings().await?;
            Ok(P::success((DeliveryMethod { method, settings },), Vec::new()))
        }
        Err(error) => Ok(P::failure(to_user_errors(error)?)),
    }
}
