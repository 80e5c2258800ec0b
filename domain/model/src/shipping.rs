//! Delivery: methods, their prices, and the groups of a cart that ship together.

use serde::{Deserialize, Serialize};

use crate::{Country, Currency, Money, ids::ChannelId};

/// A way to deliver that a channel offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryMethod {
    /// The channel that offers it.
    pub channel: ChannelId,
    /// What systems call it, such as `standard`; unique in the channel.
    pub handle: String,
    /// What shoppers read.
    pub title: String,
    /// The price, with or without tax as the channel says.
    pub price: Money,
    /// The goods' gross value after discounts from which it is free.
    pub free_from: Option<Money>,
    /// Countries it serves.
    pub countries: Vec<Country>,
    /// Days until it arrives, fewest and most.
    pub estimated_days: (u16, u16),
    /// Whether the shopper fetches the goods: no address needed beyond the country.
    pub is_pickup: bool,
}

impl DeliveryMethod {
    /// Whether it is offered in a channel and currency, to a country.
    #[must_use]
    pub fn serves(&self, channel: ChannelId, currency: Currency, country: Country) -> bool {
        self.channel == channel && self.price.currency == currency && self.countries.contains(&country)
    }

    /// The price for goods of a gross value after discounts.
    #[must_use]
    pub fn price_for(&self, goods: Money) -> Money {
        let is_free = self.free_from.is_some_and(|from| goods.currency == from.currency && goods.minor >= from.minor);
        if is_free { Money::zero(self.price.currency) } else { self.price }
    }
}

/// The methods that serve a country, in their display order.
pub fn offered(
    methods: &[DeliveryMethod],
    channel: ChannelId,
    currency: Currency,
    country: Country,
) -> impl Iterator<Item = &DeliveryMethod> {
    methods.iter().filter(move |method| method.serves(channel, currency, country))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_is_free_from_its_threshold_on() {
        let euros = |minor| Money::new(minor, Currency::EUR);
        let method = DeliveryMethod {
            channel: ChannelId::new(),
            handle: "standard".to_owned(),
            title: "Standard".to_owned(),
            price: euros(490),
            free_from: Some(euros(10_000)),
            countries: vec!["DE".parse().unwrap()],
            estimated_days: (2, 4),
            is_pickup: false,
        };
        assert_eq!(method.price_for(euros(9_999)), euros(490));
        assert_eq!(method.price_for(euros(10_000)), euros(0));
        assert!(method.serves(method.channel, Currency::EUR, "DE".parse().unwrap()));
        assert!(!method.serves(method.channel, Currency::EUR, "CH".parse().unwrap()));
        assert!(!method.serves(ChannelId::new(), Currency::EUR, "DE".parse().unwrap()));
        assert!(!method.serves(method.channel, Currency::USD, "DE".parse().unwrap()));
    }
}
