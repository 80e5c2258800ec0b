//! Admits requests within the budgets of their clients, and what clients keep open within its limits.

use std::{sync::Arc, time::Duration};

use graphql_http::{Caller, Held, Permit, Rejection};
use model::access::Actor;
use services::{
    App,
    budgets::{Budgets, Exhausted, Payer},
    identity::{self, AuthError, Identified},
};

use super::origin::Origin;
use crate::{
    client::Proxies,
    held::HeldCounts,
    metrics::{Limit, Metrics},
    state::Server,
};

/// The cost of a request before it is parsed: routing, headers and the answer.
const REQUEST_COST: u64 = 20;

/// The bytes of a request that cost one, for reading, parsing and validating it.
const BYTES_PER_COST: u64 = 100;

/// The additional cost of a token that is not valid: a signature or a lookup.
const INVALID_TOKEN_COST: u64 = 50;

/// The time after which a client can try again to open something, since it is not known when it closes something.
const HELD_RETRY_AFTER: Duration = Duration::from_secs(10);

/// The admission of one endpoint.
pub struct Admission {
    app: App,
    pub(super) proxies: Proxies,
    pub(super) is_storefront: bool,
    budgets: Arc<Budgets>,
    held: HeldCounts,
    metrics: Arc<Metrics>,
    endpoint: &'static str,
}

impl Admission {
    /// The admission of the storefront API.
    pub fn storefront(server: &Server) -> Self {
        Self {
            app: server.app.clone(),
            proxies: server.settings.proxies,
            is_storefront: true,
            budgets: Arc::clone(&server.budgets),
            held: server.held.clone(),
            metrics: Arc::clone(&server.metrics),
            endpoint: "storefront",
        }
    }

    /// The admission of the admin API.
    pub fn admin(server: &Server) -> Self {
        Self { is_storefront: false, endpoint: "admin", ..Self::storefront(server) }
    }

    /// Charges a request of this many bytes before it is parsed.
    pub async fn receive(&self, caller: Caller<'_>, bytes: usize) -> Result<(), Rejection> {
        if !self.budgets.is_on() {
            return Ok(());
        }
        let origin = self.origin(caller).await?;
        let cost = REQUEST_COST.saturating_add(bytes as u64 / BYTES_PER_COST);
        self.within(self.budgets.charge(&[origin.payer], cost))
    }

    /// Charges an operation, or a result of a subscription. The shop issued the credentials of staff and tokens, so these
    /// pay alone; a customer's network pays, too, because anybody can register.
    pub fn charge(&self, origin: &Origin, actor: &Actor, cost: u64) -> Result<(), Rejection> {
        let charged = match actor {
            Actor::Anonymous | Actor::System => self.budgets.charge(&[origin.payer], cost),
            Actor::Customer(id) => self.budgets.charge(&[origin.payer, Payer::Customer(*id)], cost),
            Actor::Staff { id, .. } => self.budgets.charge(&[Payer::Staff(*id)], cost),
            Actor::Token { id, .. } => self.budgets.charge(&[Payer::Token(*id)], cost),
        };
        self.within(charged)
    }

    /// Counts something that the client keeps open.
    pub async fn hold(&self, caller: Caller<'_>, held: Held) -> Result<Permit, Rejection> {
        if !self.budgets.is_on() {
            return Ok(Permit::default());
        }
        let origin = self.origin(caller).await?;
        let limit = match held {
            Held::WebSocket => Limit::Websockets,
            Held::Subscription => Limit::Subscriptions,
        };
        let guard = self.held.take(origin.payer, held);
        guard.map(Permit::new).ok_or_else(|| self.limited(limit, HELD_RETRY_AFTER))
    }

    /// Identifies a bearer token. An invalid one costs its sender, who must be able to pay for it.
    ///
    /// # Errors
    /// The sender's budget is spent.
    pub async fn identify(&self, sender: Payer, token: &str) -> Result<Result<Identified, AuthError>, Rejection> {
        self.within(self.budgets.check(sender, INVALID_TOKEN_COST))?;
        let identified = identity::identify(&self.app, token).await;
        if matches!(identified, Err(AuthError::InvalidToken)) {
            self.budgets.debit(sender, INVALID_TOKEN_COST);
        }
        Ok(identified)
    }

    fn within(&self, charged: Result<(), Exhausted>) -> Result<(), Rejection> {
        charged.map_err(|Exhausted { payer, retry_after }| self.limited(limit_of(payer), retry_after))
    }

    fn limited(&self, limit: Limit, retry_after: Duration) -> Rejection {
        self.metrics.limited(self.endpoint, limit);
        Rejection::rate_limited(retry_after)
    }
}

const fn limit_of(payer: Payer) -> Limit {
    match payer {
        Payer::Network(_) | Payer::UnknownNetwork => Limit::Network,
        Payer::Customer(_) => Limit::Customer,
        Payer::Token(_) => Limit::Token,
        Payer::Staff(_) => Limit::Staff,
    }
}
