//! Adding and deactivating the codes of a promotion.

use std::collections::BTreeSet;

use model::{
    IdempotencyKey,
    access::{Actor, Permission},
    audit::{Change, created},
    ids::PromotionId,
    promotions::{DiscountCode, NewCode, Promotion, normalize_code},
};
use persistence::{audit, db::Transactions as _, promotions};

use super::{
    InvalidPromotion, PromotionError, PromotionRefusal, PromotionRule,
    manage::{CODE_KEY, CodeList, lock, normalize},
};
use crate::{
    App,
    error::OnStoreError as _,
    idempotency::{self, Keyed},
};

/// Maximum number of codes that one request deactivates.
const MAX_CODES: usize = 1_000;

/// Input of [`add_codes`].
#[derive(Debug, Clone)]
pub struct AddCodes {
    /// The promotion.
    pub promotion: PromotionId,
    /// The codes.
    pub codes: Vec<NewCode>,
    /// The key under which the same request may be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Input of [`deactivate_codes`].
#[derive(Debug, Clone)]
pub struct DeactivateCodes {
    /// The promotion.
    pub promotion: PromotionId,
    /// The codes, in any case.
    pub codes: Vec<String>,
}

/// Adds codes to a promotion that requires a code. The same key adds them once.
///
/// # Errors
/// [`PromotionError`] if the input breaks a rule, or without [`Permission::PromotionsWrite`].
pub async fn add_codes(app: &App, actor: &Actor, input: AddCodes) -> Result<Promotion, PromotionError> {
    let scope = actor.channels_with(Permission::PromotionsWrite)?;
    let AddCodes { promotion: id, codes, idempotency_key } = input;
    let codes = normalize(codes)?;
    let keyed = Keyed::of("promotionCodesAdd", actor, idempotency_key.as_ref(), &(id, &codes))?;
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, PromotionError, _>(async |conn| {
        let before: Option<PromotionId> = idempotency::begin(conn, keyed.as_ref()).await?;
        let promotion = lock(conn, &scope, id).await?;
        if before.is_some() {
            return Ok(promotion);
        }
        if !promotion.needs_code {
            return Err(PromotionRule::Automatic.into());
        }
        promotions::insert_codes(conn, id, &codes, now).await?;
        let changes = created(&CodeList { codes: &codes });
        audit::push(conn, actor, "promotionCodesAdd", id, changes, now).await?;
        idempotency::finish(conn, keyed.as_ref(), &id).await?;
        Ok(promotion)
    })
    .await
    .on_constraint(CODE_KEY, PromotionRule::CodeTaken)
}

/// Deactivates codes of a promotion, which then no longer apply to any cart; orders that used them stay as they are. Codes
/// that are deactivated already stay so. Nothing is changed if the promotion does not have all of the codes.
///
/// # Errors
/// [`PromotionError`] if the input breaks a rule, or without [`Permission::PromotionsWrite`].
pub async fn deactivate_codes(app: &App, actor: &Actor, input: DeactivateCodes) -> Result<Promotion, PromotionError> {
    let scope = actor.channels_with(Permission::PromotionsWrite)?;
    let DeactivateCodes { promotion: id, codes } = input;
    if codes.len() > MAX_CODES {
        let error = InvalidPromotion::Draft(model::promotions::DraftError::TooManyCodes);
        return Err(PromotionRule::Invalid(vec![PromotionRefusal::at(error, &["codes"])]).into());
    }
    let texts: Vec<String> = codes.iter().map(|code| normalize_code(code).unwrap_or_default()).collect();
    let now = app.clock.now();
    let mut conn = app.db.write().await?;
    conn.transaction::<_, PromotionError, _>(async |conn| {
        let promotion = lock(conn, &scope, id).await?;
        let before = promotions::deactivate_codes(conn, id, &texts, now).await?;
        let known: BTreeSet<&str> = before.iter().map(|code| code.code.as_str()).collect();
        let unknown: Vec<PromotionRefusal> = (0_usize..)
            .zip(&texts)
            .filter(|(_, text)| !known.contains(text.as_str()))
            .map(|(at, _)| PromotionRefusal::at(InvalidPromotion::UnknownCode, &["codes", &at.to_string()]))
            .collect();
        if !unknown.is_empty() {
            return Err(PromotionRule::Invalid(unknown).into());
        }
        let changes: Vec<Change> =
            before.iter().filter(|code| code.deactivated_at.is_none()).map(deactivation).collect();
        if !changes.is_empty() {
            audit::push(conn, actor, "promotionCodesDeactivate", id, changes, now).await?;
        }
        Ok(promotion)
    })
    .await
}

fn deactivation(code: &DiscountCode) -> Change {
    let path = format!("codes[{}].isActive", code.code);
    Change { path, from: Some("true".to_owned()), to: Some("false".to_owned()) }
}
