//! Objects of the shop that generated documents name.

use rand::{Rng, seq::IndexedRandom};
use serde_json::{Value, json};

use crate::{Outcome, client::Client, shop::Shop};

/// Carts to create, as many as one request may read.
const CARTS: usize = 25;
/// Lines of each cart, the maximum.
const LINES: usize = 500;

const CREATE: &str =
    "mutation($l: [CartLineInput!]!) { cartCreate(input: { lines: $l, discountCodes: [\"WELCOME10\", \"NONE\"] }) {
  cart { id } userErrors { code message } } }";
const PRODUCTS: &str = "{ products(first: 100) { nodes { id } } }";

/// Ids and texts by kind.
pub struct Pools {
    /// Carts of 500 lines with discount codes.
    pub carts: Vec<String>,
    /// Products.
    pub products: Vec<String>,
    /// Variants.
    pub variants: Vec<String>,
    /// Slugs of products.
    pub slugs: Vec<String>,
    /// Slug paths of categories.
    pub categories: Vec<String>,
    words: Vec<String>,
}

impl Pools {
    /// Reads the shop and creates the carts.
    pub async fn fill(server: &str, shop: Shop) -> Outcome<Self> {
        let mut client = Client::connect(server).await?;
        let found = client.graphql(PRODUCTS, json!({})).await?;
        let nodes = found["data"]["products"]["nodes"].as_array();
        let products = nodes.into_iter().flatten().filter_map(|node| node["id"].as_str().map(str::to_owned)).collect();
        let line = |(at, id): (usize, &String)| json!({ "variantId": id, "quantity": 1, "attributes": [{ "key": "at", "value": at.to_string() }] });
        let lines: Vec<Value> = shop.variants.iter().cycle().take(LINES).enumerate().map(line).collect();
        let mut carts = Vec::new();
        for _ in 0..CARTS {
            let created = client.graphql(CREATE, json!({ "l": lines })).await?;
            carts.extend(created["data"]["cartCreate"]["cart"]["id"].as_str().map(str::to_owned));
        }
        let Shop { slugs, variants, categories, words, .. } = shop;
        Ok(Self { carts, products, variants, slugs, categories, words })
    }

    /// A random word that some product contains.
    pub fn word(&self, random: &mut impl Rng) -> &str {
        self.words.choose(random).map_or("a", String::as_str)
    }
}
