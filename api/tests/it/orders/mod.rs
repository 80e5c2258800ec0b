//! Orders as staff run them: notes, changes, fulfillments, bank transfers.

mod fulfillments;
mod privacy;
mod races;
mod reading;
mod transfers;
mod updates;

use chrono::TimeDelta;
use model::ids::OrderId;
use serde_json::{Value, json};
use services::{
    identity,
    payments::{GatewayConfig, GatewayKind},
    worker,
};
use testkit::{
    Answer, GraphqlClient, TestClock,
    product_fixtures::{insert_rates, product_fixture},
};

use crate::{
    purchase::{COMPLETE, PAY, cart_ready_to_pay, variant},
    support::TestApp,
};

const PASSWORD: &str = "correct horse battery";
/// The account that shoppers pay to.
const ACCOUNT: &str = "mutation { paymentInstructionsSet(input: { channel: \"eu\", accountHolder: \"Shop GmbH\",
    iban: \"de89 3704 0044 0532 0130 00\", bankName: \"Demo Bank\", reminderHours: 24 }) {
    transferAccount { accountHolder iban reminderHours } userErrors { code field } } }";

/// A shop that sells a mug for 10.00 with delivery for 4.90, by bank transfer only.
struct Shop {
    app: TestApp,
    clock: TestClock,
    staff: GraphqlClient,
}

/// An order and the token that opens it.
struct Placed {
    id: String,
    token: String,
}

impl Shop {
    async fn open() -> Self {
        let clock = TestClock::new();
        let app = TestApp::with_clock_and(&clock, |config| {
            let kind = GatewayKind::Manual { currencies: Vec::new() };
            config.gateways.gateways = vec![GatewayConfig { name: "manual".to_owned(), kind }];
            config.abuse.transfers_per_email.orders = 100;
            config.abuse.transfers_per_email.units = 1_000;
        })
        .await;
        insert_rates(&app).await;
        product_fixture(&app.app, "mug", "10.00", 10).await;
        let staff = login(&app).await;
        let shop = Self { app, clock, staff };
        let _ = shop.ask(ACCOUNT, Value::Null).await.ok();
        let lyon = "mutation { inventoryAdjust(input: { reason: RECEIVED,
            changes: [{ sku: \"MUG-0\", location: \"lyon\", delta: 5 }] }) { userErrors { code } } }";
        let _ = shop.ask(lyon, Value::Null).await.ok();
        shop
    }

    async fn ask(&self, query: &str, variables: Value) -> Answer {
        self.staff.gql(query, variables).await
    }

    /// Orders mugs by bank transfer.
    async fn order(&self, units: i64) -> Placed {
        let shop = self.app.storefront();
        let variant = variant(&shop, "mug", "MUG-0").await;
        let (cart, token) = cart_ready_to_pay(&shop, &variant).await;
        let lines = shop.gql("query($c: ID!) { cart(id: $c) { lines { nodes { id } } } }", json!({ "c": cart })).await;
        let update = "mutation($c: ID!, $l: ID!, $n: Int!) { cartLinesUpdate(input: { cartId: $c,
            lines: [{ lineId: $l, quantity: $n }] }) { userErrors { code } } }";
        let line = lines.text("/cart/lines/nodes/0/id");
        let _ = shop.gql(update, json!({ "c": cart, "l": line, "n": units })).await.ok();
        let _ = shop.gql(PAY, json!({ "input": { "cartId": cart, "method": "BANK_TRANSFER" } })).await.ok();
        let placed = shop.gql(COMPLETE, json!({ "input": { "cartId": cart } })).await.ok();
        Placed { id: placed.text("/cartComplete/order/id"), token }
    }

    /// Orders mugs and records that everything was paid.
    async fn paid_order(&self, units: i64) -> Placed {
        let placed = self.order(units).await;
        let answer = self.mark_paid(&placed.id, Value::Null, "all").await.ok();
        assert_eq!(answer.at("/orderMarkPaid/order/paymentStatus"), "PAID");
        placed
    }

    async fn mark_paid(&self, order: &str, amount: Value, key: &str) -> Answer {
        let query = "mutation($o: ID!, $a: Decimal, $k: String) {
            orderMarkPaid(input: { orderId: $o, amount: $a, reference: \"line 7\", idempotencyKey: $k }) {
                order { status paymentStatus version paymentInstructions { amount { amount } receivedAmount { amount } } }
                payment { capturedAmount { amount } openAmount { amount } overpaidAmount { amount } }
                userErrors { code field } } }";
        self.ask(query, json!({ "o": order, "a": amount, "k": format!("{key} {order}") })).await
    }

    /// On hand and allocated mugs in Berlin and Lyon.
    async fn stock(&self) -> [(i64, i64); 2] {
        let query = "{ inventoryLevels(sku: \"MUG-0\") { location onHand allocated } }";
        let answer = self.ask(query, Value::Null).await;
        let levels = answer.at("/inventoryLevels").as_array().unwrap().clone();
        ["berlin", "lyon"].map(|at| {
            let level = levels.iter().find(|level| level["location"] == at).unwrap();
            (level["onHand"].as_i64().unwrap(), level["allocated"].as_i64().unwrap())
        })
    }

    /// A field of an order as staff see it.
    async fn see(&self, order: &str, fields: &str) -> Value {
        let query = format!("query($o: ID!) {{ order(id: $o) {{ {fields} }} }}");
        self.ask(&query, json!({ "o": order })).await.data()["order"].clone()
    }

    /// Runs a job of an order, as a worker does.
    async fn job(&self, kind: &str, order: &str) {
        let id: OrderId = order.parse().unwrap();
        worker::run_job(&self.app.app, kind, json!({ "orderId": id })).await.unwrap();
    }

    /// Moves the time, after which staff have to log in again.
    async fn later(&mut self, by: TimeDelta) {
        self.clock.advance(by);
        self.staff = login(&self.app).await;
    }
}

async fn login(app: &TestApp) -> GraphqlClient {
    identity::ensure_staff(&app.app, "olga@example.org", "Olga", PASSWORD, &["owner"]).await.unwrap();
    let login = "mutation($e: String!, $p: String!) { staffLogin(input: { email: $e, password: $p }) {
        session { accessToken } userErrors { code } } }";
    let session = app.admin().gql(login, json!({ "e": "olga@example.org", "p": PASSWORD })).await.ok();
    app.admin().bearer(&session.text("/staffLogin/session/accessToken"))
}

/// The values of one field in the entries of a list.
fn each(list: &Value, field: &str) -> Vec<Value> {
    list.as_array().unwrap().iter().map(|entry| entry[field].clone()).collect()
}
