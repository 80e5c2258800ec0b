//! Reading promotions and their codes.

use std::collections::HashMap;

use model::{
    Page, PageRequest,
    access::{Actor, Permission},
    ids::{DiscountCodeId, PromotionId},
    promotions::{DiscountCode, Promotion},
};
use persistence::promotions;

use crate::{App, ServiceResult};

/// Promotions that are not archived, oldest first.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::PromotionsRead`].
pub async fn list_promotions(
    app: &App,
    actor: &Actor,
    page: &PageRequest<PromotionId>,
) -> ServiceResult<Page<Promotion>> {
    actor.require(Permission::PromotionsRead)?;
    Ok(promotions::list(&mut *app.db.read().await?, page).await?)
}

/// The number of promotions that are not archived.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::PromotionsRead`].
pub async fn count_promotions(app: &App, actor: &Actor) -> ServiceResult<i64> {
    actor.require(Permission::PromotionsRead)?;
    Ok(promotions::count(&mut *app.db.read().await?).await?)
}

/// The promotion with an id, archived or not.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::PromotionsRead`].
pub async fn find_promotion(app: &App, actor: &Actor, id: PromotionId) -> ServiceResult<Option<Promotion>> {
    Ok(promotions_by_ids(app, actor, &[id]).await?.remove(&id))
}

/// Promotions by their ids; absent ones are left out.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::PromotionsRead`].
pub async fn promotions_by_ids(
    app: &App,
    actor: &Actor,
    ids: &[PromotionId],
) -> ServiceResult<HashMap<PromotionId, Promotion>> {
    actor.require(Permission::PromotionsRead)?;
    Ok(promotions::by_ids(&mut *app.db.read().await?, ids).await?)
}

/// The codes of a promotion, oldest first.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::PromotionsRead`].
pub async fn codes_of(
    app: &App,
    actor: &Actor,
    promotion: PromotionId,
    page: &PageRequest<DiscountCodeId>,
) -> ServiceResult<Page<DiscountCode>> {
    actor.require(Permission::PromotionsRead)?;
    Ok(promotions::codes_of(&mut *app.db.read().await?, promotion, page).await?)
}
