//! A shop with German taxes and delivery, its owner, and guests who place orders.

use model::{access::Actor, catalog::Product, ids::CartId, orders::Order, payments::AttemptOutcome};
use persistence::carts;
use serde_json::{Value, json};
use services::{
    checkout::{CompleteCart, complete},
    identity,
};
use testkit::{Answer, GraphqlClient, cart_fixtures::payment_fixture, product_fixtures};

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";

/// The shop.
pub struct GuestShop {
    pub app: TestApp,
    pub owner: GraphqlClient,
}

impl GuestShop {
    /// Rates of 19 % and, for books, 7 %; standard delivery for 4.90.
    pub async fn open() -> Self {
        Self::over(TestApp::new().await).await
    }

    pub async fn over(app: TestApp) -> Self {
        identity::ensure_staff(&app.app, "olga@example.org", "Olga", PASSWORD, &["owner"]).await.unwrap();
        let login = "mutation($p: String!) { staffLogin(input: { email: \"olga@example.org\", password: $p }) {
            session { accessToken } userErrors { code } } }";
        let session = app.admin().gql(login, json!({ "p": PASSWORD })).await.ok();
        let owner = app.admin().bearer(&session.text("/staffLogin/session/accessToken"));
        product_fixtures::insert_rates(&app).await;
        Self { app, owner }
    }

    /// A product with one variant, whose SKU is the slug in upper case with `-0`.
    pub async fn product(&self, slug: &str, euros: &str, on_hand: i64) -> Product {
        product_fixtures::product_fixture(&self.app.app, slug, euros, on_hand).await
    }

    /// A guest with a language.
    pub fn guest(&self, locale: &str) -> GraphqlClient {
        GraphqlClient::new(self.app.url(&format!("/graphql?channel=eu&locale={locale}")))
    }

    /// A guest's cart for Ada in Berlin with standard delivery; returns its id.
    pub async fn cart(&self, locale: &str, lines: &[(&Product, i64)]) -> String {
        let guest = self.guest(locale);
        let lines: Vec<Value> = lines
            .iter()
            .map(|(product, quantity)| json!({ "variantId": product.variants[0].id.to_string(), "quantity": quantity }))
            .collect();
        let create = "mutation($i: CartCreateInput!) { cartCreate(input: $i) { cart { id } userErrors { code } } }";
        let input = json!({ "lines": lines, "buyer": { "email": "ada@example.org", "countryCode": "DE" } });
        let cart = guest.gql(create, json!({ "i": input })).await.ok().text("/cartCreate/cart/id");
        let address = "mutation($c: ID!, $s: AddressInput) { cartAddressesUpdate(input: { cartId: $c, shipping: $s }) {
            cart { deliveryGroups { id } } userErrors { code field } } }";
        let shipping = json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "Invalidenstr. 1",
            "postalCode": "10115", "city": "Berlin", "countryCode": "DE" });
        let sent = guest.gql(address, json!({ "c": cart, "s": shipping })).await.ok();
        let group = sent.text("/cartAddressesUpdate/cart/deliveryGroups/0/id");
        let select = "mutation($c: ID!, $g: ID!) { cartDeliveryOptionSelect(input: { cartId: $c, deliveryGroupId: $g,
            handle: \"standard\" }) { userErrors { code } } }";
        let _ = guest.gql(select, json!({ "c": cart, "g": group })).await.ok();
        cart
    }

    /// Lines, totals and problems of a cart.
    pub async fn look(&self, locale: &str, cart: &str) -> Answer {
        let query = "query($c: ID!) { cart(id: $c) { totalQuantity
            lines { nodes { id isGift quantity variant { sku } unitPrice { gross { amount } } total { gross { amount } }
                discountAllocations { title amount { amount } } } }
            cost { subtotal { gross { amount } } discountTotal { amount } total { gross { amount } } }
            discountCodes { code isApplicable } problems { code message } } }";
        self.guest(locale).gql(query, json!({ "c": cart })).await.ok()
    }

    /// Pays for a cart and completes it; `cents` is its total.
    pub async fn complete(&self, cart: &str, cents: i64) -> Order {
        let id: CartId = cart.parse().unwrap();
        let stored = carts::find(&mut self.app.app.db().write().await.unwrap(), id).await.unwrap().unwrap();
        payment_fixture(&self.app, &stored, cents, AttemptOutcome::Authorized).await;
        let input = CompleteCart { cart_id: id, expected_version: None, idempotency_key: None, network: None };
        complete(&self.app.app, &Actor::Anonymous, input).await.unwrap()
    }
}
