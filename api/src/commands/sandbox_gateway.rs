//! `mercator sandbox-gateway`.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use ::sandbox_gateway::{Pace, SandboxConfig, WebhookTarget};

use crate::{
    shutdown,
    start::{self, StartError},
};

/// Run a sandbox payment gateway.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Name of the gateway; the same as in the configuration of Mercator.
    #[arg(long, env = "SANDBOX_NAME", default_value = "sandbox-a")]
    name: String,
    /// Address to listen on.
    #[arg(long, env = "SANDBOX_LISTEN", default_value = "127.0.0.1:8091")]
    listen: SocketAddr,
    /// Folder of the record of charges; created if it does not exist.
    #[arg(long, env = "SANDBOX_DATA", default_value = "var/sandbox")]
    data: PathBuf,
    /// API key, sent by callers as bearer token.
    #[arg(
        long,
        env = "SANDBOX_API_KEY",
        hide_env_values = true,
        default_value = "sandbox-key",
        hide_default_value = true
    )]
    api_key: String,
    /// URL of Mercator, which receives webhooks at /webhooks/gateways/<name>; "none" sends no webhooks. By default the
    /// address that `mercator serve` listens on in the same environment.
    #[arg(long, env = "SANDBOX_MERCATOR_URL")]
    mercator_url: Option<String>,
    /// Address that `mercator serve` listens on.
    #[arg(long, env = "MERCATOR_LISTEN", default_value = "127.0.0.1:8080", hide = true)]
    mercator_listen: SocketAddr,
    /// Webhook secret of the sandbox gateways, as whsec_ and base64; the same as in Mercator. Webhooks are signed with a
    /// secret that derives from it and the gateway's name.
    #[arg(long, env = "SANDBOX_WEBHOOK_SECRET", hide_env_values = true, default_value = services::payments::DEMO_WEBHOOK_SECRET, hide_default_value = true)]
    webhook_secret: String,
    /// URL by which shoppers reach the gateway; by default the address it listens on.
    #[arg(long, env = "SANDBOX_PUBLIC_URL")]
    public_url: Option<String>,
    /// Seed of the random behavior of the chaos token.
    #[arg(long, env = "SANDBOX_SEED", default_value_t = 1)]
    seed: u64,
}

/// Serves until the process is told to stop.
///
/// # Errors
/// [`StartError`] if the address is in use, the record cannot be read or the secret is malformed.
pub async fn run(args: Args) -> Result<(), StartError> {
    let stop = shutdown::on_signal()?;
    let listener = start::listen(args.listen, "SANDBOX_LISTEN").await?;
    let mercator = args.mercator_url.unwrap_or_else(|| format!("http://{}", reachable(args.mercator_listen)));
    let url = format!("{}/webhooks/gateways/{}", mercator.trim_end_matches('/'), args.name);
    let webhook = (mercator != "none").then_some(WebhookTarget { url, secret: args.webhook_secret });
    let config = SandboxConfig {
        name: args.name,
        data: args.data,
        api_key: args.api_key,
        webhook,
        public_url: args.public_url,
        seed: args.seed,
        pace: Pace::default(),
    };
    Ok(::sandbox_gateway::run(config, listener, stop).await?)
}

/// The address to connect to a listener, which may listen on all addresses of the machine.
fn reachable(mut listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() {
        listen.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    listen
}
