use chrono::TimeDelta;
use futures_util::future::join_all;
use model::promotions::NewCode;
use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient, TestClock, product_fixtures::insert_percent_code};

use crate::{
    contract::cart_flow::Cart,
    processes::{Plan, Processes},
    support::TestApp,
};

const CREATE: &str = "mutation($c: [String!]!) { cartCreate(input: { discountCodes: $c }) {
    cart { id } userErrors { code field message } } }";
const UPDATE: &str = "mutation($c: ID!, $n: [String!]!) { cartDiscountCodesUpdate(input: { cartId: $c, codes: $n }) {
    cart { discountCodes { code isApplicable } } userErrors { code field message } warnings { code message } } }";

async fn cart(shop: &GraphqlClient) -> String {
    shop.gql(CREATE, json!({ "c": Value::Array(Vec::new()) })).await.ok().text("/cartCreate/cart/id")
}

async fn enter(shop: &GraphqlClient, cart: &str, codes: &[String]) -> Answer {
    shop.gql(UPDATE, json!({ "c": cart, "n": codes })).await
}

/// Distinct codes that do not exist.
fn wrong(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|at| format!("{prefix}{at}")).collect()
}

async fn insert_code(app: &TestApp, code: &str) {
    let code = NewCode { code: code.to_owned(), usage_limit: None, usage_limit_per_customer: None };
    insert_percent_code(&app.app, code, 1_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cart_accepts_ten_wrong_codes_then_none_for_a_minute() {
    let clock = TestClock::new();
    let app = TestApp::with_clock(&clock).await;
    insert_code(&app, "RIGHT").await;
    let shop = app.storefront();
    let id = cart(&shop).await;
    for code in wrong("W", 10) {
        let answer = enter(&shop, &id, std::slice::from_ref(&code)).await.ok();
        assert_eq!(answer.at("/cartDiscountCodesUpdate/cart/discountCodes/0/isApplicable"), &json!(false), "{code}");
    }
    for code in ["MORE", "RIGHT"] {
        let refused = enter(&shop, &id, &[code.to_owned()]).await;
        assert_eq!(refused.user_error_code(), "THROTTLED", "{code}: {}", refused.body);
        assert_eq!(refused.at("/cartDiscountCodesUpdate/userErrors/0/field"), &json!(["codes"]));
    }
    let _ = enter(&shop, &id, &[]).await.ok();
    let _ = enter(&shop, &cart(&shop).await, &["RIGHT".to_owned()]).await.ok();
    clock.advance(TimeDelta::seconds(61));
    let _ = enter(&shop, &id, &["RIGHT".to_owned()]).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn right_codes_and_codes_that_the_cart_has_are_not_counted() {
    let app = TestApp::configured(|config| config.abuse.codes_per_network = 3).await;
    insert_code(&app, "RIGHT").await;
    let shop = app.storefront();
    let id = cart(&shop).await;
    for _ in 0..20 {
        let _ = enter(&shop, &id, &["right".to_owned()]).await.ok();
        let _ = enter(&shop, &id, &[]).await.ok();
    }
    for _ in 0..20 {
        let _ = enter(&shop, &id, &["OLD".to_owned()]).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_carts_do_not_evade_the_limit_of_the_network() {
    let app = TestApp::configured(|config| config.abuse.codes_per_network = 15).await;
    let shop = app.storefront();
    for prefix in ["A", "B"] {
        let _ = shop.gql(CREATE, json!({ "c": wrong(prefix, 10) })).await.ok();
    }
    let refused = shop.gql(CREATE, json!({ "c": wrong("C", 1) })).await;
    assert_eq!(refused.user_error_code(), "THROTTLED");
    assert_eq!(refused.at("/cartCreate/userErrors/0/field"), &json!(["discountCodes"]));
    let _ = cart(&shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_attempts_on_two_servers_do_not_pass_the_limit() {
    let processes = Processes::start(Plan { servers: 2, workers: 0, ..Plan::default() }).await;
    let shops = [processes.storefront(0), processes.storefront(1)];
    let id = cart(&shops[0]).await;
    let codes = wrong("PARALLEL", 40);
    let attempts = codes.iter().enumerate().map(|(at, code)| enter(&shops[at % 2], &id, std::slice::from_ref(code)));
    let answers = join_all(attempts).await;
    let (refused, accepted): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| !answer.user_errors().is_empty());
    assert_eq!((accepted.len(), refused.len()), (10, 30));
    assert!(refused.iter().all(|answer| answer.user_error_code() == "THROTTLED"));
}

/// The answer to a code, without the code.
async fn answer_to(cart: &Cart, code: &str) -> Value {
    let answer = cart.codes(&[code]).await.ok();
    let page = cart.page().await;
    let of_cart = ["/cart/discountCodes", "/cart/problems", "/cart/cost"].map(|part| page.at(part).clone());
    let all = json!([answer.at("/cartDiscountCodesUpdate"), of_cart]);
    serde_json::from_str(&all.to_string().replace(code, "CODE")).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_ended_and_used_up_codes_have_the_same_answer() {
    let processes = Processes::start(Plan::default()).await;
    let shop = processes.storefront(0);
    let first = Cart::with_tee(&shop).await;
    let _ = first.codes(&["ONLYONCE"]).await.ok();
    first.buy().await;
    let cart = Cart::with_tee(&shop).await;
    let unknown = answer_to(&cart, "NOSUCHCODE").await;
    assert_eq!(unknown[0]["warnings"][0]["message"], "CODE: the code is not valid");
    for code in ["OLD", "ONLYONCE"] {
        assert_eq!(answer_to(&cart, code).await, unknown, "{code}");
    }
}
