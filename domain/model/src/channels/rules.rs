//! Rules that a channel must meet to sell.

use std::collections::HashSet;
use std::hash::Hash;

use super::Channel;
use crate::{are_names, is_name};

/// The rule that a channel breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChannelRuleError {
    /// The name is empty or too long.
    #[error("a name has 1 to 200 characters")]
    Name,
    /// A translation is empty or too long, or there are too many.
    #[error("there are at most 50 translations with 1 to 200 characters each")]
    Translations,
    /// The currencies are empty, too many, or not distinct.
    #[error("a channel sells in 1 to 50 currencies, each only once")]
    Currencies,
    /// The locales are empty, too many, or not distinct.
    #[error("a channel has 1 to 50 locales, each only once")]
    Locales,
    /// The countries are empty, too many, or not distinct.
    #[error("a channel delivers to 1 to 250 countries, each only once")]
    Countries,
    /// The stock locations are too many or not distinct.
    #[error("a channel is served by at most 100 stock locations, each only once")]
    Locations,
    /// The reservation of unpaid orders is too short or too long.
    #[error("unpaid orders by bank transfer reserve stock for 1 to 720 hours")]
    TransferHold,
    /// The return origins are too many or not distinct.
    #[error("a channel has at most 20 return origins, each only once")]
    ReturnOrigins,
}

impl Channel {
    /// Checks that the channel can sell.
    ///
    /// # Errors
    /// The first rule that the channel breaks.
    pub fn check(&self) -> Result<(), ChannelRuleError> {
        let rules = [
            (is_name(&self.name), ChannelRuleError::Name),
            (are_names(&self.translations), ChannelRuleError::Translations),
            (are_distinct(&self.currencies, 1, 50), ChannelRuleError::Currencies),
            (are_distinct(&self.locales, 1, 50), ChannelRuleError::Locales),
            (are_distinct(&self.countries, 1, 250), ChannelRuleError::Countries),
            (are_distinct(&self.locations, 0, 100), ChannelRuleError::Locations),
            ((1..=720).contains(&self.transfer_hold_hours), ChannelRuleError::TransferHold),
            (are_distinct(&self.return_origins, 0, 20), ChannelRuleError::ReturnOrigins),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, broken)| Err(broken))
    }
}

fn are_distinct<T: Eq + Hash>(list: &[T], min: usize, max: usize) -> bool {
    (min..=max).contains(&list.len()) && list.iter().collect::<HashSet<_>>().len() == list.len()
}

#[cfg(test)]
mod tests {
    use crate::{fixtures, ids::StockLocationId};

    use super::*;

    #[test]
    fn a_channel_needs_a_name_a_currency_a_locale_and_a_country() {
        let good = Channel {
            locales: vec!["en".parse().unwrap()],
            countries: vec!["DE".parse().unwrap()],
            locations: vec![StockLocationId::new()],
            ..fixtures::channel("eu".parse().unwrap())
        };
        assert_eq!(good.check(), Ok(()));
        let broken = |change: fn(&mut Channel)| {
            let mut channel = good.clone();
            change(&mut channel);
            channel.check().unwrap_err()
        };
        assert_eq!(broken(|channel| channel.name = " ".to_owned()), ChannelRuleError::Name);
        assert_eq!(broken(|channel| channel.currencies.clear()), ChannelRuleError::Currencies);
        assert_eq!(broken(|channel| channel.locales.clear()), ChannelRuleError::Locales);
        assert_eq!(broken(|channel| channel.countries.push("DE".parse().unwrap())), ChannelRuleError::Countries);
        assert_eq!(broken(|channel| channel.locations.extend_from_within(..)), ChannelRuleError::Locations);
        assert_eq!(broken(|channel| channel.transfer_hold_hours = 0), ChannelRuleError::TransferHold);
        assert_eq!(broken(|channel| channel.transfer_hold_hours = 721), ChannelRuleError::TransferHold);
    }
}
