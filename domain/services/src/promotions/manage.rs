//! Creating, changing and archiving promotions. A settings event announces each change to every process.

use model::{
    IdempotencyKey, Timestamp,
    access::{AccessError, Actor, ChannelScope, Permission},
    audit::{Change, changed, created},
    events::DomainEvent,
    ids::PromotionId,
    promotions::{DraftError, NewCode, Promotion, PromotionDraft},
};
use persistence::{Conn, audit, db::Transactions as _, outbox, promotions};
use serde::Serialize;
use serde_json::json;

use super::{PromotionInput, PromotionRefusal, input::Lookup};
use crate::{
    App, ServiceResult, UseCaseError,
    error::{OnStoreError as _, RuleError},
    idempotency::{self, Keyed},
};

/// The constraint that a code exists only once.
pub(super) const CODE_KEY: &str = "discount_codes_code_key";

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

/// Input of [`create_promotion`].
#[derive(Debug, Clone, Default)]
pub struct CreatePromotion {
    /// The promotion.
    pub promotion: PromotionInput,
    /// The key under which the same request may be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Creates a promotion with its codes. The same key creates it once.
///
/// # Errors
/// [`PromotionError`] if the input breaks a rule, or without [`Permission::PromotionsWrite`].
pub async fn create_promotion(app: &App, actor: &Actor, input: CreatePromotion) -> Result<Promotion, PromotionError> {
    let scope = actor.channels_with(Permission::PromotionsWrite)?;
    let CreatePromotion { promotion: input, idempotency_key } = input;
    let keyed = Keyed::of("promotionCreate", actor, idempotency_key.as_ref(), &input)?;
    if let Some(id) = idempotency::look::<PromotionId>(&mut *app.db.read().await?, keyed.as_ref()).await? {
        return created_before(&mut *app.db.read().await?, id).await;
    }
    let lookup = Lookup::load(app, &input).await?;
    let codes = normalize(input.codes.clone())?;
    let draft = lookup.draft(input, None).map_err(PromotionRule::Invalid)?;
    let promotion = build(draft, PromotionId::new(), 1, !codes.is_empty())?;
    require_all(&scope, &promotion)?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    let promotion = conn
        .transaction::<_, PromotionError, _>(async |conn| {
            if let Some(id) = idempotency::begin::<PromotionId>(conn, keyed.as_ref()).await? {
                return created_before(conn, id).await;
            }
            promotions::insert(conn, &promotion, now).await?;
            // `insert` takes a lock, so concurrent inserts cannot exceed the limit together.
            if promotions::count(conn, None).await? > promotions::MAX_ACTIVE {
                return Err(PromotionRule::TooMany.into());
            }
            promotions::insert_codes(conn, promotion.id, &codes, now).await?;
            let mut changes = created(&promotion);
            changes.extend(created(&CodeList { codes: &codes }));
            record(conn, actor, Action { name: "promotionCreate", id: promotion.id, changes, now }).await?;
            idempotency::finish(conn, keyed.as_ref(), &promotion.id).await?;
            Ok(promotion.clone())
        })
        .await
        .on_constraint(CODE_KEY, PromotionRule::CodeTaken)?;
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
    let scope = actor.channels_with(Permission::PromotionsWrite)?;
    let lookup = Lookup::load(app, &input).await?;
    let mut conn = app.db.write().await?;
    let promotion = conn
        .transaction::<_, PromotionError, _>(async |conn| {
            let before = lock(conn, &scope, target.id).await?;
            let (current, needs_code) = (before.version, before.needs_code);
            if target.expected_version.is_some_and(|expected| expected != current) {
                return Err(PromotionRule::VersionConflict { current }.into());
            }
            let draft = lookup.draft(input.clone(), Some(&before)).map_err(PromotionRule::Invalid)?;
            let promotion = build(draft, target.id, current + 1, needs_code)?;
            require_all(&scope, &promotion)?;
            let now = app.clock.now();
            promotions::save(conn, &promotion, now).await?;
            let changes = changed(&before, &promotion);
            record(conn, actor, Action { name: "promotionUpdate", id: target.id, changes, now }).await?;
            Ok(promotion)
        })
        .await?;
    app.settings.invalidate();
    Ok(promotion)
}

/// Puts a promotion away: it and its codes no longer reduce anything. Safe to repeat.
///
/// # Errors
/// [`PromotionError`] if the input breaks a rule, or without [`Permission::PromotionsWrite`].
pub async fn archive_promotion(app: &App, actor: &Actor, id: PromotionId) -> Result<Promotion, PromotionError> {
    let scope = actor.channels_with(Permission::PromotionsWrite)?;
    let mut conn = app.db.write().await?;
    let promotion = conn
        .transaction::<_, PromotionError, _>(async |conn| {
            let promotion = lock(conn, &scope, id).await?;
            let now = app.clock.now();
            if promotions::archive(conn, id, now).await? {
                let changes = changed(&json!({ "isArchived": false }), &json!({ "isArchived": true }));
                record(conn, actor, Action { name: "promotionArchive", id, changes, now }).await?;
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

/// The codes in the form in which they are stored.
pub(super) fn normalize(codes: Vec<NewCode>) -> Result<Vec<NewCode>, PromotionRule> {
    NewCode::normalize_all(codes).map_err(invalid)
}

fn invalid(errors: Vec<DraftError>) -> PromotionRule {
    PromotionRule::Invalid(errors.into_iter().map(PromotionRefusal::from).collect())
}

/// The promotion, locked until the end of the transaction. It is absent if it applies in no channel of the actor, who must
/// hold the permission in all of its channels.
pub(super) async fn lock(conn: &mut Conn, scope: &ChannelScope, id: PromotionId) -> Result<Promotion, PromotionError> {
    let found = promotions::lock(conn, id).await?.filter(|promotion| scope.contains_any(&promotion.channels));
    let promotion = found.ok_or(PromotionRule::NotFound)?;
    require_all(scope, &promotion)?;
    Ok(promotion)
}

/// Passes if the actor may write promotions in all channels of the promotion.
fn require_all(scope: &ChannelScope, promotion: &Promotion) -> Result<(), AccessError> {
    let is_theirs = scope.contains_all(&promotion.channels);
    if is_theirs { Ok(()) } else { Err(AccessError::Limited(Permission::PromotionsWrite)) }
}

/// The promotion that a repeated request created.
async fn created_before(conn: &mut Conn, id: PromotionId) -> Result<Promotion, PromotionError> {
    Ok(promotions::by_ids(conn, &[id]).await?.remove(&id).ok_or(PromotionRule::NotFound)?)
}

/// Codes in the audit log.
#[derive(Serialize)]
pub(super) struct CodeList<'a> {
    pub codes: &'a [NewCode],
}

/// An action on a promotion, for the audit log.
struct Action {
    name: &'static str,
    id: PromotionId,
    changes: Vec<Change>,
    now: Timestamp,
}

/// Writes the audit entry and the event of a change.
async fn record(conn: &mut Conn, actor: &Actor, action: Action) -> ServiceResult<()> {
    let Action { name, id, changes, now } = action;
    audit::push(conn, actor, name, id, changes, now).await?;
    Ok(outbox::push(conn, &[DomainEvent::SettingsChanged { id: id.to_string() }]).await?)
}
