//! Products: SKUs are claimed in Postgres first, then the document with its slugs is written. A crash in between leaves
//! SKUs of a product that does not exist; the next writer that needs them takes them over.

mod bundles;
mod context;
mod draft;
mod locator;

use model::{
    Timestamp,
    access::{Actor, Permission},
    catalog::{Product, Publication},
    events::DomainEvent,
    ids::{ProductId, VariantId},
    inventory::AdjustmentReason,
};
use persistence::documents::Document;

use self::context::Context;
use super::{
    CatalogError, CatalogResult, ProductInput, Publish, Ref, VariantInput,
    former_slugs::release_former_slugs,
    reference::channels,
    skus,
    write::{self, ATTEMPTS, Act},
};
use crate::App;

/// Creates a product with its variants, their SKUs and their first stock.
///
/// # Errors
/// [`super::CatalogRefused`] if the input breaks a rule.
pub async fn create_product(app: &App, actor: &Actor, input: ProductInput) -> CatalogResult<Product> {
    require_rights(actor, &input)?;
    let now = app.clock.now();
    let context = Context::load(app, &input, &[]).await?;
    let (mut product, draft) = draft::create(&context, &input, now)?;
    let locator = draft.locator(&product);
    context.check(&product, draft.violations(), &locator)?;
    let claim = draft.into_claim(&product, AdjustmentReason::Received);
    skus::claim(app, actor, &claim, now).await.map_err(|error| locator.locate_error(error))?;
    let written = write::insert(app, act(actor, "productCreate", product.id, now), &mut product).await;
    match written {
        Ok(()) => {}
        Err(refused @ CatalogError::Rule(_)) => {
            skus::release(app, product.id).await;
            return Err(refused);
        }
        // The outcome is unknown. If the document was not written, the next writer takes the SKUs over.
        Err(unclear) => return Err(unclear),
    }
    if !skus::apply(app, actor, &claim, now).await? {
        let (previous, _) = current(app, product.id).await?;
        write::delete::<Product>(app, deletion(actor, "productCreate", product.id, now), &previous).await?;
        return Err(skus::taken(0));
    }
    app.availability.invalidate(&[product.id]);
    Ok(product)
}

/// Changes a product; absent fields stay unchanged.
///
/// # Errors
/// [`super::CatalogRefused`] if the input breaks a rule.
pub async fn update_product(
    app: &App,
    actor: &Actor,
    id: ProductId,
    expected: Option<i64>,
    input: ProductInput,
) -> CatalogResult<Product> {
    require_rights(actor, &input)?;
    // Bundles that the input does not name by id may be found by their options.
    let finds_bundles = input.variants.iter().flatten().any(|one| one.is_bundle() && one.id.is_none());
    let known = if finds_bundles { current(app, id).await?.1.variants } else { Vec::new() };
    let known: Vec<VariantId> = known.iter().map(|variant| variant.id).collect();
    let context = Context::load(app, &input, &known).await?;
    let mut tries = 1;
    loop {
        match try_update(app, actor, id, expected, &context, &input).await {
            Err(error) if error.is_conflict() && expected.is_none() && tries < ATTEMPTS => tries += 1,
            done => return done,
        }
    }
}

/// Requires the permission to write products, and stock if the input sets any.
fn require_rights(actor: &Actor, input: &ProductInput) -> CatalogResult<()> {
    actor.require(Permission::CatalogWrite)?;
    if input.variants.iter().flatten().any(VariantInput::concerns_stock) {
        actor.require(Permission::InventoryWrite)?;
    }
    Ok(())
}

async fn try_update(
    app: &App,
    actor: &Actor,
    id: ProductId,
    expected: Option<i64>,
    context: &Context,
    input: &ProductInput,
) -> CatalogResult<Product> {
    let (previous, mut product) = current(app, id).await?;
    write::expect_version(expected, product.version)?;
    let now = app.clock.now();
    let mut before = product.clone();
    let draft = draft::update(context, input, &mut product, now);
    release_former_slugs(app, &before, &mut product).await?;
    let locator = draft.locator(&product);
    context.check(&product, draft.violations(), &locator)?;
    product.updated_at = now;
    if input.variants.is_none() {
        write::replace(app, act(actor, "productUpdate", id, now), &previous, &mut product).await?;
        return Ok(product);
    }
    let claim = draft.into_claim(&product, AdjustmentReason::Counted);
    let (gone, added) = (missing(&before, &product), missing(&product, &before));
    skus::claim(app, actor, &claim, now).await.map_err(|error| locator.locate_error(error))?;
    let written = write::replace(app, act(actor, "productUpdate", id, now), &previous, &mut product).await;
    if let Err(CatalogError::Rule(_)) = &written {
        skus::reconcile_after_refusal(app, id, &added).await;
    }
    written?;
    if !skus::apply(app, actor, &claim, now).await? {
        let (newest, _) = current(app, id).await?;
        write::replace(app, act(actor, "productUpdate", id, now), &newest, &mut before).await?;
        return Err(skus::taken(0));
    }
    if !gone.is_empty() {
        skus::delete_variants(app, id, &gone).await?;
    }
    app.availability.invalidate(&[id]);
    Ok(product)
}

/// The variants that `from` has and `other` lacks.
fn missing(from: &Product, other: &Product) -> Vec<VariantId> {
    let is_there = |id: VariantId| other.variants.iter().any(|variant| variant.id == id);
    from.variants.iter().map(|variant| variant.id).filter(|id| !is_there(*id)).collect()
}

/// Deletes a product. Order lines keep their own copy.
///
/// # Errors
/// [`super::CatalogRefused`] if the input breaks a rule.
pub async fn delete_product(app: &App, actor: &Actor, id: ProductId) -> CatalogResult<()> {
    actor.require(Permission::CatalogWrite)?;
    let act = deletion(actor, "productDelete", id, app.clock.now());
    write::delete_newest::<Product>(app, act, &id.uuid().to_string()).await?;
    skus::release(app, id).await;
    app.availability.invalidate(&[id]);
    Ok(())
}

/// Publishes a product in channels, now or at a time.
///
/// # Errors
/// [`super::CatalogRefused`] if the input breaks a rule.
pub async fn publish_product(app: &App, actor: &Actor, id: ProductId, input: Publish) -> CatalogResult<Product> {
    actor.require(Permission::CatalogWrite)?;
    let channels = channels(app, &input.channels).await?;
    change(app, actor, "productPublish", id, |product, now| {
        let publish_at = input.publish_at.unwrap_or(now);
        product.publications.retain(|publication| !channels.contains(&publication.channel));
        product.publications.extend(channels.iter().map(|channel| Publication { channel: *channel, publish_at }));
    })
    .await
}

/// Unpublishes a product in channels.
///
/// # Errors
/// [`super::CatalogRefused`] if the input breaks a rule.
pub async fn unpublish_product(app: &App, actor: &Actor, id: ProductId, named: &[Ref]) -> CatalogResult<Product> {
    actor.require(Permission::CatalogWrite)?;
    let channels = channels(app, named).await?;
    change(app, actor, "productUnpublish", id, |product, _| {
        product.publications.retain(|publication| !channels.contains(&publication.channel));
    })
    .await
}

/// Changes a product except for its type and SKUs; retries after a concurrent write.
async fn change(
    app: &App,
    actor: &Actor,
    action: &'static str,
    id: ProductId,
    apply: impl Fn(&mut Product, Timestamp),
) -> CatalogResult<Product> {
    let mut tries = 1;
    loop {
        let (previous, before) = current(app, id).await?;
        let mut product = before.clone();
        let now = app.clock.now();
        apply(&mut product, now);
        release_former_slugs(app, &before, &mut product).await?;
        product.updated_at = now;
        match write::replace(app, act(actor, action, id, now), &previous, &mut product).await {
            Err(error) if error.is_conflict() && tries < ATTEMPTS => tries += 1,
            done => return done.map(|()| product),
        }
    }
}

async fn current(app: &App, id: ProductId) -> CatalogResult<(Document, Product)> {
    write::get(app, &id.uuid().to_string()).await
}

fn act(actor: &Actor, action: &'static str, id: ProductId, now: Timestamp) -> Act {
    Act { author: actor.into(), action, object: id.to_string(), event: DomainEvent::ProductChanged { id }, now }
}

fn deletion(actor: &Actor, action: &'static str, id: ProductId, now: Timestamp) -> Act {
    Act { event: DomainEvent::ProductDeleted { id }, ..act(actor, action, id, now) }
}
