//! Security events: entries of the audit log that contain the network of the request.
//!
//! A failed login is recorded with the account that it was for. An address without an account is recorded as its digest,
//! so that the log contains no addresses of strangers. The limits on logins bound the entries of wrong passwords; of
//! refused attempts, each network causes one entry in ten minutes and process.

use std::time::Duration;

use model::{
    Network, Timestamp,
    access::{Actor, LimitedPermissions, Permissions},
    customers::{Email, Subject},
};
use moka::sync::Cache;
use persistence::{Conn, StoreResult, audit, customers, staff};
use serde_json::{Value, json};

use super::{Audience, Client, IdentityError, IdentityRule, secrets};
use crate::{App, ServiceResult, UseCaseError};

/// The interval at which refused attempts of one network are recorded.
const REFUSED_INTERVAL: Duration = Duration::from_mins(10);
/// The number of networks whose refused attempts are remembered.
const REFUSED_NETWORKS: u64 = 10_000;

/// The networks whose refused attempts were recorded a short time ago.
pub(super) struct Refused(Cache<Option<Network>, ()>);

impl Refused {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(REFUSED_NETWORKS).time_to_live(REFUSED_INTERVAL).build())
    }

    fn is_first(&self, network: Option<Network>) -> bool {
        self.0.entry(network).or_insert(()).is_fresh()
    }
}

/// Records a list of people that staff or an integration has read: the conditions and the number of entries, not the
/// people.
pub(crate) async fn record_list(
    app: &App,
    by: (&Actor, &Client),
    object: &str,
    conditions: Value,
    count: usize,
) -> ServiceResult<()> {
    let conn = app.db.write().await?;
    let details = json!({ "conditions": conditions, "count": count });
    Ok(audit::push(&conn, by.1.author(by.0), "listRead", object, details, app.clock.now()).await?)
}

/// A searched text as the audit log contains it: a digest, because it is usually an e-mail address or a name.
pub(crate) fn searched(text: Option<&str>) -> Option<String> {
    text.map(|text| secrets::digest(text.trim().to_lowercase()).to_string())
}

/// The acting account of a request whose password or token was right.
pub(super) const fn acting(subject: Subject) -> Actor {
    match subject {
        Subject::Customer(id) => Actor::Customer(id),
        Subject::Staff(id) => Actor::Staff {
            id,
            permissions: Permissions::NONE,
            limited: LimitedPermissions::NONE,
            verified_at: None,
            network: None,
        },
    }
}

/// Records a login in the transaction of its session.
pub(super) async fn push_login(conn: &Conn, client: &Client, subject: Subject, now: Timestamp) -> StoreResult<()> {
    let (action, object) = match subject {
        Subject::Customer(id) => ("customerLogin", id.to_string()),
        Subject::Staff(id) => ("staffLogin", id.to_string()),
    };
    audit::push(conn, client.author(&acting(subject)), action, object, json!({}), now).await
}

/// Records the end of a session.
pub(super) async fn session_ended(app: &App, client: &Client, subject: Subject, reason: &str) -> ServiceResult<()> {
    let conn = app.db.write().await?;
    let (action, object) = match subject {
        Subject::Customer(id) => ("customerSessionEnd", id.to_string()),
        Subject::Staff(id) => ("staffSessionEnd", id.to_string()),
    };
    let details = json!({ "reason": reason });
    Ok(audit::push(&conn, client.author(&acting(subject)), action, object, details, app.clock.now()).await?)
}

/// Records a wrong password or code, or a refused attempt, at a login or where a password is asked for again.
pub(super) async fn login_failed(
    app: &App,
    client: &Client,
    audience: Audience,
    email: &Email,
    error: &IdentityError,
) -> ServiceResult<()> {
    let reason = match error {
        UseCaseError::Rule(IdentityRule::InvalidCredentials) => "WRONG_PASSWORD",
        UseCaseError::Rule(IdentityRule::SecondFactorInvalid) => "WRONG_CODE",
        UseCaseError::Rule(IdentityRule::Throttled { .. }) if app.identity.refused.is_first(client.network()) => {
            "THROTTLED"
        }
        _ => return Ok(()),
    };
    let action = match audience {
        Audience::Customers => "customerLoginFailed",
        Audience::Staff => "staffLoginFailed",
    };
    let mut conn = app.db.write().await?;
    let object = object_of(&mut conn, audience, email).await?;
    let details = json!({ "reason": reason });
    Ok(audit::push(&conn, client.author(&Actor::Anonymous), action, object, details, app.clock.now()).await?)
}

/// The account with this e-mail address; without one, the digest of the address.
pub(super) async fn object_of(conn: &mut Conn, audience: Audience, email: &Email) -> StoreResult<String> {
    let found = match audience {
        Audience::Customers => customers::credentials(conn, email).await?.map(|found| found.id.to_string()),
        Audience::Staff => staff::credentials(conn, email).await?.map(|found| found.id.to_string()),
    };
    Ok(found.unwrap_or_else(|| format!("email:{}", secrets::digest(email.as_str()))))
}
