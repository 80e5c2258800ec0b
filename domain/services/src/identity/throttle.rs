//! Counts wrong passwords and mails asked for, across all processes.
//!
//! Three counters: one account from one network, one account from anywhere, one network for any account. A network
//! from which an account was entered before is exempt from the second, and a password reset clears both of the
//! account's: so strangers can slow an owner down where they never were, but not keep them out. Beside each counter
//! stands how many attempts wait for their outcome, so that guesses made at the same time are bounded as well.

use std::collections::HashMap;

use chrono::TimeDelta;
use model::{
    Timestamp,
    customers::{Email, Purpose, Throttle, ThrottlePolicy, Throttled},
};
use persistence::{db::Transactions as _, login_throttle};

use super::{Audience, Client, IdentityError, IdentityRule, secrets};
use crate::{App, ServiceResult};

/// How long a network is known after a login.
const KNOWN: TimeDelta = TimeDelta::days(30);

/// What is counted of one key.
#[derive(Debug, Clone)]
struct Counter {
    key: String,
    pending: String,
    policy: ThrottlePolicy,
}

impl Counter {
    fn new(key: String, policy: ThrottlePolicy) -> Self {
        Self { pending: format!("pending:{key}"), key, policy }
    }
}

/// The counters of one attempt that waits for its outcome.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pair: Counter,
    account: Counter,
    network: Option<Counter>,
    known: Option<String>,
}

/// How an attempt came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Right,
    Wrong,
    /// Nobody looked at the password.
    Unknown,
}

impl Attempt {
    fn new(app: &App, audience: Audience, email: &Email, client: &Client) -> Self {
        let kind = name(audience);
        // A digest, so that the counters do not keep addresses of people who have no account.
        let account = secrets::digest(format!("{kind} {email}")).to_string();
        let network = client.network();
        let from = network.as_deref().unwrap_or("unknown");
        let policy = ThrottlePolicy::network(app.identity.config.network_allowance);
        Self {
            pair: Counter::new(format!("pair:{account}:{from}"), ThrottlePolicy::PAIR),
            account: Counter::new(format!("account:{account}"), ThrottlePolicy::ACCOUNT),
            known: network.as_ref().map(|network| format!("known:{account}:{network}")),
            network: network.map(|network| Counter::new(format!("network:{kind}:{network}"), policy)),
        }
    }

    fn counters(&self) -> impl Iterator<Item = &Counter> {
        [&self.pair, &self.account].into_iter().chain(&self.network)
    }

    fn keys(&self) -> Vec<String> {
        let counted = self.counters().flat_map(|counter| [&counter.key, &counter.pending]);
        counted.chain(&self.known).cloned().collect()
    }

    /// Which counters would not hear an attempt now.
    fn check(&self, counted: &HashMap<String, Throttle>, now: Timestamp) -> Result<(), Throttled> {
        let is_known = self.known.as_ref().is_some_and(|key| of(counted, key).failures > 0);
        for Counter { key, pending, policy } in self.counters() {
            if !(is_known && *key == self.account.key) {
                of(counted, key).check_beside(&of(counted, pending), policy, now)?;
            }
        }
        Ok(())
    }

    /// Hands over what the password led to; a wrong one, which is none, is counted before anybody hears of it. A
    /// failure counts as nothing.
    ///
    /// # Errors
    /// [`IdentityRule::InvalidCredentials`] when the password is wrong, the failure, or a store's error.
    pub(super) async fn end<T>(self, app: &App, found: Result<Option<T>, IdentityError>) -> Result<T, IdentityError> {
        let outcome = match &found {
            Ok(Some(_)) => Outcome::Right,
            Ok(None) => Outcome::Wrong,
            Err(_) => Outcome::Unknown,
        };
        let settled = self.settle(app, outcome).await;
        let found = found?;
        settled?;
        Ok(found.ok_or(IdentityRule::InvalidCredentials)?)
    }

    async fn settle(&self, app: &App, outcome: Outcome) -> ServiceResult<()> {
        let now = app.clock.now();
        let mut conn = app.db.write().await?;
        conn.transaction(async |conn| {
            let counted = login_throttle::lock(conn, &self.keys(), now).await?;
            let mut kept = Vec::new();
            for Counter { key, pending, policy } in self.counters() {
                let mut waiting = of(&counted, pending);
                waiting.remove_pending();
                kept.push(row(pending, waiting, &ThrottlePolicy::PENDING, now));
                if outcome == Outcome::Wrong {
                    let mut throttle = of(&counted, key);
                    throttle.count(policy, now);
                    kept.push(row(key, throttle, policy, now));
                }
            }
            if outcome == Outcome::Right {
                kept.push((self.pair.key.clone(), Throttle::default(), now));
                let mark = Throttle { failures: 1, since: Some(now), blocked_until: None };
                kept.extend(self.known.iter().map(|key| (key.clone(), mark, now + KNOWN)));
            }
            Ok(login_throttle::save(conn, &kept).await?)
        })
        .await
    }
}

/// Lets somebody try to enter an account; [`Attempt::end`] has to hear how it came out.
///
/// # Errors
/// [`IdentityRule::Throttled`] when the attempt is not heard.
pub(super) async fn attempt(
    app: &App,
    audience: Audience,
    email: &Email,
    client: &Client,
) -> Result<Attempt, IdentityError> {
    let now = app.clock.now();
    let attempt = Attempt::new(app, audience, email, client);
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        let counted = login_throttle::lock(conn, &attempt.keys(), now).await?;
        attempt.check(&counted, now).map_err(|cause| IdentityRule::throttled(cause, now))?;
        let wait = |Counter { pending, .. }: &Counter| {
            let mut waiting = of(&counted, pending);
            waiting.count(&ThrottlePolicy::PENDING, now);
            row(pending, waiting, &ThrottlePolicy::PENDING, now)
        };
        let kept: Vec<_> = attempt.counters().map(wait).collect();
        login_throttle::save(conn, &kept).await?;
        Ok::<_, IdentityError>(())
    })
    .await?;
    Ok(attempt)
}

/// Whether a mail that somebody asked for is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// It goes.
    Now,
    /// The address got enough of them.
    Enough,
}

/// Counts a mail to an address that somebody asked for, whether or not it has an account. Each purpose is counted by
/// itself, and nobody is told that an address got enough: so strangers who ask in an owner's name neither learn
/// anything nor keep the owner from asking. Only a network that asks too often is refused.
///
/// # Errors
/// [`IdentityRule::Throttled`] when the network asked too often.
pub(super) async fn mail(app: &App, purpose: Purpose, email: &Email, client: &Client) -> Result<Heard, IdentityError> {
    let now = app.clock.now();
    let address = mail_key(purpose, email);
    let network = client.network().map(|network| format!("mails:{}:{network}", name(audience_of(purpose))));
    let keys: Vec<String> = [address.clone()].into_iter().chain(network.clone()).collect();
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        let counted = login_throttle::lock(conn, &keys, now).await?;
        let mut kept = Vec::with_capacity(keys.len());
        if let Some(key) = &network {
            let policy = ThrottlePolicy::network(app.identity.config.network_allowance);
            let mut asked = of(&counted, key);
            asked.check(now).map_err(|cause| IdentityRule::throttled(cause, now))?;
            asked.count(&policy, now);
            kept.push(row(key, asked, &policy, now));
        }
        let mut mailed = of(&counted, &address);
        let heard = if mailed.check(now).is_ok() { Heard::Now } else { Heard::Enough };
        if heard == Heard::Now {
            mailed.count(&ThrottlePolicy::MAIL, now);
            kept.push(row(&address, mailed, &ThrottlePolicy::MAIL, now));
        }
        login_throttle::save(conn, &kept).await?;
        Ok(heard)
    })
    .await
}

/// Clears the counters of an account whose owner proved themselves by mail, that of resets included: the tokens that
/// were mailed until now are of no more use.
pub(super) async fn forgive(app: &App, audience: Audience, email: &Email, client: &Client) -> ServiceResult<()> {
    let Attempt { pair, account, .. } = Attempt::new(app, audience, email, client);
    let mut conn = app.db.write().await?;
    let purpose = match audience {
        Audience::Customers => Purpose::PasswordReset,
        Audience::Staff => Purpose::StaffPasswordReset,
    };
    Ok(login_throttle::clear(&mut conn, &[pair.key, account.key, mail_key(purpose, email)]).await?)
}

/// The counter of the mails of one purpose to one address; purposes tell customers from staff.
fn mail_key(purpose: Purpose, email: &Email) -> String {
    format!("mail:{}", secrets::digest(format!("{purpose} {email}")))
}

const fn name(audience: Audience) -> &'static str {
    match audience {
        Audience::Customers => "customer",
        Audience::Staff => "staff",
    }
}

const fn audience_of(purpose: Purpose) -> Audience {
    match purpose {
        Purpose::Register | Purpose::PasswordReset | Purpose::EmailChange => Audience::Customers,
        Purpose::StaffInvite | Purpose::StaffPasswordReset => Audience::Staff,
    }
}

fn of(counted: &HashMap<String, Throttle>, key: &str) -> Throttle {
    counted.get(key).copied().unwrap_or_default()
}

/// What is kept of a counter, for as long as it counts.
fn row(key: &str, throttle: Throttle, policy: &ThrottlePolicy, now: Timestamp) -> (String, Throttle, Timestamp) {
    (key.to_owned(), throttle, throttle.expires_at(policy).unwrap_or(now))
}
