//! Delivery methods and their prices.

use serde::{Deserialize, Serialize};

use crate::{Country, Currency, Money, ids::ChannelId};

/// A delivery method that a channel offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryMethod {
    /// Channel that offers the method.
    pub channel: ChannelId,
    /// Name in the API, such as `standard`; unique in the channel.
    pub handle: String,
    /// Title shown to shoppers.
    pub title: String,
    /// Price in the channel's price mode (gross or net).
    pub price: Money,
    /// Gross value of the goods after discounts from which delivery is free; None if it is never free.
    pub free_from: Option<Money>,
    /// Countries the method delivers to.
    pub countries: Vec<Country>,
    /// Minimum and maximum number of days until delivery.
    pub estimated_days: (u16, u16),
    /// True if the shopper picks the goods up; then no address beyond the country is needed.
    pub is_pickup: bool,
}

impl DeliveryMethod {
    /// True if the method is offered in the channel and currency for deliveries to the country.
    #[must_use]
    pub fn serves(&self, channel: ChannelId, currency: Currency, country: Country) -> bool {
        self.channel == channel && self.price.currency == currency && self.countries.contains(&country)
    }

    /// The price of delivery for goods of this gross value after discounts.
    #[must_use]
    pub fn price_for(&self, goods: Money) -> Money {
        let is_free = self.free_from.is_some_and(|from| goods.currency == from.currency && goods.minor >= from.minor);
        if is_free { Money::zero(self.price.currency) } else { self.price }
    }
}

/// The methods offered for a country, in display order.
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
    fn delivery_is_free_from_the_threshold() {
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
