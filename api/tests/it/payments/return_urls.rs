//! The places to which a shopper may return from a gateway.

use serde_json::{Value, json};
use services::{
    channels::{self, ChannelDetails, ChannelRef, ChannelTarget},
    identity,
};
use testkit::cart_fixtures;

use super::harness::PaymentHarness;

const PAY: &str = "mutation($i: CartPaymentCreateInput!) { cartPaymentCreate(input: $i) {
    payment { status } userErrors { code field } } }";

/// Pays a cart of EUR 19.90 over the API and asks to return to the URL; the code of the user error.
async fn pay(harness: &PaymentHarness, url: &str) -> Option<String> {
    let sku = uuid::Uuid::now_v7().simple().to_string();
    let stock = [(harness.shop.channels.locations[0].id, 5)];
    let goods = cart_fixtures::sellable_fixture(&harness.shop, &sku, 1990, &stock).await;
    let cart = cart_fixtures::cart_fixture(&harness.shop, &[(&goods, 1)]).await;
    let input = json!({ "cartId": cart.id.to_string(), "method": "CARD", "token": "tok_success", "returnUrl": url });
    let request = reqwest::Client::new()
        .post(format!("http://{}/graphql?channel=eu", harness.server))
        .json(&json!({ "query": PAY, "variables": { "i": input } }));
    let answer: Value = serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
    let paid = &answer["data"]["cartPaymentCreate"];
    let code = paid["userErrors"][0]["code"].as_str().map(str::to_owned);
    assert_eq!(paid["payment"].is_null(), code.is_some(), "{answer}");
    code
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shoppers_return_only_to_allowed_origins() {
    let harness = PaymentHarness::without_webhooks().await;
    let origins = ["https://shop.example", "myapp://return"].map(|origin| origin.parse().unwrap());
    let details = ChannelDetails { return_origins: Some(origins.into()), ..ChannelDetails::default() };
    let eu = ChannelTarget { channel: ChannelRef::Slug("eu".to_owned()), expected_version: None };
    channels::update(harness.app(), &model::access::Actor::System, eu, details).await.unwrap();
    for (url, is_allowed) in [
        ("https://shop.example/return?a=b#c", true),
        ("https://SHOP.example:443/", true),
        ("myapp://return/paid", true),
        // The storefront of the configuration.
        ("https://storefront.example/return", true),
        ("http://shop.example/return", false),
        ("https://shop.example:8443/", false),
        ("https://shop.example.evil.example/", false),
        ("https://shop.example@evil.example/", false),
        ("https://evil.example\\@shop.example/", false),
        ("https://shop.example/x\r\nSet-Cookie: a=1", false),
        ("https://shop.example/ x", false),
        ("//shop.example/", false),
        ("/return", false),
        ("", false),
        ("myapp://other", false),
        ("javascript:alert(1)", false),
        ("http://localhost:3000/", false),
        ("http://169.254.169.254/latest/meta-data", false),
    ] {
        let expected = (!is_allowed).then(|| "INVALID_RETURN_URL".to_owned());
        assert_eq!(pay(&harness, url).await, expected, "{url:?}");
    }

    identity::mark_demo(harness.app()).await.unwrap();
    for (url, is_allowed) in
        [("http://localhost:3000/", true), ("http://127.0.0.1:8080/a", true), ("http://192.168.0.1/", false)]
    {
        assert_eq!(pay(&harness, url).await.is_none(), is_allowed, "{url:?} in a demo");
    }
}
