//! One change applied to some products.

use std::collections::HashMap;

use model::{
    catalog::{BulkJobError, CatalogErrorCode, Product, ProductChange},
    events::DomainEvent,
    ids::ProductId,
};
use persistence::{audit::RecordedAuthor, documents::Document};

use super::write::{self as batch, Batch, Changed, FlagsByVariant};
use crate::{
    App, ServiceResult,
    catalog::{
        CatalogError, CatalogRefused, facts,
        former_slugs::release_former_slugs,
        stored::Stored as _,
        write::{self, ATTEMPTS, Act},
    },
};

/// Applies a change to products that exist; returns an error for each product that cannot be changed.
pub(super) async fn change_all(
    app: &App,
    author: &RecordedAuthor,
    action: &'static str,
    change: &ProductChange,
    ids: &[ProductId],
) -> ServiceResult<Vec<BulkJobError>> {
    let batch = Batch { author, action, now: app.clock.now() };
    let mut errors = HashMap::new();
    let mut open = ids.to_vec();
    for _ in 0..ATTEMPTS {
        open = try_change(app, &batch, change, &open, &mut errors).await?;
        if open.is_empty() {
            break;
        }
    }
    for id in open {
        errors.insert(id, error(id, CatalogErrorCode::VersionConflict, "it was changed again and again"));
    }
    Ok(ids.iter().filter_map(|id| errors.remove(id)).collect())
}

/// Applies a change and returns the products that were changed by others in the meantime.
async fn try_change(
    app: &App,
    batch: &Batch<'_>,
    change: &ProductChange,
    ids: &[ProductId],
    errors: &mut HashMap<ProductId, BulkJobError>,
) -> ServiceResult<Vec<ProductId>> {
    let settings = app.settings.current(&app.db).await?;
    let mut found: HashMap<ProductId, (Document, Product)> =
        batch::load(app, ids).await?.into_iter().map(|(document, product)| (product.id, (document, product))).collect();
    let (mut together, mut alone) = (Vec::new(), Vec::new());
    for id in ids {
        let Some((previous, mut product)) = found.remove(id) else {
            errors.insert(*id, error(*id, CatalogErrorCode::NotFound, "there is no such product"));
            continue;
        };
        let before = product.clone();
        if let Some(violation) = change.apply(&mut product).into_iter().next() {
            errors.insert(*id, error(*id, violation.code, &violation.message));
            continue;
        }
        if product == before {
            continue;
        }
        if is_new_anywhere(&before, &product) || product.keys() != previous.keys {
            alone.push((previous, before, product));
        } else {
            let changes = facts::changes(&settings, Some(&previous.body), Some(&product.to_document()?.body));
            together.push(Changed { previous, product, changes });
        }
    }
    let mut open: Vec<ProductId> = together.iter().map(|one| one.product.id).collect();
    let written = if together.is_empty() { Vec::new() } else { batch::write(app, batch.now, together).await? };
    open.retain(|id| written.iter().all(|one| one.product.id != *id));
    batch::follow_up(app, batch, &written, &FlagsByVariant::new()).await?;
    for (previous, before, product) in alone {
        let id = product.id;
        match change_alone(app, batch, &previous, &before, product).await {
            Ok(()) => {}
            Err(CatalogError::Rule(CatalogRefused(violations))) => {
                let Some(first) = violations.into_iter().next() else { continue };
                if first.code == CatalogErrorCode::VersionConflict {
                    open.push(id);
                } else {
                    errors.insert(id, error(id, first.code, &first.message));
                }
            }
            Err(failed) => return Err(failed.into_failure("change one of many products")),
        }
    }
    Ok(open)
}

/// True if the product is published in a channel where it was not published before.
fn is_new_anywhere(before: &Product, after: &Product) -> bool {
    let was_published = |channel| before.publications.iter().any(|known| known.channel == channel);
    after.publications.iter().any(|publication| !was_published(publication.channel))
}

/// Writes a product whose slugs are claimed in other channels than before.
async fn change_alone(
    app: &App,
    batch: &Batch<'_>,
    previous: &Document,
    before: &Product,
    mut product: Product,
) -> Result<(), CatalogError> {
    release_former_slugs(app, before, &mut product).await?;
    product.updated_at = batch.now;
    let id = product.id;
    let act = Act {
        author: batch.author.clone(),
        action: batch.action,
        object: id.to_string(),
        event: DomainEvent::ProductChanged { id },
        now: batch.now,
    };
    write::replace(app, act, previous, &mut product).await
}

fn error(id: ProductId, code: CatalogErrorCode, message: &str) -> BulkJobError {
    BulkJobError { id: id.to_string(), code, message: message.to_owned() }
}
