//! Gateways and the way of payments to them.

use async_graphql::{Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use model::payments;
use schema_shared::{CountryCode, CurrencyCode, Decimal, to_id};
use services::payments::GatewayReport;

/// How a gateway is doing, by its attempts of the last hour.
#[derive(SimpleObject)]
pub struct PaymentGateway {
    /// What it is called.
    name: String,
    /// In one word.
    state: PaymentGatewayState,
    /// Time since which the gateway is excluded because of failures. Always null: no gateway is excluded today.
    open_since: Option<DateTime<Utc>>,
    /// The share of attempts that it did its work in, 0 to 1, whether the bank said yes or no; null without attempts.
    success_rate: Option<f64>,
    /// The middle of its answering times, in milliseconds; null without answers.
    median_latency_ms: Option<f64>,
    /// Attempts that are not decided.
    pending_count: i32,
}

/// How a gateway is doing, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "services::payments::GatewayState")]
pub enum PaymentGatewayState {
    /// It answers, or nobody has asked it in the last hour.
    Healthy,
    /// It failed more than a tenth of the attempts of the last hour.
    Degraded,
    /// It failed every attempt of the last hour.
    Failing,
}

impl From<GatewayReport> for PaymentGateway {
    fn from(report: GatewayReport) -> Self {
        Self {
            name: report.name,
            state: report.state.into(),
            open_since: None,
            success_rate: report.success_rate,
            median_latency_ms: report.median_latency_ms,
            pending_count: i32::try_from(report.pending).unwrap_or(i32::MAX),
        }
    }
}

/// Sends payments that fit to gateways in an order of preference. The fitting rule of the highest priority decides.
pub struct PaymentRoutingRule(pub payments::RoutingRule);

/// Sends payments that fit to gateways in an order of preference. The fitting rule of the highest priority decides.
#[Object]
impl PaymentRoutingRule {
    /// The rule's id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// What staff call it.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The higher, the earlier it is asked.
    fn priority(&self) -> i32 {
        self.0.priority
    }

    /// Which payments fit.
    fn when(&self) -> PaymentRoutingConditions {
        PaymentRoutingConditions::from(&self.0.when)
    }

    /// The gateways, best first.
    fn gateways(&self) -> &[String] {
        &self.0.gateways
    }
}

/// Which payments a rule is for; what is empty or null does not matter.
#[derive(SimpleObject)]
pub struct PaymentRoutingConditions {
    /// Where the shopper is.
    countries: Vec<CountryCode>,
    /// The currency paid in.
    currencies: Vec<CurrencyCode>,
    /// How the shopper pays.
    methods: Vec<payments::PaymentMethod>,
    /// The least amount, in units of the payment's currency.
    min_amount: Option<Decimal>,
    /// The greatest amount, in units of the payment's currency.
    max_amount: Option<Decimal>,
}

impl From<&payments::RoutingConditions> for PaymentRoutingConditions {
    fn from(when: &payments::RoutingConditions) -> Self {
        let decimal = |text: &Option<String>| text.clone().map(|text| Decimal(text.into()));
        Self {
            countries: when.countries.iter().copied().map(CountryCode).collect(),
            currencies: when.currencies.iter().copied().map(CurrencyCode).collect(),
            methods: when.methods.clone(),
            min_amount: decimal(&when.min_amount),
            max_amount: decimal(&when.max_amount),
        }
    }
}
