//! Writes one object: the document under its version, with its event inside; then drains the event.

use std::sync::Arc;

use model::{
    GlobalId, Locale, Slug, Timestamp,
    access::Actor,
    catalog::{CatalogErrorCode, Taxonomy, Translation, Violation},
    events::DomainEvent,
};
use persistence::{
    audit::{self, RecordedAuthor},
    documents::{self, Document, PendingEvent},
};

use super::{CatalogRefused, CatalogResult, TranslationInput, drain, facts, stored::Stored};
use crate::{App, ServiceResult};

/// Attempts of a change without an expected version, each on the newest version.
pub(super) const ATTEMPTS: usize = 5;

/// The actor, action and event of a write.
#[derive(Clone)]
pub(super) struct Act {
    pub author: RecordedAuthor,
    /// The mutation, for the audit log.
    pub action: &'static str,
    /// The global id of the object.
    pub object: String,
    pub event: DomainEvent,
    pub now: Timestamp,
}

impl Act {
    /// An act on a product type, category or collection.
    pub(super) fn taxonomy(actor: &Actor, action: &'static str, id: impl GlobalId, now: Timestamp) -> Self {
        let event = DomainEvent::TaxonomyChanged { id: id.to_string() };
        Self { author: actor.into(), action, object: id.to_string(), event, now }
    }
}

/// The stored document of an object, and the object.
pub(super) async fn load<T: Stored>(app: &App, id: &str) -> ServiceResult<Option<(Document, T)>> {
    let found = app.documents.get_many(T::COLLECTION, &[id.to_owned()]).await?.pop();
    Ok(match found {
        Some(document) => {
            let mut value: T = document.read()?;
            *value.version() = document.version;
            Some((document, value))
        }
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
pub(super) async fn insert<T: Stored>(app: &App, act: Act, value: &mut T) -> CatalogResult<()> {
    let document = value.to_document()?;
    let events = drain::pending(act.event.clone());
    documents::insert(app.documents.as_ref(), T::COLLECTION, &document, &events).await?;
    let written = Written { id: &document.id, before: None, after: Some(&document), events };
    follow_up::<T>(app, act, written).await;
    Ok(())
}

/// Replaces an object's previous version.
pub(super) async fn replace<T: Stored>(app: &App, act: Act, previous: &Document, value: &mut T) -> CatalogResult<()> {
    *value.version() = previous.version + 1;
    let document = value.to_document()?;
    let events = drain::pending(act.event.clone());
    documents::replace(app.documents.as_ref(), T::COLLECTION, previous, &document, &events).await?;
    let written = Written { id: &document.id, before: Some(previous), after: Some(&document), events };
    follow_up::<T>(app, act, written).await;
    Ok(())
}

/// Replaces an object's previous version without an entry in the audit log, for a state that no person has set. Returns
/// the new document.
pub(super) async fn replace_quietly<T: Stored>(
    app: &App,
    event: DomainEvent,
    previous: &Document,
    value: &mut T,
) -> CatalogResult<Document> {
    *value.version() = previous.version + 1;
    let document = value.to_document()?;
    let events = drain::pending(event);
    documents::replace(app.documents.as_ref(), T::COLLECTION, previous, &document, &events).await?;
    drain::drain_own(app, T::COLLECTION, document.id.clone(), false, events).await;
    Ok(document)
}

/// Deletes an object.
pub(super) async fn delete<T: Stored>(app: &App, act: Act, previous: &Document) -> CatalogResult<()> {
    let events = drain::pending(act.event.clone());
    documents::delete(app.documents.as_ref(), T::COLLECTION, previous, &events)
        .await
        .map_err(documents::KeyedError::from)?;
    let written = Written { id: &previous.id, before: Some(previous), after: None, events };
    follow_up::<T>(app, act, written).await;
    Ok(())
}

/// Deletes the newest version of an object; retries after a concurrent write.
pub(super) async fn delete_newest<T: Stored>(app: &App, act: Act, id: &str) -> CatalogResult<()> {
    let mut tries = 1;
    loop {
        let (previous, _) = get::<T>(app, id).await?;
        match delete::<T>(app, act.clone(), &previous).await {
            Err(error) if error.is_conflict() && tries < ATTEMPTS => tries += 1,
            done => return done,
        }
    }
}

/// A write that succeeded.
struct Written<'a> {
    id: &'a str,
    /// The state before; none for a new object.
    before: Option<&'a Document>,
    /// The state after; none for a deleted object.
    after: Option<&'a Document>,
    events: Vec<PendingEvent>,
}

/// Invalidates, drains and audits after the write. Failures are logged: the write cannot be undone.
async fn follow_up<T: Stored>(app: &App, act: Act, written: Written<'_>) {
    match &act.event {
        DomainEvent::ProductChanged { id } | DomainEvent::ProductDeleted { id } => app.catalog.invalidate_product(*id),
        _ => app.catalog.invalidate_taxonomy(),
    }
    let Written { id, before, after, events } = written;
    drain::drain_own(app, T::COLLECTION, id.to_owned(), after.is_none(), events).await;
    if let Err(error) = record(app, &act, before, after).await {
        tracing::warn!(error = %error.chain(), action = act.action, object = act.object, "a change is missing in the audit log");
    }
}

async fn record(app: &App, act: &Act, before: Option<&Document>, after: Option<&Document>) -> ServiceResult<()> {
    let settings = app.settings.current(&app.db).await?;
    let changes = facts::changes(&settings, before.map(|it| &it.body), after.map(|it| &it.body));
    let objects = vec![(act.object.clone(), changes.into())];
    let conn = app.db.write().await?;
    Ok(audit::push_all(&conn, &act.author, act.action, objects, act.now).await?)
}

/// The taxonomy including changes of other processes whose events have not arrived yet: changes are rare, so they can
/// afford the load.
pub(super) async fn fresh_taxonomy(app: &App) -> CatalogResult<Arc<Taxonomy>> {
    app.catalog.invalidate_taxonomy();
    Ok(app.catalog.fresh_taxonomy().await?)
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
