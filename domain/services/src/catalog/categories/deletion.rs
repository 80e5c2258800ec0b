//! Deletion of categories without leaving children behind, without a transaction over several documents.
//!
//! A deletion first marks its category, then looks for children, and then deletes the marked version. A category that is
//! created below it or moved there is written first; then its writer looks at the parent. If the writer does not see the
//! mark, its write precedes the mark, so that the deletion finds the child. If it sees the mark, it removes the mark, so
//! that the deletion finds another version and starts again. If it sees no parent, it undoes its own write.

use model::{
    access::Actor,
    catalog::{CatalogErrorCode, Category},
    events::DomainEvent,
    ids::CategoryId,
};

use crate::{
    App,
    catalog::{
        CatalogError, CatalogRefused, CatalogResult,
        write::{self, ATTEMPTS, Act},
    },
};

/// Deletes a category without children.
///
/// # Errors
/// [`CatalogRefused`], with `InUse` if it has children.
pub(super) async fn delete(app: &App, actor: &Actor, action: &'static str, id: CategoryId) -> CatalogResult<()> {
    let mut tries = 1;
    loop {
        match try_delete(app, actor, action, id).await {
            Err(error) if error.is_conflict() && tries < ATTEMPTS => tries += 1,
            done => return done,
        }
    }
}

async fn try_delete(app: &App, actor: &Actor, action: &'static str, id: CategoryId) -> CatalogResult<()> {
    // In the usual case this refuses without writing a mark.
    refuse_with_children(app, id).await?;
    let (previous, mut category) = write::get::<Category>(app, &id.uuid().to_string()).await?;
    category.is_closing = true;
    let marked = write::replace_quietly(app, changed(id), &previous, &mut category).await?;
    if let Err(refused) = refuse_with_children(app, id).await {
        category.is_closing = false;
        // If this fails, the next writer below the category removes the mark.
        if let Err(error) = write::replace_quietly(app, changed(id), &marked, &mut category).await {
            tracing::debug!(%error, %id, "the mark of a deletion stays");
        }
        return Err(refused);
    }
    write::delete::<Category>(app, Act::taxonomy(actor, action, id, app.clock.now()), &marked).await
}

async fn refuse_with_children(app: &App, id: CategoryId) -> CatalogResult<()> {
    if write::fresh_taxonomy(app).await?.children_of(Some(id)).next().is_none() {
        return Ok(());
    }
    Err(CatalogRefused::at(CatalogErrorCode::InUse, "id", "move or delete the categories below it first").into())
}

/// Called after a category was written below a parent: stops a deletion of the parent that is in progress. False if the
/// parent does not exist.
pub(super) async fn keep_parent(app: &App, parent: Option<CategoryId>) -> CatalogResult<bool> {
    let Some(id) = parent else { return Ok(true) };
    for _ in 0..ATTEMPTS {
        let Some((previous, mut category)) = write::load::<Category>(app, &id.uuid().to_string()).await? else {
            return Ok(false);
        };
        if !category.is_closing {
            return Ok(true);
        }
        category.is_closing = false;
        match write::replace_quietly(app, changed(id), &previous, &mut category).await {
            Ok(_) => return Ok(true),
            // Changed or deleted in the meantime.
            Err(CatalogError::Rule(_)) => {}
            Err(error) => return Err(error),
        }
    }
    // The write below it is undone, which is always safe.
    Ok(false)
}

fn changed(id: CategoryId) -> DomainEvent {
    DomainEvent::TaxonomyChanged { id: id.to_string() }
}
