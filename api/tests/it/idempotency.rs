//! Idempotency keys: one effect per key, the same response when repeated, and a refusal for another input.

mod orders;
mod shopping;
mod stock;

use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient};

use crate::{
    processes::{Plan, Processes},
    purchase::{cart_ready_to_pay, variant},
};

const REUSED: &str = "IDEMPOTENCY_KEY_REUSED";
const INVALID: &str = "INVALID_IDEMPOTENCY_KEY";

/// Invalid keys: empty, too long, not storable in Postgres, not printable.
fn no_keys() -> [String; 4] {
    [String::new(), "k".repeat(256), "a\tb".to_owned(), "a\nb".to_owned()]
}

/// A shop without a worker, so that nothing happens in the background.
struct Shop {
    processes: Processes,
    guest: GraphqlClient,
    ada: GraphqlClient,
    staff: GraphqlClient,
    tee: String,
}

impl Shop {
    async fn open() -> Self {
        let processes = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
        let guest = processes.storefront(0);
        let login = "mutation { customerLogin(input: { email: \"ada@demo.test\", password: \"mercator-demo\" }) {
            session { accessToken } userErrors { code } } }";
        let token = guest.gql(login, Value::Null).await.ok().text("/customerLogin/session/accessToken");
        let staff = processes.staff("admin@demo.test").await;
        let tee = variant(&guest, "classic-tee", "TEE-M-NAVY").await;
        Self { ada: guest.clone().bearer(&token), guest, staff, tee, processes }
    }

    /// A cart of a buyer with one T-shirt for 24.80.
    async fn cart(&self, buyer: &GraphqlClient) -> String {
        cart_ready_to_pay(buyer, &self.tee).await.0
    }

    /// A placed order with its authorized payment.
    async fn order(&self) -> (String, String) {
        let cart = self.cart(&self.guest).await;
        let paid = pay(&self.guest, &cart, "pay").await.ok();
        let order = complete(&self.guest, &cart, "complete").await.ok().text("/cartComplete/order/id");
        (order, paid.text("/cartPaymentCreate/payment/id"))
    }
}

async fn pay(buyer: &GraphqlClient, cart: &str, key: &str) -> Answer {
    let query = "mutation($i: CartPaymentCreateInput!) { cartPaymentCreate(input: $i) { payment { id } userErrors { code field message } } }";
    let input = json!({ "cartId": cart, "method": "CARD", "token": "tok_success", "idempotencyKey": key });
    buyer.gql(query, json!({ "i": input })).await
}

async fn complete(buyer: &GraphqlClient, cart: &str, key: &str) -> Answer {
    let query = "mutation($i: CartCompleteInput!) { cartComplete(input: $i) { order { id } userErrors { code field message } } }";
    buyer.gql(query, json!({ "i": { "cartId": cart, "idempotencyKey": key } })).await
}

/// True if the response refuses the key as invalid.
fn is_invalid(answer: &Answer) -> bool {
    answer.user_error_code() == INVALID && answer.user_errors()[0]["field"] == json!(["idempotencyKey"])
}
