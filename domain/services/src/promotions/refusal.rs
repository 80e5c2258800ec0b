//! What is wrong with what was said of a promotion, and where.

use model::{MoneyError, promotions::DraftError};

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPromotion {
    /// A rule of the model.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// An amount that is none in the currency.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The channels have no currency in common.
    #[error("say the currency of the amounts: the channels have no currency in common")]
    CurrencyRequired,
    /// A new promotion needs it.
    #[error("this is needed for a new promotion")]
    Required,
    /// Not a number of units.
    #[error("a quantity is a whole number from 0 to {max}", max = model::Quantity::MAX)]
    Quantity,
    /// No channel is called so.
    #[error("there is no such channel")]
    UnknownChannel,
    /// No category is called so.
    #[error("there is no such category")]
    UnknownCategory,
    /// No collection is called so.
    #[error("there is no such collection")]
    UnknownCollection,
    /// No product has the id.
    #[error("there is no such product")]
    UnknownProduct,
    /// No customer group is called so.
    #[error("there is no such customer group")]
    UnknownCustomerGroup,
}

/// One thing that is wrong, with the path of the part it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionRefusal {
    /// What is wrong.
    pub error: InvalidPromotion,
    /// The path in the input.
    pub field: Vec<String>,
}

impl PromotionRefusal {
    /// With the path of the part.
    #[must_use]
    pub fn at(error: InvalidPromotion, path: &[&str]) -> Self {
        Self { error, field: path.iter().map(|part| (*part).to_owned()).collect() }
    }
}

impl From<DraftError> for PromotionRefusal {
    fn from(error: DraftError) -> Self {
        let field = match &error {
            DraftError::Name => vec!["name".to_owned()],
            DraftError::Period => vec!["endsAt".to_owned()],
            DraftError::Percentage | DraftError::Amount | DraftError::Units => vec!["action".to_owned()],
            DraftError::Code { at } => vec!["codes".to_owned(), at.to_string(), "code".to_owned()],
            DraftError::UsageLimit { at } => vec!["codes".to_owned(), at.to_string()],
            DraftError::TooManyCodes => vec!["codes".to_owned()],
        };
        Self { error: error.into(), field }
    }
}
