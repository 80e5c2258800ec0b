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
mod secrets;
mod stores;
mod vat_ids;

pub use abuse::AbuseArgs;
pub use budgets::BudgetArgs;
pub use error::ConfigError;
pub use gateways::{DEMO_API_KEY, GatewayArgs};
pub use identity::IdentityArgs;
pub use limits::LimitArgs;
pub use listen::ListenArgs;
pub use mail::MailArgs;
pub use secrets::secret;
pub use stores::StoreArgs;
pub use vat_ids::VatIdArgs;

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
    #[command(flatten)]
    vat_ids: VatIdArgs,
    /// Allow connections without TLS to Postgres, MongoDB and the mail server on other hosts, outside a demo. For a network
    /// that protects them in another way.
    #[arg(long, env = "MERCATOR_ALLOW_PLAINTEXT", default_value_t = false, action = clap::ArgAction::Set)]
    allow_plaintext: bool,
}

impl AppArgs {
    /// The configuration of the application. In a demo database, the sandbox gateways have default URLs.
    ///
    /// # Errors
    /// [`ConfigError`] that names the wrong setting.
    pub fn app_config(&self, is_demo: bool) -> Result<AppConfig, ConfigError> {
        let db = self.stores.db_config()?;
        let mut config = AppConfig { db, ..AppConfig::new("") };
        config.documents = self.stores.documents_config()?;
        self.mail.apply(&mut config.mail, is_demo)?;
        config.gateways = self.gateways.gateways(is_demo)?;
        self.identity.apply(&mut config.identity)?;
        config.abuse = self.abuse.limits();
        config.vat_ids = self.vat_ids.config();
        Ok(config)
    }

    /// Rejects secrets that are public or missing. For processes outside a demo.
    ///
    /// # Errors
    /// [`ConfigError`] that names the settings to set.
    pub fn check_secrets(&self) -> Result<(), ConfigError> {
        self.gateways.check_secrets()?;
        self.identity.check_secrets()
    }

    /// Rejects stores and mail servers on other hosts that are used without TLS, unless that is allowed. For processes
    /// outside a demo.
    ///
    /// # Errors
    /// [`ConfigError::Plaintext`].
    pub fn check_transport(&self) -> Result<(), ConfigError> {
        if self.allow_plaintext {
            return Ok(());
        }
        self.stores.check_transport()?;
        self.mail.check_transport()
    }
}

/// A text setting; an empty one counts as not set, so that an environment can unset it.
fn not_empty(setting: Option<&String>) -> Option<&str> {
    setting.map(String::as_str).filter(|text| !text.is_empty())
}
