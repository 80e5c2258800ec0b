//! Carts and every change of them.

use insta::assert_json_snapshot;
use serde_json::json;
use testkit::GraphqlClient;

use super::{operations::CART_PAGE, shown, storefront, stream::Stream};
use crate::{
    processes::{Plan, Processes},
    purchase::variant,
};

/// The selection of every mutation.
const CHANGED: &str = "{ cart { id version note discountCodes { code isApplicable } lines(first: 100) { nodes { id quantity variant { sku } } }
    deliveryGroups { id address { city countryCode } selectedOption { handle } } } userErrors { code field message } warnings { code message } }";
const ADDRESS: &str = "firstName: \"Ada\", lastName: \"Lovelace\", company: \"Engines\", street1: \"Invalidenstr. 117\", street2: \"Rear\",
    postalCode: \"10115\", city: \"Berlin\", region: \"BE\", countryCode: DE, phone: \"+49301234567\"";

async fn change(shop: &GraphqlClient, mutation: &str) -> testkit::Answer {
    shop.gql(&format!("mutation {{ {mutation} {CHANGED} }}"), json!({})).await
}

async fn create(shop: &GraphqlClient, variant: &str) -> testkit::Answer {
    let create = r#"mutation { cartCreate(input: { lines: [{ variantId: "gid://…", quantity: 2 }], buyer: { email: "a@b.c", countryCode: DE } }) { cart { id token version } userErrors { code field message } } }"#;
    shop.gql(&create.replace("gid://…", variant), json!({})).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_cart_operations_run() {
    let processes = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
    let shop = storefront(&processes, "");
    let tee = variant(&shop, "classic-tee", "TEE-M-NAVY").await;
    let atlas = variant(&shop, "atlas-of-rivers", "ATLAS").await;
    let created = create(&shop, &tee).await;
    assert_json_snapshot!("cart_create", shown(&created));
    let cart = created.text("/cartCreate/cart/id");
    let page = async || shop.gql(CART_PAGE, json!({ "id": cart })).await;
    assert_json_snapshot!("cart_page_of_a_new_cart", shown(&page().await));

    let step = async |mutation: String| change(&shop, &mutation.replace("$CART", &format!("cartId: \"{cart}\""))).await;
    let added = step(format!(
        r#"cartLinesAdd(input: {{ $CART, lines: [{{ variantId: "{atlas}", quantity: 1, attributes: [{{ key: "engraving", value: "Ada" }}] }}] }})"#
    ))
    .await;
    assert_json_snapshot!("cart_lines_add", shown(&added));
    let (first, second) =
        (added.text("/cartLinesAdd/cart/lines/nodes/0/id"), added.text("/cartLinesAdd/cart/lines/nodes/1/id"));
    let updated =
        step(format!(r#"cartLinesUpdate(input: {{ $CART, lines: [{{ lineId: "{first}", quantity: 6 }}] }})"#)).await;
    assert_json_snapshot!("cart_lines_update", shown(&updated));
    let buyer = step(
        r#"cartBuyerUpdate(input: { $CART, email: "ada@example.org", phone: "+49301234567", countryCode: DE })"#.into(),
    )
    .await;
    assert_json_snapshot!("cart_buyer_update", shown(&buyer));
    let addresses =
        step(format!("cartAddressesUpdate(input: {{ $CART, shipping: {{ {ADDRESS} }}, billing: {{ {ADDRESS} }} }})"))
            .await;
    assert_json_snapshot!("cart_addresses_update", shown(&addresses));
    let group = addresses.text("/cartAddressesUpdate/cart/deliveryGroups/0/id");
    let option =
        step(format!(r#"cartDeliveryOptionSelect(input: {{ $CART, deliveryGroupId: "{group}", handle: "express" }})"#))
            .await;
    assert_json_snapshot!("cart_delivery_option_select", shown(&option));
    let codes = step(r#"cartDiscountCodesUpdate(input: { $CART, codes: ["WELCOME10", "OLD"] })"#.into()).await;
    assert_json_snapshot!("cart_discount_codes_update", shown(&codes));
    let note = step(r#"cartNoteUpdate(input: { $CART, note: "Please ring twice" })"#.into()).await;
    assert_json_snapshot!("cart_note_update", shown(&note));
    assert_json_snapshot!("cart_page", shown(&page().await));

    let removed = step(format!(r#"cartLinesRemove(input: {{ $CART, lineIds: ["{second}"] }})"#)).await;
    assert_json_snapshot!("cart_lines_remove", shown(&removed));
    let other = create(&shop, &atlas).await.text("/cartCreate/cart/id");
    let merged =
        change(&shop, &format!(r#"cartMerge(input: {{ fromCartId: "{other}", intoCartId: "{cart}" }})"#)).await;
    assert_json_snapshot!("cart_merge", shown(&merged));
    assert_json_snapshot!("cart_page_of_a_merged_cart", shown(&shop.gql(CART_PAGE, json!({ "id": other })).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cart_input_errors_name_their_field() {
    let processes = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
    let shop = storefront(&processes, "");
    let tee = variant(&shop, "classic-tee", "TEE-M-NAVY").await;
    let cart = create(&shop, &tee).await.text("/cartCreate/cart/id");
    let stranger = "gid://mercator/ProductVariant/0192c7a0-0000-7000-8000-000000000000";
    let mut answers = Vec::new();
    for mutation in [
        format!(
            r#"cartLinesAdd(input: {{ cartId: "{cart}", expectedVersion: 99, lines: [{{ variantId: "{tee}", quantity: 1 }}] }})"#
        ),
        format!(
            r#"cartLinesAdd(input: {{ cartId: "{cart}", lines: [{{ variantId: "{tee}", quantity: 1 }}, {{ variantId: "{tee}", quantity: -1 }}] }})"#
        ),
        format!(r#"cartLinesAdd(input: {{ cartId: "{cart}", lines: [{{ variantId: "{stranger}", quantity: 1 }}] }})"#),
        format!(
            r#"cartLinesUpdate(input: {{ cartId: "{cart}", lines: [{{ lineId: "gid://mercator/CartLine/0192c7a0-0000-7000-8000-000000000000", quantity: 1 }}] }})"#
        ),
        format!(r#"cartBuyerUpdate(input: {{ cartId: "{cart}", email: "nonsense" }})"#),
        format!(
            r#"cartAddressesUpdate(input: {{ cartId: "{cart}", shipping: {{ city: "Berlin", countryCode: DE }} }})"#
        ),
        format!(
            r#"cartDeliveryOptionSelect(input: {{ cartId: "{cart}", deliveryGroupId: "gid://mercator/DeliveryGroup/x", handle: "standard" }})"#
        ),
        format!(r#"cartDiscountCodesUpdate(input: {{ cartId: "{cart}", codes: ["NOSUCH", "OLD"] }})"#),
        format!(r#"cartMerge(input: {{ fromCartId: "{cart}", intoCartId: "{cart}" }})"#),
        r#"cartNoteUpdate(input: { cartId: "gid://mercator/Cart/unknown", note: "x" })"#.to_owned(),
    ] {
        let answer = change(&shop, &mutation).await;
        let (name, _) = mutation.split_once('(').unwrap();
        let payload = &answer.body["data"][name];
        answers.push(json!({ "mutation": name, "userErrors": payload["userErrors"], "warnings": payload["warnings"], "errors": answer.body["errors"] }));
    }
    assert_json_snapshot!("cart_user_errors", super::redact::redact(&json!(answers)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_cart_subscription_reports_changes() {
    let processes = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
    let shop = storefront(&processes, "");
    let tee = variant(&shop, "classic-tee", "TEE-M-NAVY").await;
    let cart = create(&shop, &tee).await.text("/cartCreate/cart/id");
    let watch = r#"subscription { cartUpdated(id: "gid://…") { version cost { total { gross { amount } } } } }"#;
    let stream = Stream::open(&processes.servers[0].address, &watch.replace("gid://…", &cart)).await;
    let add = format!(r#"cartLinesAdd(input: {{ cartId: "{cart}", lines: [{{ variantId: "{tee}", quantity: 1 }}] }})"#);
    let seen = stream.first_while(async || drop(change(&shop, &add).await.ok())).await;
    let watched = &seen["data"]["cartUpdated"];
    let version = watched["version"].as_i64().unwrap();
    // Version 1 had two T-shirts, and each change adds one.
    let cents = 1_990 * (version + 1);
    assert_eq!(watched["cost"]["total"]["gross"]["amount"], format!("{}.{:02}", cents / 100, cents % 100), "{seen}");
}
