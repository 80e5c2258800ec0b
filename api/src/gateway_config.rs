//! Settings of the payment gateways.

use clap::Args;
use model::Currency;
use services::payments::{DEMO_WEBHOOK_SECRET, GatewayConfig, GatewayKind, GatewaysConfig};

use crate::start::StartError;

/// The gateways of the demo shop, and where they are unless a setting says otherwise.
const SANDBOXES: [(&str, &str); 2] = [("sandbox-a", "http://127.0.0.1:8091"), ("sandbox-b", "http://127.0.0.1:8092")];

/// What the sandbox gateways of a demo take as bearer token.
const DEMO_API_KEY: &str = "sandbox-key";

/// Where payments go.
#[derive(Debug, Clone, Args)]
pub struct GatewayArgs {
    /// The address of the sandbox gateway sandbox-a; when absent, a demo shop looks for it on port 8091 and any other has none.
    #[arg(long, env = "MERCATOR_SANDBOX_A_URL")]
    sandbox_a_url: Option<String>,
    /// The address of the sandbox gateway sandbox-b; when absent, a demo shop looks for it on port 8092 and any other has none.
    #[arg(long, env = "MERCATOR_SANDBOX_B_URL")]
    sandbox_b_url: Option<String>,
    /// What the sandbox gateways take as bearer token; a demo shop has a usual one, any other has to be told.
    #[arg(long, env = "SANDBOX_API_KEY", hide_env_values = true)]
    sandbox_api_key: Option<String>,
    /// The secret of the sandbox gateways, as whsec_ and base64: each signs with a secret of its own that is derived from
    /// it by the gateway's name. A demo shop has a usual one, any other has to be told.
    #[arg(long, env = "SANDBOX_WEBHOOK_SECRET", hide_env_values = true)]
    sandbox_webhook_secret: Option<String>,
    /// The currencies that bank transfers are taken in, comma-separated.
    #[arg(long, env = "MERCATOR_TRANSFER_CURRENCIES", value_delimiter = ',', default_value = "EUR")]
    transfer_currencies: Vec<Currency>,
}

impl GatewayArgs {
    /// The gateways of the shop. Sandbox gateways charge nobody, so that a shop that is no demo has none unless it
    /// asks for them.
    #[must_use]
    pub fn gateways(&self, is_demo: bool) -> GatewaysConfig {
        let wishes = [&self.sandbox_a_url, &self.sandbox_b_url];
        let sandboxes = SANDBOXES.iter().zip(wishes).filter_map(|((name, usual), wish)| {
            let url = wish.clone().or_else(|| is_demo.then(|| (*usual).to_owned()))?;
            Some(GatewayConfig { name: (*name).to_owned(), kind: self.sandbox(url) })
        });
        let manual = GatewayConfig {
            name: "manual".to_owned(),
            kind: GatewayKind::Manual { currencies: self.transfer_currencies.clone() },
        };
        GatewaysConfig { gateways: sandboxes.chain([manual]).collect(), ..GatewaysConfig::default() }
    }

    fn sandbox(&self, url: String) -> GatewayKind {
        GatewayKind::Sandbox {
            url,
            api_key: self.sandbox_api_key.clone().unwrap_or_else(|| DEMO_API_KEY.to_owned()),
            webhook_secret: self.sandbox_webhook_secret.clone().unwrap_or_else(|| DEMO_WEBHOOK_SECRET.to_owned()),
        }
    }

    /// Refuses the usual secrets outside a demo: everybody knows them, so that anybody could say that somebody paid.
    ///
    /// # Errors
    /// [`StartError::Setting`] that names what to set.
    pub fn check_secrets(&self, is_demo: bool) -> Result<(), StartError> {
        let has_sandbox = self.sandbox_a_url.is_some() || self.sandbox_b_url.is_some();
        let is_told = self.sandbox_api_key.is_some() && self.sandbox_webhook_secret.is_some();
        if is_demo || !has_sandbox || is_told {
            return Ok(());
        }
        let message = "a shop that is no demo has no usual secrets: set SANDBOX_API_KEY and SANDBOX_WEBHOOK_SECRET";
        Err(StartError::Setting(message.to_owned()))
    }
}
