//! Settings of the payment gateways.

use std::{path::PathBuf, str::FromStr};

use clap::Args;
use model::Currency;
use services::payments::{DEMO_WEBHOOK_SECRET, GatewayConfig, GatewayKind, GatewaysConfig};

use super::{ConfigError, secrets::secret};

/// The sandbox gateways of a demo, with their default URLs.
const DEMO_SANDBOXES: [(&str, &str); 2] =
    [("sandbox-a", "http://127.0.0.1:8091"), ("sandbox-b", "http://127.0.0.1:8092")];

/// The API key of the sandbox gateways of a demo.
pub const DEMO_API_KEY: &str = "sandbox-key";

/// The payment gateways.
#[derive(Debug, Clone, Args)]
pub struct GatewayArgs {
    /// Sandbox gateways, as name=url, comma-separated, the preferred first. By default a demo shop has sandbox-a on port
    /// 8091 and sandbox-b on port 8092, and any other shop has none.
    #[arg(long, env = "MERCATOR_SANDBOX_GATEWAYS", value_delimiter = ',')]
    sandbox_gateways: Vec<NamedUrl>,
    /// URL of the sandbox gateway sandbox-a.
    #[arg(long, env = "MERCATOR_SANDBOX_A_URL")]
    sandbox_a_url: Option<String>,
    /// URL of the sandbox gateway sandbox-b.
    #[arg(long, env = "MERCATOR_SANDBOX_B_URL")]
    sandbox_b_url: Option<String>,
    /// File with the API key of the sandbox gateways, sent as bearer token; or set `SANDBOX_API_KEY` to the key. Required
    /// outside a demo.
    #[arg(long, env = "SANDBOX_API_KEY_FILE")]
    sandbox_api_key_file: Option<PathBuf>,
    /// File with the webhook secret of the sandbox gateways, as whsec_ and base64; or set `SANDBOX_WEBHOOK_SECRET` to the
    /// secret. Each gateway signs with a secret that derives from it and the gateway's name. Required outside a demo.
    #[arg(long, env = "SANDBOX_WEBHOOK_SECRET_FILE")]
    sandbox_webhook_secret_file: Option<PathBuf>,
    /// Currencies of bank transfers, comma-separated.
    #[arg(long, env = "MERCATOR_TRANSFER_CURRENCIES", value_delimiter = ',', default_value = "EUR")]
    transfer_currencies: Vec<Currency>,
}

/// A gateway's name and URL.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NamedUrl {
    name: String,
    url: String,
}

impl NamedUrl {
    fn new(name: &str, url: &str) -> Self {
        Self { name: name.to_owned(), url: url.to_owned() }
    }
}

impl FromStr for NamedUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((name, url)) if !name.is_empty() && !url.is_empty() => Ok(Self::new(name, url)),
            _ => Err("a gateway looks like sandbox-a=http://127.0.0.1:8091"),
        }
    }
}

impl GatewayArgs {
    /// The gateways of the shop. Sandbox gateways charge nothing, so a shop that is not a demo has them only if they are
    /// configured.
    pub(super) fn gateways(&self, is_demo: bool) -> Result<GatewaysConfig, ConfigError> {
        let (api_key, webhook_secret) = self.secrets()?;
        let sandboxes = self.sandboxes(is_demo).into_iter().map(|NamedUrl { name, url }| {
            let (api_key, webhook_secret) = (api_key.clone(), webhook_secret.clone());
            GatewayConfig { name, kind: GatewayKind::Sandbox { url, api_key, webhook_secret } }
        });
        let manual = GatewayConfig {
            name: "manual".to_owned(),
            kind: GatewayKind::Manual { currencies: self.transfer_currencies.clone() },
        };
        let config = GatewaysConfig { gateways: sandboxes.chain([manual]).collect(), ..GatewaysConfig::default() };
        config.validate()?;
        Ok(config)
    }

    fn sandboxes(&self, is_demo: bool) -> Vec<NamedUrl> {
        let mut sandboxes = self.sandbox_gateways.clone();
        let has_list = !sandboxes.is_empty();
        for ((name, default), url) in DEMO_SANDBOXES.iter().zip([&self.sandbox_a_url, &self.sandbox_b_url]) {
            let default = (is_demo && !has_list).then_some(*default);
            sandboxes.extend(url.as_deref().or(default).map(|url| NamedUrl::new(name, url)));
        }
        sandboxes
    }

    /// The API key and the webhook secret; by default the public ones of a demo.
    fn secrets(&self) -> Result<(String, String), ConfigError> {
        let api_key = secret("SANDBOX_API_KEY", self.sandbox_api_key_file.as_deref())?;
        let webhook = secret("SANDBOX_WEBHOOK_SECRET", self.sandbox_webhook_secret_file.as_deref())?;
        let default = |secret: Option<String>, default: &str| secret.unwrap_or_else(|| default.to_owned());
        Ok((default(api_key, DEMO_API_KEY), default(webhook, DEMO_WEBHOOK_SECRET)))
    }

    /// Rejects the secrets of a demo outside one: they are public, so anyone could report a payment as paid.
    pub(super) fn check_secrets(&self) -> Result<(), ConfigError> {
        let (api_key, webhook_secret) = self.secrets()?;
        let is_public = api_key == DEMO_API_KEY || webhook_secret == DEMO_WEBHOOK_SECRET;
        if self.sandboxes(false).is_empty() || !is_public {
            return Ok(());
        }
        let message = "the public secrets of sandbox gateways work in a demo only: set SANDBOX_API_KEY and \
                       SANDBOX_WEBHOOK_SECRET to secrets of your own";
        Err(ConfigError::setting(message))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        gateways: GatewayArgs,
    }

    fn sandboxes(arguments: &[&str], is_demo: bool) -> Vec<String> {
        let cli = Cli::parse_from([&["test"], arguments].concat());
        let named = cli.gateways.sandboxes(is_demo).into_iter();
        named.map(|NamedUrl { name, url }| format!("{name}={url}")).collect()
    }

    #[test]
    fn sandbox_gateways_come_from_the_list_and_the_two_urls() {
        let (a, b) = ("sandbox-a=http://127.0.0.1:8091", "sandbox-b=http://127.0.0.1:8092");
        assert_eq!(sandboxes(&[], true), [a, b]);
        assert!(sandboxes(&[], false).is_empty());
        assert_eq!(sandboxes(&["--sandbox-b-url", "http://b"], false), ["sandbox-b=http://b"]);
        assert_eq!(sandboxes(&["--sandbox-b-url", "http://b"], true), [a, "sandbox-b=http://b"]);
        let list = ["--sandbox-gateways", "x=http://x,y=http://y"];
        assert_eq!(sandboxes(&list, true), ["x=http://x", "y=http://y"]);
    }

    #[test]
    fn a_gateway_without_a_name_or_a_url_is_rejected() {
        for wrong in ["http://x", "=http://x", "x="] {
            assert!(wrong.parse::<NamedUrl>().is_err(), "{wrong}");
        }
    }
}
