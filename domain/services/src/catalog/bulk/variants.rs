//! Changes of many variants at once: validated completely before the first write, and repeatable.

mod plan;
mod targets;

use std::{collections::HashSet, sync::Arc};

use model::{
    access::{Actor, Permission},
    catalog::{CatalogErrorCode, Product},
    ids::{ProductId, VariantId},
};
use persistence::audit::RecordedAuthor;

use self::{
    plan::{Plan, Products},
    targets::Target,
};
use super::{
    input::VariantBulkInput,
    write::{self, Batch, Written},
};
use crate::{
    App,
    catalog::{CatalogRefused, CatalogResult, write::ATTEMPTS},
};

/// The maximum number of variants of one change.
pub const MAX_BULK_VARIANTS: usize = 500;

const ACTION: &str = "productVariantsBulkUpdate";

/// Changes variants of any products, all or none of them, and returns them with their products in the order of the input.
/// A variant that has the requested values already is not written, so the change can be repeated. After a failure of the
/// system some products may be changed; the same change completes them.
///
/// # Errors
/// [`CatalogRefused`] with all violations of the input.
pub async fn update_variants(
    app: &App,
    actor: &Actor,
    inputs: Vec<VariantBulkInput>,
) -> CatalogResult<Vec<(Arc<Product>, VariantId)>> {
    actor.require(Permission::CatalogWrite)?;
    if inputs.iter().any(VariantBulkInput::has_flags) {
        actor.require(Permission::InventoryWrite)?;
    }
    check_count(inputs.len())?;
    let settings = app.settings.current(&app.db).await?;
    let plan = Plan::new(settings, &inputs)?;
    let targets = targets::resolve(app, &inputs).await?;
    let author = RecordedAuthor::from(actor);
    let batch = Batch { author: &author, action: ACTION, now: app.clock.now() };
    let mut written = Vec::new();
    let outcome = write_all(app, &plan, &targets, &batch, &mut written).await;
    let products = match outcome {
        Ok(products) => products,
        Err(error) => {
            write::undo(app, &written).await;
            return Err(error);
        }
    };
    write::follow_up(app, &batch, &written, &plan.flags(&targets)).await?;
    let found = |target: &Target| Some((products.get(&target.product)?.clone(), target.variant));
    Ok(targets.iter().filter_map(found).collect())
}

fn check_count(count: usize) -> CatalogResult<()> {
    let message = format!("a change has 1 to {MAX_BULK_VARIANTS} variants");
    match count {
        0 => Err(CatalogRefused::at(CatalogErrorCode::Required, "variants", message).into()),
        1..=MAX_BULK_VARIANTS => Ok(()),
        _ => Err(CatalogRefused::at(CatalogErrorCode::TooMany, "variants", message).into()),
    }
}

/// Validates the change of all products and writes those that change. Repeats this for products that were changed in the
/// meantime. Returns the products after the change.
async fn write_all(
    app: &App,
    plan: &Plan,
    targets: &[Target],
    batch: &Batch<'_>,
    written: &mut Vec<Written>,
) -> CatalogResult<Products> {
    let ids: HashSet<ProductId> = targets.iter().map(|target| target.product).collect();
    let mut open: Vec<ProductId> = ids.into_iter().collect();
    open.sort_unstable();
    let mut products = Products::new();
    for _ in 0..ATTEMPTS {
        let found = write::load(app, &open).await?;
        let changed = plan.apply(targets, &open, found, &mut products)?;
        let wanted: Vec<ProductId> = changed.iter().map(|one| one.product.id).collect();
        let done = if changed.is_empty() { Vec::new() } else { write::write(app, batch.now, changed).await? };
        products.extend(done.iter().map(|one| (one.product.id, one.product.clone())));
        let is_done = |id: &ProductId| done.iter().any(|one| one.product.id == *id);
        open = wanted.into_iter().filter(|id| !is_done(id)).collect();
        written.extend(done);
        if open.is_empty() {
            return Ok(products);
        }
    }
    Err(CatalogRefused::version_conflict().into())
}
