//! Products: the SKUs first, in Postgres, then the document with its slugs. A crash in between leaves SKUs of a product
//! that nobody sees, and whoever wants them next takes them over.

mod bundles;
mod draft;

use std::sync::Arc;

use futures_util::future::try_join_all;
use model::{
    Timestamp,
    access::{Actor, Permission},
    catalog::{Product, Publication, Taxonomy, Violation, check_product},
    events::DomainEvent,
    ids::{ChannelId, ProductId, VariantId},
    inventory::AdjustmentReason,
    settings::Settings,
};
use persistence::{StoreError, documents::Document};

use self::bundles::Bundles;
use super::{
    CatalogError, CatalogResult, ProductInput, Publish, Ref, VariantInput,
    reference::Resolver,
    skus,
    stored::slug_key,
    write::{self, ATTEMPTS, Act},
};
use crate::App;

/// Creates a product with its variants, their SKUs and their first stock.
///
/// # Errors
/// [`CatalogError`].
pub async fn create_product(app: &App, actor: &Actor, input: ProductInput) -> CatalogResult<Product> {
    require_rights(actor, &input)?;
    let now = app.clock.now();
    let around = Around::of(app, &input).await?;
    let (mut product, draft) = draft::create(&around, &input, now)?;
    around.check(&product, draft.violations())?;
    let claim = draft.into_claim(&product, AdjustmentReason::Received);
    skus::claim(app, actor, &claim, now).await?;
    let written = write::insert(app, act(actor, "productCreate", product.id, now), &mut product).await;
    match written {
        Ok(()) => {}
        Err(refused @ CatalogError::Invalid(_)) => {
            skus::forget(app, product.id).await;
            return Err(refused);
        }
        // The document may have been written: if not, the SKUs are free for whoever wants them next.
        Err(unclear) => return Err(unclear),
    }
    if !skus::settle(app, actor, &claim, now).await? {
        let (previous, _) = current(app, product.id).await?;
        write::delete::<Product>(app, deletion(actor, "productCreate", product.id, now), &previous).await?;
        return Err(skus::taken(0));
    }
    app.availability.invalidate(&[product.id]);
    Ok(product)
}

/// Changes a product. What the input does not say stays.
///
/// # Errors
/// [`CatalogError`].
pub async fn update_product(
    app: &App,
    actor: &Actor,
    id: ProductId,
    expected: Option<i64>,
    input: ProductInput,
) -> CatalogResult<Product> {
    require_rights(actor, &input)?;
    let around = Around::of(app, &input).await?;
    let mut tries = 1;
    loop {
        match try_update(app, actor, id, expected, &around, &input).await {
            Err(error) if error.is_conflict() && expected.is_none() && tries < ATTEMPTS => tries += 1,
            done => return done,
        }
    }
}

/// Passes for those who may write products, and their stock where the input says something of it.
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
    around: &Around,
    input: &ProductInput,
) -> CatalogResult<Product> {
    let (previous, mut product) = current(app, id).await?;
    write::expect_version(expected, product.version)?;
    let now = app.clock.now();
    let mut before = product.clone();
    let draft = draft::update(around, input, &mut product, now);
    give_way(app, &before, &mut product).await?;
    around.check(&product, draft.violations())?;
    product.updated_at = now;
    if input.variants.is_none() {
        write::replace(app, act(actor, "productUpdate", id, now), &previous, &mut product).await?;
        return Ok(product);
    }
    let claim = draft.into_claim(&product, AdjustmentReason::Counted);
    let (gone, added) = (missing(&before, &product), missing(&product, &before));
    skus::claim(app, actor, &claim, now).await?;
    let written = write::replace(app, act(actor, "productUpdate", id, now), &previous, &mut product).await;
    if let Err(CatalogError::Invalid(_)) = &written {
        skus::resume(app, id, &added).await;
    }
    written?;
    if !skus::settle(app, actor, &claim, now).await? {
        let (newest, _) = current(app, id).await?;
        write::replace(app, act(actor, "productUpdate", id, now), &newest, &mut before).await?;
        return Err(skus::taken(0));
    }
    if !gone.is_empty() {
        skus::drop_variants(app, id, &gone).await?;
    }
    app.availability.invalidate(&[id]);
    Ok(product)
}

/// The variants of one state of a product that another one does not have.
fn missing(from: &Product, other: &Product) -> Vec<VariantId> {
    let is_there = |id: VariantId| other.variants.iter().any(|variant| variant.id == id);
    from.variants.iter().map(|variant| variant.id).filter(|id| !is_there(*id)).collect()
}

/// Deletes a product. Orders keep what they need of it.
///
/// # Errors
/// [`CatalogError`].
pub async fn delete_product(app: &App, actor: &Actor, id: ProductId) -> CatalogResult<()> {
    actor.require(Permission::CatalogWrite)?;
    let act = deletion(actor, "productDelete", id, app.clock.now());
    write::delete_newest::<Product>(app, act, &id.uuid().to_string(), "product").await?;
    skus::forget(app, id).await;
    app.availability.invalidate(&[id]);
    Ok(())
}

/// Sells a product in channels from a moment on.
///
/// # Errors
/// [`CatalogError`].
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

/// Stops selling a product in channels.
///
/// # Errors
/// [`CatalogError`].
pub async fn unpublish_product(app: &App, actor: &Actor, id: ProductId, named: &[Ref]) -> CatalogResult<Product> {
    actor.require(Permission::CatalogWrite)?;
    let channels = channels(app, named).await?;
    change(app, actor, "productUnpublish", id, |product, _| {
        product.publications.retain(|publication| !channels.contains(&publication.channel));
    })
    .await
}

/// Changes a product in a way that concerns neither its type nor its SKUs.
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
        give_way(app, &before, &mut product).await?;
        product.updated_at = now;
        match write::replace(app, act(actor, action, id, now), &previous, &mut product).await {
            Err(error) if error.is_conflict() && tries < ATTEMPTS => tries += 1,
            done => return done.map(|()| product),
        }
    }
}

/// Forgets the former slugs that lead to other products by now in the channels that a product comes to.
async fn give_way(app: &App, before: &Product, product: &mut Product) -> CatalogResult<()> {
    let is_new = |channel: &ChannelId| before.publications.iter().all(|known| known.channel != *channel);
    let channels = product.publications.iter().map(|publication| publication.channel).filter(is_new);
    let former = |channel| product.slugs_in(channel).skip(1).map(move |slug| (channel, slug.clone()));
    let own_id = &product.id.uuid().to_string();
    // As many look-ups as there are new channels and former slugs in them, which are few.
    let look_ups = channels.flat_map(former).map(|(channel, slug)| async move {
        let holder = app.documents.find_by_key(&slug_key(Some(channel), slug.as_str())).await?;
        Ok::<_, StoreError>(holder.filter(|holder| holder.id != *own_id).map(|_| (channel, slug)))
    });
    let lost = try_join_all(look_ups.collect::<Vec<_>>()).await?;
    for (channel, slug) in lost.into_iter().flatten() {
        product.remove_former_slug(&slug, channel);
    }
    Ok(())
}

async fn current(app: &App, id: ProductId) -> CatalogResult<(Document, Product)> {
    let found = write::load::<Product>(app, &id.uuid().to_string()).await?;
    found.ok_or_else(|| CatalogError::not_found("product"))
}

async fn channels(app: &App, named: &[Ref]) -> CatalogResult<Vec<ChannelId>> {
    let settings = app.settings.current(&app.db).await?;
    let taxonomy = Taxonomy::default();
    let mut resolver = Resolver::new(&settings, &taxonomy);
    let found = named.iter().enumerate();
    let found = found.filter_map(|(at, reference)| resolver.channel(&format!("channels.{at}"), reference)).collect();
    write::refuse_if_any(resolver.violations)?;
    Ok(found)
}

/// What inputs of products refer to.
struct Around {
    settings: Arc<Settings>,
    taxonomy: Arc<Taxonomy>,
    bundles: Bundles,
}

impl Around {
    async fn of(app: &App, input: &ProductInput) -> CatalogResult<Self> {
        let settings = app.settings.current(&app.db).await?;
        let bundles = Bundles::of(app, input).await?;
        let mut around = Self { settings, taxonomy: app.catalog.taxonomy().await?, bundles };
        if !around.knows(input) {
            // What another process created a moment ago may be missing from the snapshot.
            app.catalog.invalidate_taxonomy();
            around.taxonomy = app.catalog.taxonomy().await?;
        }
        Ok(around)
    }

    fn knows(&self, input: &ProductInput) -> bool {
        let mut resolver = Resolver::new(&self.settings, &self.taxonomy);
        if let Some(kind) = &input.product_type {
            resolver.product_type("", kind);
        }
        for category in input.categories.iter().flatten() {
            resolver.category("", category);
        }
        resolver.violations.is_empty()
    }

    /// Passes when neither the references nor the product itself are wrong.
    fn check(&self, product: &Product, mut violations: Vec<Violation>) -> CatalogResult<()> {
        match self.taxonomy.product_types.get(&product.product_type) {
            Some(kind) => violations.extend(check_product(product, kind)),
            None if violations.is_empty() => return Err(CatalogError::not_found("product type")),
            None => {}
        }
        violations.extend(self.bundles.check(product));
        write::refuse_if_any(violations)
    }
}

fn act<'a>(actor: &'a Actor, action: &'static str, id: ProductId, now: Timestamp) -> Act<'a> {
    Act { actor, action, object: id.to_string(), event: DomainEvent::ProductChanged { id }, now }
}

fn deletion<'a>(actor: &'a Actor, action: &'static str, id: ProductId, now: Timestamp) -> Act<'a> {
    Act { event: DomainEvent::ProductDeleted { id }, ..act(actor, action, id, now) }
}
