//! Examples in a demo shop with orders and payments.

use serde_json::{Value, json};

use super::{Report, Runner, examples};
use crate::{
    processes::{Plan, Processes},
    purchase::{cart_ready_to_pay, complete, pay, until_payment_is, variant},
};

/// Pays by card and places an order; returns its id.
async fn order(processes: &Processes, variant: &str, status: &str) -> String {
    let shop = processes.storefront(0);
    let (cart, token) = cart_ready_to_pay(&shop, variant).await;
    let _ = pay(&shop, &cart, "tok_success").await.ok();
    let order = complete(&shop, &cart).await.ok().text("/cartComplete/order/id");
    until_payment_is(&shop, &order, &token, status).await;
    order
}

/// Places an order by bank transfer; returns its id.
async fn transfer(processes: &Processes, variant: &str) -> String {
    let shop = processes.storefront(0);
    let (cart, _) = cart_ready_to_pay(&shop, variant).await;
    let input = json!({ "cartId": cart, "method": "BANK_TRANSFER", "idempotencyKey": format!("pay-{cart}") });
    let _ = shop.gql(crate::purchase::PAY, json!({ "input": input })).await.ok();
    complete(&shop, &cart).await.ok().text("/cartComplete/order/id")
}

pub async fn run(report: &mut Report) {
    let processes = Processes::start(Plan::default()).await;
    let staff = processes.staff("admin@demo.test").await;
    let mut runner = Runner { staff: &staff, reader: &staff, kept: std::collections::BTreeMap::default(), report };
    let shop = processes.storefront(0);
    let variant = variant(&shop, "classic-tee", "TEE-M-NAVY").await;
    let stock = "mutation { inventoryAdjust(input: { reason: RECEIVED,
        changes: [{ sku: \"TEE-M-NAVY\", location: \"berlin\", delta: 100 }] }) { userErrors { code } } }";
    let _ = staff.gql(stock, json!({})).await.ok();
    // Captured orders first; afterwards the channel captures later.
    for name in ["paid", "canceled"] {
        keep_order(&mut runner, name, &order(&processes, &variant, "PAID").await).await;
    }
    let manual = "mutation { channelUpdate(input: { slug: \"eu\", captureMode: MANUAL }) { userErrors { code } } }";
    let _ = staff.gql(manual, json!({})).await.ok();
    for name in ["authorized", "voided"] {
        keep_order(&mut runner, name, &order(&processes, &variant, "AUTHORIZED").await).await;
    }
    for name in ["unpaid", "transfer"] {
        keep_order(&mut runner, name, &transfer(&processes, &variant).await).await;
    }
    runner.run(examples::catalog()).await;
    runner.run(examples::settings()).await;
    runner.run(examples::people()).await;
    runner.run(examples::selling()).await;
}

/// Keeps the ids of an order, its first line and its payment, such as `paid`, `paidLine` and `paidPayment`.
async fn keep_order(runner: &mut Runner<'_>, name: &str, order: &str) {
    let query = "query($o: ID!) { order(id: $o) { lines { id } payments { id } } }";
    let seen = runner.staff.gql(query, json!({ "o": order })).await.ok();
    let found: [(String, Value); 3] = [
        (name.to_owned(), json!(order)),
        (format!("{name}Line"), seen.at("/order/lines/0/id").clone()),
        (format!("{name}Payment"), seen.at("/order/payments/0/id").clone()),
    ];
    runner.kept.extend(found);
}
