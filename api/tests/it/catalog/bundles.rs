//! Bundles as shoppers see them.

use serde_json::{Value, json};
use testkit::GraphqlClient;

use super::{CREATE, Shop};

const READ: &str = "query($s: String!) { product(slug: $s) { variants(first: 9) { nodes { sku components { quantity
    variant { sku product { slug } price { amount } } } } } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bundle_shows_the_components_that_the_channel_shows() {
    let shop = Shop::new().await;
    let _ = shop.product("tent", "TENT").await.ok();
    let hidden = CREATE.replace("a-book", "peg").replace("B-H", "PEG").replace(r#"channels: ["eu"]"#, "channels: []");
    let _ = shop.owner.gql(&hidden, json!({})).await.ok();
    let components = r#"components: [{ sku: "TENT", quantity: 1 }, { sku: "PEG", quantity: 12 }]"#;
    let kit = CREATE.replace("a-book", "kit").replace("B-H", "KIT").replace("weightGrams: 400", components);
    let kit = kit.replace(r#", stock: [{ location: "berlin", onHand: 7 }]"#, "");
    let _ = shop.owner.gql(&kit, json!({})).await.ok();
    let client = GraphqlClient::new(shop.app.url("/graphql?channel=eu"));
    let seen = client.gql(READ, json!({ "s": "kit" })).await.ok();
    let tent = json!({ "sku": "TENT", "product": { "slug": "tent" }, "price": { "amount": "20.00" } });
    let expected = json!([{ "quantity": 1, "variant": tent }, { "quantity": 12, "variant": null }]);
    assert_eq!(seen.at("/product/variants/nodes/0/components"), &expected);
    let plain = client.gql(READ, json!({ "s": "tent" })).await.ok();
    assert_eq!(plain.at("/product/variants/nodes/0/components"), &Value::Array(Vec::new()));
}
