//! `mercator sandbox-gateway`.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use ::sandbox_gateway::{Pace, SandboxConfig, WebhookTarget};
use services::payments::DEMO_WEBHOOK_SECRET;

use crate::{
    config::{DEMO_API_KEY, secret},
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
    /// File with the API key, sent by callers as bearer token; or set `SANDBOX_API_KEY` to the key. By default the public key
    /// of a demo.
    #[arg(long, env = "SANDBOX_API_KEY_FILE")]
    api_key_file: Option<PathBuf>,
    /// URL of Mercator, which receives webhooks at /webhooks/gateways/<name>; "none" sends no webhooks. By default the
    /// address that `mercator serve` listens on in the same environment.
    #[arg(long, env = "SANDBOX_MERCATOR_URL")]
    mercator_url: Option<String>,
    /// Address that `mercator serve` listens on.
    #[arg(long, env = "MERCATOR_LISTEN", default_value = "127.0.0.1:8080", hide = true)]
    mercator_listen: SocketAddr,
    /// File with the webhook secret of the sandbox gateways, as whsec_ and base64, the same as in Mercator; or set
    /// `SANDBOX_WEBHOOK_SECRET` to the secret. Webhooks are signed with a secret that derives from it and the gateway's name.
    /// By default the public secret of a demo.
    #[arg(long, env = "SANDBOX_WEBHOOK_SECRET_FILE")]
    webhook_secret_file: Option<PathBuf>,
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
    let webhook_secret = secret("SANDBOX_WEBHOOK_SECRET", args.webhook_secret_file.as_deref())?;
    let webhook_secret = webhook_secret.unwrap_or_else(|| DEMO_WEBHOOK_SECRET.to_owned());
    let api_key = secret("SANDBOX_API_KEY", args.api_key_file.as_deref())?;
    let webhook = (mercator != "none").then_some(WebhookTarget { url, secret: webhook_secret });
    let config = SandboxConfig {
        name: args.name,
        data: args.data,
        api_key: api_key.unwrap_or_else(|| DEMO_API_KEY.to_owned()),
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
