//! Settings of identity.

use std::{num::NonZero, thread, time::Duration};

use model::customers::KeySchedule;

/// How logins and tokens behave; read once by the process.
#[derive(Clone)]
pub struct IdentityConfig {
    /// Seals the private halves of signing keys in the database; without it they lie there in the clear.
    pub key_secret: Option<String>,
    /// How signing keys follow each other, and how long access tokens live.
    pub key_schedule: KeySchedule,
    /// The `iss` of access tokens.
    pub issuer: String,
    /// How many passwords are hashed at the same time.
    pub hashers: usize,
    /// How long a verified token is taken for good before it is looked up again; a revoked one works that long.
    pub trust: Duration,
    /// How many wrong passwords, and how many mails asked for, one network may cause in an hour.
    pub network_allowance: u32,
}

impl Default for IdentityConfig {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            key_secret: None,
            key_schedule: KeySchedule::default(),
            issuer: "mercator".to_owned(),
            hashers: (cores / 2).max(1),
            trust: Duration::from_secs(3),
            network_allowance: 300,
        }
    }
}
