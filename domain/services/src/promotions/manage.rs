//! Creating, changing and archiving promotions. A settings event announces each change to every process.

use model::{
    access::{Actor, Permission},
    events::DomainEvent,
    ids::PromotionId,
    promotions::{DraftError, NewCode, Promotion, PromotionDraft},
};
use persistence::{Conn, audit, db::Transactions as _, outbox, promotions};
use serde_json::json;

use super::{PromotionInput, PromotionRefusal, input::Lookup};
use crate::{
    App, ServiceResult, UseCaseError,
    error::{OnStoreError as _, RuleError},
};

/// The promotion to change.
#[derive(Debug, Clone, Copy)]
pub struct PromotionTarget {
    /// The promotion.
    pub id: PromotionId,
    /// The version the caller last saw; any version if absent.
    pub expected_version: Option<i32>,
}

/// A rule that keeps a promotion from being written.
#[derive(Debug, thiserror::Error)]
pub enum PromotionRule {
    /// Parts of the input are invalid; at least one.
    #[error("the promotion is not valid: {}", .0.iter().map(|one| one.error.to_string()).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<PromotionRefusal>),
    /// One of the codes exists already.
    #[error("one of these codes exists already")]
    CodeTaken,
    /// The limit of promotions that are not archived is reached.
    #[error("there are {max} promotions already: archive those that have ended", max = promotions::MAX_ACTIVE)]
    TooMany,
    /// The promotion does not exist.
    #[error("there is no such promotion")]
    NotFound,
    /// The promotion has another version than the caller expects.
    #[error("the promotion has changed: its version is {current}")]
    VersionConflict {
        /// The current version.
        current: i32,
    },
    /// An automatic promotion needs no codes.
    #[error("an automatic promotion takes no codes")]
    Automatic,
}

impl RuleError for PromotionRule {}

/// The promotion was not written.
pub type PromotionError = UseCaseError<PromotionRule>;

/// Creates a promotion with its codes.
///
/// # Errors
/// [`PromotionError`] if the input breaks a rule, or without [`Permission::PromotionsWrite`].
pub async fn create_promotion(app: &App, actor: &Actor, input: PromotionInput) -> Result<Promotion, PromotionError> {
    actor.require(Permission::PromotionsWrite)?;
    let lookup = Lookup::load(app, &input).await?;
    let codes = normalize(input.codes.clone())?;
    let draft = lookup.draft(input, None).map_err(PromotionRule::Invalid)?;
    let promotion = build(draft, PromotionId::new(), 1, !codes.is_empty())?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, PromotionError, _>(async |conn| {
        promotions::insert(conn, &promotion, now).await?;
        // `insert` takes a lock, so concurrent inserts cannot exceed the limit together.
        if promotions::count(conn).await? > promotions::MAX_ACTIVE {
            return Err(PromotionRule::TooMany.into());
        }
        promotions::insert_codes(conn, promotion.id, &codes, now).await?;
        Ok(record(app, conn, actor, "promotionCreate", promotion.id).await?)
    })
    .await
    .on_constraint("discount_codes_code_key", PromotionRule::CodeTaken)?;
    app.settings.invalidate();
    Ok(promotion)
}

/// Changes a promotion. Fields that are absent from the input keep their values, and so do the codes.
///
/// # Errors
/// [`PromotionError`] if the input breaks a rule, or without [`Permission::PromotionsWrite`].
pub async fn update_promotion(
    app: &App,
    actor: &Actor,
    target: PromotionTarget,
    input: PromotionInput,
) -> Result<Promotion, PromotionError> {
    actor.require(Permission::PromotionsWrite)?;
    let lookup = Lookup::load(app, &input).await?;
    let mut conn = app.db.write().await?;
    let promotion = conn
        .transaction::<_, PromotionError, _>(async |conn| {
            let before = lock(conn, target.id).await?;
            let (current, needs_code) = (before.version, before.needs_code);
            if target.expected_version.is_some_and(|expected| expected != current) {
                return Err(PromotionRule::VersionConflict { current }.into());
            }
            let draft = lookup.draft(input.clone(), Some(&before)).map_err(PromotionRule::Invalid)?;
            let promotion = build(draft, target.id, current + 1, needs_code)?;
            promotions::save(conn, &promotion, app.clock.now()).await?;
            record(app, conn, actor, "promotionUpdate", target.id).await?;
            Ok(promotion)
        })
        .await?;
    app.settings.invalidate();
    Ok(promotion)
}

/// Adds codes to a promotion that requires a code.
///
/// # Errors
/// [`PromotionError`] if the input breaks a rule, or without [`Permission::PromotionsWrite`].
pub async fn add_codes(
    app: &App,
    actor: &Actor,
    id: PromotionId,
    codes: Vec<NewCode>,
) -> Result<Promotion, PromotionError> {
    actor.require(Permission::PromotionsWrite)?;
    let codes = normalize(codes)?;
    let mut conn = app.db.write().await?;
    conn.transaction::<_, PromotionError, _>(async |conn| {
        let promotion = lock(conn, id).await?;
        if !promotion.needs_code {
            return Err(PromotionRule::Automatic.into());
        }
        promotions::insert_codes(conn, id, &codes, app.clock.now()).await?;
        audit_only(app, conn, actor, "promotionCodesAdd", id).await?;
        Ok(promotion)
    })
    .await
    .on_constraint("discount_codes_code_key", PromotionRule::CodeTaken)
}

/// Puts a promotion away: it and its codes no longer reduce anything. Safe to repeat.
///
/// # Errors
/// [`PromotionError`] if the input breaks a rule, or without [`Permission::PromotionsWrite`].
pub async fn archive_promotion(app: &App, actor: &Actor, id: PromotionId) -> Result<Promotion, PromotionError> {
    actor.require(Permission::PromotionsWrite)?;
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

fn build(draft: PromotionDraft, id: PromotionId, version: i32, needs_code: bool) -> Result<Promotion, PromotionRule> {
    match draft.errors() {
        errors if errors.is_empty() => Ok(draft.build(id, version, needs_code)),
        errors => Err(invalid(errors)),
    }
}

fn normalize(codes: Vec<NewCode>) -> Result<Vec<NewCode>, PromotionRule> {
    NewCode::normalize_all(codes).map_err(invalid)
}

fn invalid(errors: Vec<DraftError>) -> PromotionRule {
    PromotionRule::Invalid(errors.into_iter().map(PromotionRefusal::from).collect())
}

async fn lock(conn: &mut Conn, id: PromotionId) -> Result<Promotion, PromotionError> {
    Ok(promotions::lock(conn, id).await?.ok_or(PromotionRule::NotFound)?)
}

/// Writes the audit entry and the event of a change.
async fn record(app: &App, conn: &mut Conn, actor: &Actor, action: &str, id: PromotionId) -> ServiceResult<()> {
    audit_only(app, conn, actor, action, id).await?;
    Ok(outbox::push(conn, &[DomainEvent::SettingsChanged { id: id.to_string() }]).await?)
}

async fn audit_only(app: &App, conn: &mut Conn, actor: &Actor, action: &str, id: PromotionId) -> ServiceResult<()> {
    Ok(audit::push(conn, actor, action, id, json!({}), app.clock.now()).await?)
}
