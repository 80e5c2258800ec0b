//! Invalid parts of the input of a promotion.

use model::{MoneyError, promotions::DraftError};

/// An error in the input of a promotion.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPromotion {
    /// A rule of the model.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The text is not an amount in the currency.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The channels have no common default currency.
    #[error("specify the currency of the amounts: the channels have different currencies")]
    CurrencyRequired,
    /// A required part of a new promotion is missing.
    #[error("this is required for a new promotion")]
    Required,
    /// The number of units is out of range.
    #[error("a quantity is a whole number from 0 to {max}", max = model::Quantity::MAX)]
    Quantity,
    /// The channel does not exist.
    #[error("there is no such channel")]
    UnknownChannel,
    /// The category does not exist.
    #[error("there is no such category")]
    UnknownCategory,
    /// The collection does not exist.
    #[error("there is no such collection")]
    UnknownCollection,
    /// The product does not exist.
    #[error("there is no such product")]
    UnknownProduct,
    /// The variant of a gift does not exist, or the product of a gift has several.
    #[error("there is no such variant; name the variant of a product that has several")]
    UnknownGift,
    /// The variant of a gift is named in no way or in several.
    #[error("a gift needs exactly one of sku, variantId and productId")]
    AmbiguousGift,
    /// A locale is malformed or occurs twice.
    #[error("a locale is a language tag such as de or de-AT and occurs only once")]
    Locale,
    /// A selector names too many objects.
    #[error("a selection names at most 250 categories, collections and products each")]
    TooManySelected,
    /// A code does not exist.
    #[error("the promotion has no such code")]
    UnknownCode,
    /// The customer group does not exist.
    #[error("there is no such customer group")]
    UnknownCustomerGroup,
}

/// An error with the path of the invalid part of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionRefusal {
    /// The error.
    pub error: InvalidPromotion,
    /// The path in the input.
    pub field: Vec<String>,
}

impl PromotionRefusal {
    /// An error at a path of the input.
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
            DraftError::Translation => vec!["translations".to_owned()],
            DraftError::GiftQuantity => ["action", "gift", "quantity"].map(str::to_owned).to_vec(),
            DraftError::Percentage | DraftError::Amount | DraftError::Units => vec!["action".to_owned()],
            DraftError::Code { at } => vec!["codes".to_owned(), at.to_string(), "code".to_owned()],
            DraftError::UsageLimit { at } => vec!["codes".to_owned(), at.to_string()],
            DraftError::TooManyCodes => vec!["codes".to_owned()],
        };
        Self { error: error.into(), field }
    }
}
