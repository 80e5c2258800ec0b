//! Orders, payments and the ledger as staff see them.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient};

use super::{cart_flow::Cart, facts::people::ada, shown, storefront};
use crate::processes::{Plan, Processes};

const ORDERS: &str = r#"query { orders(filter: { status: [OPEN], createdAfter: "2020-01-01T00:00:00Z", query: "ada@" }, first: 20) { totalCount nodes { id number total { gross { amount currencyCode } } customer { email } } pageInfo { endCursor } } }"#;
const ORDER: &str = r#"query { order(id: "…") { number status paymentStatus fulfillmentStatus payments { id status gateway amount { amount } capturedAmount { amount } refundedAmount { amount } attempts { gateway outcome startedAt } transactions { kind status amount { amount } gatewayReference } } lines { id sku quantity } events(first: 50) { nodes { kind at actor } } } }"#;
const FULFILL: &str = r#"mutation { orderFulfill(input: { orderId: "…", lines: [{ lineId: "LINE", quantity: 1 }], tracking: { number: "1Z", url: "https://example.org/1Z" } }) { fulfillment { id } order { fulfillmentStatus } userErrors { code } } }"#;
const CANCEL: &str = r#"mutation { orderCancel(input: { orderId: "…", reason: CUSTOMER, restock: true, refund: true }) { order { status paymentStatus } userErrors { code } } }"#;
const REFUND: &str = r#"mutation { orderRefund(input: { orderId: "…", amount: "5.00", reason: "late", idempotencyKey: "order refund" }) { refund { id status amount { amount } } order { paymentStatus } userErrors { code } } }"#;
const CAPTURE: &str = r#"mutation { paymentCapture(input: { paymentId: "…", amount: "10.00", idempotencyKey: "capture" }) { payment { status } userErrors { code } } }"#;
const VOID: &str = r#"mutation { paymentVoid(input: { paymentId: "…", idempotencyKey: "void" }) { payment { status } userErrors { code } } }"#;
const PAYMENT_REFUND: &str = r#"mutation { paymentRefund(input: { paymentId: "…", amount: "4.00", idempotencyKey: "payment refund" }) { payment { status } userErrors { code } } }"#;
const LEDGER: &str = "query { ledger(first: 50) { nodes { id at reference lines { account debit { amount currencyCode } credit { amount currencyCode } } } } ledgerBalances { account currencyCode debit credit balance } }";

/// A staff client of a shop without a worker, so that only explicit captures happen.
struct Office {
    processes: Processes,
    staff: GraphqlClient,
}

impl Office {
    async fn open() -> Self {
        let processes = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
        let staff = processes.staff("admin@demo.test").await;
        Self { processes, staff }
    }

    /// Sends an operation with the id of its object.
    async fn ask(&self, operation: &str, id: &str) -> Answer {
        self.staff.gql(&operation.replace("\"…\"", &format!("\"{id}\"")), Value::Null).await
    }

    /// An order of Ada, one T-shirt for 24.80, and its payment.
    async fn order(&self) -> (Cart, String, String) {
        let cart = Cart::with_tee(&ada(&storefront(&self.processes, "")).await).await;
        let email = r#"mutation($c: ID!) { cartBuyerUpdate(input: { cartId: $c, email: "ada@demo.test" }) { userErrors { code } } }"#;
        let _ = cart.shop.gql(email, json!({ "c": cart.id })).await.ok();
        let order = cart.buy().await;
        let payment = self.ask(ORDER, &order).await.text("/order/payments/0/id");
        (cart, order, payment)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_capture_fulfill_and_refund_operations_run() {
    let office = Office::open().await;
    let (cart, order, payment) = office.order().await;
    assert_json_snapshot!("orders", shown(&office.ask(ORDERS, "").await));
    let before = office.ask(ORDER, &order).await;
    assert_json_snapshot!("order_authorized", shown(&before));
    assert_json_snapshot!("payment_capture", shown(&office.ask(CAPTURE, &payment).await));
    assert_json_snapshot!("payment_capture_again", shown(&office.ask(CAPTURE, &payment).await));
    let rest = CAPTURE.replace("\"10.00\"", "\"14.80\"").replace("\"capture\"", "\"the rest\"");
    assert_json_snapshot!("payment_capture_rest", shown(&office.ask(&rest, &payment).await));
    let more = CAPTURE.replace("\"capture\"", "\"too much\"");
    assert_json_snapshot!("payment_capture_too_much", shown(&office.ask(&more, &payment).await));
    let fulfill = FULFILL.replace("LINE", &before.text("/order/lines/0/id"));
    assert_json_snapshot!("order_fulfill", shown(&office.ask(&fulfill, &order).await));
    assert_json_snapshot!("order_fulfill_again", shown(&office.ask(&fulfill, &order).await));
    assert_json_snapshot!("order_refund", shown(&office.ask(REFUND, &order).await));
    assert_json_snapshot!("payment_refund", shown(&office.ask(PAYMENT_REFUND, &payment).await));
    assert_json_snapshot!("payment_void_too_late", shown(&office.ask(VOID, &payment).await));
    assert_json_snapshot!("order_refunded_in_part", shown(&office.ask(ORDER, &order).await));
    let buyer = storefront(&office.processes, "");
    let page = json!({ "id": order, "token": cart.token });
    assert_json_snapshot!("order_page_after_delivery", shown(&buyer.gql(super::operations::ORDER_PAGE, page).await));
    assert_json_snapshot!("order_cancel_too_late", shown(&office.ask(CANCEL, &order).await));
    assert_json_snapshot!("ledger", shown(&office.ask(LEDGER, "").await));
    let charges = office.processes.charges().await;
    assert_eq!((&charges[0]["captured"], &charges[0]["refunded"]), (&2_480.into(), &900.into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_cancel_and_void_operations_run() {
    let office = Office::open().await;
    let (_, canceled, _) = office.order().await;
    assert_json_snapshot!("order_cancel", shown(&office.ask(CANCEL, &canceled).await));
    assert_json_snapshot!("order_cancel_again", shown(&office.ask(CANCEL, &canceled).await));
    assert_json_snapshot!("order_canceled", shown(&office.ask(ORDER, &canceled).await));
    let (_, order, payment) = office.order().await;
    assert_json_snapshot!("payment_void", shown(&office.ask(VOID, &payment).await));
    assert_json_snapshot!("payment_void_again", shown(&office.ask(VOID, &payment).await));
    assert_json_snapshot!("order_voided", shown(&office.ask(ORDER, &order).await));
    assert_json_snapshot!("ledger_of_canceled_orders", shown(&office.ask(LEDGER, "").await));
}
