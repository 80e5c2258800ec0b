//! A shop, its clients, and products to buy.

use serde_json::{Value, json};
use testkit::GraphqlClient;

use super::contract::Contract;
use crate::processes::{Plan, Processes};

/// The limits of unpaid orders by bank transfer.
const TRANSFER_LIMITS: [&str; 4] = [
    "MERCATOR_TRANSFER_ORDERS_PER_EMAIL",
    "MERCATOR_TRANSFER_UNITS_PER_EMAIL",
    "MERCATOR_TRANSFER_ORDERS_PER_NETWORK",
    "MERCATOR_TRANSFER_UNITS_PER_NETWORK",
];

/// The shop.
pub struct StatementShop {
    pub contract: Contract,
    pub guest: GraphqlClient,
    pub ada: GraphqlClient,
    pub staff: GraphqlClient,
    _processes: Processes,
}

impl StatementShop {
    pub async fn open(plan: Plan) -> Self {
        // Orders by bank transfer have as many units as the measured carts.
        let unlimited = TRANSFER_LIMITS.map(|name| (name, "1000000".to_owned()));
        let processes = Processes::start_with(plan, unlimited.to_vec()).await;
        let guest = processes.storefront(0);
        let login = "mutation { customerLogin(input: { email: \"ada@demo.test\", password: \"mercator-demo\" }) {
            session { accessToken } userErrors { code } } }";
        let ada = guest.gql(login, json!({})).await.ok().text("/customerLogin/session/accessToken");
        Self {
            contract: Contract::read(&processes.servers[0].address),
            ada: guest.clone().bearer(&ada),
            staff: processes.staff("admin@demo.test").await,
            guest,
            _processes: processes,
        }
    }

    /// Creates `count` products with enough stock; returns the ids of their variants.
    pub async fn variants(&self, count: usize) -> Vec<String> {
        let query = "{ products(first: 100) { nodes { variants(first: 1) { nodes { id sku } } } } }";
        let found = self.guest.gql(query, json!({})).await;
        let nodes = found.at("/products/nodes").as_array().unwrap().clone();
        let variants: Vec<&Value> = nodes.iter().take(count).map(|node| &node["variants"]["nodes"][0]).collect();
        let change = |variant: &&Value| json!({ "sku": variant["sku"], "location": "berlin", "delta": 100 });
        let adjust = "mutation($c: [InventoryChangeInput!]!) { inventoryAdjust(input: { reason: RECEIVED, changes: $c }) { userErrors { code field message } } }";
        let changes: Vec<Value> = variants.iter().map(change).collect();
        let _ = self.staff.gql(adjust, json!({ "c": changes })).await.ok();
        variants.iter().map(|variant| variant["id"].as_str().unwrap().to_owned()).collect()
    }

    /// Creates a cart with this number of lines; lines of the same variant differ in an attribute.
    pub async fn cart(&self, buyer: &GraphqlClient, variants: &[String], lines: usize) -> String {
        let line = |(at, id): (usize, &String)| json!({ "variantId": id, "quantity": 1, "attributes": [{ "key": "engraving", "value": at.to_string() }] });
        let lines: Vec<Value> = variants.iter().cycle().take(lines).enumerate().map(line).collect();
        let create =
            "mutation($l: [CartLineInput!]!) { cartCreate(input: { lines: $l }) { cart { id } userErrors { code } } }";
        buyer.gql(create, json!({ "l": lines })).await.ok().text("/cartCreate/cart/id")
    }

    /// Creates a published product with this number of variants.
    pub async fn product(&self, kind: &str, slug: &str, variants: usize) -> String {
        let values: Vec<String> = (0..variants).map(|size| format!("Size {size}")).collect();
        let variant = |(at, value): (usize, &String)| {
            json!({ "sku": format!("{slug}-{at}"), "selectedOptions": [{ "name": "Size", "value": value }],
                "prices": [{ "channel": "eu", "currencyCode": "EUR", "amount": "20.00" }],
                "stock": [{ "location": "berlin", "onHand": 7 }] })
        };
        let variants: Vec<Value> = values.iter().enumerate().map(variant).collect();
        let input = json!({ "productType": kind, "slug": slug, "name": slug, "channels": ["eu"],
            "options": [{ "name": "Size", "values": values }], "variants": variants });
        let create = "mutation($i: ProductCreateInput!) { productCreate(input: $i) { product { id } userErrors { code field message } } }";
        self.staff.gql(create, json!({ "i": input })).await.ok().text("/productCreate/product/id")
    }
}

/// An address that every channel of the demo delivers to.
pub fn address() -> Value {
    json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "Unter den Linden 1", "postalCode": "10117",
        "city": "Berlin", "countryCode": "DE" })
}
