//! Root fields that change promotions.

use async_graphql::{Context, ID, Object, Result};
use model::{IdempotencyKey, ids::PromotionId, promotions};
use schema_shared::{RequestData, RequestExt, parse_id};
use services::promotions::{
    self as use_cases, AddCodes, CreatePromotion, DeactivateCodes, PromotionError, PromotionTarget,
};

use super::{
    errors::{
        PromotionArchivePayload, PromotionCodesAddPayload, PromotionCodesDeactivatePayload, PromotionCreatePayload,
        PromotionUpdatePayload, answer, key,
    },
    inputs::{
        PromotionArchiveInput, PromotionCodesAddInput, PromotionCodesDeactivateInput, PromotionCreateInput,
        PromotionUpdateInput,
    },
};

/// Mutations of promotions.
#[derive(Default)]
pub struct PromotionMutation;

/// The outcome of a use case that changes a promotion.
type Outcome = Result<promotions::Promotion, PromotionError>;

#[Object]
impl PromotionMutation {
    /// Creates a promotion with its codes. It applies at once, in other processes within a second. Needs
    /// `PROMOTIONS_WRITE`.
    async fn promotion_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Promotion to create.")] input: PromotionCreateInput,
    ) -> Result<PromotionCreatePayload> {
        let mut input = input;
        match key(input.idempotency_key.take()) {
            Ok(key) => answer(create(ctx.request()?, input, key).await),
            Err(error) => Ok(PromotionCreatePayload::refused(vec![error])),
        }
    }

    /// Changes a promotion, but not its codes. Needs `PROMOTIONS_WRITE`.
    async fn promotion_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Promotion to change, with the new values.")] input: PromotionUpdateInput,
    ) -> Result<PromotionUpdatePayload> {
        answer(update(ctx.request()?, input).await)
    }

    /// Archives a promotion: it and its codes no longer apply. Archiving it again changes nothing. Needs
    /// `PROMOTIONS_WRITE`.
    async fn promotion_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Promotion to archive.")] input: PromotionArchiveInput,
    ) -> Result<PromotionArchivePayload> {
        answer(archive(ctx.request()?, &input).await)
    }

    /// Adds codes to a promotion that is activated by codes. Needs `PROMOTIONS_WRITE`.
    async fn promotion_codes_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Promotion and codes to add.")] input: PromotionCodesAddInput,
    ) -> Result<PromotionCodesAddPayload> {
        let mut input = input;
        match key(input.idempotency_key.take()) {
            Ok(key) => answer(add_codes(ctx.request()?, input, key).await),
            Err(error) => Ok(PromotionCodesAddPayload::refused(vec![error])),
        }
    }

    /// Deactivates codes of a promotion: carts cannot use them any longer, orders that used them stay as they are. Codes
    /// that are deactivated already stay so. Nothing is changed if the promotion does not have all of the codes. Needs
    /// `PROMOTIONS_WRITE`.
    async fn promotion_codes_deactivate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Promotion and codes to deactivate.")] input: PromotionCodesDeactivateInput,
    ) -> Result<PromotionCodesDeactivatePayload> {
        let request = ctx.request()?;
        let codes = DeactivateCodes { promotion: id(&input.promotion_id), codes: input.codes };
        answer(use_cases::deactivate_codes(&request.app, &request.actor, codes).await)
    }
}

async fn create(
    request: &RequestData,
    input: PromotionCreateInput,
    idempotency_key: Option<IdempotencyKey>,
) -> Outcome {
    let input = CreatePromotion { promotion: input.into(), idempotency_key };
    use_cases::create_promotion(&request.app, &request.actor, input).await
}

async fn update(request: &RequestData, input: PromotionUpdateInput) -> Outcome {
    let target = PromotionTarget { id: id(&input.id), expected_version: input.expected_version };
    use_cases::update_promotion(&request.app, &request.actor, target, input.into()).await
}

async fn archive(request: &RequestData, input: &PromotionArchiveInput) -> Outcome {
    use_cases::archive_promotion(&request.app, &request.actor, id(&input.id)).await
}

async fn add_codes(
    request: &RequestData,
    input: PromotionCodesAddInput,
    idempotency_key: Option<IdempotencyKey>,
) -> Outcome {
    let input = AddCodes { promotion: id(&input.id), codes: input.into_codes(), idempotency_key };
    use_cases::add_codes(&request.app, &request.actor, input).await
}

/// The id of a promotion. An id of another type becomes a new id, so that the permission is checked first.
fn id(id: &ID) -> PromotionId {
    parse_id(id).unwrap_or_else(|_| PromotionId::new())
}
