//! Settings of outgoing mail.

use std::path::PathBuf;

use clap::Args;
use persistence::db::is_local_host;
use services::mail::{MailConfig, StorefrontLinks};

use super::{ConfigError, not_empty, redact::without_password, secrets::secret, stores::without_port};

/// The settings of outgoing mail.
#[derive(Debug, Clone, Args)]
pub struct MailArgs {
    /// File with the URL of a mail server, smtps://user:password@host:port or smtp://user:password@host:port?tls=required;
    /// or set `MERCATOR_SMTP_URL` to the URL. Without one, mail is written to files.
    #[arg(long, env = "MERCATOR_SMTP_URL_FILE")]
    smtp_url_file: Option<PathBuf>,
    /// Folder for mail if there is no mail server.
    #[arg(long, env = "MERCATOR_MAIL_DIR", default_value = "var/mail")]
    mail_dir: PathBuf,
    /// Folder with templates that override those of the binary: <language>/<mail>.j2, .txt or .html,
    /// <language>/words.json, base.html, base.txt, order.html, order.txt. See docs/mail.md.
    #[arg(long, env = "MERCATOR_MAIL_TEMPLATES")]
    mail_templates: Option<PathBuf>,
    /// Base URL of the storefront for links in mail; without it, mail contains no links. Shoppers may also return to it
    /// from a payment gateway. Outside a demo it must start with https://, unless it is on the same machine.
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
        match self.smtp_url() {
            Ok(Some(url)) => without_password(&url),
            Ok(None) => format!("files in {}", self.mail_dir.display()),
            Err(error) => error.to_string(),
        }
    }

    fn smtp_url(&self) -> Result<Option<String>, ConfigError> {
        secret("MERCATOR_SMTP_URL", self.smtp_url_file.as_deref())
    }

    /// Rejects a mail server on another host that is used without TLS.
    pub(super) fn check_transport(&self) -> Result<(), ConfigError> {
        match self.smtp_url()? {
            Some(url) if !is_smtp_protected(&url) => {
                Err(ConfigError::Plaintext("MERCATOR_SMTP_URL", "tls=required, or use smtps://"))
            }
            _ => Ok(()),
        }
    }

    /// The settings of templates, for a preview: nothing is sent.
    ///
    /// # Errors
    /// [`ConfigError`] that names the wrong setting.
    pub fn preview_config(&self) -> Result<MailConfig, ConfigError> {
        let mut config = MailConfig::default();
        config.templates.clone_from(&self.mail_templates);
        config.storefront = self.storefront(true)?;
        Ok(config)
    }

    /// Applies the settings.
    pub(super) fn apply(&self, config: &mut MailConfig, is_demo: bool) -> Result<(), ConfigError> {
        config.smtp_url = self.smtp_url()?;
        config.directory.clone_from(&self.mail_dir);
        config.templates.clone_from(&self.mail_templates);
        config.storefront = self.storefront(is_demo)?;
        Ok(())
    }

    fn storefront(&self, is_demo: bool) -> Result<Option<StorefrontLinks>, ConfigError> {
        let Some(url) = not_empty(self.storefront_url.as_ref()) else { return Ok(None) };
        match StorefrontLinks::parse(url, &self.storefront_order_path) {
            Ok(links) if !is_demo && !links.are_private() => {
                Err(ConfigError::setting("MERCATOR_STOREFRONT_URL: links in mail contain secrets; use https://"))
            }
            Ok(links) => Ok(Some(links)),
            Err(error) => {
                Err(ConfigError::setting(&format!("MERCATOR_STOREFRONT_URL, MERCATOR_STOREFRONT_ORDER_PATH: {error}")))
            }
        }
    }
}

/// True if the mail server is on this machine, or used with TLS only.
fn is_smtp_protected(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let host = place.rsplit_once('@').map_or(place, |(_, host)| host);
    let host = host.split_once('/').map_or(host, |(host, _)| host);
    scheme == "smtps" || query.split('&').any(|option| option == "tls=required") || is_local_host(without_port(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_on_another_host_is_protected_by_tls_only() {
        for (url, is_protected) in [
            ("smtps://user:p@mail.example.org:465", true),
            ("smtp://user:p@mail.example.org:587?tls=required", true),
            ("smtp://user:p@mail.example.org:587?tls=opportunistic", false),
            ("smtp://mail.example.org", false),
            ("smtp://127.0.0.1:2525", true),
        ] {
            assert_eq!(is_smtp_protected(url), is_protected, "{url}");
        }
    }
}
