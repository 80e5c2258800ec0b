//! Root fields that change carts.

use async_graphql::{Context, Object, Result};
use model::{cart, channels::RequestContext};
use schema_shared::{RequestData, RequestExt};
use services::cart::{self as use_cases, CartChangeError};

use super::{
    inputs::{
        CartAddressesUpdateInput, CartBuyerUpdateInput, CartCreateInput, CartDeliveryOptionSelectInput,
        CartDiscountCodesUpdateInput, CartLinesAddInput, CartLinesRemoveInput, CartLinesUpdateInput, CartMergeInput,
        CartNoteUpdateInput, key, lines,
    },
    payloads::{
        CartAddressesUpdatePayload, CartBuyerUpdatePayload, CartCreatePayload, CartDeliveryOptionSelectPayload,
        CartDiscountCodesUpdatePayload, CartLinesAddPayload, CartLinesRemovePayload, CartLinesUpdatePayload,
        CartMergePayload, CartNoteUpdatePayload, answer,
    },
};

/// Changes carts.
#[derive(Default)]
pub struct CartMutation;

/// What became of a change.
type Outcome = Result<cart::Cart, CartChangeError>;

#[Object]
impl CartMutation {
    /// Opens a cart in the channel, currency, language and country of the request.
    async fn cart_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it starts with.")] input: CartCreateInput,
    ) -> Result<CartCreatePayload> {
        let request = ctx.request()?;
        let outcome = create(request, request.context()?, input).await;
        answer(ctx, outcome).await
    }

    /// Puts variants into a cart; one that is in already with the same attributes gets more units. Sent twice it adds
    /// twice, unless an `idempotencyKey` or an `expectedVersion` says that it is the same request.
    async fn cart_lines_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is added.")] input: CartLinesAddInput,
    ) -> Result<CartLinesAddPayload> {
        let outcome = add_lines(ctx.request()?, input).await;
        answer(ctx, outcome).await
    }

    /// Sets the quantities of lines; 0 removes a line.
    async fn cart_lines_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new quantities.")] input: CartLinesUpdateInput,
    ) -> Result<CartLinesUpdatePayload> {
        let outcome = update_lines(ctx.request()?, &input).await;
        answer(ctx, outcome).await
    }

    /// Takes lines out.
    async fn cart_lines_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is taken out.")] input: CartLinesRemoveInput,
    ) -> Result<CartLinesRemovePayload> {
        let outcome = remove_lines(ctx.request()?, &input).await;
        answer(ctx, outcome).await
    }

    /// Changes what is known of the buyer.
    async fn cart_buyer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: CartBuyerUpdateInput,
    ) -> Result<CartBuyerUpdatePayload> {
        let outcome = update_buyer(ctx.request()?, input).await;
        answer(ctx, outcome).await
    }

    /// Changes where the cart goes and who is billed.
    async fn cart_addresses_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: CartAddressesUpdateInput,
    ) -> Result<CartAddressesUpdatePayload> {
        let outcome = update_addresses(ctx.request()?, input).await;
        answer(ctx, outcome).await
    }

    /// Chooses how a group of lines is delivered.
    async fn cart_delivery_option_select(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The choice.")] input: CartDeliveryOptionSelectInput,
    ) -> Result<CartDeliveryOptionSelectPayload> {
        let outcome = select_delivery(ctx.request()?, &input).await;
        answer(ctx, outcome).await
    }

    /// Puts discount codes in the place of those entered before. A code that does nothing is kept and shows as not
    /// applicable.
    async fn cart_discount_codes_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The codes.")] input: CartDiscountCodesUpdateInput,
    ) -> Result<CartDiscountCodesUpdatePayload> {
        let outcome = update_codes(ctx.request()?, &input).await;
        answer(ctx, outcome).await
    }

    /// Leaves a word to the merchant, or takes it away.
    async fn cart_note_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The note.")] input: CartNoteUpdateInput,
    ) -> Result<CartNoteUpdatePayload> {
        let outcome = update_note(ctx.request()?, &input).await;
        answer(ctx, outcome).await
    }

    /// Moves the lines of one cart into another, and whatever else the other does not have: what a guest chose is
    /// there after the login. Doing it again changes nothing.
    async fn cart_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which cart goes into which.")] input: CartMergeInput,
    ) -> Result<CartMergePayload> {
        let outcome = merge(ctx.request()?, input).await;
        answer(ctx, outcome).await
    }
}

async fn create(request: &RequestData, context: &RequestContext, input: CartCreateInput) -> Outcome {
    use_cases::create_cart(&request.app, &request.actor, context, input.into_service()?).await
}

async fn add_lines(request: &RequestData, input: CartLinesAddInput) -> Outcome {
    let target = input.target()?;
    let (lines, key) = (lines(input.lines)?, key(input.idempotency_key)?);
    let RequestData { app, actor, .. } = request;
    match key {
        Some(key) => use_cases::add_lines_once(app, actor, target, lines, &key).await,
        None => use_cases::add_lines(app, actor, target, lines).await,
    }
}

async fn update_lines(request: &RequestData, input: &CartLinesUpdateInput) -> Outcome {
    use_cases::update_lines(&request.app, &request.actor, input.target()?, &input.changes()?).await
}

async fn remove_lines(request: &RequestData, input: &CartLinesRemoveInput) -> Outcome {
    use_cases::remove_lines(&request.app, &request.actor, input.target()?, &input.lines()).await
}

async fn update_buyer(request: &RequestData, input: CartBuyerUpdateInput) -> Outcome {
    let target = input.target()?;
    use_cases::update_buyer(&request.app, &request.actor, target, input.into_change()).await
}

async fn update_addresses(request: &RequestData, input: CartAddressesUpdateInput) -> Outcome {
    let target = input.target()?;
    use_cases::update_addresses(&request.app, &request.actor, target, input.into_change()).await
}

async fn select_delivery(request: &RequestData, input: &CartDeliveryOptionSelectInput) -> Outcome {
    let (target, group) = (input.target()?, input.group()?);
    use_cases::select_delivery(&request.app, &request.actor, target, group, &input.handle).await
}

async fn update_codes(request: &RequestData, input: &CartDiscountCodesUpdateInput) -> Outcome {
    use_cases::update_discount_codes(&request.app, &request.actor, input.target()?, &input.codes).await
}

async fn update_note(request: &RequestData, input: &CartNoteUpdateInput) -> Outcome {
    use_cases::update_note(&request.app, &request.actor, input.target()?, &input.change()).await
}

async fn merge(request: &RequestData, input: CartMergeInput) -> Outcome {
    use_cases::merge_carts(&request.app, &request.actor, input.into_service()?).await
}
