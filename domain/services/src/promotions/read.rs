//! Reading promotions and their codes.

use std::collections::HashMap;

use model::{
    Page, PageRequest,
    access::{Actor, Permission},
    ids::{DiscountCodeId, OrderId, PromotionId},
    promotions::{DiscountCode, Promotion, normalize_code},
};
use persistence::promotions::{self, RecordedUse};

use crate::{App, ServiceResult};

/// Promotions that are not archived and apply in a channel of the actor, oldest first.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::PromotionsRead`].
pub async fn list_promotions(
    app: &App,
    actor: &Actor,
    page: &PageRequest<PromotionId>,
) -> ServiceResult<Page<Promotion>> {
    let scope = actor.channels_with(Permission::PromotionsRead)?;
    Ok(promotions::list(&mut *app.db.read().await?, scope.only(), page).await?)
}

/// The number of promotions that are not archived.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::PromotionsRead`].
pub async fn count_promotions(app: &App, actor: &Actor) -> ServiceResult<i64> {
    let scope = actor.channels_with(Permission::PromotionsRead)?;
    Ok(promotions::count(&mut *app.db.read().await?, scope.only()).await?)
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
    let scope = actor.channels_with(Permission::PromotionsRead)?;
    let mut found = promotions::by_ids(&mut *app.db.read().await?, ids).await?;
    found.retain(|_, promotion| scope.contains_any(&promotion.channels));
    Ok(found)
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
    actor.channels_with(Permission::PromotionsRead)?;
    Ok(promotions::codes_of(&mut *app.db.read().await?, promotion, page).await?)
}

/// The number of codes of a promotion.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::PromotionsRead`].
pub async fn count_codes(app: &App, actor: &Actor, promotion: PromotionId) -> ServiceResult<i64> {
    actor.channels_with(Permission::PromotionsRead)?;
    Ok(promotions::count_codes(&mut *app.db.read().await?, promotion).await?)
}

/// The code with a text in any case, whether it can be used or not.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::PromotionsRead`].
pub async fn find_code(app: &App, actor: &Actor, code: &str) -> ServiceResult<Option<DiscountCode>> {
    actor.channels_with(Permission::PromotionsRead)?;
    let Some(code) = normalize_code(code) else { return Ok(None) };
    let found = promotions::find_code(&mut *app.db.read().await?, &code).await?;
    let Some(found) = found else { return Ok(None) };
    let is_visible = find_promotion(app, actor, found.promotion_id).await?.is_some();
    Ok(is_visible.then_some(found))
}

/// The uses of a code by orders of any channel, oldest first.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::PromotionsRead`] in every channel.
pub async fn uses_of(
    app: &App,
    actor: &Actor,
    code: DiscountCodeId,
    page: &PageRequest<OrderId>,
) -> ServiceResult<Page<RecordedUse>> {
    actor.require(Permission::PromotionsRead)?;
    Ok(promotions::uses_of(&mut *app.db.read().await?, code, page).await?)
}

/// The number of uses of codes by orders; codes without uses are left out.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::PromotionsRead`].
pub async fn count_uses(
    app: &App,
    actor: &Actor,
    codes: &[DiscountCodeId],
) -> ServiceResult<HashMap<DiscountCodeId, i64>> {
    actor.channels_with(Permission::PromotionsRead)?;
    Ok(promotions::count_uses(&mut *app.db.read().await?, codes).await?)
}

/// True if a promotion is neither archived, nor before its start, nor over.
///
/// # Errors
/// [`crate::ServiceError::Access`] without [`Permission::PromotionsRead`].
pub async fn is_running(app: &App, actor: &Actor, id: PromotionId) -> ServiceResult<bool> {
    actor.channels_with(Permission::PromotionsRead)?;
    let (settings, now) = (app.settings.current(&app.db).await?, app.clock.now());
    // The snapshot contains the promotions that are not archived.
    Ok(settings.promotions.iter().any(|promotion| promotion.id == id && promotion.is_running(now)))
}
