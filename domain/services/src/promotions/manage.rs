//! Creating, changing and archiving promotions. A change reaches every process by the settings' event.

use model::{
    access::{Actor, Permission},
    events::DomainEvent,
    ids::PromotionId,
    promotions::{DraftError, NewCode, Promotion, PromotionDraft},
};
use persistence::{
    Conn, StoreError, audit,
    db::{TransactionError, Transactions as _},
    outbox, promotions,
};
use serde_json::json;

use super::{PromotionInput, PromotionRefusal, input::Lookup};
use crate::{App, ServiceError};

/// A promotion to be changed.
#[derive(Debug, Clone, Copy)]
pub struct PromotionTarget {
    /// Which one.
    pub id: PromotionId,
    /// The version the caller last saw; any, where absent.
    pub expected_version: Option<i32>,
}

/// Why a promotion was not written.
#[derive(Debug, thiserror::Error)]
pub enum PromotionError {
    /// What was said of it is wrong; everything is named.
    #[error("the promotion is not valid: {}", .0.first().map(|one| one.error.to_string()).unwrap_or_default())]
    Invalid(Vec<PromotionRefusal>),
    /// One of the codes exists already.
    #[error("one of these codes exists already")]
    CodeTaken,
    /// As many promotions as there may be are there and not archived.
    #[error("there are {max} promotions already: archive those that have ended", max = promotions::MAX_LIVE)]
    TooMany,
    /// There is no such promotion.
    #[error("there is no such promotion")]
    NotFound,
    /// It was changed since the version the caller expects.
    #[error("the promotion has changed: its version is {current}")]
    VersionConflict {
        /// The version it has now.
        current: i32,
    },
    /// Codes would do nothing for a promotion that needs none.
    #[error("an automatic promotion takes no codes")]
    Automatic,
    /// Not the caller's fault, or not theirs to do.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<StoreError> for PromotionError {
    fn from(error: StoreError) -> Self {
        if error.is_constraint("discount_codes_code_key") { Self::CodeTaken } else { Self::Service(error.into()) }
    }
}

impl From<TransactionError> for PromotionError {
    fn from(error: TransactionError) -> Self {
        Self::Service(error.into())
    }
}

/// Creates a promotion with its codes.
///
/// # Errors
/// [`PromotionError`].
pub async fn create_promotion(app: &App, actor: &Actor, input: PromotionInput) -> Result<Promotion, PromotionError> {
    authorise(actor)?;
    let lookup = Lookup::load(app, &input).await?;
    let codes = normalize(input.codes.clone())?;
    let draft = lookup.draft(input, None).map_err(PromotionError::Invalid)?;
    let promotion = build(draft, PromotionId::new(), 1, !codes.is_empty())?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, PromotionError, _>(async |conn| {
        promotions::insert(conn, &promotion, now).await?;
        // Whoever inserts waits for the others, so that nobody counts too few.
        if promotions::count(conn).await? > promotions::MAX_LIVE {
            return Err(PromotionError::TooMany);
        }
        promotions::insert_codes(conn, promotion.id, &codes, now).await?;
        record(app, conn, actor, "promotionCreate", promotion.id).await
    })
    .await?;
    app.settings.invalidate();
    Ok(promotion)
}

/// Changes a promotion. What the input does not say stays; its codes stay as well.
///
/// # Errors
/// [`PromotionError`].
pub async fn update_promotion(
    app: &App,
    actor: &Actor,
    target: PromotionTarget,
    input: PromotionInput,
) -> Result<Promotion, PromotionError> {
    authorise(actor)?;
    let lookup = Lookup::load(app, &input).await?;
    let mut conn = app.db.write().await?;
    let promotion = conn
        .transaction::<_, PromotionError, _>(async |conn| {
            let before = lock(conn, target.id).await?;
            let (current, needs_code) = (before.version, before.needs_code);
            if target.expected_version.is_some_and(|expected| expected != current) {
                return Err(PromotionError::VersionConflict { current });
            }
            let draft = lookup.draft(input.clone(), Some(&before)).map_err(PromotionError::Invalid)?;
            let promotion = build(draft, target.id, current + 1, needs_code)?;
            promotions::save(conn, &promotion, app.clock.now()).await?;
            record(app, conn, actor, "promotionUpdate", target.id).await?;
            Ok(promotion)
        })
        .await?;
    app.settings.invalidate();
    Ok(promotion)
}

/// Adds codes to a promotion that needs one.
///
/// # Errors
/// [`PromotionError`].
pub async fn add_codes(
    app: &App,
    actor: &Actor,
    id: PromotionId,
    codes: Vec<NewCode>,
) -> Result<Promotion, PromotionError> {
    authorise(actor)?;
    let codes = normalize(codes)?;
    let mut conn = app.db.write().await?;
    conn.transaction::<_, PromotionError, _>(async |conn| {
        let promotion = lock(conn, id).await?;
        if !promotion.needs_code {
            return Err(PromotionError::Automatic);
        }
        promotions::insert_codes(conn, id, &codes, app.clock.now()).await?;
        audit_only(app, conn, actor, "promotionCodesAdd", id).await?;
        Ok(promotion)
    })
    .await
}

/// Puts a promotion away: it and its codes no longer reduce anything. Safe to repeat.
///
/// # Errors
/// [`PromotionError`].
pub async fn archive_promotion(app: &App, actor: &Actor, id: PromotionId) -> Result<Promotion, PromotionError> {
    authorise(actor)?;
    let mut conn = app.db.write().await?;
    let promotion = conn
        .transaction::<_, PromotionError, _>(async |conn| {
            let promotion = lock(conn, id).await?;
            if promotions::archive(conn, id, app.clock.now()).await? {
                record(app, conn, actor, "promotionArchive", id).await?;
            }
            Ok(promotion)
        })
        .await?;
    app.settings.invalidate();
    Ok(promotion)
}

fn authorise(actor: &Actor) -> Result<(), PromotionError> {
    Ok(actor.require(Permission::PromotionsWrite).map_err(ServiceError::from)?)
}

fn build(draft: PromotionDraft, id: PromotionId, version: i32, needs_code: bool) -> Result<Promotion, PromotionError> {
    match draft.errors() {
        errors if errors.is_empty() => Ok(draft.build(id, version, needs_code)),
        errors => Err(invalid(errors)),
    }
}

fn normalize(codes: Vec<NewCode>) -> Result<Vec<NewCode>, PromotionError> {
    NewCode::normalize_all(codes).map_err(invalid)
}

fn invalid(errors: Vec<DraftError>) -> PromotionError {
    PromotionError::Invalid(errors.into_iter().map(PromotionRefusal::from).collect())
}

async fn lock(conn: &mut Conn, id: PromotionId) -> Result<Promotion, PromotionError> {
    promotions::lock(conn, id).await?.ok_or(PromotionError::NotFound)
}

/// Writes who did it, and tells every process.
async fn record(
    app: &App,
    conn: &mut Conn,
    actor: &Actor,
    action: &str,
    id: PromotionId,
) -> Result<(), PromotionError> {
    audit_only(app, conn, actor, action, id).await?;
    Ok(outbox::push(conn, &[DomainEvent::SettingsChanged { id: id.to_string() }]).await?)
}

async fn audit_only(
    app: &App,
    conn: &mut Conn,
    actor: &Actor,
    action: &str,
    id: PromotionId,
) -> Result<(), PromotionError> {
    Ok(audit::push(conn, actor, action, id, &json!({}), app.clock.now()).await?)
}
