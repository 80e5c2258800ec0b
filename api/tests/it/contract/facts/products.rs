//! The seven named products and the components of the bundle.

use serde_json::{Value, json};
use testkit::GraphqlClient;

use super::{
    super::{cart_flow::Cart, operations::PRODUCT_PAGE, storefront},
    demo,
};

async fn page(shop: &GraphqlClient, slug: &str) -> Value {
    shop.gql(PRODUCT_PAGE, json!({ "slug": slug })).await.data()["product"].clone()
}

/// Units on hand at each location.
async fn on_hand(staff: &GraphqlClient, sku: &str) -> Vec<(String, i64)> {
    let answer =
        staff.gql("query($s: String!) { inventoryLevels(sku: $s) { location onHand } }", json!({ "s": sku })).await;
    let levels = answer.data()["inventoryLevels"].as_array().unwrap().clone();
    let mut levels: Vec<_> = levels
        .iter()
        .map(|level| (level["location"].as_str().unwrap().to_owned(), level["onHand"].as_i64().unwrap()))
        .collect();
    levels.sort();
    levels
}

fn units(levels: &[(&str, i64)]) -> Vec<(String, i64)> {
    levels.iter().map(|(location, units)| ((*location).to_owned(), *units)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn named_products_have_their_variants_and_prices_in_each_channel() {
    let processes = demo().await;
    for (channel, currency, slug, sku, price, compare_at, variants) in [
        ("eu", "EUR", "classic-tee", "TEE-S-BLACK", "19.90", Some("24.90"), 12),
        ("us", "USD", "classic-tee", "TEE-S-BLACK", "22.00", None, 12),
        ("jp", "JPY", "classic-tee", "TEE-S-BLACK", "2900", None, 12),
        ("eu", "EUR", "limited-print", "LIMITED-PRINT", "49.00", None, 1),
        ("us", "USD", "limited-print", "LIMITED-PRINT", "55.00", None, 1),
        ("eu", "EUR", "atlas-of-rivers", "ATLAS", "35.00", None, 1),
        ("eu", "EUR", "field-recordings", "FIELD-FLAC", "9.00", None, 1),
        ("eu", "EUR", "camping-kit", "CAMPING-KIT", "249.00", None, 1),
    ] {
        let product = page(&storefront(&processes, &format!("channel={channel}")), slug).await;
        let nodes = product["variants"]["nodes"].as_array().unwrap();
        assert_eq!((nodes.len(), &nodes[0]["sku"]), (variants, &json!(sku)), "{slug} in {channel}");
        for variant in nodes {
            assert_eq!(variant["price"], json!({ "amount": price, "currencyCode": currency }), "{slug} in {channel}");
            assert_eq!(variant["compareAtPrice"]["amount"], json!(compare_at), "{slug} in {channel}");
        }
    }
    let tee = page(&storefront(&processes, ""), "classic-tee").await;
    assert_eq!(tee["categories"], json!([{ "slug": "clothing/tops", "name": "Tops" }]));
    let options = json!([{ "name": "Size", "values": ["S", "M", "L"] }, { "name": "Color", "values": ["black", "white", "sand", "navy"] }]);
    assert_eq!(tee["options"], options);
    assert!(tee["metafield"]["value"].as_str().is_some_and(|care| !care.is_empty()));
    assert_eq!(page(&storefront(&processes, "locale=de"), "classic-tee").await["name"], "Klassisches T-Shirt");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demo_stock_is_at_the_documented_locations() {
    let processes = demo().await;
    let staff = processes.staff("admin@demo.test").await;
    for size in ["S", "M", "L"] {
        for color in ["BLACK", "WHITE", "SAND", "NAVY"] {
            let everywhere = units(&[("berlin", 10_000), ("oakland", 10_000), ("osaka", 10_000)]);
            assert_eq!(on_hand(&staff, &format!("TEE-{size}-{color}")).await, everywhere);
        }
    }
    assert_eq!(on_hand(&staff, "LIMITED-PRINT").await, units(&[("berlin", 60), ("lyon", 40)]));
    assert_eq!(on_hand(&staff, "STOVE").await, units(&[("berlin", 5)]));
    assert_eq!(on_hand(&staff, "LAMP").await.iter().map(|(_, units)| units).sum::<i64>(), 0);
    let print = Cart::with(&storefront(&processes, ""), &[("limited-print", "LIMITED-PRINT", 101)]).await;
    assert!(print.problems().await.contains(&"OUT_OF_STOCK".to_owned()), "there is no backorder");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unpublished_products_never_appear_in_the_storefront() {
    let processes = demo().await;
    let staff = processes.staff("admin@demo.test").await;
    let query = r#"{ product(slug: "secret-sample") { id slug variants(first: 1) { nodes { id sku } } } }"#;
    let secret = staff.gql(query, Value::Null).await;
    assert_eq!(secret.at("/product/variants/nodes/0/sku"), "SECRET-SAMPLE");
    let (product, variant) = (secret.text("/product/id"), secret.text("/product/variants/nodes/0/id"));
    for channel in ["eu", "us", "jp"] {
        let shop = storefront(&processes, &format!("channel={channel}"));
        assert_eq!(page(&shop, "secret-sample").await, Value::Null);
        let elsewhere = "query($id: ID!) { node(id: $id) { id } product(id: $id) { id } search(query: \"secret sample\", first: 5) { nodes { slug } }
            products(first: 100) { nodes { slug } } suggest(prefix: \"secr\") { products { slug } } }";
        let answer = shop.gql(elsewhere, json!({ "id": product })).await;
        assert_eq!((answer.at("/node"), answer.at("/product")), (&Value::Null, &Value::Null));
        assert!(!answer.data().to_string().contains("secret-sample"), "{}", answer.body);
        let add = "mutation($v: ID!) { cartCreate(input: { lines: [{ variantId: $v, quantity: 1 }] }) { cart { id } userErrors { code } } }";
        assert_eq!(shop.gql(add, json!({ "v": variant })).await.user_error_code(), "VARIANT_NOT_FOUND");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sold_out_is_not_sellable_and_digital_needs_no_delivery() {
    let processes = demo().await;
    let shop = storefront(&processes, "");
    let lamp = page(&shop, "sold-out-lamp").await;
    assert_eq!((&lamp["isAvailable"], &lamp["variants"]["nodes"][0]["sku"]), (&json!(false), &json!("LAMP")));
    let cart = Cart::with(&shop, &[("sold-out-lamp", "LAMP", 1)]).await;
    assert!(cart.problems().await.contains(&"OUT_OF_STOCK".to_owned()));
    let cart = cart.sent_to("DE", None).await.by("standard").await;
    assert_eq!(cart.problems().await, ["OUT_OF_STOCK"]);
    let refused = cart.pay("tok_success").await;
    assert_eq!((refused.user_error_code(), refused.at("/cartPaymentCreate/payment")), ("CART_NOT_READY", &Value::Null));
    assert_eq!(cart.complete().await.at("/cartComplete/order"), &Value::Null);
    assert!(processes.charges().await.is_empty());

    let music = Cart::with(&shop, &[("field-recordings", "FIELD-FLAC", 2)]).await;
    assert_eq!(music.page().await.at("/cart/deliveryGroups"), &json!([]));
    assert_eq!(music.sums().await, ["0.00", "2.87", "18.00"]);
    assert!(music.problems().await.is_empty());
    let order = music.buy().await;
    assert_eq!(music.order(&order).await["fulfillmentStatus"], "NOT_REQUIRED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bundle_is_limited_by_its_scarcest_component() {
    let processes = demo().await;
    let shop = storefront(&processes, "");
    assert_eq!(page(&shop, "camping-kit").await["variants"]["nodes"][0]["quantityAvailable"], 5);
    let six =
        Cart::with(&shop, &[("camping-kit", "CAMPING-KIT", 6)]).await.sent_to("DE", None).await.by("standard").await;
    assert_eq!(six.problems().await, ["OUT_OF_STOCK"]);
    let both = Cart::with(&shop, &[("camping-kit", "CAMPING-KIT", 5), ("stove", "STOVE", 1)]).await;
    assert!(both.problems().await.contains(&"OUT_OF_STOCK".to_owned()), "five stoves are no six");
    let one =
        Cart::with(&shop, &[("camping-kit", "CAMPING-KIT", 1)]).await.sent_to("DE", None).await.by("standard").await;
    // Delivery is free for 249.00.
    assert_eq!(one.sums().await, ["0.00", "39.76", "249.00"]);
    let _ = one.buy().await;
    let staff = processes.staff("admin@demo.test").await;
    for (sku, allocated) in [("TENT", 1), ("MAT", 2), ("STOVE", 1)] {
        let answer =
            staff.gql("query($s: String!) { inventoryLevels(sku: $s) { allocated } }", json!({ "s": sku })).await;
        let all = answer.data()["inventoryLevels"].as_array().unwrap().clone();
        assert_eq!(all.iter().map(|level| level["allocated"].as_i64().unwrap()).sum::<i64>(), allocated, "{sku}");
    }
    assert_eq!(page(&shop, "camping-kit").await["variants"]["nodes"][0]["quantityAvailable"], 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bundles_with_a_shared_component_are_counted_together() {
    let processes = demo().await;
    let staff = processes.staff("admin@demo.test").await;
    let kit = r#"mutation { productCreate(input: { slug: "stove-set", name: "Stove set", productType: "camping-gear"
        channels: ["eu"], variants: [{ sku: "STOVE-SET", components: [{ sku: "STOVE", quantity: 1 }]
        prices: [{ channel: "eu", currencyCode: EUR, amount: "60.00" }] }] })
        { product { id } userErrors { code field message } } }"#;
    let _ = staff.gql(kit, json!({})).await.ok();
    let shop = storefront(&processes, "");
    let with = async |kits, sets| {
        let lines = [("camping-kit", "CAMPING-KIT", kits), ("stove-set", "STOVE-SET", sets)];
        Cart::with(&shop, &lines).await.sent_to("DE", None).await.by("standard").await.problems().await
    };
    assert_eq!(with(3, 3).await, ["OUT_OF_STOCK", "OUT_OF_STOCK"]);
    assert_eq!(with(3, 2).await, Vec::<String>::new());
}
