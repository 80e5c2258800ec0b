//! Settings of mail, of access tokens and of logins.

use std::path::PathBuf;

use clap::Args;
use services::{AppConfig, mail::StorefrontLinks};

use crate::start::StartError;

/// How mail leaves, what access tokens say, and how much one network may ask for.
#[derive(Debug, Clone, Args)]
pub struct EdgeArgs {
    /// A mail server, as smtps://user:password@host:port; without one mail is written into a folder.
    #[arg(long, env = "MERCATOR_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// The folder for mail where there is no mail server.
    #[arg(long, env = "MERCATOR_MAIL_DIR", default_value = "var/mail")]
    mail_dir: PathBuf,
    /// The sender of mail, as "Shop <shop@example.org>".
    #[arg(long, env = "MERCATOR_MAIL_FROM", default_value = "Mercator <shop@mercator.invalid>")]
    mail_from: String,
    /// The name of the shop in mails.
    #[arg(long, env = "MERCATOR_SHOP_NAME", default_value = "Mercator")]
    shop_name: String,
    /// The base URL of the storefront for links in mails; mails contain no links without it.
    #[arg(long, env = "MERCATOR_STOREFRONT_URL")]
    storefront_url: Option<String>,
    /// The path of the order page for links in mails; {id} is replaced by the UUID of the order's global id, {token} by
    /// the order's token.
    #[arg(long, env = "MERCATOR_STOREFRONT_ORDER_PATH", default_value = StorefrontLinks::ORDER_PATH)]
    storefront_order_path: String,
    /// Seals the signing keys in the database, 32 bytes at least; set the same in every process. Without it they lie
    /// there in the clear.
    #[arg(long, env = "MERCATOR_KEY_SECRET", hide_env_values = true)]
    key_secret: Option<String>,
    /// The issuer that access tokens name.
    #[arg(long, env = "MERCATOR_TOKEN_ISSUER", default_value = "mercator")]
    token_issuer: String,
    /// Wrong passwords, and mails asked for, that one network address may cause in an hour; raise it where an address
    /// stands for many people, such as that of a storefront's server.
    #[arg(long, env = "MERCATOR_NETWORK_ALLOWANCE", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    network_allowance: u32,
}

/// The fewest bytes of a secret that seals keys: as many as the key that is made from it has.
const SHORTEST_SECRET: usize = 32;

impl EdgeArgs {
    /// Checks the secret of the signing keys and the links to the storefront.
    ///
    /// # Errors
    /// [`StartError::Setting`] that says what to set.
    pub fn check(&self) -> Result<(), StartError> {
        let secret = self.key_secret.as_deref().filter(|text| !text.is_empty());
        if secret.is_some_and(|secret| secret.len() < SHORTEST_SECRET) {
            let message = "MERCATOR_KEY_SECRET has fewer than 32 bytes; make one with `openssl rand -base64 32`";
            return Err(StartError::Setting(message.to_owned()));
        }
        self.storefront()?;
        Ok(())
    }

    fn storefront(&self) -> Result<Option<StorefrontLinks>, StartError> {
        let Some(url) = self.storefront_url.as_deref().filter(|url| !url.is_empty()) else { return Ok(None) };
        let links = StorefrontLinks::parse(url, &self.storefront_order_path).map_err(|error| {
            StartError::Setting(format!("MERCATOR_STOREFRONT_URL, MERCATOR_STOREFRONT_ORDER_PATH: {error}"))
        })?;
        Ok(Some(links))
    }

    /// Writes the settings to the configuration; an empty setting counts as absent.
    ///
    /// # Errors
    /// [`StartError::Setting`] if a link to the storefront is invalid.
    pub fn apply(&self, config: &mut AppConfig) -> Result<(), StartError> {
        let given = |setting: &Option<String>| setting.clone().filter(|text| !text.is_empty());
        config.mail.smtp_url = given(&self.smtp_url);
        config.mail.directory.clone_from(&self.mail_dir);
        config.mail.from.clone_from(&self.mail_from);
        config.mail.shop_name.clone_from(&self.shop_name);
        config.mail.storefront = self.storefront()?;
        config.identity.key_secret = given(&self.key_secret);
        config.identity.issuer.clone_from(&self.token_issuer);
        config.identity.network_allowance = self.network_allowance;
        Ok(())
    }

    /// How mail leaves, without the password.
    #[must_use]
    pub fn mail_place(&self) -> String {
        match self.smtp_url.as_deref().filter(|url| !url.is_empty()) {
            Some(url) => crate::config::without_password(url),
            None => format!("files in {}", self.mail_dir.display()),
        }
    }
}
