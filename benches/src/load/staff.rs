//! Actions of staff and of systems that use the admin API.

use rand::Rng;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{Outcome, client::Client, shop::Shop};

const ADMIN: &str = "/admin/graphql";
const EXPORT: &str = include_str!("../../../scripts/checks/operations/admin/Export.graphql");
const NEW_PRICES: &str = "mutation NewPrices($v: [ProductVariantBulkInput!]!) { productVariantsBulkUpdate(input: { variants: $v }) { productVariants { id sku } userErrors { code field message } } }";

/// Number of variants of one change of prices.
const VARIANTS: usize = 500;

/// Held by the connection that changes prices: the changes of several could concern the same products.
static CHANGING: Mutex<()> = Mutex::const_new(());

/// Reads the next page of an export of all products, from the start again after the last page.
pub async fn export(client: &mut Client) -> Outcome<()> {
    log_in(client).await?;
    let answer = client.graphql_at(ADMIN, EXPORT, json!({ "after": client.position })).await?;
    let page = &answer["data"]["products"]["pageInfo"];
    client.position = if page["hasNextPage"] == true { page["endCursor"].clone() } else { Value::Null };
    Ok(())
}

/// Sets new prices of variants of neighboring products.
pub async fn change_prices(client: &mut Client, shop: &Shop) -> Outcome<()> {
    log_in(client).await?;
    let _alone = CHANGING.lock().await;
    let last = shop.variants.len().saturating_sub(VARIANTS);
    let start = rand::rng().random_range(0..=last);
    let change = |id: &String| {
        let amount = format!("{}.{:02}", rand::rng().random_range(10..100), rand::rng().random_range(0..100));
        json!({ "id": id, "prices": [{ "channel": "eu", "currencyCode": "EUR", "amount": amount }] })
    };
    let variants: Vec<Value> = shop.variants.iter().skip(start).take(VARIANTS).map(change).collect();
    client.graphql_at(ADMIN, NEW_PRICES, json!({ "v": variants })).await.map(drop)
}

async fn log_in(client: &mut Client) -> Outcome<()> {
    if client.token.is_none() {
        let login = "mutation Login { staffLogin(input: { email: \"admin@demo.test\", password: \"mercator-demo\" }) { session { accessToken } userErrors { code message } } }";
        let answer = client.graphql_at(ADMIN, login, json!({})).await?;
        let token = answer["data"]["staffLogin"]["session"]["accessToken"].as_str().ok_or("no token")?;
        client.token = Some(token.to_owned());
    }
    Ok(())
}
