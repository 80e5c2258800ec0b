//! Taxes from the outside: staff sets rates, and shoppers pay them.

mod classes;
mod missing;
mod rates;
mod relief;
mod times;

use model::catalog::Product;
use serde_json::{Value, json};
use services::identity;
use testkit::{Answer, GraphqlClient, TestClock, product_fixtures};

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";

/// A shop with German rates of 19 % and, for books, 7 %, delivery methods, and its owner.
struct Shop {
    app: TestApp,
    owner: GraphqlClient,
}

impl Shop {
    async fn new() -> Self {
        Self::over(TestApp::new().await).await
    }

    async fn with_clock(clock: &TestClock) -> Self {
        Self::over(TestApp::with_clock(clock).await).await
    }

    async fn over(app: TestApp) -> Self {
        identity::ensure_staff(&app.app, "olga@example.org", "Olga", PASSWORD, &["owner"]).await.unwrap();
        let login = "mutation($p: String!) { staffLogin(input: { email: \"olga@example.org\", password: $p }) {
            session { accessToken } userErrors { code } } }";
        let session = app.admin().gql(login, json!({ "p": PASSWORD })).await.ok();
        let owner = app.admin().bearer(&session.text("/staffLogin/session/accessToken"));
        product_fixtures::insert_rates(&app).await;
        Self { app, owner }
    }

    /// A product in the channel `eu`, of the standard tax class.
    async fn product(&self, slug: &str, euros: &str) -> Product {
        product_fixtures::product_fixture(&self.app.app, slug, euros, 100).await
    }

    async fn set(&self, input: Value) -> Answer {
        let query = "mutation($i: TaxRateSetInput!) { taxRateSet(input: $i) { taxRate { id countryCode region
            postalCodes { from to } taxClass name percent components { name percent } validFrom }
            userErrors { code field message } } }";
        self.owner.gql(query, json!({ "i": input })).await
    }

    /// A cart of a guest with one unit of each product; returns its id.
    async fn cart(&self, products: &[&Product]) -> String {
        self.cart_of(&self.app.storefront(), products).await
    }

    async fn cart_of(&self, shopper: &GraphqlClient, products: &[&Product]) -> String {
        let lines: Vec<Value> = products
            .iter()
            .map(|product| json!({ "variantId": product.variants[0].id.to_string(), "quantity": 1 }))
            .collect();
        let create =
            "mutation($i: CartCreateInput!) { cartCreate(input: $i) { cart { id } userErrors { code field } } }";
        let input = json!({ "lines": lines, "buyer": { "email": "ada@example.org" } });
        shopper.gql(create, json!({ "i": input })).await.ok().text("/cartCreate/cart/id")
    }

    /// Sends a guest's cart to a country, by standard delivery.
    async fn send(&self, cart: &str, country: &str, postal_code: &str) {
        self.send_of(&self.app.storefront(), cart, country, postal_code).await;
    }

    async fn send_of(&self, shopper: &GraphqlClient, cart: &str, country: &str, postal_code: &str) {
        let address = "mutation($c: ID!, $s: AddressInput) { cartAddressesUpdate(input: { cartId: $c, shipping: $s }) {
            cart { deliveryGroups { id } } userErrors { code field } } }";
        let shipping = json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "Main Street 1",
            "postalCode": postal_code, "city": "Town", "countryCode": country });
        let sent = shopper.gql(address, json!({ "c": cart, "s": shipping })).await.ok();
        let group = sent.text("/cartAddressesUpdate/cart/deliveryGroups/0/id");
        let select = "mutation($c: ID!, $g: ID!) { cartDeliveryOptionSelect(input: { cartId: $c, deliveryGroupId: $g,
            handle: \"standard\" }) { userErrors { code } } }";
        let _ = shopper.gql(select, json!({ "c": cart, "g": group })).await.ok();
    }

    /// The taxes of a cart as a guest sees them.
    async fn taxes(&self, cart: &str) -> Answer {
        self.taxes_of(&self.app.storefront(), cart).await
    }

    async fn taxes_of(&self, shopper: &GraphqlClient, cart: &str) -> Answer {
        let query = "query($c: ID!) { cart(id: $c) { isReverseCharge isTaxExempt buyer { vatId isVatIdConfirmed }
            lines { nodes { id taxPercent taxes { name percent amount { amount } } total { net { amount } tax { amount } } } }
            deliveryGroups { id selectedOption { price { net { amount } } taxes { name amount { amount } } } }
            cost { shipping { net { amount } } taxes { name percent amount { amount } } tax { amount }
                total { net { amount } gross { amount } } }
            problems { code message target } } }";
        shopper.gql(query, json!({ "c": cart })).await
    }
}

/// Codes and paths of the user errors.
fn refusals(answer: &Answer) -> Vec<(String, Value)> {
    let errors = answer.user_errors().into_iter();
    errors.map(|error| (error["code"].as_str().unwrap().to_owned(), error["field"].clone())).collect()
}
