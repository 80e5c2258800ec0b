//! The configuration of identity.

use std::{collections::BTreeMap, num::NonZero, thread, time::Duration};

use chrono::TimeDelta;
use model::{
    Currency, Money,
    customers::{KeySchedule, SessionLifetime},
};

/// The configuration of logins and tokens.
#[derive(Clone)]
pub struct IdentityConfig {
    /// The secret that encrypts the private signing keys in the database; without it they are stored in plain text.
    pub key_secret: Option<String>,
    /// The previous secret during a rotation: it still decrypts, until everything is encrypted with the current one.
    pub old_key_secret: Option<String>,
    /// The rotation of signing keys and the lifetime of access tokens.
    pub key_schedule: KeySchedule,
    /// The `iss` of access tokens.
    pub issuer: String,
    /// The maximum number of passwords of customers hashed at the same time.
    pub hashers: usize,
    /// The maximum number of passwords of staff hashed at the same time, in addition to those of customers.
    pub staff_hashers: usize,
    /// The maximum number of sessions of one account; a login beyond it ends the oldest one.
    pub sessions_per_account: usize,
    /// The time for which the actor of a token is cached; a token that was revoked in another process works until then.
    pub trust: Duration,
    /// The maximum number of wrong passwords, and of requested mails, of one network per hour. Ten times as many logins
    /// may succeed.
    pub network_allowance: u32,
    /// The lifetimes of sessions of staff.
    pub staff_sessions: SessionLifetime,
    /// The changes of staff that need a recent proof of identity.
    pub step_up: StepUpConfig,
}

impl Default for IdentityConfig {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            key_secret: None,
            old_key_secret: None,
            key_schedule: KeySchedule::default(),
            issuer: "mercator".to_owned(),
            hashers: (cores / 2).max(1),
            staff_hashers: 1,
            sessions_per_account: 20,
            trust: Duration::from_secs(3),
            network_allowance: 300,
            staff_sessions: SessionLifetime { idle: TimeDelta::hours(12), longest: TimeDelta::days(7) },
            step_up: StepUpConfig::default(),
        }
    }
}

/// The settings of step-up.
#[derive(Debug, Clone)]
pub struct StepUpConfig {
    /// The time for which a login or a step-up is enough.
    pub window: Duration,
    /// The refunds that need no step-up.
    pub refunds: RefundAllowance,
}

impl Default for StepUpConfig {
    fn default() -> Self {
        Self { window: Duration::from_mins(15), refunds: RefundAllowance::default() }
    }
}

/// The most that is refunded of one payment without a step-up, by currency; nothing in other currencies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RefundAllowance(BTreeMap<String, i64>);

impl FromIterator<Money> for RefundAllowance {
    fn from_iter<I: IntoIterator<Item = Money>>(amounts: I) -> Self {
        Self(amounts.into_iter().map(|amount| (amount.currency.code().to_owned(), amount.minor)).collect())
    }
}

impl RefundAllowance {
    pub(super) fn minor(&self, currency: Currency) -> i64 {
        self.0.get(currency.code()).copied().unwrap_or_default()
    }
}
