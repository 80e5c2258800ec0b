//! Root fields that pay carts.

use async_graphql::{Context, ID, InputObject, Object, Result};
use model::{IdempotencyKey, payments::PaymentMethod};
use schema_shared::{RequestExt, parse_id, payloads};
use services::payments::{PayCart, PaymentError, create_for_cart};

use super::{
    Payment, PaymentUserError,
    errors::{of_failure, split},
};

/// Pays carts.
#[derive(Default)]
pub struct PaymentMutation;

/// How a cart is paid.
#[derive(InputObject)]
pub struct CartPaymentCreateInput {
    /// The cart's id.
    cart_id: ID,
    /// How the shopper pays.
    method: PaymentMethod,
    /// The gateway; the shop's routing decides when absent.
    gateway: Option<String>,
    /// What the gateway's code gave the page or app for the card; needed for cards.
    token: Option<String>,
    /// Where the shopper comes back to after a redirect.
    return_url: Option<String>,
    /// The same key with the same input gives the same payment, with another input `IDEMPOTENCY_KEY_REUSED`; 1 to 255
    /// characters. Without a login it counts within the cart, else for all carts of the caller.
    idempotency_key: Option<String>,
}

payloads! {
    errors PaymentUserError;

    "cartPaymentCreate" => CartPaymentCreatePayload {
        /// The payment, also when it failed; null when none was made.
        payment: Payment,
    }
}

#[Object]
impl PaymentMutation {
    /// Asks a gateway to hold exactly what the cart costs; the money is taken after the order is placed. A new payment
    /// takes the place of an earlier one of the cart, which is voided. A payment whose outcome is not known stays
    /// `PENDING`: complete the cart, and the order waits for it.
    async fn cart_payment_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How the cart is paid.")] input: CartPaymentCreateInput,
    ) -> Result<CartPaymentCreatePayload> {
        let request = ctx.request()?;
        let outcome = match input.into_service() {
            Ok(pay) => create_for_cart(&request.app, &request.actor, pay).await,
            Err(error) => Err(error),
        };
        Ok(match outcome {
            Ok(payment) => {
                let user_errors = of_failure(&payment).into_iter().collect();
                CartPaymentCreatePayload { user_errors, ..CartPaymentCreatePayload::done(Payment(payment)) }
            }
            Err(error) => CartPaymentCreatePayload::refused(vec![split(error)?]),
        })
    }
}

impl CartPaymentCreateInput {
    /// An id that names nothing is a cart that is not there.
    fn into_service(self) -> Result<PayCart, PaymentError> {
        Ok(PayCart {
            cart_id: parse_id(&self.cart_id).map_err(|_| PaymentError::CartNotFound)?,
            method: self.method,
            gateway: self.gateway,
            token: self.token,
            return_url: self.return_url,
            idempotency_key: self.idempotency_key.map(IdempotencyKey::try_from).transpose()?,
        })
    }
}
