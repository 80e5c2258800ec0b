//! What the mutations of carts answer.

use async_graphql::{Context, Result};
use model::pricing::ProblemCode;
use schema_shared::{RequestExt, Warning, WarningCode, payload};
use services::cart::CartChangeError;

use super::{Cart, CartUserError, errors::split};

macro_rules! payloads {
    ($($(#[$meta:meta])* $payload:ident;)*) => {$(
        payload! {
            $(#[$meta])*
            $payload {
                /// The cart as it is now; null when nothing was changed.
                cart: Cart,
            }
            errors CartUserError
        }

        impl $payload {
            /// The answer to a change, with what is worth knowing about the cart when the client asks for it.
            pub(super) async fn answer(
                ctx: &Context<'_>,
                outcome: Result<model::cart::Cart, CartChangeError>,
            ) -> Result<Self> {
                match split(outcome)? {
                    Err(refusals) => Ok(Self::refused(refusals.into_iter().map(CartUserError::from).collect())),
                    Ok(cart) => {
                        let cart = Cart::new(&ctx.request()?.app, cart);
                        let warnings = warnings(ctx, &cart).await?;
                        Ok(Self { warnings, ..Self::done(cart) })
                    }
                }
            }
        }
    )*};
}

payloads! {
    /// The answer to `cartCreate`.
    CartCreatePayload;
    /// The answer to `cartLinesAdd`.
    CartLinesAddPayload;
    /// The answer to `cartLinesUpdate`.
    CartLinesUpdatePayload;
    /// The answer to `cartLinesRemove`.
    CartLinesRemovePayload;
    /// The answer to `cartBuyerUpdate`.
    CartBuyerUpdatePayload;
    /// The answer to `cartAddressesUpdate`.
    CartAddressesUpdatePayload;
    /// The answer to `cartDeliveryOptionSelect`.
    CartDeliveryOptionSelectPayload;
    /// The answer to `cartDiscountCodesUpdate`.
    CartDiscountCodesUpdatePayload;
    /// The answer to `cartNoteUpdate`.
    CartNoteUpdatePayload;
    /// The answer to `cartMerge`.
    CartMergePayload;
}

/// What the shopper should hear although the change worked; looked for only when it is selected.
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
