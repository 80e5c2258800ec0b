//! Configuration: read once from flags and the environment, and checked before anything starts.

mod abuse;
mod budgets;
mod error;
mod gateways;
mod identity;
mod limits;
mod listen;
mod mail;
mod redact;
mod stores;

pub use abuse::AbuseArgs;
pub use budgets::BudgetArgs;
pub use error::ConfigError;
pub use gateways::GatewayArgs;
pub use identity::IdentityArgs;
pub use limits::LimitArgs;
pub use listen::ListenArgs;
pub use mail::MailArgs;
pub use stores::StoreArgs;

use clap::Args;
use services::AppConfig;

/// The configuration of the application, for every command that needs more than the database.
#[derive(Debug, Clone, Args)]
pub struct AppArgs {
    /// The databases.
    #[command(flatten)]
    pub stores: StoreArgs,
    /// Outgoing mail.
    #[command(flatten)]
    pub mail: MailArgs,
    #[command(flatten)]
    identity: IdentityArgs,
    #[command(flatten)]
    abuse: AbuseArgs,
    #[command(flatten)]
    gateways: GatewayArgs,
}

impl AppArgs {
    /// The configuration of the application. In a demo database, the sandbox gateways have default URLs.
    ///
    /// # Errors
    /// [`ConfigError`] that names the wrong setting.
    pub fn app_config(&self, is_demo: bool) -> Result<AppConfig, ConfigError> {
        let mut config = AppConfig::new(self.stores.database_url());
        config.db = self.stores.db_config()?;
        config.documents = self.stores.documents_config()?;
        self.mail.apply(&mut config.mail)?;
        config.gateways = self.gateways.gateways(is_demo)?;
        self.identity.apply(&mut config.identity)?;
        config.abuse = self.abuse.limits();
        Ok(config)
    }

    /// Rejects the default secrets of sandbox gateways outside a demo.
    ///
    /// # Errors
    /// [`ConfigError`] that names the settings to set.
    pub fn check_secrets(&self, is_demo: bool) -> Result<(), ConfigError> {
        self.gateways.check_secrets(is_demo)
    }
}

/// A text setting; an empty one counts as not set, so that an environment can unset it.
fn not_empty(setting: Option<&String>) -> Option<&str> {
    setting.map(String::as_str).filter(|text| !text.is_empty())
}
