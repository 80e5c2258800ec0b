//! Product lists of staff: all products, published or not.
//!
//! Three sources answer them. The list of changes answers exports, because it misses nothing; see `docs/adr`. The
//! documents answer the plain list in the order of creation, and the index answers all other lists.

use std::{collections::HashMap, sync::Arc};

use model::{
    Currency, Direction, Page, PageError, PageRequest, Timestamp,
    access::{Actor, Permission},
    catalog::Product,
    ids::ProductId,
    search::{Cursor, CursorKey, Sort, SortKey},
};
use persistence::{
    product_lists,
    search::{ProductPage, ProductQuery, UNTRANSLATED},
};

use super::{
    filter::MAX_CONDITIONS,
    found::{FoundPage, neighbors},
    list::SearchError,
    staff_filter::StaffProductFilter,
};
use crate::{App, ServiceError, ServiceResult, catalog};

/// The conditions, order and page of a product list of staff.
#[derive(Debug, Clone)]
pub struct ListStaffProducts {
    /// The conditions.
    pub filter: StaffProductFilter,
    /// The order. The default is the best match for a list with words to search for, and the order of creation otherwise.
    pub sort: Option<Sort>,
    /// The page.
    pub page: PageRequest<Cursor>,
    /// True if the products of the whole list are counted.
    pub wants_total: bool,
}

/// A page of products.
pub type StaffProductList = FoundPage<Cursor, Arc<Product>>;

/// A page of all products that meet the conditions.
///
/// # Errors
/// [`SearchError`] for a filter that is too large, a cursor of another list, or an unavailable store.
pub async fn list_staff_products(
    app: &App,
    actor: &Actor,
    input: ListStaffProducts,
) -> Result<StaffProductList, SearchError> {
    actor.require(Permission::CatalogRead).map_err(ServiceError::from)?;
    let sort = input.sort.unwrap_or_else(|| default_sort(&input.filter));
    if input.page.cursor.as_ref().is_some_and(|cursor| !cursor.belongs_to(sort.key)) {
        return Err(PageError::Cursor.into());
    }
    if input.filter.is_sync() && sort.key == SortKey::UpdatedAt {
        return Ok(changed(app, &input, sort.direction).await?);
    }
    if input.sort.is_none() && input.filter == StaffProductFilter::default() {
        return Ok(created(app, actor, &input).await?);
    }
    let found = find(app, &input, sort).await?;
    let ids: Vec<ProductId> = found.hits.iter().map(|hit| hit.id).collect();
    let mut products = catalog::fresh_products(app, &ids).await?;
    let cursors = found.hits.into_iter().map(|hit| hit.cursor).collect();
    let total = Some(i64::try_from(found.total).unwrap_or(i64::MAX));
    let neighbors = (found.has_next, found.has_previous);
    Ok(FoundPage::new(cursors, neighbors, total, |cursor| products.remove(&cursor.id)))
}

/// The ids of a page of products that meet the conditions, in the order of creation, for work on many products. The
/// second value continues the list; none at its end.
///
/// # Errors
/// [`SearchError`] for a filter that is too large or an unavailable index.
pub async fn matching_products(
    app: &App,
    actor: &Actor,
    filter: &StaffProductFilter,
    after: Option<Cursor>,
    size: usize,
) -> Result<(Vec<ProductId>, Option<Cursor>), SearchError> {
    actor.require(Permission::CatalogRead).map_err(ServiceError::from)?;
    let page = PageRequest { size, cursor: after, direction: Direction::Ascending };
    let input = ListStaffProducts { filter: filter.clone(), sort: None, page, wants_total: false };
    let found = find(app, &input, Sort { key: SortKey::CreatedAt, direction: Direction::Ascending }).await?;
    let next = found.hits.last().filter(|_| found.has_next).map(|hit| hit.cursor.clone());
    Ok((found.hits.into_iter().map(|hit| hit.id).collect(), next))
}

/// The ids of all products that meet the conditions, for work on many products; one more than `limit` if there are more.
///
/// # Errors
/// [`SearchError`] for a filter that is too large or an unavailable index.
pub async fn all_matching_products(
    app: &App,
    actor: &Actor,
    filter: &StaffProductFilter,
    limit: usize,
) -> Result<Vec<ProductId>, SearchError> {
    const PAGE: usize = 1_000;
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let (found, next) = matching_products(app, actor, filter, after, PAGE).await?;
        all.extend(found);
        match next {
            Some(next) if all.len() <= limit => after = Some(next),
            _ => return Ok(all),
        }
    }
}

const fn default_sort(filter: &StaffProductFilter) -> Sort {
    match filter.query {
        Some(_) => Sort { key: SortKey::Relevance, direction: Direction::Descending },
        None => Sort { key: SortKey::CreatedAt, direction: Direction::Ascending },
    }
}

/// A page from the index.
async fn find(app: &App, input: &ListStaffProducts, sort: Sort) -> Result<ProductPage, SearchError> {
    let taxonomy = app.catalog.taxonomy().await?;
    let settings = app.settings.current(&app.db).await?;
    let mut filter = input.filter.resolve(&taxonomy, &settings);
    if filter.weight() > MAX_CONDITIONS {
        return Err(SearchError::FilterTooLarge);
    }
    let query = ProductQuery {
        channel: None,
        // Only prices have a currency, and they belong to channels.
        currency: Currency::EUR,
        names: UNTRANSLATED.to_owned(),
        text: filter.text.take(),
        category: None,
        collection: None,
        filter,
        sort,
        page: input.page.clone(),
        facets: None,
        now: app.clock.now(),
    };
    Ok(app.search.find(query).await?)
}

/// A page of products in the order in which their changes became visible.
async fn changed(app: &App, input: &ListStaffProducts, direction: Direction) -> ServiceResult<StaffProductList> {
    let after = input.filter.updated_after;
    let PageRequest { size, ref cursor, direction: reading } = input.page;
    let page = PageRequest { size, cursor: cursor.as_ref().and_then(place), direction: reading };
    let mut conn = app.db.read().await?;
    let found = product_lists::changed_products(&mut conn, after, direction, &page).await?;
    let total = if input.wants_total { Some(product_lists::count_changed(&mut conn, after).await?) } else { None };
    drop(conn);
    let ids: Vec<ProductId> = found.rows.iter().map(|(_, id)| *id).collect();
    let mut products = catalog::fresh_products(app, &ids).await?;
    let cursor = |(at, id): (Timestamp, ProductId)| {
        let key = CursorKey::Number(at.timestamp_micros());
        Cursor { sort: SortKey::UpdatedAt, key, id }
    };
    let neighbors = neighbors(&page, found.has_more);
    let cursors = found.rows.into_iter().map(cursor).collect();
    let is_listed =
        |product: &Arc<Product>, cursor: &Cursor| place(cursor).is_some_and(|(at, _)| product.updated_at <= at);
    // A product that changed again is left out, because its new place follows. Otherwise its `updatedAt` could be later
    // than a change that is not listed yet, and a reader that continues there would miss that change.
    Ok(FoundPage::new(cursors, neighbors, total, |cursor| {
        products.remove(&cursor.id).filter(|product| is_listed(product, cursor))
    }))
}

fn place(cursor: &Cursor) -> Option<(Timestamp, ProductId)> {
    match cursor.key {
        CursorKey::Number(micros) => Some((Timestamp::from_timestamp_micros(micros)?, cursor.id)),
        CursorKey::Missing | CursorKey::Text(_) => None,
    }
}

/// A page of products in the order of creation.
async fn created(app: &App, actor: &Actor, input: &ListStaffProducts) -> ServiceResult<StaffProductList> {
    let PageRequest { size, ref cursor, direction } = input.page;
    let page = PageRequest { size, cursor: cursor.as_ref().map(|cursor| cursor.id), direction };
    let Page { rows, has_more } = catalog::list_products(app, actor, &page).await?;
    let total = if input.wants_total { Some(catalog::count_products(app, actor).await?) } else { None };
    let cursor = |product: &Arc<Product>| {
        let key = CursorKey::Number(product.created_at.timestamp_micros());
        Cursor { sort: SortKey::CreatedAt, key, id: product.id }
    };
    let cursors = rows.iter().map(cursor).collect();
    let mut products: HashMap<ProductId, Arc<Product>> =
        rows.into_iter().map(|product| (product.id, product)).collect();
    Ok(FoundPage::new(cursors, neighbors(&page, has_more), total, |cursor| products.remove(&cursor.id)))
}
