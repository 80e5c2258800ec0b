//! Rules of delivery methods.

use model::shipping::DeliveryMethodError;
use persistence::shipping as store;

use crate::{UseCaseError, error::RuleError};

/// A rule that keeps a method from being written.
#[derive(Debug, thiserror::Error)]
pub enum MethodRule {
    /// The method does not exist.
    #[error("there is no such delivery method")]
    NotFound,
    /// The method has another version than the caller expects.
    #[error("the delivery method has changed: its version is {current}")]
    VersionConflict {
        /// The current version.
        current: i32,
    },
    /// The method was archived.
    #[error("the delivery method is archived; create a new one")]
    Archived,
    /// The channel has a method with this handle in the zone and currency.
    #[error("the channel has a delivery method with this handle in the zone and currency")]
    HandleTaken,
    /// The zone does not exist.
    #[error("there is no such delivery zone")]
    ZoneNotFound,
    /// The channel does not exist, or was archived.
    #[error("there is no such channel")]
    ChannelNotFound,
    /// The channel does not sell in the currency.
    #[error("the channel does not sell in this currency")]
    Currency,
    /// A new method has no price.
    #[error("give either a price or rates")]
    PriceMissing,
    /// Both a price and a table are given.
    #[error("give either a price or rates")]
    TwoPrices,
    /// An amount or bound cannot be read.
    #[error("{message}")]
    Amount {
        /// The path of the input.
        path: String,
        /// The reason.
        message: String,
    },
    /// A language occurs twice.
    #[error("this language occurs twice")]
    RepeatedLocale {
        /// The index of the translation.
        at: usize,
    },
    /// The stock location does not exist.
    #[error("there is no such stock location")]
    LocationNotFound,
    /// The stock location does not supply the channel, or is not active.
    #[error("the stock location does not supply the channel")]
    LocationNotInChannel,
    /// A profile is not a slug.
    #[error("a delivery profile has 1 to 200 lower-case letters, digits and single hyphens")]
    Profile {
        /// The index of the profile.
        at: usize,
    },
    /// The method is invalid.
    #[error(transparent)]
    Invalid(#[from] DeliveryMethodError),
    /// The limit of methods is reached.
    #[error("there are {max} delivery methods already: archive those that are not used", max = store::MAX_METHODS)]
    TooMany,
}

impl RuleError for MethodRule {}
impl RuleError for DeliveryMethodError {}

/// The method was not written.
pub type MethodError = UseCaseError<MethodRule>;
