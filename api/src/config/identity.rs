//! Settings of access tokens and logins.

use clap::Args;
use services::identity::IdentityConfig;

use super::{ConfigError, not_empty};

/// The minimum length of the secret that encrypts keys: the length of the key that is derived from it.
const MIN_SECRET_BYTES: usize = 32;

/// The settings of access tokens and logins.
#[derive(Debug, Clone, Args)]
pub struct IdentityArgs {
    /// Secret of at least 32 bytes that encrypts the signing keys in the database; the same in every process. Without it
    /// the keys are stored unencrypted.
    #[arg(long, env = "MERCATOR_KEY_SECRET", hide_env_values = true)]
    key_secret: Option<String>,
    /// The previous value of MERCATOR_KEY_SECRET, while it is replaced: what it encrypted can still be read, and is
    /// encrypted with the new value when a server starts.
    #[arg(long, env = "MERCATOR_KEY_SECRET_OLD", hide_env_values = true)]
    key_secret_old: Option<String>,
    /// Issuer in access tokens.
    #[arg(long, env = "MERCATOR_TOKEN_ISSUER", default_value = "mercator")]
    token_issuer: String,
    /// Wrong passwords, and requests for mail, that are accepted from one network address in an hour; raise it if many
    /// people share an address. A storefront's server should name the addresses of its shoppers instead.
    #[arg(long, env = "MERCATOR_NETWORK_ALLOWANCE", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    network_allowance: u32,
}

impl IdentityArgs {
    /// Applies the settings.
    pub(super) fn apply(&self, config: &mut IdentityConfig) -> Result<(), ConfigError> {
        let secret = not_empty(self.key_secret.as_ref());
        if secret.is_some_and(|secret| secret.len() < MIN_SECRET_BYTES) {
            let message = "MERCATOR_KEY_SECRET has fewer than 32 bytes; make one with `openssl rand -base64 32`";
            return Err(ConfigError::setting(message));
        }
        config.key_secret = secret.map(str::to_owned);
        config.old_key_secret = not_empty(self.key_secret_old.as_ref()).map(str::to_owned);
        config.issuer.clone_from(&self.token_issuer);
        config.network_allowance = self.network_allowance;
        Ok(())
    }
}
