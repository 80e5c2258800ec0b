//! Reading promotions and their codes.

use std::collections::HashMap;

use model::{
    Direction, PageRequest,
    access::{Actor, Permission},
    ids::{DiscountCodeId, PromotionId},
    promotions::{DiscountCode, Promotion},
};
use persistence::promotions;

use crate::{App, ServiceResult};

/// A page of a list, in display order.
#[derive(Debug, Clone)]
pub struct PromotionPage<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether there is more in the direction of the page.
    pub has_more: bool,
}

/// Promotions that are not archived, oldest first.
///
/// # Errors
/// [`Permission::PromotionsRead`] is needed; a store's error.
pub async fn list_promotions(
    app: &App,
    actor: &Actor,
    page: &PageRequest<PromotionId>,
) -> ServiceResult<PromotionPage<Promotion>> {
    actor.require(Permission::PromotionsRead)?;
    let rows = promotions::list(&mut *app.db.read().await?, page).await?;
    Ok(cut(rows, page.size, page.direction))
}

/// How many promotions are not archived.
///
/// # Errors
/// [`Permission::PromotionsRead`] is needed; a store's error.
pub async fn count_promotions(app: &App, actor: &Actor) -> ServiceResult<i64> {
    actor.require(Permission::PromotionsRead)?;
    Ok(promotions::count(&mut *app.db.read().await?).await?)
}

/// The promotion of an id, archived or not.
///
/// # Errors
/// [`Permission::PromotionsRead`] is needed; a store's error.
pub async fn find_promotion(app: &App, actor: &Actor, id: PromotionId) -> ServiceResult<Option<Promotion>> {
    Ok(promotions_by_ids(app, actor, &[id]).await?.remove(&id))
}

/// Promotions by their ids; absent ones are left out.
///
/// # Errors
/// [`Permission::PromotionsRead`] is needed; a store's error.
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
/// [`Permission::PromotionsRead`] is needed; a store's error.
pub async fn codes_of(
    app: &App,
    actor: &Actor,
    promotion: PromotionId,
    page: &PageRequest<DiscountCodeId>,
) -> ServiceResult<PromotionPage<DiscountCode>> {
    actor.require(Permission::PromotionsRead)?;
    let rows = promotions::codes_of(&mut *app.db.read().await?, promotion, page).await?;
    Ok(cut(rows, page.size, page.direction))
}

/// Takes off the row that told of more, and turns a backward page round.
fn cut<T>(mut rows: Vec<T>, size: usize, direction: Direction) -> PromotionPage<T> {
    let has_more = rows.len() > size;
    rows.truncate(size);
    if direction == Direction::Descending {
        rows.reverse();
    }
    PromotionPage { rows, has_more }
}
