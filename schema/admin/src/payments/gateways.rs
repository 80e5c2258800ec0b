//! Gateways and the routing of payments to them.

use async_graphql::{Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use model::payments;
use schema_shared::{CountryCode, CurrencyCode, Decimal, to_id};
use services::payments::GatewayReport;

/// A payment gateway with its health, measured over the attempts of the last hour.
#[derive(SimpleObject)]
pub struct PaymentGateway {
    /// Name of the gateway in the configuration.
    name: String,
    /// State of the gateway.
    state: PaymentGatewayState,
    /// Time since which payments avoid the gateway because of failures. Always null: no gateway is avoided today.
    open_since: Option<DateTime<Utc>>,
    /// Share of the attempts that the gateway processed, 0 to 1, approved or declined; null without attempts.
    success_rate: Option<f64>,
    /// Median response time in milliseconds; null without responses.
    median_latency_ms: Option<f64>,
    /// Number of attempts without a final outcome.
    pending_count: i32,
}

/// The health states of payment gateways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "services::payments::GatewayState")]
pub enum PaymentGatewayState {
    /// The gateway responds, or was not called in the last hour.
    Healthy,
    /// More than a tenth of the attempts of the last hour failed.
    Degraded,
    /// All attempts of the last hour failed.
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
            // Far fewer attempts are pending at one time.
            pending_count: i32::try_from(report.pending).unwrap_or(i32::MAX),
        }
    }
}

/// A rule that routes matching payments to gateways in an order of preference. The matching rule with the highest
/// priority applies.
pub struct PaymentRoutingRule(pub payments::RoutingRule);

/// A rule that routes matching payments to gateways in an order of preference. The matching rule with the highest
/// priority applies.
#[Object]
impl PaymentRoutingRule {
    /// Global id of the rule.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Name of the rule for people.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Priority of the rule; the highest applies first.
    fn priority(&self) -> i32 {
        self.0.priority
    }

    /// Conditions that a payment must meet.
    fn when(&self) -> PaymentRoutingConditions {
        PaymentRoutingConditions::from(&self.0.when)
    }

    /// Gateways in order of preference.
    fn gateways(&self) -> &[String] {
        &self.0.gateways
    }
}

/// The conditions of a routing rule. An empty list or null matches any payment.
#[derive(SimpleObject)]
pub struct PaymentRoutingConditions {
    /// Countries of the shopper.
    countries: Vec<CountryCode>,
    /// Currencies of the payment.
    currencies: Vec<CurrencyCode>,
    /// Payment methods of the shopper.
    methods: Vec<payments::PaymentMethod>,
    /// Minimum amount, in units of the payment's currency.
    min_amount: Option<Decimal>,
    /// Maximum amount, in units of the payment's currency.
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
