//! Settings of the payment gateways.

use clap::Args;
use model::Currency;
use persistence::{Db, StoreResult, shop_meta};
use services::payments::{DEMO_WEBHOOK_SECRET, GatewayConfig, GatewayKind, GatewaysConfig};

/// The gateways of the demo shop, and where they are unless a setting says otherwise.
const SANDBOXES: [(&str, &str); 2] = [("sandbox-a", "http://127.0.0.1:8091"), ("sandbox-b", "http://127.0.0.1:8092")];

/// Where payments go.
#[derive(Debug, Clone, Args)]
pub struct GatewayArgs {
    /// The address of the sandbox gateway sandbox-a; when absent, a demo shop looks for it on port 8091 and any other has none.
    #[arg(long, env = "MERCATOR_SANDBOX_A_URL")]
    sandbox_a_url: Option<String>,
    /// The address of the sandbox gateway sandbox-b; when absent, a demo shop looks for it on port 8092 and any other has none.
    #[arg(long, env = "MERCATOR_SANDBOX_B_URL")]
    sandbox_b_url: Option<String>,
    /// What the sandbox gateways take as bearer token.
    #[arg(
        long,
        env = "SANDBOX_API_KEY",
        hide_env_values = true,
        default_value = "sandbox-key",
        hide_default_value = true
    )]
    sandbox_api_key: String,
    /// The secret that the sandbox gateways sign with, as whsec_ and base64.
    #[arg(long, env = "SANDBOX_WEBHOOK_SECRET", hide_env_values = true, default_value = DEMO_WEBHOOK_SECRET, hide_default_value = true)]
    sandbox_webhook_secret: String,
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
            api_key: self.sandbox_api_key.clone(),
            webhook_secret: self.sandbox_webhook_secret.clone(),
        }
    }
}

/// Whether the database holds the demo shop.
///
/// # Errors
/// A store's error.
pub async fn is_demo(db: &Db) -> StoreResult<bool> {
    let fact = shop_meta::find(&mut *db.read().await?, "demo").await?;
    Ok(fact == Some(serde_json::Value::Bool(true)))
}
