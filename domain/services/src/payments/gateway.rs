//! The interface of payment gateways.

use async_trait::async_trait;
use model::{
    Currency, Money,
    payments::{ChargeReport, PaymentAttempt, PaymentMethod},
};

/// A payment gateway. Every call carries an idempotency key under which it can be repeated without a second effect.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// True if it accepts payments by this method in this currency.
    fn supports(&self, method: PaymentMethod, currency: Currency) -> bool;

    /// Authorizes an amount.
    async fn authorize(&self, request: &AuthorizeRequest) -> Result<ChargeReport, GatewayError>;

    /// Captures a part of the authorized amount.
    async fn capture(&self, charge: &ChargeRef, amount: Money, key: &str) -> Result<ChargeReport, GatewayError>;

    /// Releases the authorized amount, or cancels a charge that is not decided.
    async fn void(&self, charge: &ChargeRef, key: &str) -> Result<ChargeReport, GatewayError>;

    /// Refunds a part of the captured amount.
    async fn refund(&self, charge: &ChargeRef, amount: Money, key: &str) -> Result<ChargeReport, GatewayError>;

    /// The gateway's report about a charge, or none if the gateway does not know it.
    async fn find(&self, charge: ChargeQuery<'_>) -> Result<Option<ChargeReport>, GatewayError>;

    /// Verifies and reads a webhook, or returns the reason why it is not accepted; none if the gateway sends no webhooks.
    /// `now` is in seconds since 1970.
    fn read_webhook(
        &self,
        headers: &HeaderLookup<'_>,
        body: &[u8],
        now: i64,
    ) -> Option<Result<WebhookMessage, InvalidWebhook>>;
}

/// Finds a header of a webhook by its name in lower case.
pub type HeaderLookup<'a> = dyn Fn(&str) -> Option<&'a str> + Sync + 'a;

/// A charge to be authorized.
#[derive(Debug, Clone)]
pub struct AuthorizeRequest {
    /// Our reference of the charge; unique at the gateway.
    pub reference: String,
    /// The idempotency key.
    pub key: String,
    /// The amount to authorize.
    pub amount: Money,
    /// The payment method.
    pub method: PaymentMethod,
    /// The gateway's token for the card.
    pub token: Option<String>,
    /// The URL to which the shopper returns after an action such as 3-D Secure.
    pub return_url: Option<String>,
}

/// A charge that the gateway has confirmed.
#[derive(Debug, Clone)]
pub struct ChargeRef {
    /// Our reference.
    pub reference: String,
    /// The gateway's reference.
    pub gateway_reference: String,
    /// The amount that was to be authorized.
    pub amount: Money,
}

/// A charge that is looked up.
#[derive(Debug, Clone, Copy)]
pub struct ChargeQuery<'a> {
    /// Our reference.
    pub reference: &'a str,
    /// The gateway's reference; none if the answer to the first call was lost.
    pub gateway_reference: Option<&'a str>,
}

impl<'a> From<&'a PaymentAttempt> for ChargeQuery<'a> {
    fn from(attempt: &'a PaymentAttempt) -> Self {
        Self { reference: &attempt.reference, gateway_reference: attempt.gateway_reference.as_deref() }
    }
}

/// A call of a gateway failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// The call certainly had no effect: the gateway could not be reached, or reported that it is unavailable.
    #[error("the gateway is unavailable: {0}")]
    Unavailable(String),
    /// The effect of the call is unknown.
    #[error("the gateway did not answer: {0}")]
    Unknown(String),
    /// The gateway does not know the charge; the call had no effect.
    #[error("the gateway does not know the charge")]
    NotFound,
    /// The gateway refused the request; the call had no effect.
    #[error("the gateway refused: {0}")]
    Refused(String),
}

/// A webhook cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebhook {
    /// The signature is missing, wrong or too old: the message need not come from the gateway.
    #[error("{0}")]
    Unverified(String),
    /// The gateway sent it, but its content cannot be read.
    #[error("{problem}")]
    Unreadable {
        /// The gateway's id of the message.
        id: String,
        /// The problem with the content.
        problem: String,
    },
}

/// A verified webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookMessage {
    /// The gateway's id of the message; the same when it is delivered again.
    pub id: String,
    /// The gateway's type of the message.
    pub kind: String,
    /// The gateway's report about the charge.
    pub report: ChargeReport,
}
