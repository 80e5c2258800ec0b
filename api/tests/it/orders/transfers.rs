//! Bank transfers: instructions, partial receipts, overpayment, reminder, expiry, late money.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ACCOUNT, Shop};

const INSTRUCTIONS: &str =
    "query($id: ID!, $t: String) { order(id: $id, token: $t) { number expiresAt paymentInstructions {
    accountHolder iban bankName reference amount { amount currencyCode } receivedAmount { amount } dueAt } } }";

async fn instructions(shop: &Shop, order: &super::Placed) -> Value {
    let variables = json!({ "id": order.id, "t": order.token });
    shop.app.storefront().gql(INSTRUCTIONS, variables).await.ok().data()["order"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shoppers_see_account_reference_and_open_amount() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let seen = instructions(&shop, &order).await;
    let expected = json!({ "accountHolder": "Shop GmbH", "iban": "DE89370400440532013000", "bankName": "Demo Bank",
        "reference": seen["number"], "amount": { "amount": "14.90", "currencyCode": "EUR" },
        "receivedAmount": { "amount": "0.00" }, "dueAt": seen["expiresAt"] });
    assert_eq!(seen["paymentInstructions"], expected);
    let _ = shop.mark_paid(&order.id, Value::Null, "all").await.ok();
    assert_eq!(instructions(&shop, &order).await["paymentInstructions"], Value::Null);

    let other = shop.order(1).await;
    let delete = "mutation { paymentInstructionsDelete(input: { channel: \"eu\" }) { channelId userErrors { code } } }";
    let _ = shop.ask(delete, Value::Null).await.ok();
    assert_eq!(instructions(&shop, &other).await["paymentInstructions"], Value::Null);
    assert_eq!(shop.ask(delete, Value::Null).await.user_error_code(), "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_accounts_are_refused_and_changes_recorded() {
    let shop = Shop::open().await;
    for (from, to, code) in [
        ("\"eu\"", "\"none\"", "NOT_FOUND"),
        ("de89 3704", "de88 3704", "INVALID_IBAN"),
        ("Shop GmbH", " ", "INVALID_ACCOUNT_HOLDER"),
        ("reminderHours: 24", "reminderHours: 720", "INVALID_REMINDER"),
        ("iban: \"de89 3704 0044 0532 0130 00\",", "", "ACCOUNT_NUMBER_MISSING"),
    ] {
        let refused = shop.ask(&ACCOUNT.replace(from, to), Value::Null).await;
        assert_eq!(refused.user_error_code(), code, "{}", refused.body);
    }
    let _ = shop.ask(&ACCOUNT.replace("Demo Bank", "Other Bank"), Value::Null).await.ok();
    let log =
        "{ auditLog(first: 1, filter: { action: \"paymentInstructionsSet\" }) { nodes { changes { path from to } } } }";
    let log = shop.ask(log, Value::Null).await.ok();
    let change = json!({ "path": "bankName", "from": "Demo Bank", "to": "Other Bank" });
    assert_eq!(log.at("/auditLog/nodes/0/changes"), &json!([change]));
    let channels = shop.ask("{ channels { slug transferAccount { bankName } } }", Value::Null).await.ok();
    let eu = json!({ "slug": "eu", "transferAccount": { "bankName": "Other Bank" } });
    assert!(channels.at("/channels").as_array().unwrap().contains(&eu));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn partial_receipts_sum_up_and_an_overpayment_can_be_refunded() {
    let shop = Shop::open().await;
    let order = shop.order(1).await;
    let part = shop.mark_paid(&order.id, json!("4.90"), "one").await.ok();
    let after = part.at("/orderMarkPaid/order");
    assert_eq!((&after["status"], &after["paymentStatus"]), (&json!("PENDING_PAYMENT"), &json!("PARTIALLY_PAID")));
    let open = json!({ "amount": { "amount": "10.00" }, "receivedAmount": { "amount": "4.90" } });
    assert_eq!(after["paymentInstructions"], open);
    let again = shop.mark_paid(&order.id, json!("4.90"), "one").await.ok();
    assert_eq!(again.at("/orderMarkPaid/payment/capturedAmount/amount"), "4.90");
    assert_eq!(shop.mark_paid(&order.id, json!("5.00"), "one").await.user_error_code(), "IDEMPOTENCY_KEY_REUSED");
    for (amount, code) in
        [("0", "INVALID_AMOUNT"), ("-1", "INVALID_AMOUNT"), ("1.001", "INVALID_AMOUNT"), ("1000", "AMOUNT_TOO_HIGH")]
    {
        assert_eq!(shop.mark_paid(&order.id, json!(amount), amount).await.user_error_code(), code, "{amount}");
    }
    let rest = shop.mark_paid(&order.id, json!("12.00"), "two").await.ok();
    let after = rest.at("/orderMarkPaid");
    assert_eq!((&after["order"]["status"], &after["order"]["paymentStatus"]), (&json!("OPEN"), &json!("PAID")));
    assert_eq!(after["payment"]["overpaidAmount"]["amount"], "2.00");
    assert_eq!(shop.mark_paid(&order.id, Value::Null, "three").await.user_error_code(), "NOTHING_OPEN");

    let refund = "mutation($o: ID!) { orderRefund(input: { orderId: $o, amount: \"2.00\", reason: \"paid too much\", idempotencyKey: \"r\" }) {
        refund { status } userErrors { code } } }";
    let refunded = shop.ask(refund, json!({ "o": order.id })).await.ok();
    assert_eq!(refunded.at("/orderRefund/refund/status"), "SUCCEEDED");
    let ledger = shop.ask("{ ledgerBalances { account balance } }", Value::Null).await.ok();
    let balance = |account: &str| {
        let all = ledger.at("/ledgerBalances").as_array().unwrap().clone();
        all.iter().find(|row| row["account"] == account).map(|row| row["balance"].clone())
    };
    assert_eq!(balance("gateway:manual"), Some(json!("14.90")));
    assert_eq!(balance("receivable"), Some(json!("0.00")));

    let seen =
        shop.see(&order.id, "events(first: 50) { nodes { kind actor details { amount { amount } reference } } }").await;
    let events = seen["events"]["nodes"].as_array().unwrap().clone();
    let first = events.iter().find(|event| event["kind"] == "PAYMENT_PARTIALLY_CAPTURED").unwrap();
    assert_eq!(first["details"], json!({ "amount": { "amount": "4.90" }, "reference": "line 7" }));
    assert!(first["actor"].as_str().unwrap().contains("StaffUser"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_for_expired_and_canceled_orders_is_recorded_and_refundable() {
    let mut shop = Shop::open().await;
    let (expired, canceled) = (shop.order(1).await, shop.order(1).await);
    let _ = shop.mark_paid(&expired.id, json!("5.00"), "part").await.ok();
    let cancel = "mutation($o: ID!) { orderCancel(input: { orderId: $o, reason: CUSTOMER }) { userErrors { code } } }";
    let _ = shop.ask(cancel, json!({ "o": canceled.id })).await.ok();
    shop.later(TimeDelta::hours(80)).await;
    shop.job("orders.expire", &expired.id).await;
    assert_eq!(shop.stock().await, [(10, 0), (5, 0)]);
    for (order, amount, held) in [(&expired, "9.90", "14.90"), (&canceled, "14.90", "14.90")] {
        let late = shop.mark_paid(&order.id, json!(amount), "late").await.ok();
        assert_eq!(late.at("/orderMarkPaid/payment/capturedAmount/amount"), held);
        let seen = shop.see(&order.id, "status paymentStatus").await;
        assert_eq!(seen["paymentStatus"], "PAID", "{seen}");
        assert_ne!(seen["status"], "OPEN");
        let refund = "mutation($o: ID!, $k: String) { orderRefund(input: { orderId: $o, idempotencyKey: $k }) {
            refund { status amount { amount } } userErrors { code } } }";
        let refunded = shop.ask(refund, json!({ "o": order.id, "k": format!("all {}", order.id) })).await.ok();
        assert_eq!(refunded.at("/orderRefund/refund/amount/amount"), held);
    }
    let ledger = shop.ask("{ ledgerBalances { account balance } }", Value::Null).await.ok();
    for account in ["receivable", "gateway:manual", "tax"] {
        let all = ledger.at("/ledgerBalances").as_array().unwrap();
        let row = all.iter().find(|row| row["account"] == account).unwrap();
        assert_eq!(row["balance"], "0.00", "{account}: {}", ledger.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unpaid_order_is_reminded_once_before_it_expires() {
    let mut shop = Shop::open().await;
    let (waiting, paid) = (shop.order(1).await, shop.paid_order(1).await);
    shop.later(TimeDelta::hours(49)).await;
    for _ in 0..2 {
        shop.job("orders.remind", &waiting.id).await;
    }
    shop.job("orders.remind", &paid.id).await;
    let reminders = async |order: &str| {
        let seen = shop.see(order, "events(first: 50) { nodes { kind } }").await;
        seen.to_string().matches("PAYMENT_REMINDER_SENT").count()
    };
    assert_eq!((reminders(&waiting.id).await, reminders(&paid.id).await), (1, 0));
    shop.app.mails.deliver(&shop.app.app).await;
    let mails = shop.app.mails.to("a@b.example");
    assert!(mails.iter().any(|mail| mail.contains("DE89")), "{mails:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unpaid_orders_of_which_a_part_has_arrived_are_not_canceled_in_bulk() {
    let shop = Shop::open().await;
    let (part, none) = (shop.order(1).await, shop.order(1).await);
    let _ = shop.mark_paid(&part.id, json!("5.00"), "part").await.ok();
    let cancel = "mutation($ids: [ID!]!) { ordersCancelUnpaid(input: { orderIds: $ids }) { orders { id } userErrors { code field } } }";
    let answer = shop.ask(cancel, json!({ "ids": [part.id, none.id] })).await;
    assert_eq!(answer.at("/ordersCancelUnpaid/orders"), &json!([{ "id": none.id }]));
    let refused = json!([{ "code": "INVALID_STATUS", "field": ["orderIds", "0"] }]);
    assert_eq!(answer.at("/ordersCancelUnpaid/userErrors"), &refused);
}
