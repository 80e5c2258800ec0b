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

/// Mutations of carts.
#[derive(Default)]
pub struct CartMutation;

/// The outcome of a use case that changes a cart.
type Outcome = Result<cart::Cart, CartChangeError>;

#[Object]
impl CartMutation {
    /// Creates a cart in the channel, currency, language and country of the request. The cart of a logged-in customer
    /// starts with the email address and the default addresses of the account; the input takes precedence. When a
    /// customer first changes the cart of a guest, it gets the details of the account that it does not have yet.
    async fn cart_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Initial content of the cart.")] input: CartCreateInput,
    ) -> Result<CartCreatePayload> {
        let request = ctx.request()?;
        let outcome = create(request, request.context()?, input).await;
        answer(ctx, outcome).await
    }

    /// Adds variants to a cart. A line with the same variant and attributes increases its quantity. A repeated request
    /// adds the units again unless it has an `idempotencyKey` or an `expectedVersion`.
    async fn cart_lines_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Variants to add to the cart.")] input: CartLinesAddInput,
    ) -> Result<CartLinesAddPayload> {
        let outcome = add_lines(ctx.request()?, input).await;
        answer(ctx, outcome).await
    }

    /// Sets the quantities of cart lines; 0 removes a line.
    async fn cart_lines_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Lines with their new quantities.")] input: CartLinesUpdateInput,
    ) -> Result<CartLinesUpdatePayload> {
        let outcome = update_lines(ctx.request()?, &input).await;
        answer(ctx, outcome).await
    }

    /// Removes lines from a cart.
    async fn cart_lines_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Lines to remove from the cart.")] input: CartLinesRemoveInput,
    ) -> Result<CartLinesRemovePayload> {
        let outcome = remove_lines(ctx.request()?, &input).await;
        answer(ctx, outcome).await
    }

    /// Changes the contact data of the buyer.
    async fn cart_buyer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New contact data of the buyer.")] input: CartBuyerUpdateInput,
    ) -> Result<CartBuyerUpdatePayload> {
        let outcome = update_buyer(ctx.request()?, input).await;
        answer(ctx, outcome).await
    }

    /// Changes the shipping and billing addresses of a cart.
    async fn cart_addresses_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New addresses of the cart.")] input: CartAddressesUpdateInput,
    ) -> Result<CartAddressesUpdatePayload> {
        let outcome = update_addresses(ctx.request()?, input).await;
        answer(ctx, outcome).await
    }

    /// Selects a delivery option for a delivery group.
    async fn cart_delivery_option_select(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Delivery group and selected option.")] input: CartDeliveryOptionSelectInput,
    ) -> Result<CartDeliveryOptionSelectPayload> {
        let outcome = select_delivery(ctx.request()?, &input).await;
        answer(ctx, outcome).await
    }

    /// Replaces the discount codes of a cart. A code that does not apply is kept and marked as not applicable. Wrong codes
    /// are limited per cart and per network.
    async fn cart_discount_codes_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Discount codes of the cart.")] input: CartDiscountCodesUpdateInput,
    ) -> Result<CartDiscountCodesUpdatePayload> {
        let outcome = update_codes(ctx.request()?, &input).await;
        answer(ctx, outcome).await
    }

    /// Changes the note from the shopper to the merchant.
    async fn cart_note_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "New note of the cart.")] input: CartNoteUpdateInput,
    ) -> Result<CartNoteUpdatePayload> {
        let outcome = update_note(ctx.request()?, &input).await;
        answer(ctx, outcome).await
    }

    /// Moves the lines of one cart into another, and all other data that the other cart lacks, so that a guest's
    /// choices remain after login. Merging again changes nothing.
    async fn cart_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Carts to merge.")] input: CartMergeInput,
    ) -> Result<CartMergePayload> {
        let outcome = merge(ctx.request()?, input).await;
        answer(ctx, outcome).await
    }
}

async fn create(request: &RequestData, context: &RequestContext, input: CartCreateInput) -> Outcome {
    let input = input.into_service(request.client.network())?;
    use_cases::create_cart(&request.app, &request.actor, context, input).await
}

async fn add_lines(request: &RequestData, input: CartLinesAddInput) -> Outcome {
    let target = input.target()?;
    let (lines, key) = (lines(input.lines)?, key(input.idempotency_key)?);
    use_cases::add_lines(&request.app, &request.actor, target, lines, key.as_ref()).await
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
    let (app, actor, client) = (&request.app, &request.actor, &request.client);
    use_cases::update_discount_codes(app, actor, client, input.target()?, &input.codes).await
}

async fn update_note(request: &RequestData, input: &CartNoteUpdateInput) -> Outcome {
    use_cases::update_note(&request.app, &request.actor, input.target()?, &input.change()).await
}

async fn merge(request: &RequestData, input: CartMergeInput) -> Outcome {
    use_cases::merge_carts(&request.app, &request.actor, input.into_service()?).await
}
