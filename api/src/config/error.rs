//! Errors of the configuration.

use persistence::StoreError;

/// A wrong setting. The message is one line that says what to set.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A setting is missing or malformed.
    #[error("{0}")]
    Setting(String),
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
