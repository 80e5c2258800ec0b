//! Changes of single fields of a variant.

use std::collections::HashSet;

use super::{CatalogErrorCode, Gtin, Price, Variant, Violation, rules::check_price};
use crate::{Currency, Money, ids::ChannelId};

/// A change of a variant. Absent fields stay unchanged, and so do prices of channels and currencies that are not named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VariantPatch {
    /// Prices that replace those of the same channel and currency.
    pub prices: Vec<PricePatch>,
    /// The compare-at price as a decimal, for the named prices without one of their own, or for all prices if none is
    /// named; `Some(None)` removes it.
    pub compare_at: Option<Option<String>>,
    /// The weight in grams; `Some(None)` removes it.
    pub weight_grams: Option<Option<u32>>,
    /// The barcode; `Some(None)` removes it.
    pub barcode: Option<Option<Gtin>>,
}

/// The price of a variant in one channel and currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricePatch {
    /// Channel the price applies to.
    pub channel: ChannelId,
    /// Price of one unit.
    pub amount: Money,
    /// Compare-at price; `Some(None)` removes it. If absent, the present one stays while it is higher than the amount.
    pub compare_at: Option<Option<Money>>,
}

impl VariantPatch {
    /// Applies the change and returns all violations, with paths inside the patch. After a violation, discard the
    /// variant.
    #[must_use]
    pub fn apply(&self, variant: &mut Variant) -> Vec<Violation> {
        let mut violations = Vec::new();
        if let Some(weight) = self.weight_grams {
            variant.weight_grams = weight;
        }
        if let Some(barcode) = &self.barcode {
            variant.barcode.clone_from(barcode);
        }
        let mut seen = HashSet::new();
        for (at, price) in self.prices.iter().enumerate() {
            if !seen.insert((price.channel, price.amount.currency)) {
                let message = "this channel and currency occur twice";
                violations.push(Violation::at(CatalogErrorCode::Duplicate, &format!("prices.{at}"), message));
            }
            self.set_price(at, price, variant, &mut violations);
        }
        if self.prices.is_empty() {
            self.set_compare_at(variant, &mut violations);
        }
        violations
    }

    fn set_price(&self, at: usize, patch: &PricePatch, variant: &mut Variant, violations: &mut Vec<Violation>) {
        let currency = patch.amount.currency;
        let is_same = |price: &&mut Price| price.channel == patch.channel && price.amount.currency == currency;
        let before = variant.prices.iter_mut().find(is_same);
        let known = before.as_ref().and_then(|price| price.compare_at);
        let (field, compare_at) = match (&patch.compare_at, &self.compare_at) {
            (Some(own), _) => (format!("prices.{at}.compareAt"), *own),
            (None, Some(shared)) => ("compareAt".to_owned(), parse(shared.as_deref(), currency, violations)),
            (None, None) => (String::new(), known.filter(|was| was.minor > patch.amount.minor)),
        };
        let price = Price { channel: patch.channel, amount: patch.amount, compare_at };
        violations.extend(check_price(&format!("prices.{at}.amount"), &field, &price));
        match before {
            Some(before) => *before = price,
            None => variant.prices.push(price),
        }
    }

    /// Sets the compare-at price of all prices.
    fn set_compare_at(&self, variant: &mut Variant, violations: &mut Vec<Violation>) {
        let Some(shared) = &self.compare_at else { return };
        let currencies: HashSet<Currency> = variant.prices.iter().map(|price| price.amount.currency).collect();
        if shared.is_some() && currencies.len() != 1 {
            let message = "the variant has no price, or prices in several currencies; name the prices in `prices`";
            violations.push(Violation::at(CatalogErrorCode::Invalid, "compareAt", message));
            return;
        }
        for price in &mut variant.prices {
            price.compare_at = parse(shared.as_deref(), price.amount.currency, violations);
            violations.extend(check_price("", "compareAt", price));
        }
        // The same violation can occur once per price.
        violations.dedup();
    }
}

fn parse(text: Option<&str>, currency: Currency, violations: &mut Vec<Violation>) -> Option<Money> {
    Money::parse(text?, currency)
        .inspect_err(|error| {
            violations.push(Violation::at(CatalogErrorCode::Invalid, "compareAt", error.to_string()));
        })
        .ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures;

    fn money(minor: i64, currency: Currency) -> Money {
        Money::new(minor, currency)
    }

    fn priced(prices: &[(ChannelId, Money, Option<Money>)]) -> Variant {
        let price = |(channel, amount, compare_at): &(ChannelId, Money, Option<Money>)| Price {
            channel: *channel,
            amount: *amount,
            compare_at: *compare_at,
        };
        Variant { prices: prices.iter().map(price).collect(), ..fixtures::variant("TEE") }
    }

    fn paths(violations: &[Violation]) -> Vec<String> {
        violations.iter().map(|violation| violation.field.join(".")).collect()
    }

    #[test]
    fn a_price_replaces_only_that_of_its_channel_and_currency() {
        let (eu, us) = (ChannelId::new(), ChannelId::new());
        let euros = |minor| money(minor, Currency::EUR);
        let before = priced(&[(eu, euros(2_000), Some(euros(2_500))), (us, money(2_200, Currency::USD), None)]);
        let patch = |amount, compare_at| VariantPatch {
            prices: vec![PricePatch { channel: eu, amount, compare_at }],
            ..VariantPatch::default()
        };
        let after = |patch: &VariantPatch| {
            let mut variant = before.clone();
            assert_eq!(patch.apply(&mut variant), []);
            variant
        };
        let kept = after(&patch(euros(1_800), None));
        assert_eq!((kept.prices[0].amount, kept.prices[0].compare_at), (euros(1_800), Some(euros(2_500))));
        assert_eq!(kept.prices[1], before.prices[1]);
        assert_eq!(after(&patch(euros(1_800), Some(None))).prices[0].compare_at, None);
        assert_eq!(after(&patch(euros(2_500), None)).prices[0].compare_at, None, "it is no longer higher");
        let dollars = after(&patch(money(100, Currency::USD), None));
        assert_eq!(dollars.prices.len(), 3);
        assert_eq!(dollars.prices[..2], before.prices[..]);
    }

    #[test]
    fn the_shared_compare_at_price_applies_to_prices_without_their_own() {
        let (eu, us) = (ChannelId::new(), ChannelId::new());
        let euros = |minor| money(minor, Currency::EUR);
        let shared =
            |text: Option<&str>| VariantPatch { compare_at: Some(text.map(str::to_owned)), ..VariantPatch::default() };
        let mut variant = priced(&[(eu, euros(2_000), None), (us, euros(2_200), None)]);
        assert_eq!(shared(Some("30.00")).apply(&mut variant), []);
        assert!(variant.prices.iter().all(|price| price.compare_at == Some(euros(3_000))));
        assert_eq!(paths(&shared(Some("21.00")).apply(&mut variant.clone())), ["compareAt"]);
        assert_eq!(paths(&shared(Some("x")).apply(&mut variant.clone())), ["compareAt"]);
        assert_eq!(shared(None).apply(&mut variant), []);
        assert!(variant.prices.iter().all(|price| price.compare_at.is_none()));

        let both = VariantPatch {
            prices: vec![
                PricePatch { channel: eu, amount: euros(1_000), compare_at: None },
                PricePatch { channel: us, amount: euros(1_000), compare_at: Some(Some(euros(1_100))) },
            ],
            ..shared(Some("15.00"))
        };
        assert_eq!(both.apply(&mut variant), []);
        assert_eq!(variant.prices[0].compare_at, Some(euros(1_500)));
        assert_eq!(variant.prices[1].compare_at, Some(euros(1_100)));

        let mut mixed = priced(&[(eu, euros(2_000), None), (us, money(2_000, Currency::USD), None)]);
        assert_eq!(paths(&shared(Some("30.00")).apply(&mut mixed.clone())), ["compareAt"]);
        assert_eq!(shared(None).apply(&mut mixed), []);
    }

    #[test]
    fn violations_name_their_fields() {
        let channel = ChannelId::new();
        let price = |minor, compare_at| PricePatch {
            channel,
            amount: money(minor, Currency::EUR),
            compare_at: Some(Some(money(compare_at, Currency::EUR))),
        };
        let patch = VariantPatch { prices: vec![price(-1, 1), price(5, 5)], ..VariantPatch::default() };
        let found = paths(&patch.apply(&mut fixtures::variant("TEE")));
        assert_eq!(found, ["prices.0.amount", "prices.1", "prices.1.compareAt"]);
    }

    fn prices() -> impl Strategy<Value = Vec<(usize, bool, i64, Option<i64>)>> {
        prop::collection::vec((0..3_usize, any::<bool>(), 0..100_i64, prop::option::of(1..50_i64)), 0..5)
    }

    proptest! {
        #[test]
        fn an_accepted_patch_keeps_the_rest_and_can_be_repeated(
            before in prices(), named in prices(), weight in prop::option::of(prop::option::of(0..9_u32)),
        ) {
            let channels: Vec<ChannelId> = (0..3).map(|at| ChannelId::restore(uuid::Uuid::from_u128(at))).collect();
            let currency = |is_euro| if is_euro { Currency::EUR } else { Currency::USD };
            let mut variant = fixtures::variant("TEE");
            for (channel, is_euro, minor, above) in before {
                let amount = money(minor, currency(is_euro));
                let compare_at = above.map(|above| money(minor + above, amount.currency));
                let is_same = |price: &Price| price.channel == channels[channel] && price.amount.currency == amount.currency;
                if !variant.prices.iter().any(is_same) {
                    variant.prices.push(Price { channel: channels[channel], amount, compare_at });
                }
            }
            let named = named.into_iter().map(|(channel, is_euro, minor, above)| {
                let amount = money(minor, currency(is_euro));
                let compare_at = above.map(|above| Some(money(minor + above, amount.currency)));
                PricePatch { channel: channels[channel], amount, compare_at }
            });
            let patch = VariantPatch { prices: named.collect(), weight_grams: weight, ..VariantPatch::default() };
            let old = variant.clone();
            if patch.apply(&mut variant).is_empty() {
                let is_named = |price: &&Price| patch.prices.iter().any(|one| (one.channel, one.amount.currency) == (price.channel, price.amount.currency));
                let others = |variant: &Variant| variant.prices.iter().filter(|price| !is_named(price)).cloned().collect::<Vec<_>>();
                prop_assert_eq!(others(&old), others(&variant));
                prop_assert_eq!(variant.weight_grams, weight.unwrap_or(old.weight_grams));
                for price in &variant.prices {
                    prop_assert!(price.compare_at.is_none_or(|was| was.minor > price.amount.minor));
                }
                let mut again = variant.clone();
                prop_assert!(patch.apply(&mut again).is_empty());
                prop_assert_eq!(again, variant);
            }
        }
    }
}
