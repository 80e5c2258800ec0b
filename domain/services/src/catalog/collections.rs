//! Collections that people put together.

use std::collections::HashSet;

use model::{
    access::{Actor, Permission},
    catalog::{CatalogErrorCode, Collection, Violation, check_collection},
    events::DomainEvent,
    ids::{CollectionId, ProductId},
};

use super::{
    CatalogError, CatalogResult, CollectionInput, Ref,
    reference::Resolver,
    write::{self, ATTEMPTS, Act},
};
use crate::App;

/// Creates an empty collection.
///
/// # Errors
/// [`CatalogError`].
pub async fn create_collection(app: &App, actor: &Actor, input: CollectionInput) -> CatalogResult<Collection> {
    actor.require(Permission::CatalogWrite)?;
    let now = app.clock.now();
    let channels = channels(app, input.channels.as_deref().unwrap_or_default()).await?;
    let mut violations = Vec::new();
    let slug = write::require(input.slug.as_deref(), "slug", &mut violations);
    let slug = slug.and_then(|slug| write::parse_slug(slug, &mut violations));
    let name = write::require(input.name, "name", &mut violations);
    let translations = write::translations(&input.translations.unwrap_or_default(), &mut violations);
    let (Some(slug), Some(name)) = (slug, name) else { return Err(CatalogError::Invalid(violations)) };
    let mut collection = Collection {
        id: CollectionId::new(),
        version: 1,
        slug,
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
    write::insert(app, act(app, actor, "collectionCreate", collection.id), &mut collection).await?;
    Ok(collection)
}

/// Changes what is said of a collection.
///
/// # Errors
/// [`CatalogError`].
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
    change(app, actor, "collectionUpdate", id, expected, |collection| {
        let mut violations = Vec::new();
        if let Some(slug) = input.slug.as_deref().and_then(|slug| write::parse_slug(slug, &mut violations)) {
            collection.slug = slug;
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

/// Puts products into a collection at a place, in their order; those in it already move there. At the end where no
/// place is given.
///
/// # Errors
/// [`CatalogError`], with `UnknownReference` for a product that does not exist.
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
    change(app, actor, "collectionProductsAdd", id, None, |collection| {
        let mut seen = HashSet::new();
        let added: Vec<ProductId> = products.iter().copied().filter(|product| seen.insert(*product)).collect();
        collection.products.retain(|product| !seen.contains(product));
        let at = position.unwrap_or(usize::MAX).min(collection.products.len());
        collection.products.splice(at..at, added);
        Vec::new()
    })
    .await
}

/// Takes products out of a collection; those that are not in it do not matter.
///
/// # Errors
/// [`CatalogError`].
pub async fn remove_from_collection(
    app: &App,
    actor: &Actor,
    id: CollectionId,
    products: &[ProductId],
) -> CatalogResult<Collection> {
    actor.require(Permission::CatalogWrite)?;
    let gone: HashSet<ProductId> = products.iter().copied().collect();
    change(app, actor, "collectionProductsRemove", id, None, |collection| {
        collection.products.retain(|product| !gone.contains(product));
        Vec::new()
    })
    .await
}

/// Deletes a collection; its products stay.
///
/// # Errors
/// [`CatalogError`].
pub async fn delete_collection(app: &App, actor: &Actor, id: CollectionId) -> CatalogResult<()> {
    actor.require(Permission::CatalogWrite)?;
    let act = act(app, actor, "collectionDelete", id);
    write::delete_newest::<Collection>(app, act, &id.uuid().to_string(), "collection").await
}

/// Loads, changes, checks and writes a collection; again when somebody else was quicker and no version is expected.
async fn change(
    app: &App,
    actor: &Actor,
    action: &'static str,
    id: CollectionId,
    expected: Option<i64>,
    decide: impl Fn(&mut Collection) -> Vec<Violation>,
) -> CatalogResult<Collection> {
    let mut tries = 0;
    loop {
        let found = write::load::<Collection>(app, &id.uuid().to_string()).await?;
        let (previous, mut collection) = found.ok_or_else(|| CatalogError::not_found("collection"))?;
        write::expect_version(expected, collection.version)?;
        let mut violations = decide(&mut collection);
        violations.extend(check_collection(&collection));
        write::refuse_if_any(violations)?;
        collection.updated_at = app.clock.now();
        tries += 1;
        match write::replace(app, act(app, actor, action, id), &previous, &mut collection).await {
            Err(error) if error.is_conflict() && expected.is_none() && tries < ATTEMPTS => {}
            done => return done.map(|()| collection),
        }
    }
}

async fn channels(app: &App, named: &[Ref]) -> CatalogResult<Vec<model::ids::ChannelId>> {
    let settings = app.settings.current(&app.db).await?;
    let taxonomy = app.catalog.taxonomy().await?;
    let mut resolver = Resolver::new(&settings, &taxonomy);
    let found = named.iter().enumerate();
    let found = found.filter_map(|(at, reference)| resolver.channel(&format!("channels.{at}"), reference)).collect();
    write::refuse_if_any(resolver.violations)?;
    Ok(found)
}

fn act<'a>(app: &App, actor: &'a Actor, action: &'static str, id: CollectionId) -> Act<'a> {
    let event = DomainEvent::TaxonomyChanged { id: id.to_string() };
    Act { actor, action, object: id.to_string(), event, now: app.clock.now() }
}
