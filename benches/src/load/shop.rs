//! Data of the shop for requests: slugs, variants, categories and words, read through the API.

use rand::{Rng, seq::IndexedRandom};
use serde_json::{Value, json};

use crate::{Outcome, client::Client};

const PRODUCTS: &str = "query Catalog($after: String) { products(first: 100, after: $after, sort: { key: NAME, direction: ASC }) {
  totalCount pageInfo { hasNextPage endCursor } nodes { slug name variants(first: 20) { nodes { id quantityAvailable } } } } }";
const CATEGORIES: &str = "{ categoryTree(depth: 3) { slug children { slug children { slug } } } }";
const HOT: &str = r#"{ product(slug: "classic-tee") { variants(first: 50) { nodes { id sku } } } }"#;

/// Minimum stock of a variant, so that it does not sell out during the benchmark.
const PLENTY: i64 = 50;

/// Shop data that requests pick from at random.
pub struct Shop {
    /// Slugs of all products.
    pub slugs: Vec<String>,
    /// Ids of variants that can be bought.
    pub variants: Vec<String>,
    /// Slug paths of all categories.
    pub categories: Vec<String>,
    /// Words of product names.
    pub words: Vec<String>,
    /// Variant of the flash sale.
    pub hot_variant: String,
}

impl Shop {
    /// Reads the whole catalog page by page.
    pub async fn read(server: &str) -> Outcome<Self> {
        let mut client = Client::connect(server).await?;
        let mut shop = Self {
            slugs: Vec::new(),
            variants: Vec::new(),
            categories: Vec::new(),
            words: Vec::new(),
            hot_variant: String::new(),
        };
        let mut after = Value::Null;
        loop {
            let answer = client.graphql(PRODUCTS, json!({ "after": after })).await?;
            let page = &answer["data"]["products"];
            shop.take_products(page);
            if page["pageInfo"]["hasNextPage"] != true {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        shop.take_categories(&client.graphql(CATEGORIES, json!({})).await?["data"]["categoryTree"]);
        let hot = client.graphql(HOT, json!({})).await?;
        text(&hot["data"]["product"]["variants"]["nodes"][0]["id"]).clone_into(&mut shop.hot_variant);
        shop.words.sort();
        shop.words.dedup();
        Ok(shop)
    }

    fn take_products(&mut self, page: &Value) {
        for product in page["nodes"].as_array().into_iter().flatten() {
            self.slugs.push(text(&product["slug"]).to_owned());
            let words = text(&product["name"]).split_whitespace().filter(|word| word.len() > 3);
            self.words.extend(words.map(str::to_lowercase));
            let variants = product["variants"]["nodes"].as_array().into_iter().flatten();
            let sellable = variants.filter(|variant| variant["quantityAvailable"].as_i64() >= Some(PLENTY));
            self.variants.extend(sellable.map(|variant| text(&variant["id"]).to_owned()));
        }
    }

    fn take_categories(&mut self, nodes: &Value) {
        for node in nodes.as_array().into_iter().flatten() {
            self.categories.push(text(&node["slug"]).to_owned());
            self.take_categories(&node["children"]);
        }
    }

    /// The slug of a random product.
    pub fn slug(&self) -> &str {
        pick(&self.slugs)
    }

    /// A random variant that can be bought.
    pub fn variant(&self) -> &str {
        pick(&self.variants)
    }

    /// A random category.
    pub fn category(&self) -> &str {
        pick(&self.categories)
    }

    /// A random word of a product name.
    pub fn word(&self) -> &str {
        pick(&self.words)
    }
}

/// A random quantity as in a typical cart.
pub fn quantity() -> u32 {
    rand::rng().random_range(1..=2)
}

/// A random entry of the list.
pub fn pick(list: &[String]) -> &str {
    list.choose(&mut rand::rng()).map_or("", String::as_str)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
