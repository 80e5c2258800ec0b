//! Errors of the configuration.

use persistence::StoreError;

/// A wrong setting. The message is one line that says what to set.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A setting is missing or malformed.
    #[error("{0}")]
    Setting(String),
    /// A store on another host is used without TLS. Contains the setting, and what to add to it.
    #[error(
        "{0} names another host without TLS: add {1}; or set MERCATOR_ALLOW_PLAINTEXT=true if the network protects it"
    )]
    Plaintext(&'static str, &'static str),
    /// A gateway is configured wrongly.
    #[error(transparent)]
    Gateway(#[from] services::payments::InvalidGateway),
    /// The connection pool rejects its settings.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ConfigError {
    /// A missing or malformed setting.
    pub(super) fn setting(message: &str) -> Self {
        Self::Setting(message.to_owned())
    }
}
