//! Root fields that pay carts.

use async_graphql::{Context, ID, InputObject, Object, Result};
use model::{IdempotencyKey, Network, payments::PaymentMethod};
use schema_shared::{RequestExt, parse_id, payloads, to_user_errors};
use services::payments::{PayCart, PaymentError, PaymentRule, create_for_cart};

use super::{Payment, PaymentUserError, errors::of_failure};

/// Mutations of payments.
#[derive(Default)]
pub struct PaymentMutation;

/// Input of `cartPaymentCreate`.
#[derive(InputObject)]
pub struct CartPaymentCreateInput {
    /// Global id of the cart.
    cart_id: ID,
    /// Payment method of the shopper.
    method: PaymentMethod,
    /// Name of the gateway; the routing rules select one if absent.
    gateway: Option<String>,
    /// Token of the card from the gateway's code in the page or app; required for cards.
    token: Option<String>,
    /// URL to which the shopper returns after a redirect: of the storefront, or of a page or an app that the channel
    /// allows. Others are rejected with `INVALID_RETURN_URL`.
    return_url: Option<String>,
    /// Key that makes repetition safe: the same key with the same input returns the same payment; with another input it
    /// is rejected with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters. A guest's key is valid within the cart, a
    /// customer's key across all carts of the customer.
    idempotency_key: Option<String>,
}

payloads! {
    errors PaymentUserError;

    "cartPaymentCreate" => CartPaymentCreatePayload {
        /// The payment, also if it failed; null if none was created.
        payment: Payment,
    }
}

#[Object]
impl PaymentMutation {
    /// Authorizes the total of a cart at a gateway; the money is captured after the order is placed. A new payment
    /// replaces an earlier one of the cart, which is voided. A payment with an unknown outcome stays `PENDING`:
    /// complete the cart, and the order waits for it. Declined payments are limited per cart, email address and network.
    async fn cart_payment_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Cart and payment method.")] input: CartPaymentCreateInput,
    ) -> Result<CartPaymentCreatePayload> {
        let request = ctx.request()?;
        let outcome = match input.into_service(request.client.network()) {
            Ok(pay) => create_for_cart(&request.app, &request.actor, pay).await,
            Err(error) => Err(error),
        };
        Ok(match outcome {
            Ok(payment) => {
                let user_errors = of_failure(&payment).into_iter().collect();
                CartPaymentCreatePayload { user_errors, ..CartPaymentCreatePayload::done(Payment(payment)) }
            }
            Err(error) => CartPaymentCreatePayload::refused(to_user_errors(error)?),
        })
    }
}

impl CartPaymentCreateInput {
    /// An id of another type becomes a cart that does not exist.
    fn into_service(self, network: Option<Network>) -> Result<PayCart, PaymentError> {
        Ok(PayCart {
            cart_id: parse_id(&self.cart_id).map_err(|_| PaymentRule::CartNotFound)?,
            method: self.method,
            gateway: self.gateway,
            token: self.token,
            return_url: self.return_url,
            idempotency_key: self.idempotency_key.map(IdempotencyKey::try_from).transpose()?,
            network,
        })
    }
}
