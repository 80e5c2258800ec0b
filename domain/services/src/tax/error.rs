//! Errors of tax classes and rates.

use model::{
    InvalidPostalCodeRange, InvalidSlug,
    tax::{InvalidTaxRate, TaxRuleError},
};
use persistence::tax::{MAX_CLASSES, MAX_RATES};

use crate::{UseCaseError, error::RuleError};

/// A rule that keeps a tax class or rate from being written.
#[derive(Debug, thiserror::Error)]
pub enum TaxSettingRule {
    /// No tax class has the id or slug.
    #[error("there is no such tax class")]
    ClassNotFound,
    /// The slug is malformed.
    #[error(transparent)]
    Slug(#[from] InvalidSlug),
    /// Another class has the slug.
    #[error("another tax class has this slug")]
    SlugTaken,
    /// The name of a class is empty or too long.
    #[error("the name of a tax class has 1 to 100 characters")]
    ClassName,
    /// The limit of classes is reached.
    #[error("a shop has at most {MAX_CLASSES} tax classes")]
    TooManyClasses,
    /// The standard class always exists.
    #[error("the standard class cannot be deleted")]
    StandardClass,
    /// Rates or products have the class.
    #[error("{0} of this class exist")]
    ClassInUse(&'static str),
    /// No rate has the id.
    #[error("there is no such tax rate")]
    RateNotFound,
    /// The percentage is malformed.
    #[error(transparent)]
    Percent(#[from] InvalidTaxRate),
    /// The percentage of a component is malformed.
    #[error("{why}")]
    ComponentPercent {
        /// The position of the component.
        at: usize,
        /// The reason.
        why: InvalidTaxRate,
    },
    /// A range of postal codes is malformed.
    #[error("{why}")]
    PostalCodes {
        /// The position of the range.
        at: usize,
        /// The reason.
        why: InvalidPostalCodeRange,
    },
    /// The rate is invalid.
    #[error(transparent)]
    Invalid(#[from] TaxRuleError),
    /// The limit of rates is reached.
    #[error("a shop has at most {MAX_RATES} tax rates")]
    TooManyRates,
}

impl RuleError for TaxSettingRule {}
impl RuleError for InvalidTaxRate {}
impl RuleError for TaxRuleError {}

/// The tax class or rate was not written.
pub type TaxError = UseCaseError<TaxSettingRule>;
