//! The delivery methods of channels.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{DeliveryPrice, Freight, price::is_price};
use crate::{
    Currency, Locale, Money, Slug, Timestamp, Translations, are_names,
    ids::{ChannelId, DeliveryMethodId, DeliveryZoneId, StockLocationId},
    is_name, name_in,
};

/// The profile of products that name none, and the only one that a method without profiles carries.
pub const STANDARD_PROFILE: &str = "standard";

/// The largest number of characters of a handle.
const MAX_HANDLE: usize = 100;
/// The largest number of days until delivery.
const MAX_DAYS: u16 = 365;
/// The largest number of profiles of a method.
const MAX_PROFILES: usize = 50;

/// A delivery method that a channel offers in a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryMethod {
    /// Global id.
    pub id: DeliveryMethodId,
    /// Number of writes, starting at 1.
    pub version: i32,
    /// Zone it delivers to.
    pub zone: DeliveryZoneId,
    /// Channel that offers the method.
    pub channel: ChannelId,
    /// Name in the API, such as `standard`. Methods with the same handle in several zones are one service with a price
    /// for each zone; of these, the method of the most precise zone is offered.
    pub handle: String,
    /// Name shown to shoppers whose language has no translation.
    pub name: String,
    /// Names in other languages.
    pub translations: Translations,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Price in the channel's price mode (gross or net).
    pub price: DeliveryPrice,
    /// Gross value of the goods after discounts from which delivery is free; None if it is never free.
    pub free_from: Option<Money>,
    /// Minimum and maximum number of days until delivery.
    pub estimated_days: (u16, u16),
    /// Place in lists; lower ones come first.
    pub position: i32,
    /// Stock location at which the shopper picks the goods up; None if they are delivered.
    pub pickup_at: Option<StockLocationId>,
    /// Delivery profiles of products that the method carries; empty for [`STANDARD_PROFILE`] alone.
    pub profiles: Vec<Slug>,
    /// Time at which the method was archived; it is no longer offered.
    pub archived_at: Option<Timestamp>,
}

/// The rule that a method breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryMethodError {
    /// The handle has other characters or is too long.
    #[error("a handle has 1 to {MAX_HANDLE} lower-case letters, digits and single hyphens")]
    Handle,
    /// The name is empty or too long.
    #[error("a name has 1 to 200 characters")]
    Name,
    /// A translation is empty or too long, or there are too many.
    #[error("there are at most 50 translations with 1 to 200 characters each")]
    Translations,
    /// The price or a row of its table is invalid.
    #[error(
        "a price is not negative; the rows of a table begin at zero and ascend; only weight and quantity have a limit"
    )]
    Price,
    /// The threshold of free delivery is invalid.
    #[error("free delivery begins at an amount that is not negative")]
    FreeFrom,
    /// The days are not a range.
    #[error("delivery takes 0 to {MAX_DAYS} days, the minimum first")]
    Days,
    /// The position is negative.
    #[error("a position is not negative")]
    Position,
    /// The profiles are too many or not distinct.
    #[error("a method carries at most {MAX_PROFILES} profiles, each only once")]
    Profiles,
}

impl DeliveryMethod {
    /// True if the shopper picks the goods up; then no address beyond the country is needed.
    #[must_use]
    pub const fn is_pickup(&self) -> bool {
        self.pickup_at.is_some()
    }

    /// The name in the first of the locales that has one.
    #[must_use]
    pub fn name_in(&self, locales: &[Locale]) -> &str {
        name_in(&self.name, &self.translations, locales)
    }

    /// The price of delivery for goods of this gross value after discounts; None if the method does not carry them.
    #[must_use]
    pub fn price_for(&self, goods: Money, freight: Freight) -> Option<Money> {
        let price = self.price.of(goods, freight)?;
        let is_free = self.free_from.is_some_and(|from| goods.currency == from.currency && goods.minor >= from.minor);
        Some(if is_free { Money::zero(self.currency) } else { price })
    }

    /// True if the method carries products of the profile.
    #[must_use]
    pub fn carries(&self, profile: &str) -> bool {
        match self.profiles.as_slice() {
            [] => profile == STANDARD_PROFILE,
            profiles => profiles.iter().any(|known| known.as_str() == profile),
        }
    }

    /// Checks the method.
    ///
    /// # Errors
    /// The first rule that the method breaks.
    pub fn check(&self) -> Result<(), DeliveryMethodError> {
        let is_threshold = |from: Money| is_price(from, self.currency);
        let profiles: HashSet<&Slug> = self.profiles.iter().collect();
        let (min, max) = self.estimated_days;
        let rules = [
            (is_handle(&self.handle), DeliveryMethodError::Handle),
            (is_name(&self.name), DeliveryMethodError::Name),
            (are_names(&self.translations), DeliveryMethodError::Translations),
            (self.price.is_valid(self.currency), DeliveryMethodError::Price),
            (self.free_from.is_none_or(is_threshold), DeliveryMethodError::FreeFrom),
            (min <= max && max <= MAX_DAYS, DeliveryMethodError::Days),
            (self.position >= 0, DeliveryMethodError::Position),
            (profiles.len() == self.profiles.len() && profiles.len() <= MAX_PROFILES, DeliveryMethodError::Profiles),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, broken)| Err(broken))
    }
}

fn is_handle(handle: &str) -> bool {
    handle.len() <= MAX_HANDLE && !handle.contains('/') && handle.parse::<Slug>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn euros(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn method() -> DeliveryMethod {
        fixtures::delivery_method(ChannelId::new(), DeliveryZoneId::new(), "standard", euros(490))
    }

    #[test]
    fn delivery_is_free_from_the_threshold() {
        let method = DeliveryMethod { free_from: Some(euros(10_000)), ..method() };
        let price = |goods| method.price_for(euros(goods), Freight::default());
        assert_eq!(price(9_999), Some(euros(490)));
        assert_eq!(price(10_000), Some(euros(0)));
    }

    #[test]
    fn a_method_without_profiles_carries_only_standard_goods() {
        let letter = method();
        let freight = DeliveryMethod { profiles: vec!["bulky".parse().unwrap()], ..method() };
        assert!(letter.carries("standard") && !letter.carries("bulky"));
        assert!(freight.carries("bulky") && !freight.carries("standard"));
    }

    #[test]
    fn methods_are_checked() {
        assert_eq!(method().check(), Ok(()));
        let broken = |change: fn(&mut DeliveryMethod)| {
            let mut method = method();
            change(&mut method);
            method.check().unwrap_err()
        };
        assert_eq!(broken(|method| method.handle = "By post".to_owned()), DeliveryMethodError::Handle);
        assert_eq!(broken(|method| method.handle = "a/b".to_owned()), DeliveryMethodError::Handle);
        assert_eq!(broken(|method| method.name = " ".to_owned()), DeliveryMethodError::Name);
        let empty = |method: &mut DeliveryMethod| {
            method.translations.insert("de".parse().unwrap(), String::new());
        };
        assert_eq!(broken(empty), DeliveryMethodError::Translations);
        assert_eq!(broken(|method| method.price = DeliveryPrice::Fixed(euros(-1))), DeliveryMethodError::Price);
        assert_eq!(broken(|method| method.currency = Currency::USD), DeliveryMethodError::Price);
        assert_eq!(broken(|method| method.free_from = Some(euros(-1))), DeliveryMethodError::FreeFrom);
        assert_eq!(broken(|method| method.estimated_days = (3, 2)), DeliveryMethodError::Days);
        assert_eq!(broken(|method| method.estimated_days = (0, 366)), DeliveryMethodError::Days);
        assert_eq!(broken(|method| method.position = -1), DeliveryMethodError::Position);
        let twice = |method: &mut DeliveryMethod| method.profiles = vec!["a".parse().unwrap(), "a".parse().unwrap()];
        assert_eq!(broken(twice), DeliveryMethodError::Profiles);
    }
}
