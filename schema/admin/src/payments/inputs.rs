//! What the mutations of payments are given.

use async_graphql::{ID, InputObject};
use model::payments;
use schema_shared::{CountryCode, CurrencyCode, Decimal};
use services::payments::CreateRule;

/// Held money to be taken.
#[derive(InputObject)]
pub struct PaymentCaptureInput {
    /// The payment's id.
    pub payment_id: ID,
    /// How much, in the payment's currency; everything that is held when absent.
    pub amount: Option<Decimal>,
    /// The same key with the same input takes it once; with another input `IDEMPOTENCY_KEY_REUSED`. A key of 1 to
    /// 255 characters counts for all requests of the caller to this mutation.
    pub idempotency_key: Option<String>,
}

/// A payment to be released.
#[derive(InputObject)]
pub struct PaymentVoidInput {
    /// The payment's id.
    pub payment_id: ID,
    /// Releasing is safe to repeat with or without a key. The same key with another payment is `IDEMPOTENCY_KEY_REUSED`;
    /// a key of 1 to 255 characters counts for all requests of the caller to this mutation.
    pub idempotency_key: Option<String>,
}

/// Money of a payment to be given back.
#[derive(InputObject)]
pub struct PaymentRefundInput {
    /// The payment's id.
    pub payment_id: ID,
    /// How much, in the payment's currency; everything that was taken and not given back when absent.
    pub amount: Option<Decimal>,
    /// Why.
    pub reason: Option<String>,
    /// The same key with the same input gives it back once; with another input `IDEMPOTENCY_KEY_REUSED`. A key of 1 to
    /// 255 characters counts for all requests of the caller to this mutation.
    pub idempotency_key: Option<String>,
}

/// Money of an order to be given back.
#[derive(InputObject)]
pub struct OrderRefundInput {
    /// The order's id.
    pub order_id: ID,
    /// How much, in the order's currency; everything that was paid and not given back when absent.
    pub amount: Option<Decimal>,
    /// Why.
    pub reason: Option<String>,
    /// The version of the order that the caller last saw; nothing is given back when it has changed since.
    pub expected_version: Option<i32>,
    /// The same key with the same input gives it back once; with another input `IDEMPOTENCY_KEY_REUSED`. A key of 1 to
    /// 255 characters counts for all requests of the caller to this mutation.
    pub idempotency_key: Option<String>,
}

/// A routing rule to be made.
#[derive(InputObject)]
pub struct PaymentRoutingRuleCreateInput {
    /// What staff call it; unique.
    name: String,
    /// The higher, the earlier it is asked.
    #[graphql(default)]
    priority: i32,
    /// Which payments fit; all of them when absent.
    when: Option<PaymentRoutingConditionsInput>,
    /// The gateways, best first, each once.
    gateways: Vec<String>,
}

/// Which payments a rule is for; what is empty or absent does not matter.
#[derive(InputObject)]
pub struct PaymentRoutingConditionsInput {
    /// Where the shopper is.
    #[graphql(default)]
    countries: Vec<CountryCode>,
    /// The currency paid in.
    #[graphql(default)]
    currencies: Vec<CurrencyCode>,
    /// How the shopper pays.
    #[graphql(default)]
    methods: Vec<payments::PaymentMethod>,
    /// The least amount, in units of the payment's currency.
    min_amount: Option<Decimal>,
    /// The greatest amount, in units of the payment's currency.
    max_amount: Option<Decimal>,
}

/// A routing rule to be deleted.
#[derive(InputObject)]
pub struct PaymentRoutingRuleDeleteInput {
    /// The rule's id.
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
