//! What a payment gateway can do for us, whoever runs it.

use async_trait::async_trait;
use model::{
    Currency, Money,
    payments::{ChargeReport, PaymentMethod},
};

/// A payment gateway. Every call carries a key under which it may be repeated without a second effect.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// Whether it takes payments of this kind.
    fn supports(&self, method: PaymentMethod, currency: Currency) -> bool;

    /// Asks to hold an amount.
    async fn authorize(&self, request: &AuthorizeRequest) -> Result<ChargeReport, GatewayError>;

    /// Takes a part of what is held.
    async fn capture(&self, charge: &ChargeRef, amount: Money, key: &str) -> Result<ChargeReport, GatewayError>;

    /// Releases what is held, or cancels what is not decided.
    async fn void(&self, charge: &ChargeRef, key: &str) -> Result<ChargeReport, GatewayError>;

    /// Gives a part of what was taken back.
    async fn refund(&self, charge: &ChargeRef, amount: Money, key: &str) -> Result<ChargeReport, GatewayError>;

    /// What the gateway knows under our reference; none when it has never heard of it.
    async fn find(&self, reference: &str) -> Result<Option<ChargeReport>, GatewayError>;

    /// Believes and reads a message, or says why not; none when the gateway sends no messages.
    fn read_webhook(
        &self,
        headers: &WebhookHeaders<'_>,
        body: &[u8],
        now: i64,
    ) -> Option<Result<WebhookMessage, String>>;
}

/// A charge that we ask for.
#[derive(Debug, Clone)]
pub struct AuthorizeRequest {
    /// What we call the charge.
    pub reference: String,
    /// The idempotency key.
    pub key: String,
    /// How much to hold.
    pub amount: Money,
    /// How the shopper pays.
    pub method: PaymentMethod,
    /// What the gateway gave the shopper's browser for the card.
    pub token: Option<String>,
    /// Where the shopper goes afterwards.
    pub return_url: Option<String>,
}

/// A charge by both its names.
#[derive(Debug, Clone)]
pub struct ChargeRef {
    /// What we call it.
    pub reference: String,
    /// What the gateway calls it.
    pub gateway_reference: String,
    /// What was asked to be held.
    pub amount: Money,
}

/// Why a gateway did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// It is known that nothing was done: the gateway could not be reached, or said that it is out of order.
    #[error("the gateway is not available: {0}")]
    Unavailable(String),
    /// It is not known whether it was done.
    #[error("the gateway did not answer: {0}")]
    Unknown(String),
    /// The gateway refused the request as such; nothing was done.
    #[error("the gateway refused: {0}")]
    Refused(String),
}

/// The headers of a message by the Standard Webhooks scheme.
#[derive(Debug, Clone, Copy)]
pub struct WebhookHeaders<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`.
    pub timestamp: &'a str,
    /// `webhook-signature`.
    pub signature: &'a str,
}

/// A message that was believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookMessage {
    /// The gateway's name for the message; the same when it is repeated.
    pub id: String,
    /// What it is about.
    pub kind: String,
    /// What the gateway says of the charge.
    pub report: ChargeReport,
}
