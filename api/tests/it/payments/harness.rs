//! A shop with two sandbox gateways, a server that receives their webhooks, and no worker: tests run the jobs.

use std::time::Duration;

use api::{
    router,
    state::{Server, Settings},
};
use model::{
    Currency, Money,
    access::Actor,
    cart::{Cart, NewCart},
    ids::{CartId, OrderId, PaymentId},
    payments::{Payment, PaymentMethod, PaymentRecord},
};
use persistence::{carts, payments as store};
use sandbox_gateway::{Pace, SandboxConfig, WebhookTarget};
use serde_json::{Value, json};
use services::{
    App,
    checkout::{self, CompleteCart},
    mail::StorefrontLinks,
    payments::{self, DEMO_WEBHOOK_SECRET, GatewayConfig, GatewayKind, NewPayment, Timing},
    worker,
};
use tempfile::TempDir;
use testkit::{TestShop, cart_fixtures};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The shop and its gateways; dropping the value stops everything.
pub struct PaymentHarness {
    pub shop: TestShop,
    pub gateways: Vec<Sandbox>,
    /// The address of the shop's server.
    pub server: String,
    stop: CancellationToken,
}

/// A running sandbox gateway.
pub struct Sandbox {
    pub url: String,
    _folder: TempDir,
}

/// The most that staff may refund of one payment without a recent proof of identity, in cents.
pub const REFUND_ALLOWANCE: i64 = 1000;

/// Shorter delays than in a demo.
pub fn pace() -> Pace {
    Pace {
        decide_after: Duration::from_millis(300),
        dispute_after: Duration::from_millis(200),
        slow_answer: Duration::from_millis(400),
        webhook_after: Duration::from_millis(20),
        chaos: Duration::from_millis(400),
        first_retry: Duration::from_millis(50),
    }
}

pub fn timing() -> Timing {
    Timing {
        answer: Duration::from_secs(1),
        resolve_after: Duration::ZERO,
        lost_after: Duration::from_secs(2),
        ..Timing::default()
    }
}

impl Drop for PaymentHarness {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl PaymentHarness {
    pub async fn new() -> Self {
        Self::start(Some).await
    }

    /// A shop that receives no webhooks of its gateways.
    pub async fn without_webhooks() -> Self {
        Self::start(|_| None).await
    }

    async fn start(told: fn(String) -> Option<String>) -> Self {
        let stop = CancellationToken::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap().to_string();
        let told = told(server.clone());
        let mut gateways = Vec::new();
        for name in ["sandbox-a", "sandbox-b"] {
            gateways.push(Sandbox::start(name, told.as_deref(), &stop).await);
        }
        let configs = ["sandbox-a", "sandbox-b"].into_iter().zip(&gateways).map(|(name, gateway)| GatewayConfig {
            name: name.to_owned(),
            kind: GatewayKind::Sandbox {
                url: gateway.url.clone(),
                api_key: "sandbox-key".to_owned(),
                webhook_secret: DEMO_WEBHOOK_SECRET.to_owned(),
            },
        });
        let manual = GatewayConfig { name: "manual".to_owned(), kind: GatewayKind::Manual { currencies: Vec::new() } };
        let configs: Vec<_> = configs.chain([manual]).collect();
        let test_shop = TestShop::configured(|config| {
            config.gateways.gateways = configs;
            config.gateways.timing = timing();
            config.identity.step_up.refunds = [eur(REFUND_ALLOWANCE)].into_iter().collect();
            config.mail.storefront =
                StorefrontLinks::parse("https://storefront.example", StorefrontLinks::ORDER_PATH).ok();
        })
        .await;
        let shared = Server::new(test_shop.app.clone(), Settings::default(), stop.clone()).unwrap();
        let router = router::storefront(&shared).unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shop: test_shop, gateways, server, stop }
    }

    pub fn app(&self) -> &App {
        &self.shop.app
    }

    /// The input for a payment of a new cart.
    pub async fn new_payment(&self, token: &str) -> NewPayment {
        self.payment_of(self.cart().await, token)
    }

    pub fn payment_of(&self, cart: CartId, token: &str) -> NewPayment {
        NewPayment {
            cart_id: cart,
            channel_id: self.shop.channels.eu.id,
            country: None,
            amount: eur(1990),
            method: PaymentMethod::Card,
            gateway: None,
            token: Some(token.to_owned()),
            return_url: Some("https://shop.example/return".to_owned()),
            actor: Actor::Anonymous,
            idempotency_key: None,
            email: None,
            network: None,
        }
    }

    /// Pays a new cart with the token.
    pub async fn pay(&self, token: &str) -> Payment {
        let new = self.new_payment(token).await;
        payments::create(self.app(), new).await.unwrap()
    }

    /// A payment that belongs to an order, as after completion.
    pub async fn pay_order(&self, token: &str) -> Payment {
        let payment = self.pay(token).await;
        self.place(payment.id).await;
        payment
    }

    /// Buys a product with the token; returns the payment and its order.
    pub async fn buy(&self, token: &str) -> (Payment, OrderId) {
        let sku = uuid::Uuid::now_v7().simple().to_string();
        let goods =
            cart_fixtures::sellable_fixture(&self.shop, &sku, 1990, &[(self.shop.channels.locations[0].id, 5)]).await;
        let cart = cart_fixtures::cart_fixture(&self.shop, &[(&goods, 1)]).await;
        let payment = payments::create(self.app(), self.payment_of(cart.id, token)).await.unwrap();
        let completion =
            CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
        let order = checkout::complete(self.app(), &Actor::Anonymous, completion).await.unwrap();
        (payment, order.id)
    }

    pub async fn place(&self, payment: PaymentId) -> OrderId {
        let order = OrderId::new();
        let conn = self.app().db().write().await.unwrap();
        store::attach_order(&conn, payment, order, self.app().now()).await.unwrap();
        order
    }

    pub async fn record(&self, id: PaymentId) -> PaymentRecord {
        let mut conn = self.app().db().read().await.unwrap();
        store::find_record(&mut conn, id).await.unwrap().unwrap()
    }

    pub async fn cart(&self) -> CartId {
        let now = self.app().now();
        let new = NewCart {
            channel: self.shop.channels.eu.id,
            currency: Currency::EUR,
            locale: "en".parse().unwrap(),
            customer: None,
            token: "t".repeat(32),
        };
        let cart = Cart::open(new, now);
        let mut conn = self.app().db().write().await.unwrap();
        carts::insert(&mut conn, &cart).await.unwrap();
        cart.id
    }

    /// The gateway with this name.
    pub fn gateway(&self, name: &str) -> &Sandbox {
        &self.gateways[usize::from(name == "sandbox-b")]
    }

    /// Runs the jobs of the payment's operations in progress.
    pub async fn finish_operations(&self, payment: PaymentId) {
        for transaction in self.record(payment).await.transactions {
            let about = json!({ "paymentId": payment, "transactionId": transaction.id });
            worker::run_job(self.app(), "payments.operation", about).await.unwrap();
        }
    }

    /// True if a job of this kind is queued.
    pub async fn waits_for(&self, kind: &str) -> bool {
        let mut conn = self.app().db().write().await.unwrap();
        let far = self.app().now() + Duration::from_hours(1);
        let claimed = persistence::jobs::claim(&mut conn, &[], far, Duration::ZERO, 100).await.unwrap();
        claimed.iter().any(|job| job.kind == kind)
    }

    /// The gateway's charge under the payment's reference.
    pub async fn charges_of(&self, payment: PaymentId) -> Vec<Value> {
        let mut found = Vec::new();
        for gateway in &self.gateways {
            let all = gateway.charges().await;
            found.extend(all.into_iter().filter(|charge| charge["reference"] == payment.to_string()));
        }
        found
    }

    /// Asserts that the debits and credits of all accounts are equal.
    pub async fn assert_ledger_balances(&self) {
        let balances = payments::balances(self.app(), &Actor::System).await.unwrap();
        let debit: i64 = balances.iter().map(|balance| balance.debit.minor).sum();
        let credit: i64 = balances.iter().map(|balance| balance.credit.minor).sum();
        assert_eq!(debit, credit, "{balances:?}");
    }
}

impl Sandbox {
    pub async fn start(name: &str, mercator: Option<&str>, stop: &CancellationToken) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let folder = TempDir::new().unwrap();
        let webhook = mercator.map(|address| WebhookTarget {
            url: format!("http://{address}/webhooks/gateways/{name}"),
            secret: DEMO_WEBHOOK_SECRET.to_owned(),
        });
        let config = SandboxConfig {
            name: name.to_owned(),
            data: folder.path().to_owned(),
            api_key: "sandbox-key".to_owned(),
            webhook,
            public_url: None,
            seed: 7,
            pace: pace(),
        };
        tokio::spawn(sandbox_gateway::run(config, listener, stop.clone()));
        Self { url, _folder: folder }
    }

    pub fn client(&self) -> Client {
        Client { url: self.url.clone(), http: reqwest::Client::new() }
    }

    pub async fn charges(&self) -> Vec<Value> {
        self.client().get("/charges").await.1.as_array().unwrap().clone()
    }

    pub async fn outage(&self, seconds: u64) {
        self.client().post("/faults", "", &json!({ "outageSeconds": seconds })).await;
    }
}

/// A client of a gateway's API, with its API key.
#[derive(Clone)]
pub struct Client {
    pub url: String,
    pub http: reqwest::Client,
}

impl Client {
    pub async fn get(&self, path: &str) -> (u16, Value) {
        Self::read(self.http.get(format!("{}{path}", self.url)).bearer_auth("sandbox-key")).await.unwrap()
    }

    pub async fn post(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        self.try_post(path, key, body).await.unwrap()
    }

    pub async fn try_post(&self, path: &str, key: &str, body: &Value) -> reqwest::Result<(u16, Value)> {
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth("sandbox-key");
        let request = if key.is_empty() { request } else { request.header("idempotency-key", key) };
        Self::read(request.json(body)).await
    }

    async fn read(request: reqwest::RequestBuilder) -> reqwest::Result<(u16, Value)> {
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let body = answer.text().await?;
        Ok((status, serde_json::from_str(&body).unwrap_or(Value::Null)))
    }
}

pub fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

pub fn charge(reference: &str, token: &str) -> Value {
    json!({ "reference": reference, "amount": 1990, "currency": "EUR", "token": token })
}
