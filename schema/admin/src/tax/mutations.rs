//! Root fields that change tax classes and rates.

use async_graphql::{Context, ID, Object, Result};
use model::ids::TaxRateId;
use schema_shared::{RequestExt, parse_id, payloads, to_id, to_user_errors};
use services::tax as use_cases;

use super::{
    errors::TaxUserError,
    inputs::{TaxClassCreateInput, TaxClassDeleteInput, TaxClassUpdateInput, TaxRateDeleteInput, TaxRateSetInput},
    types::{TaxClass, TaxRate},
};

/// Mutations of taxes.
#[derive(Default)]
pub struct TaxMutation;

payloads! {
    errors TaxUserError;

    "taxClassCreate" => TaxClassCreatePayload {
        /// The new tax class; null if it was not created.
        tax_class: TaxClass,
    }
    "taxClassUpdate" => TaxClassUpdatePayload {
        /// The tax class after the change; null if it was not changed.
        tax_class: TaxClass,
    }
    "taxClassDelete" => TaxClassDeletePayload {
        /// Global id of the deleted tax class; null if nothing was deleted.
        deleted_id: ID,
    }
    "taxRateSet" => TaxRateSetPayload {
        /// The new or changed tax rate; null if nothing was changed.
        tax_rate: TaxRate,
    }
    "taxRateDelete" => TaxRateDeletePayload {
        /// Global id of the deleted tax rate; null if nothing was deleted.
        deleted_id: ID,
    }
}

#[Object]
impl TaxMutation {
    /// Creates a tax class. Until it has rates, its goods are taxed like those of the class `standard`. Needs
    /// `SETTINGS_WRITE`.
    async fn tax_class_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Tax class to create.")] input: TaxClassCreateInput,
    ) -> Result<TaxClassCreatePayload> {
        let request = ctx.request()?;
        match use_cases::create_class(&request.app, &request.actor, &input.slug, &input.name).await {
            Ok(class) => Ok(TaxClassCreatePayload::done(TaxClass(class))),
            Err(error) => Ok(TaxClassCreatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Renames a tax class. Needs `SETTINGS_WRITE`.
    async fn tax_class_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Tax class to rename.")] input: TaxClassUpdateInput,
    ) -> Result<TaxClassUpdatePayload> {
        let request = ctx.request()?;
        match use_cases::update_class(&request.app, &request.actor, &input.which(), &input.name).await {
            Ok(class) => Ok(TaxClassUpdatePayload::done(TaxClass(class))),
            Err(error) => Ok(TaxClassUpdatePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Deletes a tax class that no rate and no product has. Needs `SETTINGS_WRITE`.
    async fn tax_class_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Tax class to delete.")] input: TaxClassDeleteInput,
    ) -> Result<TaxClassDeletePayload> {
        let request = ctx.request()?;
        match use_cases::delete_class(&request.app, &request.actor, &input.which()).await {
            Ok(id) => Ok(TaxClassDeletePayload::done(to_id(id))),
            Err(error) => Ok(TaxClassDeletePayload::refused(to_user_errors(error)?)),
        }
    }

    /// Creates a tax rate, or replaces the one of the same place, tax class and `validFrom`. Zero is a rate, too: without
    /// any rate, goods cannot be sold to a place. It applies in every process within a second, or from `validFrom` on.
    /// Safe to repeat. Needs `SETTINGS_WRITE`.
    async fn tax_rate_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Place, tax class and rate.")] input: TaxRateSetInput,
    ) -> Result<TaxRateSetPayload> {
        let request = ctx.request()?;
        match use_cases::set_rate(&request.app, &request.actor, input.into_service()).await {
            Ok(rate) => Ok(TaxRateSetPayload::done(TaxRate(rate))),
            Err(error) => Ok(TaxRateSetPayload::refused(to_user_errors(error)?)),
        }
    }

    /// Deletes a tax rate. Needs `SETTINGS_WRITE`.
    async fn tax_rate_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Tax rate to delete.")] input: TaxRateDeleteInput,
    ) -> Result<TaxRateDeletePayload> {
        let request = ctx.request()?;
        // An id of another type becomes a new id, so that the permission is checked first.
        let id = parse_id(&input.id).unwrap_or_else(|_| TaxRateId::new());
        match use_cases::delete_rate(&request.app, &request.actor, id).await {
            Ok(()) => Ok(TaxRateDeletePayload::done(input.id)),
            Err(error) => Ok(TaxRateDeletePayload::refused(to_user_errors(error)?)),
        }
    }
}
