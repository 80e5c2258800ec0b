//! The catalog from the outside: shoppers see the changes of staff.

mod addresses;
mod audit;
mod bulk_products;
mod bulk_variants;
mod bundles;
mod channels;
mod finding;
mod languages;
mod lists;
mod merging;
mod nodes;
mod products;
mod rules;
mod taxonomy;

use serde_json::{Value, json};
use services::identity;
use testkit::{GraphqlClient, product_fixtures};

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";

const TYPE: &str = "mutation { productTypeCreate(input: { slug: \"book\", name: \"Book\", attributes: [
    { slug: \"pages\", name: \"Pages\", kind: INTEGER, isFilterable: true }] }) {
    productType { id slug } userErrors { code field } } }";

const CATEGORY: &str = "mutation($i: CategoryCreateInput!) { categoryCreate(input: $i) {
    category { id slug } userErrors { code field } } }";

/// The contract's `productCreate`, unchanged except for placeholders of slug and SKU.
const CREATE: &str = r#"mutation { productCreate(input: {
  productType: "book", slug: "a-book", name: "A book", description: "…", vendor: "…", tags: ["new"], attributes: [{ slug: "pages", values: ["320"] }], taxClass: "books"
  options: [{ name: "Cover", values: ["Hard", "Soft"] }], categories: ["books"], channels: ["eu"]
  variants: [{ sku: "B-H", selectedOptions: [{ name: "Cover", value: "Hard" }], weightGrams: 400, prices: [{ channel: "eu", currencyCode: EUR, amount: "20.00", compareAt: "25.00" }], stock: [{ location: "berlin", onHand: 7 }] }]
  metafields: [{ namespace: "shop", key: "care", type: "text", value: "dry" }], translations: [{ locale: "de", name: "Ein Buch" }]
}) { product { id slug version variants(first: 10) { nodes { id sku } } } userErrors { code field message } } }"#;

const UPDATE: &str = "mutation($i: ProductUpdateInput!) { productUpdate(input: $i) {
    product { id slug version formerSlugs variants(first: 10) { nodes { id sku } } } userErrors { code field message } } }";

const PAGE: &str = include_str!("../../../../scripts/checks/operations/storefront/ProductPage.graphql");

/// A shop with a product type and a category, and its owner.
struct Shop {
    app: TestApp,
    owner: GraphqlClient,
}

impl Shop {
    async fn new() -> Self {
        Self::over(TestApp::new().await).await
    }

    async fn over(app: TestApp) -> Self {
        identity::ensure_staff(&app.app, "olga@example.org", "Olga", PASSWORD, &["owner"]).await.unwrap();
        let login = "mutation($e: String!, $p: String!) { staffLogin(input: { email: $e, password: $p }) {
            session { accessToken } userErrors { code } } }";
        let session = app.admin().gql(login, json!({ "e": "olga@example.org", "p": PASSWORD })).await.ok();
        let owner = app.admin().bearer(&session.text("/staffLogin/session/accessToken"));
        // The contract's product is taxed as a book.
        product_fixtures::insert_rates(&app).await;
        let shop = Self { app, owner };
        let _ = shop.owner.gql(TYPE, json!({})).await.ok();
        shop.category("books", None).await;
        shop
    }

    async fn category(&self, slug: &str, parent: Option<&str>) -> String {
        let input = json!({ "i": { "slug": slug, "name": slug, "parent": parent } });
        self.owner.gql(CATEGORY, input).await.ok().text("/categoryCreate/category/id")
    }

    /// A field of `productPublish` or `productUnpublish`.
    async fn place(&self, field: &str, id: &str, channel: &str) -> testkit::Answer {
        let query = format!(
            "mutation($id: ID!, $c: [String!]!) {{ {field}(input: {{ id: $id, channels: $c }}) {{ userErrors {{ code }} }} }}"
        );
        self.owner.gql(&query, json!({ "id": id, "c": [channel] })).await
    }

    /// Creates the contract's product and returns its id.
    async fn book(&self) -> String {
        self.owner.gql(CREATE, json!({})).await.ok().text("/productCreate/product/id")
    }

    /// Another product of one variant, by its slug and SKU.
    async fn product(&self, slug: &str, sku: &str) -> testkit::Answer {
        let query = CREATE.replace("a-book", slug).replace("B-H", sku);
        self.owner.gql(&query, json!({})).await
    }

    async fn update(&self, input: Value) -> testkit::Answer {
        self.owner.gql(UPDATE, json!({ "i": input })).await
    }

    /// The product page of a slug in a channel.
    async fn page(&self, slug: &str, context: &str) -> testkit::Answer {
        let client = GraphqlClient::new(self.app.url(&format!("/graphql?{context}")));
        client.gql(PAGE, json!({ "slug": slug })).await.ok()
    }
}
