//! Manually curated collections.

use std::collections::HashSet;

use model::{
    access::{Actor, Permission},
    catalog::{CatalogErrorCode, Collection, Violation, check_collection},
    ids::{CollectionId, ProductId},
};

use super::{
    CatalogRefused, CatalogResult, CollectionInput,
    reference::channels,
    write::{self, Act, Edit},
};
use crate::App;

/// Creates an empty collection.
///
/// # Errors
/// [`CatalogRefused`] if the input breaks a rule.
pub async fn create_collection(app: &App, actor: &Actor, input: CollectionInput) -> CatalogResult<Collection> {
    actor.require(Permission::CatalogWrite)?;
    let now = app.clock.now();
    let channels = channels(app, input.channels.as_deref().unwrap_or_default()).await?;
    let mut violations = Vec::new();
    let slug = write::require(input.slug.as_deref(), "slug", &mut violations);
    let slug = slug.and_then(|slug| write::parse_slug(slug, &mut violations));
    let name = write::require(input.name, "name", &mut violations);
    let translations = write::translations(&input.translations.unwrap_or_default(), &mut violations);
    let (Some(slug), Some(name)) = (slug, name) else { return Err(CatalogRefused(violations).into()) };
    let mut collection = Collection {
        id: CollectionId::new(),
        version: 1,
        slug,
        former_slugs: Vec::new(),
        name,
        description: input.description.unwrap_or_default(),
        channels,
        products: Vec::new(),
        translations,
        metafields: input.metafields.unwrap_or_default(),
        seo: input.seo.unwrap_or_default(),
        created_at: now,
        updated_at: now,
    };
    violations.extend(check_collection(&collection));
    write::refuse_if_any(violations)?;
    write::insert(app, Act::taxonomy(actor, "collectionCreate", collection.id, app.clock.now()), &mut collection)
        .await?;
    Ok(collection)
}

/// Changes a collection, except for its products.
///
/// # Errors
/// [`CatalogRefused`] if the input breaks a rule.
pub async fn update_collection(
    app: &App,
    actor: &Actor,
    id: CollectionId,
    expected: Option<i64>,
    input: CollectionInput,
) -> CatalogResult<Collection> {
    actor.require(Permission::CatalogWrite)?;
    let channels = match &input.channels {
        Some(named) => Some(channels(app, named).await?),
        None => None,
    };
    let now = app.clock.now();
    change(app, Edit { actor, action: "collectionUpdate", id, expected }, |collection| {
        let mut violations = Vec::new();
        if let Some(slug) = input.slug.as_deref().and_then(|slug| write::parse_slug(slug, &mut violations)) {
            collection.rename(slug, now);
        }
        if let Some(inputs) = &input.translations {
            collection.translations = write::translations(inputs, &mut violations);
        }
        collection.name = input.name.clone().unwrap_or_else(|| collection.name.clone());
        collection.description = input.description.clone().unwrap_or_else(|| collection.description.clone());
        collection.channels = channels.clone().unwrap_or_else(|| collection.channels.clone());
        collection.metafields = input.metafields.clone().unwrap_or_else(|| collection.metafields.clone());
        collection.seo = input.seo.clone().unwrap_or_else(|| collection.seo.clone());
        violations
    })
    .await
}

/// Adds products to a collection at a position, in their order, or at the end without a position. Products that are
/// already in the collection move.
///
/// # Errors
/// [`CatalogRefused`], with `UnknownReference` for a product that does not exist.
pub async fn add_to_collection(
    app: &App,
    actor: &Actor,
    id: CollectionId,
    products: &[ProductId],
    position: Option<usize>,
) -> CatalogResult<Collection> {
    actor.require(Permission::CatalogWrite)?;
    let known = app.catalog.products(products).await?;
    let unknown = products.iter().enumerate().filter(|(_, product)| !known.contains_key(product));
    let violation = |(at, _): (usize, &ProductId)| {
        Violation::at(CatalogErrorCode::UnknownReference, &format!("products.{at}"), "there is no such product")
    };
    write::refuse_if_any(unknown.map(violation).collect())?;
    change(app, Edit { actor, action: "collectionProductsAdd", id, expected: None }, |collection| {
        let mut seen = HashSet::new();
        let added: Vec<ProductId> = products.iter().copied().filter(|product| seen.insert(*product)).collect();
        collection.products.retain(|product| !seen.contains(product));
        // A position after the end means the end.
        let at = position.unwrap_or(usize::MAX).min(collection.products.len());
        collection.products.splice(at..at, added);
        Vec::new()
    })
    .await
}

/// Removes products from a collection; ignores those that are not in it.
///
/// # Errors
/// [`CatalogRefused`] if the input breaks a rule.
pub async fn remove_from_collection(
    app: &App,
    actor: &Actor,
    id: CollectionId,
    products: &[ProductId],
) -> CatalogResult<Collection> {
    actor.require(Permission::CatalogWrite)?;
    let gone: HashSet<ProductId> = products.iter().copied().collect();
    change(app, Edit { actor, action: "collectionProductsRemove", id, expected: None }, |collection| {
        collection.products.retain(|product| !gone.contains(product));
        Vec::new()
    })
    .await
}

/// Deletes a collection; its products stay.
///
/// # Errors
/// [`CatalogRefused`] if the input breaks a rule.
pub async fn delete_collection(app: &App, actor: &Actor, id: CollectionId) -> CatalogResult<()> {
    actor.require(Permission::CatalogWrite)?;
    let act = Act::taxonomy(actor, "collectionDelete", id, app.clock.now());
    write::delete_newest::<Collection>(app, act, &id.uuid().to_string()).await
}

async fn change(
    app: &App,
    edit: Edit<'_, CollectionId>,
    decide: impl Fn(&mut Collection) -> Vec<Violation>,
) -> CatalogResult<Collection> {
    write::change(
        app,
        edit,
        async || Ok(()),
        |collection: &mut Collection, ()| {
            let mut violations = decide(collection);
            violations.extend(check_collection(collection));
            violations
        },
    )
    .await
}
