//! Exempt customers, VAT identification numbers and reverse charge.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, extract::State, routing::post};
use serde_json::{Value, json};
use services::identity::{self, InitialCustomer};

use super::{PASSWORD, Shop};
use crate::{
    contract::cart_flow::Cart,
    processes::{Plan, Processes},
    support::TestApp,
};

const AUSTRIAN: &str = "ATU13585627";

const BUYER: &str = "mutation($c: ID!, $v: String) { cartBuyerUpdate(input: { cartId: $c, vatId: $v }) {
    cart { isReverseCharge buyer { vatId isVatIdConfirmed } } userErrors { code field message } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_business_in_another_member_state_buys_without_tax() {
    let processes = Processes::start(Plan { servers: 1, workers: 1, ..Plan::default() }).await;
    let shopper = processes.storefront(0);
    let cart = Cart::with(&shopper, &[("classic-tee", "TEE-M-NAVY", 1)]).await.sent_to("AT", None).await;
    let cart = cart.by("standard").await;
    assert_eq!(cart.sums().await, ["4.90", "4.14", "24.80"]);
    let wrong = shopper.gql(BUYER, json!({ "c": cart.id, "v": "ATU13585628" })).await;
    assert_eq!((wrong.user_error_code(), &wrong.user_errors()[0]["field"]), ("INVALID_VAT_ID", &json!(["vatId"])));
    let set = shopper.gql(BUYER, json!({ "c": cart.id, "v": "atu 13585627" })).await.ok();
    let expected = json!({ "isReverseCharge": true, "buyer": { "vatId": AUSTRIAN, "isVatIdConfirmed": false } });
    assert_eq!(set.at("/cartBuyerUpdate/cart"), &expected);
    // 20 % of 19.90 and of 4.90 are taken out.
    assert_eq!(cart.sums().await, ["4.08", "0.00", "20.66"]);
    let order = cart.buy().await;
    let fields = "vatId isReverseCharge isTaxExempt taxes { name } total { gross { amount } tax { amount } }";
    let query = format!(
        "query($id: ID!, $t: String) {{ order(id: $id, token: $t) {{ {fields}
        lines {{ nodes {{ taxPercent taxes {{ name }} }} }} }} }}"
    );
    let seen = shopper.gql(&query, json!({ "id": order, "t": cart.token })).await.ok();
    assert_eq!((seen.at("/order/vatId"), seen.at("/order/isReverseCharge")), (&json!(AUSTRIAN), &json!(true)));
    assert_eq!(
        (seen.at("/order/total/gross/amount"), seen.at("/order/total/tax/amount")),
        (&json!("20.66"), &json!("0.00"))
    );
    assert_eq!(seen.at("/order/lines/nodes/0"), &json!({ "taxPercent": "0", "taxes": [] }));
    let staff = processes.staff("admin@demo.test").await;
    let query = format!("query($id: ID!) {{ order(id: $id) {{ {fields} lines {{ taxClass taxPercent }} }} }}");
    let seen = staff.gql(&query, json!({ "id": order })).await.ok();
    assert_eq!((seen.at("/order/vatId"), seen.at("/order/isReverseCharge")), (&json!(AUSTRIAN), &json!(true)));
    assert_eq!(seen.at("/order/lines/0/taxClass"), "standard");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_taxes_of_an_order_are_those_of_the_sale() {
    let processes = Processes::start(Plan { servers: 1, workers: 1, ..Plan::default() }).await;
    let staff = processes.staff("admin@demo.test").await;
    let set = "mutation($p: String!, $n: String!) { taxRateSet(input: { countryCode: DE, name: $n, percent: \"19\",
        components: [{ name: $p, percent: \"10\" }, { name: \"State\", percent: \"9\" }] }) { userErrors { code field } } }";
    let _ = staff.gql(set, json!({ "p": "Federal", "n": "VAT" })).await.ok();
    let cart = Cart::with_tee(&processes.storefront(0)).await;
    let order = cart.buy().await;
    let _ = staff.gql(set, json!({ "p": "Other", "n": "Other" })).await.ok();
    let line = json!([{ "name": "Federal", "percent": "10", "amount": { "amount": "1.67" } },
        { "name": "State", "percent": "9", "amount": { "amount": "1.51" } }]);
    let taxes = "taxes { name percent amount { amount } }";
    let query = format!(
        "query($id: ID!) {{ order(id: $id) {{ {taxes} lines {{ taxPercent {taxes} }} deliveries {{ {taxes} }} }} }}"
    );
    let seen = staff.gql(&query, json!({ "id": order })).await.ok();
    assert_eq!((seen.at("/order/lines/0/taxPercent"), seen.at("/order/lines/0/taxes")), (&json!("19"), &line));
    assert_eq!(seen.at("/order/deliveries/0/taxes/0/name"), "Federal");
    assert_eq!(seen.at("/order/taxes/0/amount/amount"), "2.08");
    let query = format!(
        "query($id: ID!, $t: String) {{ order(id: $id, token: $t) {{ {taxes} lines {{ nodes {{ {taxes} }} }} }} }}"
    );
    let own = cart.shop.gql(&query, json!({ "id": order, "t": cart.token })).await.ok();
    assert_eq!((own.at("/order/lines/nodes/0/taxes"), own.at("/order/taxes")), (&line, seen.at("/order/taxes")));
    let page = format!("query($c: ID!) {{ cart(id: $c) {{ lines {{ nodes {{ {taxes} }} }} }} }}");
    let page = cart.shop.gql(&page, json!({ "c": cart.id })).await.ok();
    assert_eq!(page.at("/cart/lines/nodes/0/taxes"), &line, "the completed cart shows its order's taxes");
}

/// A client of a customer with an account; returns it with the customer's id.
async fn customer(shop: &Shop) -> (testkit::GraphqlClient, String) {
    let seed = InitialCustomer {
        email: "ada@example.org",
        password: PASSWORD,
        first_name: "Ada",
        last_name: "Lovelace",
        groups: &[],
        addresses: Vec::new(),
    };
    let id = identity::ensure_customer(&shop.app.app, seed).await.unwrap().id.to_string();
    let login = "mutation($p: String!) { customerLogin(input: { email: \"ada@example.org\", password: $p }) {
        session { accessToken } userErrors { code } } }";
    let session = shop.app.storefront().gql(login, json!({ "p": PASSWORD })).await.ok();
    (shop.app.storefront().bearer(&session.text("/customerLogin/session/accessToken")), id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_exempts_a_customer_from_taxes() {
    let shop = Shop::new().await;
    let (ada, id) = customer(&shop).await;
    let tee = shop.product("tee", "11.90").await;
    let cart = shop.cart_of(&ada, &[&tee]).await;
    assert_eq!(shop.taxes_of(&ada, &cart).await.at("/cart/cost/tax/amount"), "1.90");
    let exempt = "mutation($id: ID!, $e: Boolean!) { customerUpdate(input: { id: $id, isTaxExempt: $e }) {
        customer { isTaxExempt } userErrors { code field } } }";
    let changed = shop.owner.gql(exempt, json!({ "id": id, "e": true })).await.ok();
    assert_eq!(changed.at("/customerUpdate/customer/isTaxExempt"), true);
    let seen = shop.taxes_of(&ada, &cart).await;
    assert_eq!((seen.at("/cart/isTaxExempt"), seen.at("/cart/isReverseCharge")), (&json!(true), &json!(false)));
    let total = json!({ "net": { "amount": "10.00" }, "gross": { "amount": "10.00" } });
    assert_eq!(seen.at("/cart/cost/total"), &total);
    let _ = shop.owner.gql(exempt, json!({ "id": id, "e": false })).await.ok();
    assert_eq!(shop.taxes_of(&ada, &cart).await.at("/cart/cost/tax/amount"), "1.90");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn carts_of_a_customer_start_with_the_vat_id_of_the_account() {
    let shop = Shop::new().await;
    let _ = shop.set(json!({ "countryCode": "AT", "name": "VAT", "percent": "20" })).await.ok();
    let (ada, _) = customer(&shop).await;
    let update = "mutation($v: String!) { customerUpdate(input: { vatId: $v }) {
        customer { vatId isVatIdConfirmed isTaxExempt } userErrors { code field } } }";
    let wrong = ada.gql(update, json!({ "v": "AT1" })).await;
    assert_eq!((wrong.user_error_code(), &wrong.user_errors()[0]["field"]), ("VAT_ID_INVALID", &json!(["vatId"])));
    let set = ada.gql(update, json!({ "v": AUSTRIAN })).await.ok();
    let expected = json!({ "vatId": AUSTRIAN, "isVatIdConfirmed": false, "isTaxExempt": false });
    assert_eq!(set.at("/customerUpdate/customer"), &expected);
    let tee = shop.product("tee", "12.00").await;
    let cart = shop.cart_of(&ada, &[&tee]).await;
    shop.send_of(&ada, &cart, "AT", "1010").await;
    let seen = shop.taxes_of(&ada, &cart).await;
    assert_eq!((seen.at("/cart/buyer/vatId"), seen.at("/cart/isReverseCharge")), (&json!(AUSTRIAN), &json!(true)));
    let cleared = ada.gql(BUYER, json!({ "c": cart, "v": null })).await.ok();
    assert_eq!(cleared.at("/cartBuyerUpdate/cart/isReverseCharge"), false);
}

/// The questions that a fake of VIES was asked.
type Questions = Arc<Mutex<Vec<Value>>>;

async fn answer(State(asked): State<Questions>, Json(question): Json<Value>) -> Json<Value> {
    asked.lock().unwrap().push(question.clone());
    Json(match question["countryCode"].as_str() {
        Some("BE") => json!({ "actionSucceed": false, "errorWrappers": [{ "error": "MS_UNAVAILABLE" }] }),
        _ => json!({ "valid": question["vatNumber"] == "U13585627", "requestDate": "2026-11-29T00:00:00Z" }),
    })
}

/// A fake of VIES that knows one number, and whose Belgian part never answers; returns its URL.
async fn vies(questions: Questions) -> String {
    let router = Router::new().route("/check-vat-number", post(answer)).with_state(questions);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_vies_only_confirmed_numbers_count() {
    let questions = Questions::default();
    let url = vies(questions.clone()).await;
    let shop = Shop::over(TestApp::configured(|config| config.vat_ids.vies_url = Some(url)).await).await;
    let _ = shop.set(json!({ "countryCode": "AT", "name": "VAT", "percent": "20" })).await.ok();
    let tee = shop.product("tee", "12.00").await;
    let cart = shop.cart(&[&tee]).await;
    shop.send(&cart, "AT", "1010").await;
    let set = async |number: &str| shop.app.storefront().gql(BUYER, json!({ "c": cart, "v": number })).await;
    let unknown = set("DE136695976").await;
    assert_eq!(
        (unknown.user_error_code(), &unknown.user_errors()[0]["field"]),
        ("VAT_ID_NOT_REGISTERED", &json!(["vatId"]))
    );
    let silent = set("BE0428759497").await.ok();
    let expected = json!({ "isReverseCharge": false, "buyer": { "vatId": "BE0428759497", "isVatIdConfirmed": false } });
    assert_eq!(silent.at("/cartBuyerUpdate/cart"), &expected, "without an answer, the shopper pays tax");
    let confirmed = set(AUSTRIAN).await.ok();
    let expected = json!({ "isReverseCharge": true, "buyer": { "vatId": AUSTRIAN, "isVatIdConfirmed": true } });
    assert_eq!(confirmed.at("/cartBuyerUpdate/cart"), &expected);
    let _ = set(AUSTRIAN).await.ok();
    let asked: Vec<Value> = questions.lock().unwrap().iter().map(|question| question["vatNumber"].clone()).collect();
    assert_eq!(asked, ["136695976", "0428759497", "U13585627"], "answers are remembered");
}
