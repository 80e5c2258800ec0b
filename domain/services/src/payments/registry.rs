//! The configured gateways, and the routing of payments to them.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use model::{
    Currency,
    payments::{Candidate, Payment, PaymentMethod, PaymentStatus, ReportAlert, RoutingRule, route},
};
use moka::future::Cache;
use persistence::{Db, payments as store};
use reqwest::Url;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{error::Elapsed, timeout},
};

use super::{alert_counts::AlertCounts, gateway::PaymentGateway, manual::Manual, sandbox::Sandbox};
use crate::{ServiceError, ServiceResult, error::OrInternal as _, webhook_signature::Secret};

/// The public secret from which the sandbox gateways of a demo derive theirs.
pub const DEMO_WEBHOOK_SECRET: &str = "whsec_bWVyY2F0b3Itc2FuZGJveC13ZWJob29rcy1kZW1vLTE=";

/// The number of jobs of a process that may call one gateway at a time: a gateway that hangs must not occupy the worker.
const SLOTS: usize = 4;

/// Time that a job waits for a slot.
const SLOT_WAIT: Duration = Duration::from_millis(250);

/// Time that routing rules are cached if a process misses the event of a change.
const RULES_TTL: Duration = Duration::from_secs(30);

/// The gateways of a shop and their time-outs.
#[derive(Debug, Clone, Default)]
pub struct GatewaysConfig {
    /// The gateways; tried in this order if no routing rule matches.
    pub gateways: Vec<GatewayConfig>,
    /// Time-outs of payments.
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

/// The configuration of a gateway.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// Name of the gateway; appears in payments, the ledger and the URL of its webhooks.
    pub name: String,
    /// The kind of gateway.
    pub kind: GatewayKind,
}

impl GatewayConfig {
    /// True if it uses the public secret of a demo.
    fn has_public_secret(&self) -> bool {
        matches!(&self.kind, GatewayKind::Sandbox { webhook_secret, .. } if webhook_secret == DEMO_WEBHOOK_SECRET)
    }
}

/// The supported kinds of gateways.
#[derive(Debug, Clone)]
pub enum GatewayKind {
    /// A process of `mercator sandbox-gateway`.
    Sandbox {
        /// The URL.
        url: String,
        /// The bearer token for requests.
        api_key: String,
        /// The secret of the sandbox gateways; each signs with its own, derived from this one and its name.
        webhook_secret: String,
    },
    /// Bank transfers that staff confirm.
    Manual {
        /// The supported currencies; any if empty.
        currencies: Vec<Currency>,
    },
}

/// Time-outs of payments.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Time-out of a gateway call.
    pub answer: Duration,
    /// Time from a payment's creation to the first query about an unknown outcome.
    pub resolve_after: Duration,
    /// Time after which a charge that the gateway does not know is considered lost.
    pub lost_after: Duration,
    /// Time after which a payment that waits for its shopper is voided.
    pub abandon_after: Duration,
    /// Time after which the cart of an authorized payment is completed without its shopper.
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

/// The clients of the configured gateways; cheap to clone.
#[derive(Clone)]
pub struct Gateways {
    named: Arc<[Named]>,
    rules: Cache<(), Arc<Vec<RoutingRule>>>,
    has_public_secret: bool,
    /// Time-outs of payments.
    pub timing: Timing,
}

struct Named {
    name: String,
    slots: Semaphore,
    alerts: AlertCounts,
    authorized: AtomicU64,
    declined: AtomicU64,
    gateway: Box<dyn PaymentGateway>,
}

impl Gateways {
    /// Creates a client for each gateway; sends nothing yet.
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
                alerts: AlertCounts::default(),
                authorized: AtomicU64::new(0),
                declined: AtomicU64::new(0),
                gateway: make(gateway, &client, config.timing.answer).or_internal("configure the payment gateways")?,
            });
        }
        let rules = Cache::builder().max_capacity(1).time_to_live(RULES_TTL).build();
        let has_public_secret = config.gateways.iter().any(GatewayConfig::has_public_secret);
        Ok(Self { named: named.into(), rules, has_public_secret, timing: config.timing })
    }

    /// True if a gateway uses the public secret of a demo.
    #[must_use]
    pub(crate) const fn has_public_secret(&self) -> bool {
        self.has_public_secret
    }

    /// True if a gateway supports the method in the currency.
    #[must_use]
    pub(crate) fn any_supports(&self, method: PaymentMethod, currency: Currency) -> bool {
        self.named.iter().any(|named| named.gateway.supports(method, currency))
    }

    /// Finds a gateway by name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&dyn PaymentGateway> {
        self.named.iter().find(|named| named.name == name).map(|named| named.gateway.as_ref())
    }

    /// Finds a gateway by name.
    ///
    /// # Errors
    /// [`ServiceError::Internal`] if it is not configured.
    pub(super) fn require(&self, name: &str) -> ServiceResult<&dyn PaymentGateway> {
        self.get(name).ok_or_else(|| ServiceError::internal(format!("the gateway {name} is not configured")))
    }

    /// Acquires a slot for a job at a gateway; a gateway that is not configured needs none.
    ///
    /// # Errors
    /// [`Elapsed`] if all slots stay occupied.
    pub(crate) async fn acquire_slot(&self, name: &str) -> Result<Option<SemaphorePermit<'_>>, Elapsed> {
        let Some(named) = self.named.iter().find(|named| named.name == name) else { return Ok(None) };
        timeout(SLOT_WAIT, named.slots.acquire()).await.map(Result::ok)
    }

    /// Counts an alert about a report of a gateway.
    pub(super) fn count_alert(&self, name: &str, alert: ReportAlert) {
        if let Some(named) = self.named.iter().find(|named| named.name == name) {
            named.alerts.count(alert);
        }
    }

    /// The number of alerts about reports since the start of the process, by gateway and reason. Every gateway has an entry
    /// for every reason.
    pub fn alerts(&self) -> impl Iterator<Item = (&str, &'static str, u64)> {
        self.named
            .iter()
            .flat_map(|named| named.alerts.totals().map(|(reason, total)| (named.name.as_str(), reason, total)))
    }

    /// The names of all gateways, in the order of the configuration.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.named.iter().map(|named| named.name.as_str())
    }

    /// Counts a decided card payment for its gateway.
    pub(super) fn count_decision(&self, payment: &Payment) {
        let Some(named) = self.named.iter().find(|named| named.name == payment.gateway) else { return };
        if payment.is_declined() {
            named.declined.fetch_add(1, Ordering::Relaxed);
        } else if payment.status == PaymentStatus::Authorized && payment.method == PaymentMethod::Card {
            named.authorized.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The decided card payments of each gateway in this process: its name, authorized, declined.
    pub(crate) fn decisions(&self) -> Vec<(String, u64, u64)> {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        self.named.iter().map(|named| (named.name.clone(), read(&named.authorized), read(&named.declined))).collect()
    }

    /// The gateways for a payment, best first.
    ///
    /// # Errors
    /// [`ServiceError`] if the database fails.
    pub async fn route(&self, db: &Db, candidate: &Candidate) -> ServiceResult<Vec<String>> {
        let fits = |named: &&Named| named.gateway.supports(candidate.method, candidate.amount.currency);
        let offered: Vec<String> = self.named.iter().filter(fits).map(|named| named.name.clone()).collect();
        let rules = self.rules.try_get_with((), async { read_rules(db).await.map(Arc::new) }).await;
        let rules = rules.map_err(ServiceError::Shared)?;
        let routed = route(&rules, candidate, &offered);
        // A rule whose gateways do not support the payment must not prevent a sale.
        Ok(if routed.is_empty() { offered } else { routed })
    }

    /// Invalidates the cached routing rules.
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
    let secret = Secret::parse(webhook_secret).and_then(|secret| secret.of_sender(name));
    Ok((base, secret.map_err(|error| invalid(error.to_string()))?))
}
