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

/// Stand in for a payment service provider.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What the gateway is called; Mercator knows it by the same name.
    #[arg(long, env = "SANDBOX_NAME", default_value = "sandbox-a")]
    name: String,
    /// The address to listen on.
    #[arg(long, env = "SANDBOX_LISTEN", default_value = "127.0.0.1:8091")]
    listen: SocketAddr,
    /// The folder of the durable record of charges; made when absent.
    #[arg(long, env = "SANDBOX_DATA", default_value = "var/sandbox")]
    data: PathBuf,
    /// What callers send as bearer token.
    #[arg(
        long,
        env = "SANDBOX_API_KEY",
        hide_env_values = true,
        default_value = "sandbox-key",
        hide_default_value = true
    )]
    api_key: String,
    /// The address of Mercator, which is told of changes at /webhooks/gateways/<name>; "none" tells nobody. The one that
    /// `mercator serve` listens on in the same environment when absent.
    #[arg(long, env = "SANDBOX_MERCATOR_URL")]
    mercator_url: Option<String>,
    /// Where `mercator serve` listens.
    #[arg(long, env = "MERCATOR_LISTEN", default_value = "127.0.0.1:8080", hide = true)]
    mercator_listen: SocketAddr,
    /// The secret of the sandbox gateways, as whsec_ and base64; Mercator has the same. Messages are signed with a secret
    /// that is derived from it by the gateway's name.
    #[arg(long, env = "SANDBOX_WEBHOOK_SECRET", hide_env_values = true, default_value = services::payments::DEMO_WEBHOOK_SECRET, hide_default_value = true)]
    webhook_secret: String,
    /// The address by which shoppers reach the gateway; the one it listens on when absent.
    #[arg(long, env = "SANDBOX_PUBLIC_URL")]
    public_url: Option<String>,
    /// Chooses what the token of chaos does.
    #[arg(long, env = "SANDBOX_SEED", default_value_t = 1)]
    seed: u64,
}

/// Serves until told to stop.
///
/// # Errors
/// [`StartError`] that says what is wrong.
pub async fn run(args: Args) -> Result<(), StartError> {
    let stop = shutdown::on_signal()?;
    let listener = start::listen(args.listen).await?;
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

/// An address to call a listener by that takes calls to any address of the machine.
fn reachable(mut listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() {
        listen.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    listen
}
