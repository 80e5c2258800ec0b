//! The scenarios, one function each.

use std::{future::Future, pin::Pin};

use bytes::Bytes;
use rand::Rng;
use serde_json::{Value, json};

use crate::{
    Outcome,
    client::{Client, request},
    shop::{self, Shop},
    staff,
};

type Step<'a> = Pin<Box<dyn Future<Output = Outcome<()>> + 'a>>;

/// A repeated action of shoppers.
pub struct Scenario {
    /// Name in reports.
    pub name: &'static str,
    /// GraphQL operations that it sends, to find their statements in the metrics of the server.
    pub operations: &'static [&'static str],
    /// Budget: minimum units of work per CPU-second of server and database; None without a budget.
    pub budget: Option<u32>,
    /// Budget: maximum statements per unit of work.
    pub statements: Option<u32>,
    /// Performs one unit of work.
    pub act: for<'a> fn(&'a mut Client, &'a Shop) -> Step<'a>,
}

/// All scenarios in the order in which they run.
pub const ALL: &[Scenario] = &[
    Scenario {
        name: "product page",
        operations: &["ProductPage"],
        budget: Some(8_000),
        statements: Some(0),
        act: |client, shop| Box::pin(async move { ask(client, PRODUCT_PAGE, json!({ "slug": shop.slug() })).await }),
    },
    Scenario {
        name: "navigation",
        operations: &["Navigation"],
        budget: Some(8_000),
        statements: Some(0),
        act: |client, _| Box::pin(async move { ask(client, NAVIGATION, json!({})).await }),
    },
    Scenario {
        name: "listing with facets",
        operations: &["Listing"],
        budget: Some(4_000),
        statements: Some(0),
        act: |client, shop| {
            Box::pin(async move { ask(client, LISTING, json!({ "category": shop.category(), "first": 24 })).await })
        },
    },
    Scenario {
        name: "search with facets",
        operations: &["Search"],
        budget: Some(1_500),
        statements: Some(0),
        act: |client, shop| {
            Box::pin(async move { ask(client, SEARCH, json!({ "query": shop.word(), "first": 24 })).await })
        },
    },
    Scenario {
        name: "add to a new cart",
        operations: &["CartCreate", "CartAdd"],
        budget: Some(800),
        statements: Some(6),
        act: |client, shop| Box::pin(add_to_new_cart(client, shop)),
    },
    Scenario {
        name: "add to a cart of 200 lines",
        operations: &["CartAddToLarge"],
        budget: None,
        statements: Some(6),
        act: |client, shop| Box::pin(add_to_large_cart(client, shop)),
    },
    Scenario {
        name: "whole checkout",
        operations: CHECKOUT,
        budget: Some(150),
        statements: Some(50),
        act: |client, shop| Box::pin(async move { checkout(client, shop.variant()).await }),
    },
    Scenario {
        name: "flash sale (one variant)",
        operations: CHECKOUT,
        budget: None,
        statements: Some(50),
        act: |client, shop| Box::pin(async move { checkout(client, &shop.hot_variant).await }),
    },
    // A page has 100 products, and the budget is 3,000 products.
    Scenario {
        name: "export of 100 products",
        operations: &["Export"],
        budget: Some(30),
        statements: Some(4),
        act: |client, _| Box::pin(staff::export(client)),
    },
    // The budget is 300 ms of CPU.
    Scenario {
        name: "new prices of 500 variants",
        operations: &["NewPrices"],
        budget: Some(3),
        statements: Some(12),
        act: |client, shop| Box::pin(staff::change_prices(client, shop)),
    },
];

const CHECKOUT: &[&str] =
    &["CheckoutCreate", "CheckoutLines", "CheckoutBuyer", "CheckoutAddress", "CheckoutDelivery", "Pay", "Complete"];

const PRODUCT_PAGE: &str = include_str!("../../../scripts/checks/operations/storefront/ProductPage.graphql");
const NAVIGATION: &str =
    "query Navigation { categoryTree(depth: 3) { slug name children { slug name children { slug name } } } }";
const LISTING: &str = include_str!("../../../scripts/checks/operations/storefront/Listing.graphql");
const SEARCH: &str = include_str!("../../../scripts/checks/operations/storefront/Search.graphql");
const CART_CREATE: &str = "mutation CartCreate($input: CartCreateInput!) { cartCreate(input: $input) { cart { id version } userErrors { code field message } } }";
const CART_ADD: &str = "mutation CartAdd($input: CartLinesAddInput!) { cartLinesAdd(input: $input) { cart { id version cost { total { gross { amount } } } } userErrors { code field message } } }";

/// Loads every product page once, so that the server is warm, and returns the mean size of a page in bytes.
pub async fn warm_up(server: &str, shop: &Shop) -> Outcome<usize> {
    let mut client = Client::connect(server).await?;
    let mut bytes = 0;
    for slug in &shop.slugs {
        bytes += client.post("/graphql", request(PRODUCT_PAGE, &json!({ "slug": slug }))).await?.len();
    }
    Ok(bytes / shop.slugs.len().max(1))
}

/// The request for the page of a random product.
pub fn random_page_request(shop: &Shop) -> Bytes {
    request(PRODUCT_PAGE, &json!({ "slug": shop.slug() }))
}

/// The request for a new cart with a random product.
pub fn cart_request(shop: &Shop) -> Bytes {
    let lines = json!([line(shop.variant())]);
    request(CART_CREATE, &json!({ "input": { "lines": lines, "buyer": { "countryCode": "DE" } } }))
}

/// The request for a product page.
pub fn product_page_request() -> Bytes {
    request(PRODUCT_PAGE, &json!({ "slug": "classic-tee" }))
}

async fn ask(client: &mut Client, query: &str, variables: Value) -> Outcome<()> {
    client.graphql(query, variables).await.map(drop)
}

async fn new_cart(client: &mut Client, query: &str, lines: Value) -> Outcome<String> {
    let input = json!({ "input": { "lines": lines, "buyer": { "countryCode": "DE" } } });
    let answer = client.graphql(query, input).await?;
    Ok(answer["data"]["cartCreate"]["cart"]["id"].as_str().ok_or("no cart")?.to_owned())
}

fn line(variant: &str) -> Value {
    json!({ "variantId": variant, "quantity": shop::quantity() })
}

async fn add_to_new_cart(client: &mut Client, shop: &Shop) -> Outcome<()> {
    let cart = new_cart(client, CART_CREATE, json!([])).await?;
    ask(client, CART_ADD, json!({ "input": { "cartId": cart, "lines": [line(shop.variant())] } })).await
}

/// Creates a cart with 200 lines once per connection and reuses it.
async fn add_to_large_cart(client: &mut Client, shop: &Shop) -> Outcome<()> {
    let lines = shop.variants.get(..200).unwrap_or(&shop.variants);
    let cart = if let Some(cart) = client.cart.take() {
        cart
    } else {
        let create = CART_CREATE.replace("CartCreate(", "LargeCartCreate(");
        new_cart(client, &create, json!(lines.iter().map(|variant| line(variant)).collect::<Vec<_>>())).await?
    };
    let add = CART_ADD.replace("CartAdd(", "CartAddToLarge(");
    let again = json!([{ "variantId": shop::pick(lines), "quantity": 1 }]);
    ask(client, &add, json!({ "input": { "cartId": cart, "lines": again } })).await?;
    client.cart = Some(cart);
    Ok(())
}

async fn checkout(client: &mut Client, variant: &str) -> Outcome<()> {
    let cart = ready_to_pay(client, variant).await?;
    pay(client, &cart).await?;
    complete(client, &cart).await
}

/// Creates a cart that can be paid.
pub async fn ready_to_pay(client: &mut Client, variant: &str) -> Outcome<String> {
    let create = CART_CREATE.replace("CartCreate(", "CheckoutCreate(");
    let cart = new_cart(client, &create, json!([])).await?;
    let add = CART_ADD.replace("CartAdd(", "CheckoutLines(");
    ask(client, &add, json!({ "input": { "cartId": cart, "lines": [{ "variantId": variant, "quantity": 1 }] } }))
        .await?;
    let buyer = "mutation CheckoutBuyer($input: CartBuyerUpdateInput!) { cartBuyerUpdate(input: $input) { cart { version } userErrors { code message } } }";
    ask(client, buyer, json!({ "input": { "cartId": cart, "email": "load@demo.test", "countryCode": "DE" } })).await?;
    let address = "mutation CheckoutAddress($input: CartAddressesUpdateInput!) { cartAddressesUpdate(input: $input) { cart { version deliveryGroups { id options { handle price { gross { amount } } } } } userErrors { code message } } }";
    let shipping = json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "Unter den Linden 1", "postalCode": "10117", "city": "Berlin", "countryCode": "DE" });
    let answer = client.graphql(address, json!({ "input": { "cartId": cart, "shipping": shipping } })).await?;
    let group = &answer["data"]["cartAddressesUpdate"]["cart"]["deliveryGroups"][0]["id"];
    if group.is_string() {
        let select = "mutation CheckoutDelivery($input: CartDeliveryOptionSelectInput!) { cartDeliveryOptionSelect(input: $input) { cart { version cost { total { gross { amount } } } } userErrors { code message } } }";
        let choice = json!({ "input": { "cartId": cart, "deliveryGroupId": group, "handle": "standard" } });
        ask(client, select, choice).await?;
    }
    Ok(cart)
}

/// Pays for a cart.
pub async fn pay(client: &mut Client, cart: &str) -> Outcome<()> {
    let pay = "mutation Pay($input: CartPaymentCreateInput!) { cartPaymentCreate(input: $input) { payment { id status } userErrors { code message } } }";
    let key: u64 = rand::rng().random();
    let input =
        json!({ "cartId": cart, "method": "CARD", "token": "tok_success", "idempotencyKey": format!("pay-{key:x}") });
    ask(client, pay, json!({ "input": input })).await
}

/// Completes a paid cart.
pub async fn complete(client: &mut Client, cart: &str) -> Outcome<()> {
    let key: u64 = rand::rng().random();
    let complete = "mutation Complete($input: CartCompleteInput!) { cartComplete(input: $input) { order { id number status paymentStatus total { gross { amount currencyCode } } } userErrors { code field message } } }";
    ask(client, complete, json!({ "input": { "cartId": cart, "idempotencyKey": format!("complete-{key:x}") } })).await
}
