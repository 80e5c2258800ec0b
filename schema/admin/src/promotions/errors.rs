//! User errors of promotion mutations.

use async_graphql::Result;
use model::{IdempotencyKey, promotions::DraftError};
use schema_shared::{FromRule, Payload, payloads, to_user_errors, user_errors};
use services::promotions::{InvalidPromotion, PromotionError, PromotionRefusal, PromotionRule};

use super::Promotion;

user_errors! {
    /// A user error of a promotion mutation.
    PromotionUserError,
    /// The error codes of promotion mutations.
    PromotionErrorCode {
        /// The promotion does not exist.
        NotFound,
        /// The promotion has changed since the expected version.
        VersionConflict,
        /// A value that a new promotion needs is missing.
        Required,
        /// The name is empty or longer than 200 characters.
        InvalidName,
        /// The end is not after the start.
        InvalidPeriod,
        /// The percentage is not above 0 and at most 100, or has more than two decimals.
        InvalidPercentage,
        /// The amount is not a positive amount in the currency.
        InvalidAmount,
        /// The quantity is out of bounds.
        InvalidQuantity,
        /// The channels have no currency in common, so a currency is required.
        CurrencyRequired,
        /// A code is malformed or repeated.
        InvalidCode,
        /// A usage limit is less than 1.
        InvalidUsageLimit,
        /// The request has too many codes.
        TooManyCodes,
        /// A code exists already.
        CodeTaken,
        /// The shop has 10,000 promotions that are not archived.
        TooManyPromotions,
        /// An automatic promotion cannot have codes.
        AutomaticPromotion,
        /// A channel does not exist.
        UnknownChannel,
        /// A category does not exist.
        UnknownCategory,
        /// A collection does not exist.
        UnknownCollection,
        /// A product does not exist.
        UnknownProduct,
        /// A customer group does not exist.
        UnknownCustomerGroup,
        /// The variant of a gift does not exist, or the product of a gift has several variants.
        UnknownVariant,
        /// The variant of a gift is named in no way or in several.
        AmbiguousGift,
        /// A translation has a malformed or repeated locale, or an empty or too long name, or there are too many.
        InvalidTranslation,
        /// A selection of products names more than 250 objects of a kind.
        TooManySelected,
        /// The promotion has no such code.
        UnknownCode,
        /// The idempotency key is empty or longer than 255 characters.
        InvalidIdempotencyKey,
        /// The idempotency key was used with another input.
        IdempotencyKeyReused,
    }
}

impl From<PromotionRefusal> for PromotionUserError {
    fn from(refusal: PromotionRefusal) -> Self {
        let message = refusal.error.to_string();
        Self { code: code(&refusal.error), message, field: Some(refusal.field) }
    }
}

const fn code(error: &InvalidPromotion) -> PromotionErrorCode {
    match error {
        InvalidPromotion::Draft(DraftError::Name) => PromotionErrorCode::InvalidName,
        InvalidPromotion::Draft(DraftError::Period) => PromotionErrorCode::InvalidPeriod,
        InvalidPromotion::Draft(DraftError::Percentage) => PromotionErrorCode::InvalidPercentage,
        InvalidPromotion::Draft(DraftError::Amount) | InvalidPromotion::Money(_) => PromotionErrorCode::InvalidAmount,
        InvalidPromotion::Draft(DraftError::Units | DraftError::GiftQuantity) | InvalidPromotion::Quantity => {
            PromotionErrorCode::InvalidQuantity
        }
        InvalidPromotion::Draft(DraftError::Code { .. }) => PromotionErrorCode::InvalidCode,
        InvalidPromotion::Draft(DraftError::UsageLimit { .. }) => PromotionErrorCode::InvalidUsageLimit,
        InvalidPromotion::Draft(DraftError::TooManyCodes) => PromotionErrorCode::TooManyCodes,
        InvalidPromotion::Draft(DraftError::Translation) | InvalidPromotion::Locale => {
            PromotionErrorCode::InvalidTranslation
        }
        InvalidPromotion::UnknownGift => PromotionErrorCode::UnknownVariant,
        InvalidPromotion::AmbiguousGift => PromotionErrorCode::AmbiguousGift,
        InvalidPromotion::TooManySelected => PromotionErrorCode::TooManySelected,
        InvalidPromotion::UnknownCode => PromotionErrorCode::UnknownCode,
        InvalidPromotion::CurrencyRequired => PromotionErrorCode::CurrencyRequired,
        InvalidPromotion::Required => PromotionErrorCode::Required,
        InvalidPromotion::UnknownChannel => PromotionErrorCode::UnknownChannel,
        InvalidPromotion::UnknownCategory => PromotionErrorCode::UnknownCategory,
        InvalidPromotion::UnknownCollection => PromotionErrorCode::UnknownCollection,
        InvalidPromotion::UnknownProduct => PromotionErrorCode::UnknownProduct,
        InvalidPromotion::UnknownCustomerGroup => PromotionErrorCode::UnknownCustomerGroup,
    }
}

impl FromRule<PromotionRule> for PromotionUserError {
    fn from_rule(rule: PromotionRule) -> Result<Vec<Self>, PromotionRule> {
        use PromotionErrorCode as Code;
        let (code, path) = match rule {
            PromotionRule::Invalid(refusals) => return Ok(refusals.into_iter().map(Self::from).collect()),
            PromotionRule::TooMany => return Ok(vec![Self::new(Code::TooManyPromotions, rule)]),
            PromotionRule::CodeTaken => (Code::CodeTaken, "codes"),
            PromotionRule::NotFound => (Code::NotFound, "id"),
            PromotionRule::VersionConflict { .. } => (Code::VersionConflict, "expectedVersion"),
            PromotionRule::Automatic => (Code::AutomaticPromotion, "codes"),
        };
        Ok(vec![Self::at(code, rule, path)])
    }

    fn from_reused_key(message: String) -> Option<Self> {
        Some(Self::at(PromotionErrorCode::IdempotencyKeyReused, message, "idempotencyKey"))
    }
}

payloads! {
    errors PromotionUserError;

    [
        "promotionCreate" => PromotionCreatePayload,
        "promotionUpdate" => PromotionUpdatePayload,
        "promotionArchive" => PromotionArchivePayload,
        "promotionCodesAdd" => PromotionCodesAddPayload,
        "promotionCodesDeactivate" => PromotionCodesDeactivatePayload,
    ] {
        /// The promotion after the change; null if nothing was changed.
        promotion: Promotion,
    }
}

/// The idempotency key of an input.
pub(super) fn key(given: Option<String>) -> Result<Option<IdempotencyKey>, PromotionUserError> {
    let refuse = |error| PromotionUserError::at(PromotionErrorCode::InvalidIdempotencyKey, error, "idempotencyKey");
    given.map(IdempotencyKey::try_from).transpose().map_err(refuse)
}

/// The payload of a change.
pub(super) fn answer<P>(outcome: Result<model::promotions::Promotion, PromotionError>) -> Result<P>
where
    P: Payload<Objects = (Promotion,), UserError = PromotionUserError>,
{
    match outcome {
        Ok(promotion) => Ok(P::success((Promotion(promotion),), Vec::new())),
        Err(error) => Ok(P::failure(to_user_errors(error)?)),
    }
}
