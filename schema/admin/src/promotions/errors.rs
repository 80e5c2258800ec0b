//! Why a promotion was not written, as user errors.

use async_graphql::Result;
use model::promotions::DraftError;
use schema_shared::{Payload, payloads, user_errors};
use services::promotions::{InvalidPromotion, PromotionError, PromotionRefusal};

use super::Promotion;

user_errors! {
    /// Why a promotion was not written.
    PromotionUserError,
    /// What stopped a change of a promotion.
    PromotionErrorCode {
        /// There is no such promotion.
        NotFound,
        /// The promotion has changed since the expected version.
        VersionConflict,
        /// Something that a new promotion needs is missing.
        Required,
        /// The name is empty or too long.
        InvalidName,
        /// The end is not after the start.
        InvalidPeriod,
        /// Not a percentage above 0 and at most 100 with at most two digits after the point.
        InvalidPercentage,
        /// Not an amount in the currency, or not above 0.
        InvalidAmount,
        /// Not a number of units.
        InvalidQuantity,
        /// The channels have no currency in common, so it has to be said.
        CurrencyRequired,
        /// The text cannot be a code, or comes twice.
        InvalidCode,
        /// A usage limit is at least 1.
        InvalidUsageLimit,
        /// Too many codes in one request.
        TooManyCodes,
        /// One of the codes exists already.
        CodeTaken,
        /// There are 10,000 promotions that are not archived.
        TooManyPromotions,
        /// An automatic promotion takes no codes.
        AutomaticPromotion,
        /// There is no such channel.
        UnknownChannel,
        /// There is no such category.
        UnknownCategory,
        /// There is no such collection.
        UnknownCollection,
        /// There is no such product.
        UnknownProduct,
        /// There is no such customer group.
        UnknownCustomerGroup,
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
        InvalidPromotion::Draft(DraftError::Units) | InvalidPromotion::Quantity => PromotionErrorCode::InvalidQuantity,
        InvalidPromotion::Draft(DraftError::Code { .. }) => PromotionErrorCode::InvalidCode,
        InvalidPromotion::Draft(DraftError::UsageLimit { .. }) => PromotionErrorCode::InvalidUsageLimit,
        InvalidPromotion::Draft(DraftError::TooManyCodes) => PromotionErrorCode::TooManyCodes,
        InvalidPromotion::CurrencyRequired => PromotionErrorCode::CurrencyRequired,
        InvalidPromotion::Required => PromotionErrorCode::Required,
        InvalidPromotion::UnknownChannel => PromotionErrorCode::UnknownChannel,
        InvalidPromotion::UnknownCategory => PromotionErrorCode::UnknownCategory,
        InvalidPromotion::UnknownCollection => PromotionErrorCode::UnknownCollection,
        InvalidPromotion::UnknownProduct => PromotionErrorCode::UnknownProduct,
        InvalidPromotion::UnknownCustomerGroup => PromotionErrorCode::UnknownCustomerGroup,
    }
}

fn user_errors(error: PromotionError) -> Result<Vec<PromotionUserError>> {
    let message = error.to_string();
    let one = |code, path| Ok(vec![PromotionUserError::at(code, &message, path)]);
    match error {
        PromotionError::Invalid(refusals) => Ok(refusals.into_iter().map(PromotionUserError::from).collect()),
        PromotionError::CodeTaken => one(PromotionErrorCode::CodeTaken, "codes"),
        PromotionError::TooMany => Ok(vec![PromotionUserError::new(PromotionErrorCode::TooManyPromotions, message)]),
        PromotionError::NotFound => one(PromotionErrorCode::NotFound, "id"),
        PromotionError::VersionConflict { .. } => one(PromotionErrorCode::VersionConflict, "expectedVersion"),
        PromotionError::Automatic => one(PromotionErrorCode::AutomaticPromotion, "codes"),
        PromotionError::Service(error) => Err(error.into()),
    }
}

payloads! {
    errors PromotionUserError;

    [
        "promotionCreate" => PromotionCreatePayload,
        "promotionUpdate" => PromotionUpdatePayload,
        "promotionArchive" => PromotionArchivePayload,
        "promotionCodesAdd" => PromotionCodesAddPayload,
    ] {
        /// The promotion after the change; null if nothing was changed.
        promotion: Promotion,
    }
}

/// The payload of a change.
pub(super) fn answer<P>(outcome: Result<model::promotions::Promotion, PromotionError>) -> Result<P>
where
    P: Payload<Objects = (Promotion,), UserError = PromotionUserError>,
{
    match outcome {
        Ok(promotion) => Ok(P::success((Promotion(promotion),), Vec::new())),
        Err(error) => Ok(P::failure(user_errors(error)?)),
    }
}
