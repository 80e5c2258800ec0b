//! Limits on logins and requested mails, shared by all processes.
//!
//! Wrong passwords and codes have three counters: per account and network, per account, and per network. Networks from which the
//! account logged in before are exempt from the second one, and a password reset clears the first two. Strangers can
//! therefore slow an owner down only in new networks, and cannot lock them out. Each counter has a second one for pending
//! attempts, which limits concurrent guesses.
//!
//! Successful logins have two counters, per account and per network, because each one costs a hash and creates a session.

use chrono::TimeDelta;
use model::{
    Timestamp,
    customers::{Email, Purpose, Throttle, ThrottlePolicy, Throttled},
};
use persistence::{db::Transactions as _, login_throttle};
use strum::VariantArray as _;

use super::{Audience, Client, IdentityError, IdentityRule, secrets};
use crate::{App, ServiceResult, counters::Counters};

/// The time for which a network stays known after a login.
const KNOWN: TimeDelta = TimeDelta::days(30);

/// A counter with its counter of pending attempts.
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

/// The counters of a pending attempt.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pair: Counter,
    account: Counter,
    network: Option<Counter>,
    known: Option<String>,
    /// The key of the account's successful logins.
    account_logins: String,
    /// The counter of the network's successful logins.
    network_logins: Option<(String, ThrottlePolicy)>,
}

/// The outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Right,
    Wrong,
    /// The password was not checked.
    Unknown,
}

impl Attempt {
    fn new(app: &App, audience: Audience, email: &Email, client: &Client) -> Self {
        let kind = name(audience);
        let account = account_digest(audience, email);
        let network = client.network().map(|network| network.to_string());
        // Requests without a network address share one counter per account.
        let from = network.as_deref().unwrap_or("unknown");
        let allowance = app.identity.config.network_allowance;
        let policy = ThrottlePolicy::network(allowance);
        let network_logins = |network| (format!("logins:{kind}:{network}"), ThrottlePolicy::network_logins(allowance));
        Self {
            account_logins: format!("logins:{account}"),
            network_logins: network.as_ref().map(network_logins),
            pair: Counter::new(format!("pair:{account}:{from}"), ThrottlePolicy::PAIR),
            account: Counter::new(format!("account:{account}"), ThrottlePolicy::ACCOUNT),
            known: network.as_ref().map(|network| format!("known:{account}:{network}")),
            network: network.map(|network| Counter::new(format!("network:{kind}:{network}"), policy)),
        }
    }

    fn counters(&self) -> impl Iterator<Item = &Counter> {
        [&self.pair, &self.account].into_iter().chain(&self.network)
    }

    /// The counters of successful logins.
    fn logins(&self) -> impl Iterator<Item = (&String, &ThrottlePolicy)> {
        let network = self.network_logins.as_ref().map(|(key, policy)| (key, policy));
        [(&self.account_logins, &ThrottlePolicy::LOGINS)].into_iter().chain(network)
    }

    fn keys(&self) -> Vec<String> {
        let counted = self.counters().flat_map(|counter| [&counter.key, &counter.pending]);
        counted.chain(&self.known).chain(self.logins().map(|(key, _)| key)).cloned().collect()
    }

    /// Refuses the attempt if a counter is over its limit.
    fn check(&self, counters: &Counters, now: Timestamp) -> Result<(), Throttled> {
        let is_known = self.known.as_ref().is_some_and(|key| counters.of(key).failures > 0);
        for Counter { key, pending, policy } in self.counters() {
            if !(is_known && *key == self.account.key) {
                counters.of(key).check_beside(&counters.of(pending), policy, now)?;
            }
        }
        self.logins().try_for_each(|(key, _)| counters.of(key).check(now))
    }

    /// Records the outcome of the attempt, then returns it; none is a wrong password. An error of the check, except a wrong
    /// code, counts neither as right nor as wrong.
    ///
    /// # Errors
    /// [`IdentityRule::InvalidCredentials`] if the password is wrong, or the error of the check.
    pub(super) async fn end<T>(self, app: &App, found: Result<Option<T>, IdentityError>) -> Result<T, IdentityError> {
        let outcome = match &found {
            Ok(Some(_)) => Outcome::Right,
            Ok(None) | Err(IdentityError::Rule(IdentityRule::SecondFactorInvalid)) => Outcome::Wrong,
            Err(_) => Outcome::Unknown,
        };
        let recorded = self.record(app, outcome).await;
        let found = found?;
        recorded?;
        Ok(found.ok_or(IdentityRule::InvalidCredentials)?)
    }

    async fn record(&self, app: &App, outcome: Outcome) -> ServiceResult<()> {
        let now = app.clock.now();
        let mut conn = app.db.write().await?;
        conn.transaction(async |conn| {
            let mut counters = Counters::lock(conn, &self.keys(), now).await?;
            for Counter { key, pending, policy } in self.counters() {
                let mut waiting = counters.of(pending);
                waiting.remove_pending();
                counters.replace(pending, waiting, &ThrottlePolicy::PENDING);
                if outcome == Outcome::Wrong {
                    counters.count(key, policy, 1);
                }
            }
            if outcome == Outcome::Right {
                counters.replace_until(&self.pair.key, Throttle::default(), now);
                let mark = Throttle { failures: 1, since: Some(now), blocked_until: None };
                if let Some(key) = &self.known {
                    counters.replace_until(key, mark, now + KNOWN);
                }
                for (key, policy) in self.logins() {
                    counters.count(key, policy, 1);
                }
            }
            Ok(counters.save(conn).await?)
        })
        .await
    }
}

/// Starts an attempt to log in; call [`Attempt::end`] with its outcome.
///
/// # Errors
/// [`IdentityRule::Throttled`] if a counter is over its limit.
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
        let mut counters = Counters::lock(conn, &attempt.keys(), now).await?;
        attempt.check(&counters, now).map_err(|cause| IdentityRule::throttled(cause, now))?;
        for Counter { pending, .. } in attempt.counters() {
            counters.count(pending, &ThrottlePolicy::PENDING, 1);
        }
        counters.save(conn).await?;
        Ok::<_, IdentityError>(())
    })
    .await?;
    Ok(attempt)
}

/// The decision on a requested mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MailDecision {
    /// The mail is sent.
    Send,
    /// The address has received too many mails.
    Suppress,
}

/// Counts a requested mail, whether or not the address has an account. Each purpose has its own counter, and the response
/// does not tell that an address is over its limit: strangers learn nothing and cannot keep the owner from requesting.
/// Only a network that requests too many mails is refused.
///
/// # Errors
/// [`IdentityRule::Throttled`] if the network has requested too many mails.
pub(super) async fn mail(
    app: &App,
    purpose: Purpose,
    email: &Email,
    client: &Client,
) -> Result<MailDecision, IdentityError> {
    let now = app.clock.now();
    let address = mail_key(purpose, email);
    let network = client.network().map(|network| format!("mails:{}:{network}", name(audience_of(purpose))));
    let keys: Vec<String> = [address.clone()].into_iter().chain(network.clone()).collect();
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        let mut counters = Counters::lock(conn, &keys, now).await?;
        if let Some(key) = &network {
            let policy = ThrottlePolicy::network(app.identity.config.network_allowance);
            counters.of(key).check(now).map_err(|cause| IdentityRule::throttled(cause, now))?;
            counters.count(key, &policy, 1);
        }
        let decision =
            if counters.of(&address).check(now).is_ok() { MailDecision::Send } else { MailDecision::Suppress };
        if decision == MailDecision::Send {
            counters.count(&address, &ThrottlePolicy::MAIL, 1);
        }
        counters.save(conn).await?;
        Ok(decision)
    })
    .await
}

/// Clears the counters of an account whose owner used a mailed token, including the counter of resets: earlier tokens
/// are invalid now.
pub(super) async fn clear(app: &App, audience: Audience, email: &Email, client: &Client) -> ServiceResult<()> {
    let Attempt { pair, account, account_logins, .. } = Attempt::new(app, audience, email, client);
    let mut conn = app.db.write().await?;
    let purpose = match audience {
        Audience::Customers => Purpose::PasswordReset,
        Audience::Staff => Purpose::StaffPasswordReset,
    };
    Ok(login_throttle::delete(&mut conn, &[pair.key, account.key, account_logins, mail_key(purpose, email)]).await?)
}

/// Deletes the counters of an account's e-mail address, and the networks that it logged in from.
///
/// # Errors
/// [`crate::ServiceError`] if the database fails.
pub(crate) async fn forget_attempts(app: &App, audience: Audience, email: &Email) -> ServiceResult<()> {
    let mut conn = app.db.write().await?;
    let account = account_digest(audience, email);
    let kinds = ["pair", "account", "known", "pending:pair", "pending:account"];
    let mut starts: Vec<String> = kinds.iter().map(|kind| format!("{kind}:{account}")).collect();
    let purposes = Purpose::VARIANTS.iter().filter(|purpose| audience_of(**purpose) == audience);
    starts.extend(purposes.map(|purpose| mail_key(*purpose, email)));
    let keys = login_throttle::keys_starting_with(&mut conn, &starts).await?;
    Ok(login_throttle::delete(&mut conn, &keys).await?)
}

/// The networks from which a customer logged in during the last 30 days.
///
/// # Errors
/// [`crate::ServiceError`] if the database fails.
pub(crate) async fn known_networks(app: &App, email: &Email) -> ServiceResult<Vec<String>> {
    let start = format!("known:{}:", account_digest(Audience::Customers, email));
    let keys = login_throttle::keys_starting_with(&mut *app.db.read().await?, std::slice::from_ref(&start)).await?;
    Ok(keys.iter().filter_map(|key| key.strip_prefix(&start)).map(str::to_owned).collect())
}

/// A digest, so that the table contains no e-mail addresses of people without an account.
fn account_digest(audience: Audience, email: &Email) -> String {
    secrets::digest(format!("{} {email}", name(audience))).to_string()
}

/// The counter of mails of one purpose to one address. Customers and staff have different purposes.
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
        Purpose::Register | Purpose::PasswordReset | Purpose::EmailChange | Purpose::CustomerInvite => {
            Audience::Customers
        }
        Purpose::StaffInvite | Purpose::StaffPasswordReset | Purpose::StaffEmailChange => Audience::Staff,
    }
}
