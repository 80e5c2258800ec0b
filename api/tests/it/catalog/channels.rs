//! Channels.

use serde_json::{Value, json};

use super::Shop;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn return_origins_of_a_channel_are_checked() {
    let shop = Shop::new().await;
    let query = "mutation($o: [String!]) { channelUpdate(input: { slug: \"eu\", returnOrigins: $o }) {
        channel { returnOrigins } userErrors { code field } } }";
    let update = async |origins: Value| shop.owner.gql(query, json!({ "o": origins })).await;
    let kept = update(json!(["https://Shop.example/", "http://localhost:3000", "myapp://return"])).await.ok();
    let expected = json!(["https://shop.example", "http://localhost:3000", "myapp://return"]);
    assert_eq!(kept.at("/channelUpdate/channel/returnOrigins"), &expected);
    for wrong in [
        "",
        "*",
        "shop.example",
        "http://shop.example",
        "https://shop.example/checkout",
        "https://shop@evil.example",
        "https://shop.example\r\n",
        "javascript://shop.example",
        "data://a",
    ] {
        let refused = update(json!(["https://shop.example", wrong])).await;
        assert_eq!(refused.user_error_code(), "INVALID_RETURN_ORIGINS", "{wrong:?}");
    }
    let twice = update(json!(["https://shop.example", "https://shop.example:443"])).await;
    assert_eq!(twice.user_error_code(), "INVALID_RETURN_ORIGINS");
    let read = shop.owner.gql("{ channel { returnOrigins } }", json!({})).await.ok();
    assert_eq!(read.at("/channel/returnOrigins"), &expected);
}
