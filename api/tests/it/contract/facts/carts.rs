//! Carts before and after completion, exact to the cent, and the input that they refuse.

use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient};

use super::{
    super::{cart_flow::Cart, operations::CART_PAGE, storefront},
    demo,
};
use crate::purchase::variant;

const TEE: (&str, &str, i64) = ("classic-tee", "TEE-M-NAVY", 1);
const FLAC: (&str, &str, i64) = ("field-recordings", "FIELD-FLAC", 1);

async fn ready(shop: &GraphqlClient, lines: &[(&str, &str, i64)]) -> Cart {
    Cart::with(shop, lines).await.sent_to("DE", None).await.by("standard").await
}

/// Code and field of the first user error of one mutation.
fn refusal(answer: &Answer, mutation: &str) -> (String, Value) {
    let first = answer.at(&format!("/{mutation}/userErrors/0"));
    (first["code"].as_str().unwrap_or_default().to_owned(), first["field"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_completed_cart_keeps_its_totals() {
    let processes = demo().await;
    let shop = storefront(&processes, "");
    let cart = ready(&shop, &[TEE]).await;
    let _ = cart.codes(&["ONLYONCE"]).await.ok();
    let before = cart.page().await;
    assert_eq!(before.text("/cart/cost/total/gross/amount"), "14.85");
    cart.buy().await;
    let after = cart.page().await;
    assert_eq!(after.text("/cart/status"), "COMPLETED");
    assert_eq!(after.at("/cart/discountCodes"), &json!([{ "code": "ONLYONCE", "isApplicable": true }]));
    assert_eq!(after.at("/cart/problems"), &json!([]));
    for part in ["cost", "lines", "deliveryGroups/0/selectedOption", "deliveryGroups/0/address"] {
        assert_eq!(after.at(&format!("/cart/{part}")), before.at(&format!("/cart/{part}")), "{part}");
    }

    let last = ready(&shop, &[("limited-print", "LIMITED-PRINT", 100)]).await;
    last.buy().await;
    assert_eq!(last.problems().await, Vec::<String>::new(), "the buyer of the last one has it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_free_order_needs_no_payment() {
    let processes = demo().await;
    let staff = processes.staff("admin@demo.test").await;
    let create = r#"mutation { promotionCreate(input: { name: "A gift", channels: ["eu"], codes: [{ code: "GRATIS" }]
        action: { percentageOff: { percent: "100" } } }) { promotion { id } userErrors { code field message } } }"#;
    let _ = staff.gql(create, Value::Null).await.ok();
    let cart = Cart::with(&storefront(&processes, ""), &[FLAC]).await;
    let _ = cart.codes(&["GRATIS"]).await.ok();
    assert_eq!(
        (cart.discount().await.as_str(), cart.sums().await),
        ("9.00", ["0.00", "0.00", "0.00"].map(str::to_owned))
    );
    assert_eq!(cart.pay("tok_success").await.user_error_code(), "NOTHING_TO_PAY");
    let order = cart.complete().await.ok();
    assert_eq!(order.text("/cartComplete/order/paymentStatus"), "PAID");
    assert_eq!(order.text("/cartComplete/order/total/gross/amount"), "0.00");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn totals_add_up_across_tax_rates_and_product_kinds() {
    let processes = demo().await;
    let shop = storefront(&processes, "");
    let two_rates = ready(&shop, &[("atlas-of-rivers", "ATLAS", 1), ("limited-print", "LIMITED-PRINT", 1)]).await;
    let _ = two_rates.codes(&["TENOFF"]).await.ok();
    assert_eq!(two_rates.discount().await, "10.00");
    assert_eq!(two_rates.sums().await, ["4.90", "9.69", "78.90"]);

    let mixed = ready(&shop, &[TEE, FLAC]).await;
    assert_eq!(mixed.sums().await, ["4.90", "5.40", "33.80"]);
    let groups = mixed.page().await.at("/cart/deliveryGroups").as_array().unwrap().len();
    assert_eq!((groups, mixed.problems().await), (1, Vec::new()));

    let free = ready(&shop, &[TEE]).await;
    let _ = free.codes(&["FREESHIP"]).await.ok();
    assert_eq!(free.discount().await, "0.00", "what delivery is reduced by is not taken off the goods");
    assert_eq!(free.sums().await, ["0.00", "3.18", "19.90"]);
    let query = "query($id: ID!) { cart(id: $id) { discounts { code amount { amount } } } }";
    let discounts = shop.gql(query, json!({ "id": free.id })).await;
    assert_eq!(discounts.at("/cart/discounts"), &json!([{ "code": "FREESHIP", "amount": { "amount": "4.90" } }]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_request_country_sets_taxes_until_the_buyer_sets_one() {
    let processes = demo().await;
    for (context, tax) in [("", "1.44"), ("country=FR", "1.50"), ("country=DE", "1.44")] {
        let cart = Cart::with(&storefront(&processes, context), &[FLAC]).await;
        assert_eq!(cart.sums().await, ["0.00", tax, "9.00"], "{context}");
    }
    let shop = storefront(&processes, "country=FR");
    let create = "mutation($v: ID!) { cartCreate(input: { lines: [{ variantId: $v }], buyer: { countryCode: IT } }) {
        cart { buyer { countryCode } cost { tax { amount } } } userErrors { code field message } } }";
    let variant = variant(&shop, FLAC.0, FLAC.1).await;
    let answer = shop.gql(create, json!({ "v": variant })).await.ok();
    assert_eq!(
        answer.at("/cartCreate/cart"),
        &json!({ "buyer": { "countryCode": "IT" }, "cost": { "tax": { "amount": "1.62" } } })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cart_reads_the_same_in_every_channel() {
    let processes = demo().await;
    let cart = ready(&storefront(&processes, ""), &[TEE]).await;
    let here = cart.page().await;
    let there = storefront(&processes, "channel=us").gql(CART_PAGE, json!({ "id": cart.id })).await;
    assert_eq!(there.at("/cart"), here.at("/cart"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_cart_input_is_refused_with_its_field() {
    let processes = demo().await;
    let shop = storefront(&processes, "channel=us");
    let cart = Cart::with(&shop, &[TEE]).await;
    let send =
        "mutation($c: ID!, $r: String) { cartAddressesUpdate(input: { cartId: $c, shipping: { lastName: \"Lovelace\",
        street1: \"1 Main St\", postalCode: \"94607\", city: \"Oakland\", region: $r, countryCode: US } }) {
        cart { shippingAddress { region } } userErrors { code field } } }";
    for region in [Some("California"), Some("ZZ"), None] {
        let answer = shop.gql(send, json!({ "c": cart.id, "r": region })).await;
        let expected = ("INVALID_ADDRESS".to_owned(), json!(["shipping", "region"]));
        assert_eq!(refusal(&answer, "cartAddressesUpdate"), expected, "{region:?}");
    }
    let kept = shop.gql(send, json!({ "c": cart.id, "r": "us-ca" })).await.ok();
    assert_eq!(kept.text("/cartAddressesUpdate/cart/shippingAddress/region"), "CA");

    let create = "mutation($i: CartCreateInput!) { cartCreate(input: $i) { cart { id } userErrors { code field } } }";
    let codes = shop.gql(create, json!({ "i": { "discountCodes": ["GOOD", "two words"] } })).await;
    assert_eq!(refusal(&codes, "cartCreate"), ("INVALID_CODE".to_owned(), json!(["discountCodes", "1"])));
    let twice = json!([{ "key": "text", "value": "a" }, { "key": "text", "value": "b" }]);
    let line = json!({ "variantId": variant(&shop, TEE.0, TEE.1).await, "attributes": twice });
    let lines = shop.gql(create, json!({ "i": { "lines": [line] } })).await;
    assert_eq!(refusal(&lines, "cartCreate"), ("INVALID_ATTRIBUTES".to_owned(), json!(["lines", "0", "attributes"])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_absent_note_is_kept_and_null_clears_it() {
    let processes = demo().await;
    let cart = Cart::with(&storefront(&processes, ""), &[TEE]).await;
    for (note, kept) in
        [(r#", note: "ring twice""#, json!("ring twice")), ("", json!("ring twice")), (", note: null", Value::Null)]
    {
        let update = format!(
            "mutation {{ cartNoteUpdate(input: {{ cartId: \"{}\"{note} }}) {{ cart {{ note }} userErrors {{ code }} }} }}",
            cart.id
        );
        let answer = cart.shop.gql(&update, Value::Null).await.ok();
        assert_eq!(answer.at("/cartNoteUpdate/cart/note"), &kept, "{note}");
    }
}
