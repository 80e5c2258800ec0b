//! Settings of access tokens and logins.

use std::{path::PathBuf, time::Duration};

use chrono::TimeDelta;
use clap::Args;
use model::{Money, customers::SessionLifetime};
use services::identity::IdentityConfig;

use super::{ConfigError, secrets::secret};

/// The minimum length of the secret that encrypts keys: the length of the key that is derived from it.
const MIN_SECRET_BYTES: usize = 32;

/// The settings of access tokens and logins.
#[derive(Debug, Clone, Args)]
pub struct IdentityArgs {
    /// File with the secret of at least 32 bytes that encrypts the signing keys and the second factors of staff in the
    /// database; or set `MERCATOR_KEY_SECRET` to the secret. The same in every process; required outside a demo.
    #[arg(long, env = "MERCATOR_KEY_SECRET_FILE")]
    key_secret_file: Option<PathBuf>,
    /// File with the previous secret while it is replaced; or set `MERCATOR_KEY_SECRET_OLD` to it. What it encrypted can still
    /// be read, and is encrypted with the new one when a server starts.
    #[arg(long, env = "MERCATOR_KEY_SECRET_OLD_FILE")]
    key_secret_old_file: Option<PathBuf>,
    /// Issuer in access tokens.
    #[arg(long, env = "MERCATOR_TOKEN_ISSUER", default_value = "mercator")]
    token_issuer: String,
    /// Wrong passwords, and requests for mail, that are accepted from one network address in an hour; ten times as many
    /// logins can succeed. Raise it if many people share an address. A storefront's server should name the addresses of
    /// its shoppers instead.
    #[arg(long, env = "MERCATOR_NETWORK_ALLOWANCE", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    network_allowance: u32,
    /// Sessions that one account can have; a login beyond this number ends the oldest session of the account.
    #[arg(long, env = "MERCATOR_SESSIONS_PER_ACCOUNT", default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=100))]
    sessions_per_account: u8,
    /// Hours after which a session of staff that is not refreshed ends.
    #[arg(long, env = "MERCATOR_STAFF_SESSION_IDLE_HOURS", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=720))]
    staff_session_idle_hours: u32,
    /// Days after which every session of staff ends.
    #[arg(long, env = "MERCATOR_STAFF_SESSION_DAYS", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=90))]
    staff_session_days: u32,
    /// Minutes after a login or `staffStepUp` in which staff can refund large amounts and change staff, roles and API
    /// tokens.
    #[arg(long, env = "MERCATOR_STEP_UP_MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=1_440))]
    step_up_minutes: u32,
    /// Amounts that staff can refund of one payment at any time, by currency; in other currencies each refund needs a
    /// recent login or `staffStepUp`.
    #[arg(long, env = "MERCATOR_STEP_UP_REFUND", default_value = "EUR:500,USD:500,GBP:500,CHF:500", value_delimiter = ',', value_parser = amount)]
    step_up_refund: Vec<Money>,
}

/// An amount such as `EUR:500`.
fn amount(text: &str) -> Result<Money, String> {
    let malformed = || format!("`{text}` is not a currency and an amount such as `EUR:500`");
    let (currency, amount) = text.trim().split_once(':').ok_or_else(malformed)?;
    let currency = currency.parse().map_err(|_| malformed())?;
    Money::parse(amount, currency).ok().filter(|amount| amount.minor >= 0).ok_or_else(malformed)
}

impl IdentityArgs {
    /// Applies the settings.
    pub(super) fn apply(&self, config: &mut IdentityConfig) -> Result<(), ConfigError> {
        let key_secret = self.key_secret()?;
        if key_secret.as_ref().is_some_and(|secret| secret.len() < MIN_SECRET_BYTES) {
            let message = "MERCATOR_KEY_SECRET has fewer than 32 bytes; make one with `openssl rand -base64 32`";
            return Err(ConfigError::setting(message));
        }
        config.key_secret = key_secret;
        config.old_key_secret = secret("MERCATOR_KEY_SECRET_OLD", self.key_secret_old_file.as_deref())?;
        config.issuer.clone_from(&self.token_issuer);
        config.network_allowance = self.network_allowance;
        config.sessions_per_account = usize::from(self.sessions_per_account);
        config.staff_sessions = SessionLifetime {
            idle: TimeDelta::hours(self.staff_session_idle_hours.into()),
            longest: TimeDelta::days(self.staff_session_days.into()),
        };
        config.step_up.window = Duration::from_mins(self.step_up_minutes.into());
        config.step_up.refunds = self.step_up_refund.iter().copied().collect();
        Ok(())
    }

    fn key_secret(&self) -> Result<Option<String>, ConfigError> {
        secret("MERCATOR_KEY_SECRET", self.key_secret_file.as_deref())
    }

    /// Rejects a missing key secret outside a demo: a reader of the database could sign access tokens.
    pub(super) fn check_secrets(&self) -> Result<(), ConfigError> {
        if self.key_secret()?.is_some() {
            return Ok(());
        }
        let message =
            "MERCATOR_KEY_SECRET is not set, which is possible in a demo only; make one with `openssl rand -base64 32`";
        Err(ConfigError::setting(message))
    }
}
