//! Routing rules: which gateways a payment is tried at.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::PaymentMethod;
use crate::{Country, Currency, Money, Timestamp, ids::RoutingRuleId};

/// A rule that routes matching payments to gateways in order of preference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutingRule {
    /// Identifier.
    pub id: RoutingRuleId,
    /// Name for staff.
    pub name: String,
    /// Rules with a higher priority come first; the first match decides.
    pub priority: i32,
    /// The conditions of a match.
    pub when: RoutingConditions,
    /// The gateways, best first.
    pub gateways: Vec<String>,
    /// Time of creation.
    pub created_at: Timestamp,
}

/// The conditions of a routing rule; an empty or absent one matches every payment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoutingConditions {
    /// The country of the sale.
    pub countries: Vec<Country>,
    /// The currency of the payment.
    pub currencies: Vec<Currency>,
    /// The payment method.
    pub methods: Vec<PaymentMethod>,
    /// The minimum amount, in units of the payment's currency.
    pub min_amount: Option<String>,
    /// The maximum amount, in units of the payment's currency.
    pub max_amount: Option<String>,
}

/// A payment to be routed.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    /// The country of the sale.
    pub country: Option<Country>,
    /// The payment method.
    pub method: PaymentMethod,
    /// The amount.
    pub amount: Money,
}

impl RoutingConditions {
    /// True if the payment matches all conditions.
    #[must_use]
    pub fn fit(&self, candidate: &Candidate) -> bool {
        let country_fits =
            self.countries.is_empty() || candidate.country.is_some_and(|country| self.countries.contains(&country));
        let currency_fits = self.currencies.is_empty() || self.currencies.contains(&candidate.amount.currency);
        let method_fits = self.methods.is_empty() || self.methods.contains(&candidate.method);
        country_fits && currency_fits && method_fits && self.amount_fits(candidate.amount)
    }

    fn amount_fits(&self, amount: Money) -> bool {
        let units = Decimal::new(amount.minor, amount.currency.digits());
        let bound = |text: &Option<String>| text.as_deref().and_then(parse_bound);
        bound(&self.min_amount).is_none_or(|least| units >= least)
            && bound(&self.max_amount).is_none_or(|most| units <= most)
    }

    /// True if both bounds are non-negative amounts in order.
    #[must_use]
    pub fn has_valid_bounds(&self) -> bool {
        let parsed = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => parse_bound(text).map(Some).ok_or(()),
        };
        match (parsed(&self.min_amount), parsed(&self.max_amount)) {
            (Ok(Some(least)), Ok(Some(most))) => least <= most,
            (Ok(_), Ok(_)) => true,
            _ => false,
        }
    }
}

/// True for a decimal number without sign and exponent.
fn parse_bound(text: &str) -> Option<Decimal> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_plain { text.parse().ok() } else { None }
}

/// The gateways for a payment, best first: those of the first matching rule (rules are sorted by priority, highest
/// first), else all offered ones in their order. Contains only offered gateways, each once.
#[must_use]
pub fn route(rules: &[RoutingRule], candidate: &Candidate, offered: &[String]) -> Vec<String> {
    let wanted = rules.iter().find(|rule| rule.when.fit(candidate)).map_or(offered, |rule| rule.gateways.as_slice());
    let mut routed: Vec<String> = Vec::new();
    for gateway in wanted.iter().filter(|gateway| offered.contains(gateway)) {
        if !routed.contains(gateway) {
            routed.push(gateway.clone());
        }
    }
    routed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(currency: Currency, gateways: &[&str]) -> RoutingRule {
        RoutingRule {
            id: RoutingRuleId::new(),
            name: currency.to_string(),
            priority: 0,
            when: RoutingConditions { currencies: vec![currency], ..RoutingConditions::default() },
            gateways: gateways.iter().map(ToString::to_string).collect(),
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn candidate(minor: i64, currency: Currency) -> Candidate {
        Candidate { country: None, method: PaymentMethod::Card, amount: Money::new(minor, currency) }
    }

    #[test]
    fn first_matching_rule_decides_among_offered_gateways() {
        let rules = [rule(Currency::EUR, &["a", "b"]), rule(Currency::USD, &["b", "gone", "a"])];
        let offered = ["a".to_owned(), "b".to_owned()];
        assert_eq!(route(&rules, &candidate(1, Currency::EUR), &offered), ["a", "b"]);
        assert_eq!(route(&rules, &candidate(1, Currency::USD), &offered), ["b", "a"]);
        assert_eq!(route(&rules, &candidate(1, Currency::JPY), &offered), ["a", "b"]);
    }

    #[test]
    fn gateway_named_twice_is_tried_once() {
        let offered = ["a".to_owned(), "b".to_owned()];
        let rules = [rule(Currency::EUR, &["b", "a", "b"])];
        assert_eq!(route(&rules, &candidate(1, Currency::EUR), &offered), ["b", "a"]);
    }

    #[test]
    fn bounds_are_in_units_of_the_payment_currency() {
        let when = RoutingConditions {
            min_amount: Some("10".to_owned()),
            max_amount: Some("100000".to_owned()),
            ..RoutingConditions::default()
        };
        assert!(when.has_valid_bounds());
        for (minor, currency, fits) in [
            (999, Currency::EUR, false),
            (1000, Currency::EUR, true),
            (10, Currency::JPY, true),
            (100_001, Currency::JPY, false),
        ] {
            assert_eq!(when.fit(&candidate(minor, currency)), fits, "{minor} {currency}");
        }
    }

    #[test]
    fn crossed_or_malformed_bounds_are_invalid() {
        for (least, most) in [("5", "4"), ("-1", "4"), ("1e3", "4000"), ("", "1")] {
            let when = RoutingConditions {
                min_amount: Some(least.to_owned()),
                max_amount: Some(most.to_owned()),
                ..RoutingConditions::default()
            };
            assert!(!when.has_valid_bounds(), "{least} {most}");
        }
    }
}
