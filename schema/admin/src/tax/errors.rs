//! User errors of tax classes and rates.

use model::tax::TaxRuleError;
use schema_shared::{FromRule, user_errors};
use services::tax::TaxSettingRule;

user_errors! {
    /// A user error of a tax mutation.
    TaxUserError,
    /// The error codes of tax mutations.
    TaxErrorCode {
        /// The tax class does not exist, or not exactly one of its id and slug is given.
        TaxClassNotFound,
        /// The slug has other characters than lowercase letters, digits and single hyphens.
        InvalidSlug,
        /// Another tax class has this slug.
        SlugTaken,
        /// The name is empty or longer than 100 characters.
        InvalidName,
        /// The shop has 100 tax classes.
        TooManyTaxClasses,
        /// The class `standard` cannot be deleted.
        StandardTaxClass,
        /// Rates or products have the tax class.
        TaxClassInUse,
        /// The tax rate does not exist.
        NotFound,
        /// The percentage is not within 0 to 100, or has more than four decimals.
        InvalidPercent,
        /// The country has no such region.
        InvalidRegion,
        /// The bounds of a range of postal codes are malformed or not in order, or there are more than 100 ranges.
        InvalidPostalCodes,
        /// There are more than 10 components, or their percentages do not add up to that of the rate.
        InvalidComponents,
        /// The shop has 50,000 tax rates.
        TooManyTaxRates,
    }
}

impl FromRule<TaxSettingRule> for TaxUserError {
    fn from_rule(rule: TaxSettingRule) -> Result<Vec<Self>, TaxSettingRule> {
        use TaxErrorCode as Code;
        use TaxSettingRule as Rule;
        let (code, path) = match &rule {
            Rule::ClassNotFound => (Code::TaxClassNotFound, None),
            Rule::Slug(_) => (Code::InvalidSlug, Some("slug".to_owned())),
            Rule::SlugTaken => (Code::SlugTaken, Some("slug".to_owned())),
            Rule::ClassName | Rule::Invalid(TaxRuleError::Name) => (Code::InvalidName, Some("name".to_owned())),
            Rule::TooManyClasses => (Code::TooManyTaxClasses, None),
            Rule::StandardClass => (Code::StandardTaxClass, None),
            Rule::ClassInUse(_) => (Code::TaxClassInUse, None),
            Rule::RateNotFound => (Code::NotFound, Some("id".to_owned())),
            Rule::Percent(_) => (Code::InvalidPercent, Some("percent".to_owned())),
            Rule::ComponentPercent { at, .. } => (Code::InvalidPercent, Some(format!("components.{at}.percent"))),
            Rule::PostalCodes { at, .. } => (Code::InvalidPostalCodes, Some(format!("postalCodes.{at}"))),
            Rule::Invalid(TaxRuleError::PostalCodes) => (Code::InvalidPostalCodes, Some("postalCodes".to_owned())),
            Rule::Invalid(TaxRuleError::Region) => (Code::InvalidRegion, Some("region".to_owned())),
            Rule::Invalid(TaxRuleError::ComponentName { at }) => {
                (Code::InvalidName, Some(format!("components.{at}.name")))
            }
            Rule::Invalid(TaxRuleError::Components | TaxRuleError::TooManyComponents) => {
                (Code::InvalidComponents, Some("components".to_owned()))
            }
            Rule::TooManyRates => (Code::TooManyTaxRates, None),
        };
        Ok(vec![match path {
            Some(path) => Self::at(code, rule, &path),
            None => Self::new(code, rule),
        }])
    }
}
