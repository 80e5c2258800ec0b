//! A sandbox payment gateway: a process with its own durable record, so that payments are tested over a real socket. It has
//! an HTTP API with idempotency keys, signed webhooks, and test tokens that select the outcome of a charge.

mod behavior;
mod charge;
mod clock;
mod faults;
mod gateway;
mod http;
mod pace;
mod page;
mod record;
mod state;
mod webhooks;

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use self::pace::Pace;
use self::{faults::Faults, gateway::Gateway, record::Record};

/// The configuration of a sandbox gateway.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// The name, such as `sandbox-a`.
    pub name: String,
    /// The folder of the record; created if it does not exist.
    pub data: PathBuf,
    /// The API key, sent by callers as bearer token.
    pub api_key: String,
    /// The receiver of webhooks; none sends no webhooks.
    pub webhook: Option<WebhookTarget>,
    /// The URL by which shoppers reach the gateway, such as `http://127.0.0.1:8091`; by default the address it listens on.
    pub public_url: Option<String>,
    /// The seed of the random behavior of `tok_chaos`.
    pub seed: u64,
    /// Delays of decisions and webhooks.
    pub pace: Pace,
}

/// The receiver of webhooks.
#[derive(Debug, Clone)]
pub struct WebhookTarget {
    /// The URL of the receiver.
    pub url: String,
    /// The secret of the sandbox gateways, as `whsec_` and base64; the signing secret derives from it and the gateway's name.
    pub secret: String,
}

/// Serves until `stop` is canceled. Every change is on disk before it is acknowledged.
///
/// # Errors
/// [`io::Error`] if the record cannot be read, the secret is malformed, or the listener fails.
pub async fn run(config: SandboxConfig, listener: TcpListener, stop: CancellationToken) -> io::Result<()> {
    let address = listener.local_addr()?;
    std::fs::create_dir_all(&config.data)?;
    let (record, lines) = Record::open(&config.data.join("charges.jsonl"))?;
    let gateway = Gateway::new(&config, public_url(&config, address), record, lines)?;
    tracing::info!(name = config.name, %address, charges = gateway.count(), "serving the sandbox gateway");
    gateway.resume();
    let router = http::router(Arc::clone(&gateway));
    axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await
}

fn public_url(config: &SandboxConfig, address: SocketAddr) -> String {
    let url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    url.trim_end_matches('/').to_owned()
}
