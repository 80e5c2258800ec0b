//! Writes one object: the document under its version, with its event inside; then drains the event.

use model::{
    GlobalId, Locale, Slug, Timestamp,
    access::Actor,
    catalog::{CatalogErrorCode, Translation, Violation},
    events::DomainEvent,
};
use persistence::{
    audit,
    documents::{self, Document},
};
use serde_json::json;

use super::{CatalogRefused, CatalogResult, TranslationInput, drain, stored::Stored};
use crate::{App, ServiceResult};

/// Attempts of a change without an expected version, each on the newest version.
pub(super) const ATTEMPTS: usize = 5;

/// The actor, action and event of a write.
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

impl<'a> Act<'a> {
    /// An act on a product type, category or collection.
    pub(super) fn taxonomy(actor: &'a Actor, action: &'static str, id: impl GlobalId, now: Timestamp) -> Self {
        let event = DomainEvent::TaxonomyChanged { id: id.to_string() };
        Self { actor, action, object: id.to_string(), event, now }
    }
}

/// The stored document of an object, and the object.
pub(super) async fn load<T: Stored>(app: &App, id: &str) -> ServiceResult<Option<(Document, T)>> {
    let found = app.documents.get_many(T::COLLECTION, &[id.to_owned()]).await?.pop();
    Ok(match found {
        Some(document) => Some((document.clone(), T::from_document(document)?)),
        None => None,
    })
}

/// The document of an object, and the object.
///
/// # Errors
/// [`CatalogRefused`] with `NotFound` if it does not exist.
pub(super) async fn get<T: Stored>(app: &App, id: &str) -> CatalogResult<(Document, T)> {
    Ok(load::<T>(app, id).await?.ok_or_else(|| CatalogRefused::not_found(T::NAME))?)
}

/// A change of an object of the taxonomy.
#[derive(Clone, Copy)]
pub(super) struct Edit<'a, I> {
    pub actor: &'a Actor,
    /// The mutation, for the audit log.
    pub action: &'static str,
    pub id: I,
    /// The version that the caller saw; without one the change applies to the newest version.
    pub expected: Option<i64>,
}

/// Loads, changes and writes an object of the taxonomy. After a concurrent write it starts again with the newest version
/// and a newly loaded context, unless the caller expects a version.
pub(super) async fn change<T: Stored, I: GlobalId, C, F: Future<Output = CatalogResult<C>>>(
    app: &App,
    edit: Edit<'_, I>,
    load_context: impl Fn() -> F,
    decide: impl Fn(&mut T, &C) -> Vec<Violation>,
) -> CatalogResult<T> {
    let Edit { actor, action, id, expected } = edit;
    let mut tries = 0;
    loop {
        let context = load_context().await?;
        let (previous, mut value) = get::<T>(app, &id.uuid().to_string()).await?;
        expect_version(expected, *value.version())?;
        refuse_if_any(decide(&mut value, &context))?;
        let now = app.clock.now();
        value.set_updated_at(now);
        tries += 1;
        match replace(app, Act::taxonomy(actor, action, id, now), &previous, &mut value).await {
            Err(error) if error.is_conflict() && expected.is_none() && tries < ATTEMPTS => {}
            done => return done.map(|()| value),
        }
    }
}

/// Inserts a new object.
pub(super) async fn insert<T: Stored>(app: &App, act: Act<'_>, value: &mut T) -> CatalogResult<()> {
    let document = value.to_document()?;
    let events = drain::pending(act.event.clone());
    documents::insert(app.documents.as_ref(), T::COLLECTION, &document, &events).await?;
    follow_up(app, act, T::COLLECTION, document.id, false, events).await;
    Ok(())
}

/// Replaces an object's previous version.
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
    documents::delete(app.documents.as_ref(), T::COLLECTION, previous, &events)
        .await
        .map_err(documents::KeyedError::from)?;
    follow_up(app, act, T::COLLECTION, previous.id.clone(), true, events).await;
    Ok(())
}

/// Deletes the newest version of an object; retries after a concurrent write.
pub(super) async fn delete_newest<T: Stored>(app: &App, act: Act<'_>, id: &str) -> CatalogResult<()> {
    let mut tries = 1;
    loop {
        let (previous, _) = get::<T>(app, id).await?;
        match delete::<T>(app, act.clone(), &previous).await {
            Err(error) if error.is_conflict() && tries < ATTEMPTS => tries += 1,
            done => return done,
        }
    }
}

/// Invalidates, drains and audits after the write. Failures are logged: the write cannot be undone.
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
        tracing::warn!(error = %error.chain(), action = act.action, object = act.object, "a change is missing in the audit log");
    }
}

async fn record(app: &App, act: &Act<'_>) -> ServiceResult<()> {
    let conn = app.db.write().await?;
    Ok(audit::push(&conn, act.actor, act.action, &act.object, json!({}), act.now).await?)
}

/// Fails with a version conflict if the caller saw another version.
pub(super) fn expect_version(expected: Option<i64>, actual: i64) -> CatalogResult<()> {
    match expected {
        Some(expected) if expected != actual => Err(CatalogRefused::version_conflict().into()),
        _ => Ok(()),
    }
}

/// Fails if there are violations.
pub(super) fn refuse_if_any(violations: Vec<Violation>) -> CatalogResult<()> {
    if violations.is_empty() { Ok(()) } else { Err(CatalogRefused(violations).into()) }
}

/// Parses the slug of an input.
pub(super) fn parse_slug(text: &str, violations: &mut Vec<Violation>) -> Option<Slug> {
    text.parse()
        .inspect_err(|error: &model::InvalidSlug| {
            violations.push(Violation::at(CatalogErrorCode::Invalid, "slug", error.to_string()));
        })
        .ok()
}

/// A field that a new object requires; adds a violation if it is missing.
pub(super) fn require<T>(value: Option<T>, path: &str, violations: &mut Vec<Violation>) -> Option<T> {
    if value.is_none() {
        violations.push(Violation::at(CatalogErrorCode::Required, path, "this field is required for a new object"));
    }
    value
}

/// Translations by language; a duplicate language is a violation.
pub(super) fn translations(
    inputs: &[TranslationInput],
    violations: &mut Vec<Violation>,
) -> std::collections::BTreeMap<Locale, Translation> {
    let mut by_locale = std::collections::BTreeMap::new();
    for (at, input) in inputs.iter().enumerate() {
        let translation = Translation {
            // An empty name would hide the name in the default language.
            name: input.name.clone().filter(|name| !name.trim().is_empty()),
            description: input.description.clone(),
            seo: input.seo.clone(),
        };
        if by_locale.insert(input.locale.clone(), translation).is_some() {
            let path = format!("translations.{at}.locale");
            violations.push(Violation::at(CatalogErrorCode::Duplicate, &path, "this language is listed twice"));
        }
    }
    by_locale
}
