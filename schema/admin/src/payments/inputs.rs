//! Inputs of payment mutations.

use async_graphql::{ID, InputObject};
use model::payments;
use schema_shared::{CountryCode, CurrencyCode, Decimal};
use services::payments::CreateRule;

/// Input of `paymentCapture`.
#[derive(InputObject)]
pub struct PaymentCaptureInput {
    /// Global id of the payment.
    pub payment_id: ID,
    /// Amount to capture in the payment's currency; everything that is authorized if absent.
    pub amount: Option<Decimal>,
    /// Key that makes repetition safe: the same key with the same input captures once; with another input it is
    /// rejected with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters, valid across all calls of this mutation by the
    /// caller.
    pub idempotency_key: Option<String>,
}

/// Input of `paymentVoid`.
#[derive(InputObject)]
pub struct PaymentVoidInput {
    /// Global id of the payment.
    pub payment_id: ID,
    /// Key of the request. Voiding is safe to repeat with or without a key; the same key with another payment is
    /// rejected with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters, valid across all calls of this mutation by the
    /// caller.
    pub idempotency_key: Option<String>,
}

/// Input of `paymentRefund`.
#[derive(InputObject)]
pub struct PaymentRefundInput {
    /// Global id of the payment.
    pub payment_id: ID,
    /// Amount to refund in the payment's currency; everything captured and not refunded if absent.
    pub amount: Option<Decimal>,
    /// Reason for the refund, for the records.
    pub reason: Option<String>,
    /// Key that makes repetition safe: the same key with the same input refunds once; with another input it is rejected
    /// with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters, valid across all calls of this mutation by the caller.
    pub idempotency_key: Option<String>,
}

/// Input of `orderRefund`.
#[derive(InputObject)]
pub struct OrderRefundInput {
    /// Global id of the order.
    pub order_id: ID,
    /// Amount to refund in the order's currency; everything paid and not refunded if absent.
    pub amount: Option<Decimal>,
    /// Reason for the refund, for the records.
    pub reason: Option<String>,
    /// Version of the order that the caller last read. Nothing is refunded if the order has changed since.
    pub expected_version: Option<i32>,
    /// Key that makes repetition safe: the same key with the same input refunds once; with another input it is rejected
    /// with `IDEMPOTENCY_KEY_REUSED`. 1 to 255 characters, valid across all calls of this mutation by the caller.
    pub idempotency_key: Option<String>,
}

/// Input of `paymentRoutingRuleCreate`.
#[derive(InputObject)]
pub struct PaymentRoutingRuleCreateInput {
    /// Unique name of the rule for people.
    name: String,
    /// Priority of the rule; the highest applies first.
    #[graphql(default)]
    priority: i32,
    /// Conditions that a payment must meet; any payment if absent.
    when: Option<PaymentRoutingConditionsInput>,
    /// Gateways in order of preference, without repetition.
    gateways: Vec<String>,
}

/// The conditions of a routing rule. An empty or absent condition matches any payment.
#[derive(InputObject)]
pub struct PaymentRoutingConditionsInput {
    /// Countries of the shopper.
    #[graphql(default)]
    countries: Vec<CountryCode>,
    /// Currencies of the payment.
    #[graphql(default)]
    currencies: Vec<CurrencyCode>,
    /// Payment methods of the shopper.
    #[graphql(default)]
    methods: Vec<payments::PaymentMethod>,
    /// Minimum amount, in units of the payment's currency.
    min_amount: Option<Decimal>,
    /// Maximum amount, in units of the payment's currency.
    max_amount: Option<Decimal>,
}

/// Input of `paymentRoutingRuleDelete`.
#[derive(InputObject)]
pub struct PaymentRoutingRuleDeleteInput {
    /// Global id of the rule.
    pub id: ID,
}

impl From<PaymentRoutingRuleCreateInput> for CreateRule {
    fn from(input: PaymentRoutingRuleCreateInput) -> Self {
        let when = input.when.map_or_else(payments::RoutingConditions::default, |when| payments::RoutingConditions {
            countries: when.countries.into_iter().map(|country| country.0).collect(),
            currencies: when.currencies.into_iter().map(|currency| currency.0).collect(),
            methods: when.methods,
            min_amount: when.min_amount.map(|amount| amount.0.into_owned()),
            max_amount: when.max_amount.map(|amount| amount.0.into_owned()),
        });
        Self { name: input.name, priority: input.priority, when, gateways: input.gateways }
    }
}
