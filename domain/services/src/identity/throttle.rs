//! Counts attempts to log in and mails asked for, across all processes.
//!
//! Three counters: one account from one network, one account from anywhere, one network for any account. A network
//! from which an account was entered before is exempt from the second, and a password reset clears both of the
//! account's: so strangers can slow an owner down where they never were, but not keep them out.

use std::collections::HashMap;

use chrono::TimeDelta;
use model::{
    Timestamp,
    customers::{Email, Purpose, Throttle, ThrottlePolicy},
};
use persistence::{db::Transactions as _, login_throttle};

use super::{Audience, Client, IdentityError, secrets};
use crate::{App, ServiceResult};

/// How long a network is known after a login.
const KNOWN: TimeDelta = TimeDelta::days(30);

/// The counters of one attempt.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pair: String,
    account: String,
    network: Option<String>,
    known: Option<String>,
}

impl Attempt {
    fn new(audience: Audience, email: &Email, client: &Client) -> Self {
        let kind = match audience {
            Audience::Customers => "customer",
            Audience::Staff => "staff",
        };
        // A digest, so that the counters do not keep addresses of people who have no account.
        let account = secrets::digest(format!("{kind} {email}")).to_string();
        let network = client.network();
        let from = network.as_deref().unwrap_or("unknown");
        Self {
            pair: format!("pair:{account}:{from}"),
            account: format!("account:{account}"),
            known: network.as_ref().map(|network| format!("known:{account}:{network}")),
            network: network.map(|network| format!("network:{network}")),
        }
    }

    fn keys(&self) -> Vec<String> {
        let always = [&self.pair, &self.account];
        always.into_iter().chain(&self.network).chain(&self.known).cloned().collect()
    }

    fn policies(&self) -> impl Iterator<Item = (&String, ThrottlePolicy)> {
        let network = self.network.iter().map(|key| (key, ThrottlePolicy::ADDRESS));
        [(&self.pair, ThrottlePolicy::PAIR), (&self.account, ThrottlePolicy::ACCOUNT)].into_iter().chain(network)
    }

    /// Which counters would not hear an attempt now.
    fn check(&self, counted: &HashMap<String, Throttle>, now: Timestamp) -> Result<(), IdentityError> {
        let is_known = self.known.as_ref().and_then(|key| counted.get(key)).is_some_and(|known| known.failures > 0);
        for (key, _) in self.policies().filter(|(key, _)| !(is_known && **key == self.account)) {
            counted.get(key).copied().unwrap_or_default().check(now)?;
        }
        Ok(())
    }

    /// Takes the attempt back and remembers the network, because it succeeded.
    pub(super) async fn succeeded(self, app: &App) -> ServiceResult<()> {
        let now = app.clock.now();
        let mut conn = app.db.write().await?;
        conn.transaction(async |conn| {
            let mut counted = login_throttle::lock(conn, &self.keys(), now).await?;
            let mut kept = vec![(self.pair.clone(), Throttle::default(), now)];
            for key in self.network.iter().chain([&self.account]) {
                let mut throttle = counted.remove(key).unwrap_or_default();
                throttle.take_back();
                kept.push((key.clone(), throttle, now + ThrottlePolicy::ACCOUNT.memory));
            }
            let mark = Throttle { failures: 1, last_at: Some(now), blocked_until: None };
            kept.extend(self.known.iter().map(|key| (key.clone(), mark, now + KNOWN)));
            Ok(login_throttle::save(conn, &kept).await?)
        })
        .await
    }
}

/// Counts an attempt to enter an account before its password is looked at.
///
/// # Errors
/// [`IdentityError::Throttled`] when it is not heard.
pub(super) async fn attempt(
    app: &App,
    audience: Audience,
    email: &Email,
    client: &Client,
) -> Result<Attempt, IdentityError> {
    let now = app.clock.now();
    let attempt = Attempt::new(audience, email, client);
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        let counted = login_throttle::lock(conn, &attempt.keys(), now).await?;
        attempt.check(&counted, now)?;
        let count = |(key, policy): (&String, ThrottlePolicy)| {
            let mut throttle = counted.get(key).copied().unwrap_or_default();
            throttle.count(&policy, now);
            (key.clone(), throttle, now + policy.memory)
        };
        let kept: Vec<_> = attempt.policies().map(count).collect();
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
    /// The address got enough of them; those still work.
    Enough,
}

/// Counts a mail to an address that somebody asked for, whether or not it has an account. Each purpose is counted by
/// itself, and nobody is told that an address got enough: so strangers who ask in an owner's name neither learn
/// anything nor keep the owner from asking. Only a network that asks too often is refused.
///
/// # Errors
/// [`IdentityError::Throttled`] when the network asked too often.
pub(super) async fn mail(app: &App, purpose: Purpose, email: &Email, client: &Client) -> Result<Heard, IdentityError> {
    let now = app.clock.now();
    let address = mail_key(purpose, email);
    let network = client.network().map(|network| format!("mails:{network}"));
    let keys: Vec<String> = [address.clone()].into_iter().chain(network.clone()).collect();
    let mut conn = app.db.write().await?;
    conn.transaction(async |conn| {
        let counted = login_throttle::lock(conn, &keys, now).await?;
        let mut kept = Vec::with_capacity(keys.len());
        if let Some(key) = &network {
            let mut asked = counted.get(key).copied().unwrap_or_default();
            asked.check(now)?;
            asked.count(&ThrottlePolicy::ADDRESS, now);
            kept.push((key.clone(), asked, now + ThrottlePolicy::ADDRESS.memory));
        }
        let mut mailed = counted.get(&address).copied().unwrap_or_default();
        let heard = if mailed.check(now).is_ok() { Heard::Now } else { Heard::Enough };
        if heard == Heard::Now {
            mailed.count(&ThrottlePolicy::MAIL, now);
            kept.push((address.clone(), mailed, now + ThrottlePolicy::MAIL.memory));
        }
        login_throttle::save(conn, &kept).await?;
        Ok(heard)
    })
    .await
}

/// The counter of the mails of one purpose to one address; purposes tell customers from staff.
fn mail_key(purpose: Purpose, email: &Email) -> String {
    format!("mail:{}", secrets::digest(format!("{} {email}", purpose.name())))
}

/// Clears the counters of an account whose owner proved themselves by mail, that of resets included: the tokens that
/// were mailed until now are of no more use.
pub(super) async fn forgive(app: &App, audience: Audience, email: &Email, client: &Client) -> ServiceResult<()> {
    let Attempt { pair, account, .. } = Attempt::new(audience, email, client);
    let mut conn = app.db.write().await?;
    let purpose = match audience {
        Audience::Customers => Purpose::PasswordReset,
        Audience::Staff => Purpose::StaffPasswordReset,
    };
    Ok(login_throttle::clear(&mut conn, &[pair, account, mail_key(purpose, email)]).await?)
}
