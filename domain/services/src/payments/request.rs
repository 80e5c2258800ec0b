//! A payment that a shopper requests, and the record it becomes.

use model::{
    Country, IdempotencyKey, Money, Network, Timestamp,
    access::Actor,
    ids::{CartId, ChannelId, PaymentAttemptId, PaymentId},
    payments::{AttemptOutcome, Payment, PaymentAttempt, PaymentMethod, PaymentRecord, PaymentStatus},
};
use sha2::{Digest as _, Sha256};

use super::errors::PaymentRule;
use crate::{ServiceResult, abuse, idempotency::Keyed};

/// A payment to be created, with its amount.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// The cart.
    pub cart_id: CartId,
    /// The channel.
    pub channel_id: ChannelId,
    /// The country of the sale.
    pub country: Option<Country>,
    /// The amount to collect.
    pub amount: Money,
    /// The payment method.
    pub method: PaymentMethod,
    /// The requested gateway; routing decides where absent.
    pub gateway: Option<String>,
    /// The gateway's token for the card.
    pub token: Option<String>,
    /// The URL to which the shopper returns after an action such as 3-D Secure.
    pub return_url: Option<String>,
    /// The payer. A customer's keys are unique across their carts, a guest's within the cart.
    pub actor: Actor,
    /// The key under which the caller may send the same request again.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The buyer's e-mail address, whose declined payments are limited.
    pub email: Option<String>,
    /// The network of the client, whose declined payments are limited; none if it is not known.
    pub network: Option<Network>,
}

/// A shopper's request to pay for a cart.
#[derive(Debug, Clone)]
pub struct PayCart {
    /// The cart.
    pub cart_id: CartId,
    /// The payment method.
    pub method: PaymentMethod,
    /// The requested gateway; routing decides where absent.
    pub gateway: Option<String>,
    /// The gateway's token for the card.
    pub token: Option<String>,
    /// The URL to which the shopper returns after an action such as 3-D Secure.
    pub return_url: Option<String>,
    /// The key under which the shopper may send the same request again.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The network of the client, whose declined payments are limited; none if it is not known.
    pub network: Option<Network>,
}

impl NewPayment {
    /// The request with its idempotency key.
    pub(super) fn keyed(&self) -> ServiceResult<Option<Keyed>> {
        let request = (self.cart_id, input_hash(self));
        Keyed::of_cart("cartPaymentCreate", &self.actor, self.cart_id, self.idempotency_key.as_ref(), &request)
    }

    /// The keys of the counters that a decline is counted for. Only cards are declined.
    fn decline_keys(&self) -> Vec<String> {
        match self.method {
            PaymentMethod::Card => abuse::decline_keys(self.cart_id, self.email.as_deref(), self.network),
            PaymentMethod::BankTransfer => Vec::new(),
        }
    }
}

/// Passes if the request is complete.
pub(super) fn check(new: &NewPayment) -> Result<(), PaymentRule> {
    if new.amount.minor <= 0 {
        return Err(PaymentRule::NothingToPay);
    }
    if new.method == PaymentMethod::Card && new.token.as_deref().unwrap_or_default().is_empty() {
        return Err(PaymentRule::TokenMissing);
    }
    Ok(())
}

/// The hash of the request, without the amount, because that follows from the cart.
pub(super) fn input_hash(new: &NewPayment) -> Vec<u8> {
    let parts = [Some(new.method.into()), new.gateway.as_deref(), new.token.as_deref(), new.return_url.as_deref()];
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.map_or(u64::MAX, |part| part.len() as u64).to_be_bytes());
        hash.update(part.unwrap_or_default());
    }
    hash.finalize().to_vec()
}

pub(super) fn new_record(new: &NewPayment, gateway: &str, now: Timestamp) -> PaymentRecord {
    let zero = Money::zero(new.amount.currency);
    let payment = Payment {
        id: PaymentId::new(),
        cart_id: new.cart_id,
        order_id: None,
        channel_id: new.channel_id,
        country: new.country,
        method: new.method,
        gateway: gateway.to_owned(),
        amount: new.amount,
        status: PaymentStatus::Pending,
        authorized: zero,
        captured: zero,
        refunded: zero,
        charged_back: zero,
        action: None,
        failure: None,
        is_unwanted: false,
        decline_keys: new.decline_keys(),
        idempotency: new.idempotency_key.as_ref().map(|key| (key.to_string(), input_hash(new))),
        created_at: now,
        updated_at: now,
    };
    let attempts = vec![new_attempt(&payment, 1, gateway, now)];
    PaymentRecord { payment, attempts, transactions: Vec::new() }
}

/// An attempt that is about to be made.
pub(super) fn new_attempt(payment: &Payment, number: i32, gateway: &str, now: Timestamp) -> PaymentAttempt {
    PaymentAttempt {
        id: PaymentAttemptId::new(),
        payment_id: payment.id,
        number,
        gateway: gateway.to_owned(),
        // A payment tries each gateway at most once, so that its id alone names the charge there.
        reference: payment.id.to_string(),
        gateway_reference: None,
        outcome: AttemptOutcome::Started,
        failure: None,
        started_at: now,
        latency_ms: None,
        finished_at: None,
    }
}
