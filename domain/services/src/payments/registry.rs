//! The gateways of a shop, and the way of a payment to them.

use std::{collections::HashSet, sync::Arc, time::Duration};

use model::{
    Currency,
    payments::{Candidate, RoutingRule, route},
};
use moka::future::Cache;
use persistence::{Db, payments as store};
use reqwest::Url;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{error::Elapsed, timeout},
};

use super::{gateway::PaymentGateway, manual::Manual, sandbox::Sandbox};
use crate::{ServiceError, ServiceResult, error::OrInternal as _, webhook_signature::Secret};

/// The secret that the sandbox gateways of a demo derive theirs from; anybody knows it.
pub const DEMO_WEBHOOK_SECRET: &str = "whsec_bWVyY2F0b3Itc2FuZGJveC13ZWJob29rcy1kZW1vLTE=";

/// The number of jobs of a process that may call one gateway at a time: a gateway that hangs must not occupy the worker.
const SLOTS: usize = 4;

/// How long a job waits for a slot.
const SLOT_WAIT: Duration = Duration::from_millis(250);

/// How long routing rules are kept in a process when no event tells of a change.
const RULES_TTL: Duration = Duration::from_secs(30);

/// Which gateways there are, and how patient we are with them.
#[derive(Debug, Clone, Default)]
pub struct GatewaysConfig {
    /// The gateways; where no rule fits they are tried in this order.
    pub gateways: Vec<GatewayConfig>,
    /// How long to wait for what.
    pub timing: Timing,
}

impl GatewaysConfig {
    /// Checks the settings of the gateways.
    ///
    /// # Errors
    /// [`InvalidGateway`] if two gateways have one name, or a URL or secret is malformed.
    pub fn validate(&self) -> Result<(), InvalidGateway> {
        let mut names = HashSet::new();
        for GatewayConfig { name, kind } in &self.gateways {
            if !names.insert(name) {
                return Err(InvalidGateway::Duplicate(name.clone()));
            }
            if let GatewayKind::Sandbox { url, webhook_secret, .. } = kind {
                parse_sandbox(name, url, webhook_secret)?;
            }
        }
        Ok(())
    }
}

/// A payment gateway is configured wrongly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGateway {
    /// Two gateways have the same name.
    #[error("two gateways are named {0}")]
    Duplicate(String),
    /// A setting of a gateway is malformed.
    #[error("gateway {name}: {reason}")]
    Setting {
        /// The name of the gateway.
        name: String,
        /// The reason.
        reason: String,
    },
}

/// One gateway.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// What we call it; stands in payments, the ledger and the address of its webhooks.
    pub name: String,
    /// What it is.
    pub kind: GatewayKind,
}

/// The gateways that we can talk to.
#[derive(Debug, Clone)]
pub enum GatewayKind {
    /// A process of `mercator sandbox-gateway`.
    Sandbox {
        /// Its address.
        url: String,
        /// What we send as bearer token.
        api_key: String,
        /// The secret of the sandbox gateways; each signs with its own, derived from it by its name.
        webhook_secret: String,
    },
    /// Bank transfer, confirmed by staff.
    Manual {
        /// The currencies taken; any when empty.
        currencies: Vec<Currency>,
    },
}

/// How long to wait for what.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// For the answer of a gateway.
    pub answer: Duration,
    /// From a payment's creation to the first question about an outcome that nobody told.
    pub resolve_after: Duration,
    /// Until a charge that the gateway has never heard of is taken for one that never reached it.
    pub lost_after: Duration,
    /// Until a payment that waits for its shopper is given up.
    pub abandon_after: Duration,
    /// Until the cart of an authorised payment is completed without its shopper.
    pub complete_after: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(5),
            resolve_after: Duration::from_secs(6),
            lost_after: Duration::from_mins(1),
            abandon_after: Duration::from_hours(1),
            complete_after: Duration::from_mins(2),
        }
    }
}

/// The gateways of a shop; cheap to clone.
#[derive(Clone)]
pub struct Gateways {
    named: Arc<[Named]>,
    rules: Cache<(), Arc<Vec<RoutingRule>>>,
    /// How long to wait for what.
    pub timing: Timing,
}

struct Named {
    name: String,
    slots: Semaphore,
    gateway: Box<dyn PaymentGateway>,
}

impl Gateways {
    /// Makes a client of each gateway; nothing is sent yet.
    ///
    /// # Errors
    /// [`ServiceError::Internal`] that says which setting is wrong.
    pub fn connect(config: &GatewaysConfig) -> ServiceResult<Self> {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(2))
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .or_internal("make the HTTP client of the payment gateways")?;
        config.validate().or_internal("configure the payment gateways")?;
        let mut named: Vec<Named> = Vec::with_capacity(config.gateways.len());
        for gateway in &config.gateways {
            let name = gateway.name.clone();
            named.push(Named {
                name,
                slots: Semaphore::new(SLOTS),
                gateway: make(gateway, &client, config.timing.answer).or_internal("configure the payment gateways")?,
            });
        }
        let rules = Cache::builder().max_capacity(1).time_to_live(RULES_TTL).build();
        Ok(Self { named: named.into(), rules, timing: config.timing })
    }

    /// The gateway of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&dyn PaymentGateway> {
        self.named.iter().find(|named| named.name == name).map(|named| named.gateway.as_ref())
    }

    /// The gateway of a name.
    ///
    /// # Errors
    /// [`ServiceError::Internal`] when it was removed from the configuration.
    pub(super) fn require(&self, name: &str) -> ServiceResult<&dyn PaymentGateway> {
        self.get(name).ok_or_else(|| ServiceError::internal(format!("the gateway {name} is not configured")))
    }

    /// Acquires a slot for a job at a gateway; none is needed at a gateway that is not configured.
    ///
    /// # Errors
    /// [`Elapsed`] when all slots stay occupied.
    pub(crate) async fn acquire_slot(&self, name: &str) -> Result<Option<SemaphorePermit<'_>>, Elapsed> {
        let Some(named) = self.named.iter().find(|named| named.name == name) else { return Ok(None) };
        timeout(SLOT_WAIT, named.slots.acquire()).await.map(Result::ok)
    }

    /// Every gateway's name, in the order of the configuration.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.named.iter().map(|named| named.name.as_str())
    }

    /// The gateways for a payment, best first.
    ///
    /// # Errors
    /// A store's error.
    pub async fn route(&self, db: &Db, candidate: &Candidate) -> ServiceResult<Vec<String>> {
        let fits = |named: &&Named| named.gateway.supports(candidate.method, candidate.amount.currency);
        let offered: Vec<String> = self.named.iter().filter(fits).map(|named| named.name.clone()).collect();
        let rules = self.rules.try_get_with((), async { read_rules(db).await.map(Arc::new) }).await;
        let rules = rules.map_err(ServiceError::Shared)?;
        let routed = route(&rules, candidate, &offered);
        // A rule that names only gateways that do not fit must not stop a sale.
        Ok(if routed.is_empty() { offered } else { routed })
    }

    /// Forgets the routing rules, after they changed.
    pub fn invalidate(&self) {
        self.rules.invalidate_all();
    }
}

async fn read_rules(db: &Db) -> ServiceResult<Vec<RoutingRule>> {
    let mut conn = db.read().await?;
    Ok(store::rules(&mut conn).await?)
}

fn make(
    config: &GatewayConfig,
    client: &reqwest::Client,
    answer: Duration,
) -> Result<Box<dyn PaymentGateway>, InvalidGateway> {
    match &config.kind {
        GatewayKind::Manual { currencies } => Ok(Box::new(Manual { currencies: currencies.clone() })),
        GatewayKind::Sandbox { url, api_key, webhook_secret } => {
            let (base, secret) = parse_sandbox(&config.name, url, webhook_secret)?;
            Ok(Box::new(Sandbox::new(client.clone(), base, api_key.clone(), secret, answer)))
        }
    }
}

/// The base URL and the webhook secret of a sandbox gateway.
fn parse_sandbox(name: &str, url: &str, webhook_secret: &str) -> Result<(Url, Secret), InvalidGateway> {
    let invalid = |reason: String| InvalidGateway::Setting { name: name.to_owned(), reason };
    let base = Url::parse(url).map_err(|error| invalid(format!("its URL is malformed: {error}")))?;
    if base.cannot_be_a_base() {
        return Err(invalid("its URL must look like http://host:port".to_owned()));
    }
    let secret = Secret::parse(webhook_secret).map_err(|error| invalid(error.to_string()))?;
    Ok((base, secret.of_sender(name)))
}
