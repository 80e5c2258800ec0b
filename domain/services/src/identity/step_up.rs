//! Step-up: sensitive changes need a login, or another proof of password and code, of the last minutes. It concerns the
//! sessions of staff; API tokens cannot prove anything again and are limited by their permissions.

use model::{
    Money, Timestamp,
    access::Actor,
    ids::{SessionId, StaffUserId},
};
use persistence::staff;
use serde_json::json;

use super::{Client, IdentityError, IdentityRule, RefundAllowance, login::check_password, sessions};
use persistence::audit;

use crate::App;

/// The refunds that a request may cause.
#[derive(Debug, Clone)]
pub(crate) enum RefundLimit {
    /// The actor has proved their identity, or cannot do so.
    None,
    /// At most the allowance.
    Allowance(RefundAllowance),
}

impl RefundLimit {
    /// The limit of the actor now.
    pub(crate) fn of(app: &App, actor: &Actor) -> Self {
        if is_fresh(app, actor) { Self::None } else { Self::Allowance(app.identity.config.step_up.refunds.clone()) }
    }

    /// True if this sum may be refunded of one payment.
    pub(crate) fn permits(&self, sum: Money) -> bool {
        match self {
            Self::None => true,
            Self::Allowance(allowance) => sum.minor <= allowance.minor(sum.currency),
        }
    }
}

/// Passes if the actor has proved their identity in the last minutes.
///
/// # Errors
/// [`IdentityRule::StepUpRequired`].
pub(super) fn require(app: &App, actor: &Actor) -> Result<(), IdentityRule> {
    if is_fresh(app, actor) { Ok(()) } else { Err(IdentityRule::StepUpRequired) }
}

fn is_fresh(app: &App, actor: &Actor) -> bool {
    actor.is_verified_since(app.clock.now() - app.identity.config.step_up.window)
}

/// Proves the identity of the acting member of staff again, for sensitive changes in this session. Returns the time until
/// which it is enough.
///
/// # Errors
/// The errors of a login, or [`IdentityRule::SessionEnded`].
pub async fn step_up(
    app: &App,
    actor: &Actor,
    client: &Client,
    session: Option<SessionId>,
    password: &str,
    code: Option<&str>,
) -> Result<Timestamp, IdentityError> {
    let id = actor.require_staff()?;
    let session = session.ok_or(IdentityRule::SessionEnded)?;
    let user = staff::find(&mut *app.db.read().await?, id).await?.ok_or(IdentityRule::SessionEnded)?;
    check_password::<StaffUserId>(app, client, &user.email, password, code).await?;
    let now = app.clock.now();
    sessions::verify(app, session, now).await?;
    let conn = app.db.write().await?;
    audit::push(&conn, client.author(actor), "staffStepUp", id, json!({}), now).await?;
    Ok(now + app.identity.config.step_up.window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_without_an_amount_has_no_allowance() {
        let amount = |text: &str, code: &str| Money::parse(text, code.parse().unwrap()).unwrap();
        let limit = RefundLimit::Allowance([amount("500", "EUR")].into_iter().collect());
        assert!(limit.permits(amount("500.00", "EUR")));
        assert!(!limit.permits(amount("500.01", "EUR")));
        assert!(!limit.permits(amount("1", "JPY")));
        assert!(RefundLimit::None.permits(amount("9000000", "JPY")));
    }
}
