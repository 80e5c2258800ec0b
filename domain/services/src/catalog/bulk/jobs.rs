//! Changes of many products as jobs with progress. A job works in steps; the progress of each is stored with it, so that
//! another worker continues after the last one. A step that runs twice changes nothing more.

use std::time::Duration;

use model::{
    Timestamp,
    access::{Actor, Permission},
    catalog::{BulkJob, CatalogErrorCode, ProductChange, Violation},
    ids::{JobId, ProductId},
};
use persistence::{
    Conn,
    audit::{self, RecordedAuthor},
    db::Transactions as _,
    jobs::bulk::{self as store, BulkStep, BulkWork, NewBulkJob},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{input::ProductsBulkInput, products};
use crate::{
    App, ServiceError, ServiceResult,
    bus::Topic,
    catalog::{CatalogError, CatalogRefused, CatalogResult, Ref, reference::Resolver, write::refuse_if_any},
    error::OrInternal as _,
    idempotency::{self, Keyed},
    jobs::{self, Job, JobError},
};

/// The maximum number of products that a request can list.
const MAX_IDS: usize = 5_000;
/// The maximum number of products that a filter can select.
pub const MAX_FOUND: usize = 500_000;
/// The maximum number of channels or categories of a change.
const MAX_REFS: usize = 250;
/// Number of products of a step.
const STEP: i32 = 100;
/// Number of steps after which other jobs have their turn.
const STEPS: usize = 20;

const ACTION: &str = "productsBulkUpdate";
const KIND: &str = "catalog.update_products";

/// The stored input of a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    change: ProductChange,
}

/// Starts the job that changes products, and returns it.
///
/// # Errors
/// [`CatalogRefused`] if the input breaks a rule. Rules that a single product breaks are errors of the job.
pub async fn update_products(app: &App, actor: &Actor, input: ProductsBulkInput) -> CatalogResult<BulkJob> {
    actor.require(Permission::CatalogWrite)?;
    let now = app.clock.now();
    let change = change(app, &input, now).await?;
    let id = JobId::new();
    // The products that a filter selects may change between two requests with one key.
    let asked =
        ProductsBulkInput { ids: if input.filter.is_some() { Vec::new() } else { input.ids.clone() }, ..input.clone() };
    let keyed = Keyed::of(ACTION, actor, input.idempotency_key.as_ref(), &asked)?;
    let mut conn = app.db.write().await?;
    let started = conn
        .transaction::<_, CatalogError, _>(async |conn| {
            if let Some(known) = idempotency::begin_with(conn, keyed.as_ref(), &id).await? {
                return Ok(known);
            }
            start(conn, actor, id, &input, &change, now).await?;
            Ok(id)
        })
        .await?;
    let job = store::find(&mut conn, started, &queue_key(started)).await?;
    drop(conn);
    app.bus.publish(Topic::Jobs);
    job.ok_or_else(|| ServiceError::internal("a job was deleted right after its start").into())
}

async fn start(
    conn: &mut Conn,
    actor: &Actor,
    id: JobId,
    input: &ProductsBulkInput,
    change: &ProductChange,
    now: Timestamp,
) -> CatalogResult<()> {
    let stored = serde_json::to_value(Stored { change: change.clone() }).or_internal("store a bulk change")?;
    let targets = targets(&input.ids).map_err(CatalogRefused)?;
    let author = RecordedAuthor::from(actor);
    let new = NewBulkJob { id, kind: KIND, author, input: stored, targets, created_at: now };
    store::insert(conn, new).await?;
    let mut details = serde_json::to_value(input).or_internal("record a bulk change")?;
    if let Some(fields) = details.as_object_mut() {
        // The entries of the products name them.
        fields.insert("ids".to_owned(), input.ids.len().into());
    }
    audit::push(conn, actor, ACTION, id, details, now).await?;
    Ok(jobs::enqueue(conn, &[Job::UpdateProducts(id).at(now)]).await?)
}

/// The progress of a job; none if it does not exist or was done long ago.
///
/// # Errors
/// [`ServiceError`].
pub async fn find_bulk_job(app: &App, actor: &Actor, id: JobId) -> ServiceResult<Option<BulkJob>> {
    actor.require(Permission::CatalogRead)?;
    // Not from a replica: the progress of a job that was just started must exist.
    Ok(store::find(&mut *app.db.write().await?, id, &queue_key(id)).await?)
}

fn queue_key(id: JobId) -> String {
    Job::UpdateProducts(id).unique_key().unwrap_or_default()
}

/// The products of ids, each once.
fn targets(ids: &[String]) -> Result<Vec<Uuid>, Vec<Violation>> {
    let mut violations = Vec::new();
    let mut targets = Vec::with_capacity(ids.len());
    for (at, id) in ids.iter().enumerate() {
        match id.parse::<ProductId>() {
            Ok(id) => targets.push(id.uuid()),
            Err(error) => {
                violations.push(Violation::at(
                    CatalogErrorCode::UnknownReference,
                    &format!("ids.{at}"),
                    error.to_string(),
                ));
            }
        }
    }
    targets.sort_unstable();
    targets.dedup();
    if violations.is_empty() { Ok(targets) } else { Err(violations) }
}

/// Resolves and checks a change.
async fn change(app: &App, input: &ProductsBulkInput, now: Timestamp) -> CatalogResult<ProductChange> {
    let mut violations = Vec::new();
    match &input.filter {
        None if input.ids.is_empty() => {
            let message = "list products in `ids`, or select them by `filter`";
            violations.push(Violation::at(CatalogErrorCode::Required, "ids", message));
        }
        None if input.ids.len() > MAX_IDS => {
            let message = format!("has at most {MAX_IDS} entries; select more products by `filter`");
            violations.push(Violation::at(CatalogErrorCode::TooMany, "ids", message));
        }
        Some(_) if input.ids.len() > MAX_FOUND => {
            let message = format!("selects more than {MAX_FOUND} products");
            violations.push(Violation::at(CatalogErrorCode::TooMany, "filter", message));
        }
        _ => {}
    }
    for (path, list) in [
        ("publish", &input.publish),
        ("unpublish", &input.unpublish),
        ("addCategories", &input.add_categories),
        ("removeCategories", &input.remove_categories),
    ] {
        if list.len() > MAX_REFS {
            violations.push(Violation::at(CatalogErrorCode::TooMany, path, format!("has at most {MAX_REFS} entries")));
        }
    }
    violations.extend(targets(&input.ids).err().into_iter().flatten());
    refuse_if_any(violations)?;
    let settings = app.settings.current(&app.db).await?;
    let taxonomy = crate::catalog::write::fresh_taxonomy(app).await?;
    let mut resolver = Resolver::new(&settings, &taxonomy);
    let change = ProductChange {
        publish: resolve("publish", &input.publish, |path, one| resolver.channel(path, one)),
        unpublish: resolve("unpublish", &input.unpublish, |path, one| resolver.channel(path, one)),
        add_categories: resolve("addCategories", &input.add_categories, |path, one| resolver.category(path, one)),
        remove_categories: resolve("removeCategories", &input.remove_categories, |path, one| {
            resolver.category(path, one)
        }),
        publish_at: input.publish_at,
        add_tags: input.add_tags.clone(),
        remove_tags: input.remove_tags.clone(),
        archive: input.archive,
        requested_at: now,
    };
    let mut violations = resolver.violations;
    if violations.is_empty() {
        violations = change.check();
    }
    refuse_if_any(violations)?;
    Ok(change)
}

fn resolve<T>(path: &str, named: &[Ref], mut find: impl FnMut(&str, &Ref) -> Option<T>) -> Vec<T> {
    named.iter().enumerate().filter_map(|(at, one)| find(&format!("{path}.{at}"), one)).collect()
}

/// Continues a job after its last step. Other jobs have their turn after some steps.
///
/// # Errors
/// [`JobError`] says when to continue.
pub async fn run_bulk_job(app: &App, id: JobId) -> Result<(), JobError> {
    let found = store::start(&mut *app.db.write().await?, id, app.clock.now()).await?;
    let Some(mut work) = found.filter(|work| !work.is_finished) else { return Ok(()) };
    let stored: Stored = serde_json::from_value(work.input.clone())
        .map_err(|error| JobError::Permanent(format!("the change cannot be read: {error}")))?;
    for _ in 0..STEPS {
        let targets = store::next_targets(&mut *app.db.write().await?, id, work.done, STEP).await?;
        if targets.is_empty() {
            return Ok(store::finish(&mut *app.db.write().await?, id, app.clock.now()).await?);
        }
        let products: Vec<ProductId> = targets.into_iter().map(ProductId::restore).collect();
        let Some(done) = step(app, id, &work, &stored.change, &products).await? else {
            // Another worker, which counts this one as dead, has taken over.
            return Ok(());
        };
        work.done = done;
    }
    Err(JobError::NotYet(Duration::ZERO))
}

/// Changes some products and stores the progress. Returns the number of products that are done; none if another worker
/// has done them.
async fn step(
    app: &App,
    id: JobId,
    work: &BulkWork,
    change: &ProductChange,
    products: &[ProductId],
) -> ServiceResult<Option<i32>> {
    let errors = products::change_all(app, &work.author, ACTION, change, products).await?;
    let count = i32::try_from(products.len()).or_internal("count the products of a step")?;
    let step = BulkStep { from: work.done, to: work.done + count, errors };
    let is_recorded = store::advance(&mut *app.db.write().await?, id, &step).await?;
    Ok(is_recorded.then_some(step.to))
}
