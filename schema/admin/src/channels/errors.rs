//! User errors of channel mutations.

use async_graphql::Result;
use schema_shared::{FromRule, user_errors};
use services::channels::ChannelRule;

user_errors! {
    /// A user error of a channel mutation.
    ChannelUserError,
    /// The error codes of channel mutations.
    ChannelErrorCode {
        /// The channel does not exist.
        ChannelNotFound,
        /// The channel was changed after the expected version.
        VersionConflict,
        /// The channel is archived.
        ChannelArchived,
        /// The slug has other characters than lowercase letters, digits and single hyphens.
        InvalidSlug,
        /// Another channel has this slug.
        SlugTaken,
        /// The name is empty or longer than 200 characters.
        InvalidName,
        /// A translation is empty or too long, its language is not a BCP 47 tag or is repeated, or there are too many.
        InvalidTranslations,
        /// The channel has orders, so its price mode is fixed.
        PriceModeFixed,
        /// No currency is given, or one is repeated.
        InvalidCurrencies,
        /// No language is given, one is repeated, or one is not a BCP 47 tag.
        InvalidLocales,
        /// No country is given, or one is repeated.
        InvalidCountries,
        /// A stock location is repeated.
        InvalidLocations,
        /// The reservation of unpaid orders is not within 1 to 720 hours.
        InvalidTransferHold,
        /// The stock location does not exist.
        LocationNotFound,
        /// A return origin is repeated, or is not scheme, host and port of a page or an app.
        InvalidReturnOrigins,
        /// The shop needs a default channel; make another channel the default instead.
        DefaultNeeded,
    }
}

impl FromRule<ChannelRule> for ChannelUserError {
    fn from_rule(rule: ChannelRule) -> Result<Vec<Self>, ChannelRule> {
        use ChannelErrorCode as Code;
        use model::channels::ChannelRuleError as Invalid;
        let (code, field) = match &rule {
            ChannelRule::NotFound => return Ok(vec![Self::new(Code::ChannelNotFound, rule)]),
            ChannelRule::VersionConflict { .. } => (Code::VersionConflict, "expectedVersion"),
            ChannelRule::Archived => return Ok(vec![Self::new(Code::ChannelArchived, rule)]),
            ChannelRule::PriceModeFixed => (Code::PriceModeFixed, "pricesIncludeTax"),
            ChannelRule::Slug(_) => (Code::InvalidSlug, "slug"),
            ChannelRule::SlugTaken => (Code::SlugTaken, "slug"),
            ChannelRule::LocationNotFound(_) => (Code::LocationNotFound, "locations"),
            ChannelRule::Invalid(Invalid::Name) => (Code::InvalidName, "name"),
            ChannelRule::Invalid(Invalid::Translations) => (Code::InvalidTranslations, "translations"),
            ChannelRule::Invalid(Invalid::Currencies) => (Code::InvalidCurrencies, "currencyCodes"),
            ChannelRule::Invalid(Invalid::Locales) => (Code::InvalidLocales, "locales"),
            ChannelRule::Invalid(Invalid::Countries) => (Code::InvalidCountries, "countryCodes"),
            ChannelRule::Invalid(Invalid::Locations) => (Code::InvalidLocations, "locations"),
            ChannelRule::Invalid(Invalid::TransferHold) => (Code::InvalidTransferHold, "transferHoldHours"),
            ChannelRule::Invalid(Invalid::ReturnOrigins) => (Code::InvalidReturnOrigins, "returnOrigins"),
            ChannelRule::DefaultNeeded => (Code::DefaultNeeded, "isDefault"),
        };
        Ok(vec![Self::at(code, rule, field)])
    }
}
