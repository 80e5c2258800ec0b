//! A small honest payment service provider: another process with a record of its own, so that payments run over a real
//! socket. HTTP and JSON, idempotency keys, an append-only file, signed webhooks, tokens that choose the behavior.

mod behavior;
mod book;
mod charge;
mod faults;
mod gateway;
mod http;
mod pace;
mod page;
mod record;
mod webhooks;

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use self::pace::Pace;
use self::{faults::Faults, gateway::Gateway, record::Record};

/// Where a sandbox gateway listens, what it remembers and whom it tells.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// What the gateway is called, such as `sandbox-a`.
    pub name: String,
    /// The folder of its record; made when absent.
    pub data: PathBuf,
    /// What callers send as bearer token.
    pub api_key: String,
    /// Whom to tell of changes; nobody when absent.
    pub webhook: Option<WebhookTarget>,
    /// The address that shoppers reach it by, such as `http://127.0.0.1:8091`; the one it listens on when absent.
    pub public_url: Option<String>,
    /// Chooses what `tok_chaos` does.
    pub seed: u64,
    /// How long things take.
    pub pace: Pace,
}

/// Who is told of changes.
#[derive(Debug, Clone)]
pub struct WebhookTarget {
    /// Where messages go.
    pub url: String,
    /// The secret of the sandbox gateways, as `whsec_` and base64; what signs is derived from it by the gateway's name.
    pub secret: String,
}

/// Serves until told to stop. Whatever was answered survives kill -9.
///
/// # Errors
/// The record cannot be opened or read, the secret is malformed, or the listener fails.
pub async fn run(config: SandboxConfig, listener: TcpListener, stop: CancellationToken) -> io::Result<()> {
    let address = listener.local_addr()?;
    std::fs::create_dir_all(&config.data)?;
    let (record, lines) = Record::open(&config.data.join("charges.jsonl"))?;
    let gateway = Gateway::open(&config, public_url(&config, address), record, lines)?;
    tracing::info!(name = config.name, %address, charges = gateway.count(), "sandbox gateway");
    gateway.resume();
    let router = http::router(Arc::clone(&gateway));
    axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await
}

fn public_url(config: &SandboxConfig, address: SocketAddr) -> String {
    let url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    url.trim_end_matches('/').to_owned()
}
