//! Writes of one object: its document under its version with its event inside, then the event on its way.

use model::{
    Locale, Slug, Timestamp,
    access::Actor,
    catalog::{CatalogErrorCode, Translation, Violation},
    events::DomainEvent,
};
use persistence::{
    audit,
    documents::{self, Document},
};
use serde_json::json;

use super::{CatalogError, CatalogResult, TranslationInput, drain, stored::Stored};
use crate::{App, ServiceResult};

/// How often a change that names no version is tried on the newest one.
pub(super) const ATTEMPTS: usize = 5;

/// What is written, by whom and why.
#[derive(Clone)]
pub(super) struct Act<'a> {
    pub actor: &'a Actor,
    /// The mutation, for the audit log.
    pub action: &'static str,
    /// The global id of the object.
    pub object: String,
    pub event: DomainEvent,
    pub now: Timestamp,
}

/// The document of an object, as it is in the store now.
pub(super) async fn load<T: Stored>(app: &App, id: &str) -> ServiceResult<Option<(Document, T)>> {
    let found = app.documents.get_many(T::COLLECTION, &[id.to_owned()]).await?.pop();
    Ok(match found {
        Some(document) => Some((document.clone(), T::from_document(document)?)),
        None => None,
    })
}

/// Writes a new object.
pub(super) async fn insert<T: Stored>(app: &App, act: Act<'_>, value: &mut T) -> CatalogResult<()> {
    let document = value.to_document()?;
    let events = drain::pending(act.event.clone());
    documents::insert(app.documents.as_ref(), T::COLLECTION, &document, &events).await?;
    follow_up(app, act, T::COLLECTION, document.id, false, events).await;
    Ok(())
}

/// Writes an object over its previous state.
pub(super) async fn replace<T: Stored>(
    app: &App,
    act: Act<'_>,
    previous: &Document,
    value: &mut T,
) -> CatalogResult<()> {
    *value.version() = previous.version + 1;
    let document = value.to_document()?;
    let events = drain::pending(act.event.clone());
    documents::replace(app.documents.as_ref(), T::COLLECTION, previous, &document, &events).await?;
    follow_up(app, act, T::COLLECTION, document.id, false, events).await;
    Ok(())
}

/// Deletes an object.
pub(super) async fn delete<T: Stored>(app: &App, act: Act<'_>, previous: &Document) -> CatalogResult<()> {
    let events = drain::pending(act.event.clone());
    documents::delete(app.documents.as_ref(), T::COLLECTION, previous, &events).await?;
    follow_up(app, act, T::COLLECTION, previous.id.clone(), true, events).await;
    Ok(())
}

/// Deletes an object in whichever state it is; again when somebody else changed it at the same moment.
pub(super) async fn delete_newest<T: Stored>(app: &App, act: Act<'_>, id: &str, what: &str) -> CatalogResult<()> {
    let mut tries = 1;
    loop {
        let found = load::<T>(app, id).await?;
        let (previous, _) = found.ok_or_else(|| CatalogError::not_found(what))?;
        match delete::<T>(app, act.clone(), &previous).await {
            Err(error) if error.is_conflict() && tries < ATTEMPTS => tries += 1,
            done => return done,
        }
    }
}

/// The object is written: what fails from here on is made up for later.
async fn follow_up(
    app: &App,
    act: Act<'_>,
    collection: documents::Collection,
    id: String,
    is_deleted: bool,
    events: Vec<documents::PendingEvent>,
) {
    match &act.event {
        DomainEvent::ProductChanged { id } | DomainEvent::ProductDeleted { id } => app.catalog.invalidate_product(*id),
        _ => app.catalog.invalidate_taxonomy(),
    }
    drain::drain_own(app, collection, id, is_deleted, events).await;
    if let Err(error) = record(app, &act).await {
        tracing::warn!(%error, action = act.action, object = act.object, "the audit log misses a change");
    }
}

async fn record(app: &App, act: &Act<'_>) -> ServiceResult<()> {
    let conn = app.db.write().await?;
    Ok(audit::push(&conn, act.actor, act.action, &act.object, &json!({}), act.now).await?)
}

/// Refuses a change of another version than the caller saw.
pub(super) fn expect_version(expected: Option<i64>, actual: i64) -> CatalogResult<()> {
    match expected {
        Some(expected) if expected != actual => Err(persistence::StoreError::VersionConflict.into()),
        _ => Ok(()),
    }
}

/// Passes when nothing is wrong.
pub(super) fn refuse_if_any(violations: Vec<Violation>) -> CatalogResult<()> {
    if violations.is_empty() { Ok(()) } else { Err(CatalogError::Invalid(violations)) }
}

/// The slug of an input.
pub(super) fn parse_slug(text: &str, violations: &mut Vec<Violation>) -> Option<Slug> {
    text.parse()
        .inspect_err(|error: &model::InvalidSlug| {
            violations.push(Violation::at(CatalogErrorCode::Invalid, "slug", error.to_string()));
        })
        .ok()
}

/// What a new object needs and the input lacks.
pub(super) fn require<T>(value: Option<T>, path: &str, violations: &mut Vec<Violation>) -> Option<T> {
    if value.is_none() {
        violations.push(Violation::at(CatalogErrorCode::Required, path, "a new object needs this"));
    }
    value
}

/// Texts by language; a language named twice is wrong.
pub(super) fn translations(
    inputs: &[TranslationInput],
    violations: &mut Vec<Violation>,
) -> std::collections::BTreeMap<Locale, Translation> {
    let mut by_locale = std::collections::BTreeMap::new();
    for (at, input) in inputs.iter().enumerate() {
        let translation = Translation {
            // An empty one would hide the name in the default language.
            name: input.name.clone().filter(|name| !name.trim().is_empty()),
            description: input.description.clone(),
            seo: input.seo.clone(),
        };
        if by_locale.insert(input.locale.clone(), translation).is_some() {
            let path = format!("translations.{at}.locale");
            violations.push(Violation::at(CatalogErrorCode::Duplicate, &path, "this language occurs twice"));
        }
    }
    by_locale
}
