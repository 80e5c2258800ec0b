//! Settings of outgoing mail.

use std::path::PathBuf;

use clap::Args;
use services::mail::{MailConfig, StorefrontLinks};

use super::{ConfigError, not_empty, redact::without_password};

/// The settings of outgoing mail.
#[derive(Debug, Clone, Args)]
pub struct MailArgs {
    /// A mail server, as smtps://user:password@host:port; without one, mail is written to files.
    #[arg(long, env = "MERCATOR_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// Folder for mail if there is no mail server.
    #[arg(long, env = "MERCATOR_MAIL_DIR", default_value = "var/mail")]
    mail_dir: PathBuf,
    /// Sender of mail, as "Shop <shop@example.org>".
    #[arg(long, env = "MERCATOR_MAIL_FROM", default_value = "Mercator <shop@mercator.invalid>")]
    mail_from: String,
    /// Name of the shop in mail.
    #[arg(long, env = "MERCATOR_SHOP_NAME", default_value = "Mercator")]
    shop_name: String,
    /// Base URL of the storefront for links in mail; without it, mail contains no links.
    #[arg(long, env = "MERCATOR_STOREFRONT_URL")]
    storefront_url: Option<String>,
    /// Path of the order page for links in mail; {id} is replaced by the UUID of the order's global id, {token} by the
    /// order's token.
    #[arg(long, env = "MERCATOR_STOREFRONT_ORDER_PATH", default_value = StorefrontLinks::ORDER_PATH)]
    storefront_order_path: String,
}

impl MailArgs {
    /// The way mail is sent, without the password of the mail server.
    #[must_use]
    pub fn mail_place(&self) -> String {
        match not_empty(self.smtp_url.as_ref()) {
            Some(url) => without_password(url),
            None => format!("files in {}", self.mail_dir.display()),
        }
    }

    /// Applies the settings.
    pub(super) fn apply(&self, config: &mut MailConfig) -> Result<(), ConfigError> {
        config.smtp_url = not_empty(self.smtp_url.as_ref()).map(str::to_owned);
        config.directory.clone_from(&self.mail_dir);
        config.from.clone_from(&self.mail_from);
        config.shop_name.clone_from(&self.shop_name);
        config.storefront = self.storefront()?;
        Ok(())
    }

    fn storefront(&self) -> Result<Option<StorefrontLinks>, ConfigError> {
        let Some(url) = not_empty(self.storefront_url.as_ref()) else { return Ok(None) };
        match StorefrontLinks::parse(url, &self.storefront_order_path) {
            Ok(links) => Ok(Some(links)),
            Err(error) => {
                Err(ConfigError::setting(&format!("MERCATOR_STOREFRONT_URL, MERCATOR_STOREFRONT_ORDER_PATH: {error}")))
            }
        }
    }
}
