//! Completing a cart.

use async_graphql::{Context, ID, InputObject, Object, Result};
use model::{
    IdempotencyKey, InvalidIdempotencyKey,
    orders::PlaceError,
    pricing::{CartProblem, ProblemCode},
};
use schema_shared::{RequestExt, parse_id, payloads, user_errors};
use services::checkout::{CompleteCart, CompleteError, complete};

use super::Order;

/// Makes orders of carts.
#[derive(Default)]
pub struct CheckoutMutation;

/// Which cart becomes an order.
#[derive(InputObject)]
pub struct CartCompleteInput {
    /// The cart.
    cart_id: ID,
    /// The version of the cart that the shopper last saw; the cart is refused when it has changed since.
    expected_version: Option<i32>,
    /// The same key with the same input gives the same order, with another input `IDEMPOTENCY_KEY_REUSED`; 1 to 255
    /// characters. Without a login it counts within the cart, else for all carts of the caller.
    idempotency_key: Option<String>,
}

user_errors! {
    /// Why a cart did not become an order.
    CheckoutUserError,
    /// What stopped a cart from becoming an order.
    CheckoutErrorCode {
        /// There is no cart that the caller may complete.
        CartNotFound,
        /// The cart has changed since the expected version.
        VersionConflict,
        /// Nothing is in the cart.
        CartEmpty,
        /// What a line asks for is no longer sold here.
        VariantUnavailable,
        /// Fewer units are left than the cart asks for; nothing was sold and the payment is let go.
        OutOfStock,
        /// A line costs more than the shop can reckon with.
        AmountTooLarge,
        /// The buyer's e-mail address is missing.
        MissingEmail,
        /// There is no address to deliver to, or an incomplete one.
        MissingShippingAddress,
        /// Delivery is not chosen, or no longer offered.
        MissingDeliveryOption,
        /// Nothing is delivered to this country.
        CountryNotServed,
        /// A discount code is unknown, ended, used up, or does not fit the cart.
        DiscountCodeNotApplicable,
        /// No payment was begun, or the last one failed.
        PaymentRequired,
        /// The shopper has to finish the payment first, such as 3-D Secure.
        PaymentActionRequired,
        /// The payment is not for the cart's total; it is let go, and the shopper pays again.
        PaymentAmountMismatch,
        /// The idempotency key is empty, longer than 255 characters, or has control characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
    }
}

payloads! {
    errors CheckoutUserError;

    "cartComplete" => CartCompletePayload {
        /// The order that the cart became; null when it did not.
        order: Order,
    }
}

#[Object]
impl CheckoutMutation {
    /// Makes an order of a cart. Prices are worked out anew, stock is taken, and a payment must be authorised or
    /// pending for exactly the total; nothing to pay needs no payment. A cart becomes one order, however often this is
    /// sent, and a cart that is an order already answers with it.
    async fn cart_complete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which cart becomes an order.")] input: CartCompleteInput,
    ) -> Result<CartCompletePayload> {
        let request = ctx.request()?;
        let Ok(cart_id) = parse_id(&input.cart_id) else {
            return Ok(CartCompletePayload::refused(user_errors_of(CompleteError::CartNotFound)?));
        };
        let idempotency_key = match input.idempotency_key.map(IdempotencyKey::try_from).transpose() {
            Ok(key) => key,
            Err(error) => return Ok(CartCompletePayload::refused(vec![invalid_key(error)])),
        };
        let cart = CompleteCart { cart_id, expected_version: input.expected_version, idempotency_key };
        match complete(&request.app, &request.actor, cart).await {
            Ok(order) => Ok(CartCompletePayload::done(order.into())),
            Err(error) => Ok(CartCompletePayload::refused(user_errors_of(error)?)),
        }
    }
}

fn invalid_key(error: InvalidIdempotencyKey) -> CheckoutUserError {
    CheckoutUserError::at(CheckoutErrorCode::InvalidIdempotencyKey, error, "idempotencyKey")
}

/// The refusals as user errors; anything else leaves as a top-level error.
fn user_errors_of(error: CompleteError) -> Result<Vec<CheckoutUserError>> {
    let about_cart = |code| CheckoutUserError::at(code, &error, "cartId");
    Ok(vec![match &error {
        CompleteError::Place(PlaceError::Problems(problems)) => return Ok(problems.iter().map(of_problem).collect()),
        CompleteError::Service(_) | CompleteError::Moved | CompleteError::Place(PlaceError::Money(_)) => {
            return Err(top_level(error));
        }
        CompleteError::CartNotFound => about_cart(CheckoutErrorCode::CartNotFound),
        CompleteError::VersionConflict { .. } => {
            CheckoutUserError::at(CheckoutErrorCode::VersionConflict, &error, "expectedVersion")
        }
        CompleteError::OutOfStock(_) => about_cart(CheckoutErrorCode::OutOfStock),
        CompleteError::CodesUsedUp(_) => about_cart(CheckoutErrorCode::DiscountCodeNotApplicable),
        CompleteError::KeyReused => {
            CheckoutUserError::at(CheckoutErrorCode::IdempotencyKeyReused, &error, "idempotencyKey")
        }
        CompleteError::Place(PlaceError::PaymentRequired) => about_cart(CheckoutErrorCode::PaymentRequired),
        CompleteError::Place(PlaceError::PaymentActionRequired) => about_cart(CheckoutErrorCode::PaymentActionRequired),
        CompleteError::Place(PlaceError::PaymentAmountMismatch) => about_cart(CheckoutErrorCode::PaymentAmountMismatch),
    }])
}

fn top_level(error: CompleteError) -> async_graphql::Error {
    match error {
        CompleteError::Service(error) => error.into(),
        other => services::ServiceError::Internal(other.to_string()).into(),
    }
}

fn of_problem(problem: &CartProblem) -> CheckoutUserError {
    let code = match problem.code {
        ProblemCode::Empty => CheckoutErrorCode::CartEmpty,
        ProblemCode::VariantUnavailable => CheckoutErrorCode::VariantUnavailable,
        ProblemCode::AmountTooLarge => CheckoutErrorCode::AmountTooLarge,
        ProblemCode::OutOfStock => CheckoutErrorCode::OutOfStock,
        ProblemCode::MissingEmail => CheckoutErrorCode::MissingEmail,
        ProblemCode::MissingShippingAddress => CheckoutErrorCode::MissingShippingAddress,
        ProblemCode::MissingDeliveryOption => CheckoutErrorCode::MissingDeliveryOption,
        ProblemCode::CountryNotServed => CheckoutErrorCode::CountryNotServed,
        ProblemCode::DiscountCodeNotApplicable => CheckoutErrorCode::DiscountCodeNotApplicable,
    };
    match &problem.target {
        Some(target) => CheckoutUserError::at(code, format!("{target}: {}", problem.message), "cartId"),
        None => CheckoutUserError::at(code, &problem.message, "cartId"),
    }
}
