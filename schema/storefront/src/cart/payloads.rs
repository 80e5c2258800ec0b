//! Payloads of cart mutations.

use async_graphql::{Context, Result};
use model::pricing::ProblemCode;
use schema_shared::{Payload, RequestExt, Warning, WarningCode, payloads, to_user_errors};
use services::cart::CartChangeError;

use super::{Cart, CartUserError};

payloads! {
    errors CartUserError;

    [
        "cartCreate" => CartCreatePayload,
        "cartLinesAdd" => CartLinesAddPayload,
        "cartLinesUpdate" => CartLinesUpdatePayload,
        "cartLinesRemove" => CartLinesRemovePayload,
        "cartBuyerUpdate" => CartBuyerUpdatePayload,
        "cartAddressesUpdate" => CartAddressesUpdatePayload,
        "cartDeliveryOptionSelect" => CartDeliveryOptionSelectPayload,
        "cartDiscountCodesUpdate" => CartDiscountCodesUpdatePayload,
        "cartNoteUpdate" => CartNoteUpdatePayload,
        "cartMerge" => CartMergePayload,
    ] {
        /// The cart after the change; null if nothing was changed.
        cart: Cart,
    }
}

/// The payload of a change, with the warnings about the cart if the client selects them.
pub(super) async fn answer<P>(ctx: &Context<'_>, outcome: Result<model::cart::Cart, CartChangeError>) -> Result<P>
where
    P: Payload<Objects = (Cart,), UserError = CartUserError>,
{
    match outcome {
        Err(error) => Ok(P::failure(to_user_errors(error)?)),
        Ok(cart) => {
            let cart = Cart::new(ctx.request()?, cart);
            let warnings = warnings(ctx, &cart).await?;
            Ok(P::success((cart,), warnings))
        }
    }
}

/// Problems of the cart that do not stop the change; computed only if the client selects them.
async fn warnings(ctx: &Context<'_>, cart: &Cart) -> Result<Vec<Warning>> {
    if !ctx.look_ahead().field("warnings").exists() {
        return Ok(Vec::new());
    }
    let prices = cart.pricing.get().await?;
    let warning = |problem: &model::pricing::CartProblem| {
        let code = match problem.code {
            ProblemCode::OutOfStock => WarningCode::LowStock,
            ProblemCode::DiscountCodeNotApplicable => WarningCode::DiscountCodeNotApplicable,
            _ => return None,
        };
        let message = match &problem.target {
            Some(target) => format!("{target}: {}", problem.message),
            None => problem.message.clone(),
        };
        Some(Warning { code, message, field: None })
    };
    Ok(prices.cart.problems.iter().filter_map(warning).collect())
}
