//! Completion of carts.

use async_graphql::{Context, ID, InputObject, Object, Result};
use model::{
    IdempotencyKey, InvalidIdempotencyKey,
    orders::PlaceError,
    pricing::{CartProblem, ProblemCode},
};
use schema_shared::{FromRule, RequestExt, parse_id, payloads, to_user_errors, user_errors};
use services::checkout::{CompleteCart, CompleteRule, complete};

use super::Order;

/// Mutations of the checkout.
#[derive(Default)]
pub struct CheckoutMutation;

/// Input of `cartComplete`.
#[derive(InputObject)]
pub struct CartCompleteInput {
    /// Global id of the cart.
    cart_id: ID,
    /// Version of the cart that the shopper last saw. Completion is rejected if the cart has changed since.
    expected_version: Option<i32>,
    /// Key that makes repetition safe: the same key with the same input returns the same order; with another input it
    /// is rejected with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters. A guest's key is valid within the cart, a
    /// customer's key across all carts of the customer.
    idempotency_key: Option<String>,
}

user_errors! {
    /// A user error of `cartComplete`.
    CheckoutUserError,
    /// The error codes of `cartComplete`.
    CheckoutErrorCode {
        /// The cart does not exist, or the caller cannot complete it.
        CartNotFound,
        /// The cart has changed since the expected version.
        VersionConflict,
        /// The cart has no lines.
        CartEmpty,
        /// The variant of a line is no longer sold in the channel.
        VariantUnavailable,
        /// Fewer units are available than the cart needs. Nothing was sold, and the payment is released.
        OutOfStock,
        /// The line total exceeds the supported maximum.
        AmountTooLarge,
        /// The email address of the buyer is missing.
        MissingEmail,
        /// The shipping address is missing or incomplete.
        MissingShippingAddress,
        /// No delivery option is selected, or the selected option is no longer available.
        MissingDeliveryOption,
        /// No delivery option serves the place, or, for goods without delivery, the channel does not sell to the country.
        CountryNotServed,
        /// No tax rate is configured for the tax class of a line, or for delivery, at the destination.
        TaxNotConfigured,
        /// Delivery options serve the place, but none of them carries all goods of the cart.
        NotDeliverable,
        /// A discount code is not valid, or does not apply to the cart. Unknown, expired and used-up codes are not
        /// told apart.
        DiscountCodeNotApplicable,
        /// The cart has no payment, or its last payment failed or was authorized only in part.
        PaymentRequired,
        /// The shopper has to complete the payment first, for example 3-D Secure.
        PaymentActionRequired,
        /// The amount of the payment differs from the cart's total. The payment is released, and the shopper has to pay
        /// again.
        PaymentAmountMismatch,
        /// Too many orders or units of the email address or of this network wait for a bank transfer. Another payment
        /// method is possible.
        TooManyUnpaidOrders,
        /// The idempotency key is empty, longer than 255 characters, or contains control characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
    }
}

payloads! {
    errors CheckoutUserError;

    "cartComplete" => CartCompletePayload {
        /// The order of the cart; null if the cart was not completed.
        order: Order,
    }
}

#[Object]
impl CheckoutMutation {
    /// Places the order of a cart: computes prices again, allocates stock, and requires a payment that is authorized or
    /// pending for exactly the total, unless nothing is to be paid. A cart becomes exactly one order: repeated requests
    /// return it.
    async fn cart_complete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Cart to complete.")] input: CartCompleteInput,
    ) -> Result<CartCompletePayload> {
        let request = ctx.request()?;
        let Ok(cart_id) = parse_id(&input.cart_id) else {
            return Ok(CartCompletePayload::refused(to_user_errors(CompleteRule::CartNotFound.into())?));
        };
        let idempotency_key = match input.idempotency_key.map(IdempotencyKey::try_from).transpose() {
            Ok(key) => key,
            Err(error) => return Ok(CartCompletePayload::refused(vec![invalid_key(error)])),
        };
        let (expected_version, network) = (input.expected_version, request.client.network());
        let cart = CompleteCart { cart_id, expected_version, idempotency_key, network };
        match complete(&request.app, &request.actor, cart).await {
            Ok(order) => Ok(CartCompletePayload::done(order.into())),
            Err(error) => Ok(CartCompletePayload::refused(to_user_errors(error)?)),
        }
    }
}

fn invalid_key(error: InvalidIdempotencyKey) -> CheckoutUserError {
    CheckoutUserError::at(CheckoutErrorCode::InvalidIdempotencyKey, error, "idempotencyKey")
}

impl FromRule<CompleteRule> for CheckoutUserError {
    fn from_rule(rule: CompleteRule) -> Result<Vec<Self>, CompleteRule> {
        use CheckoutErrorCode as Code;
        let (code, path) = match &rule {
            CompleteRule::Place(PlaceError::Problems(problems)) => {
                return Ok(problems.iter().map(of_problem).collect());
            }
            CompleteRule::Changed | CompleteRule::Place(PlaceError::Money(_)) => return Err(rule),
            CompleteRule::CartNotFound => (Code::CartNotFound, "cartId"),
            CompleteRule::VersionConflict { .. } => (Code::VersionConflict, "expectedVersion"),
            CompleteRule::OutOfStock(_) => (Code::OutOfStock, "cartId"),
            CompleteRule::TooManyUnpaid(_) => (Code::TooManyUnpaidOrders, "cartId"),
            CompleteRule::CodesUsedUp(_) => (Code::DiscountCodeNotApplicable, "cartId"),
            CompleteRule::Place(PlaceError::EmailMissing) => (Code::MissingEmail, "cartId"),
            CompleteRule::Place(PlaceError::PaymentRequired) => (Code::PaymentRequired, "cartId"),
            CompleteRule::Place(PlaceError::PaymentActionRequired) => (Code::PaymentActionRequired, "cartId"),
            CompleteRule::Place(PlaceError::PaymentAmountMismatch) => (Code::PaymentAmountMismatch, "cartId"),
        };
        Ok(vec![Self::at(code, rule, path)])
    }

    fn from_reused_key(message: String) -> Option<Self> {
        Some(Self::at(CheckoutErrorCode::IdempotencyKeyReused, message, "idempotencyKey"))
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
        ProblemCode::TaxNotConfigured => CheckoutErrorCode::TaxNotConfigured,
        ProblemCode::NotDeliverable => CheckoutErrorCode::NotDeliverable,
        ProblemCode::DiscountCodeNotApplicable => CheckoutErrorCode::DiscountCodeNotApplicable,
    };
    match &problem.target {
        Some(target) => CheckoutUserError::at(code, format!("{target}: {}", problem.message), "cartId"),
        None => CheckoutUserError::at(code, &problem.message, "cartId"),
    }
}
