//! Delivery, stock locations and channels from the outside: staff change them, and shoppers see what carts offer.

mod channels;
mod locations;
mod methods;
mod pickup;
mod zones;

use model::catalog::Product;
use serde_json::{Value, json};
use services::identity;
use testkit::{Answer, GraphqlClient, product_fixtures};

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";

const ZONE_CREATE: &str = "mutation($i: DeliveryZoneCreateInput!) { deliveryZoneCreate(input: $i) {
    deliveryZone { id version name countries regions postalCodes { from to } } userErrors { code field message } } }";
const ZONE_UPDATE: &str = "mutation($i: DeliveryZoneUpdateInput!) { deliveryZoneUpdate(input: $i) {
    deliveryZone { id version name countries regions postalCodes { from to } } userErrors { code field message } } }";
const ZONE_DELETE: &str = "mutation($i: DeliveryZoneDeleteInput!) { deliveryZoneDelete(input: $i) {
    deletedId userErrors { code field message } } }";
const METHOD: &str =
    "deliveryMethod { id version handle name channel currencyCode price freeFrom minDays maxDays position
    pickupLocation profiles archivedAt translations { locale name } zone { id }
    rates { basis below rows { from price } } }";
const LOCATION_UPDATE: &str = "mutation($i: StockLocationUpdateInput!) { stockLocationUpdate(input: $i) {
    stockLocation { id version slug name countryCode isActive address { street1 city countryCode } }
    userErrors { code field message } } }";
const CHANNEL: &str = "channel { id version slug name pricesIncludeTax locations archivedAt isDefault
    translations { locale name } }";

/// A shop with German taxes, no delivery yet, and its owner.
struct Shop {
    app: TestApp,
    owner: GraphqlClient,
}

impl Shop {
    async fn new() -> Self {
        let app = TestApp::new().await;
        identity::ensure_staff(&app.app, "olga@example.org", "Olga", PASSWORD, &["owner"]).await.unwrap();
        let login = "mutation($e: String!, $p: String!) { staffLogin(input: { email: $e, password: $p }) {
            session { accessToken } userErrors { code } } }";
        let session = app.admin().gql(login, json!({ "e": "olga@example.org", "p": PASSWORD })).await.ok();
        let owner = app.admin().bearer(&session.text("/staffLogin/session/accessToken"));
        product_fixtures::insert_tax_rates(&app).await;
        Self { app, owner }
    }

    async fn send(&self, query: &str, input: Value) -> Answer {
        self.owner.gql(query, json!({ "i": input })).await
    }

    /// Creates a zone and returns its id.
    async fn zone(&self, name: &str, input: Value) -> String {
        let answer = self.send(ZONE_CREATE, merged(json!({ "name": name, "countries": ["DE"] }), input)).await.ok();
        answer.text("/deliveryZoneCreate/deliveryZone/id")
    }

    /// Sends `deliveryMethodCreate` for the channel `eu`, by default for 5.00 EUR.
    async fn create_method(&self, zone: &str, handle: &str, input: Value) -> Answer {
        let query = format!(
            "mutation($i: DeliveryMethodCreateInput!) {{ deliveryMethodCreate(input: $i) {{ {METHOD} userErrors {{ code field message }} }} }}"
        );
        let price = if input.get("rates").is_some() { json!({}) } else { json!({ "price": "5.00" }) };
        let base = json!({ "zoneId": zone, "channel": "eu", "handle": handle, "name": handle, "currencyCode": "EUR",
            "minDays": 2, "maxDays": 4 });
        self.send(&query, merged(merged(base, price), input)).await
    }

    /// Creates a method and returns its id.
    async fn method(&self, zone: &str, handle: &str, input: Value) -> String {
        self.create_method(zone, handle, input).await.ok().text("/deliveryMethodCreate/deliveryMethod/id")
    }

    /// Sends `deliveryMethodUpdate` or `deliveryMethodArchive`.
    async fn change_method(&self, field: &str, input: Value) -> Answer {
        let kind = field.replace("delivery", "Delivery");
        let query = format!(
            "mutation($i: {kind}Input!) {{ {field}(input: $i) {{ {METHOD} userErrors {{ code field message }} }} }}"
        );
        self.send(&query, input).await
    }

    /// Sends `channelCreate`, `channelUpdate` or `channelArchive`.
    async fn change_channel(&self, field: &str, input: Value) -> Answer {
        let kind = field.replace("channel", "Channel");
        let query = format!(
            "mutation($i: {kind}Input!) {{ {field}(input: $i) {{ {CHANNEL} userErrors {{ code field message }} }} }}"
        );
        self.send(&query, input).await
    }

    /// A product of one variant with units in berlin, after a change with `productUpdate`.
    async fn product(&self, slug: &str, euros: &str, on_hand: i64, change: Value) -> Product {
        let product = product_fixtures::product_fixture(&self.app.app, slug, euros, on_hand).await;
        let query =
            "mutation($i: ProductUpdateInput!) { productUpdate(input: $i) { userErrors { code field message } } }";
        let _ = self.send(query, merged(json!({ "id": product.id.to_string() }), change)).await.ok();
        product
    }

    /// The storefront in a context such as `channel=eu&locale=de`.
    fn storefront(&self, context: &str) -> GraphqlClient {
        GraphqlClient::new(self.app.url(&format!("/graphql?{context}")))
    }

    /// Creates a cart of products and returns its id.
    async fn cart(&self, lines: &[(&Product, i64)]) -> String {
        let line = |(product, quantity): &(&Product, i64)| json!({ "variantId": product.variants[0].id.to_string(), "quantity": quantity });
        let lines: Vec<Value> = lines.iter().map(line).collect();
        let query =
            "mutation($l: [CartLineInput!]!) { cartCreate(input: { lines: $l, buyer: { email: \"a@b.example\" } }) {
            cart { id } userErrors { code message } } }";
        self.app.storefront().gql(query, json!({ "l": lines })).await.ok().text("/cartCreate/cart/id")
    }

    /// Sends a cart to a German postal code.
    async fn send_to(&self, cart: &str, postal_code: &str) {
        let query = "mutation($c: ID!, $p: String!) { cartAddressesUpdate(input: { cartId: $c, shipping: {
            firstName: \"Ada\", lastName: \"Lovelace\", street1: \"Street 1\", postalCode: $p, city: \"City\", countryCode: DE } }) {
            userErrors { code field message } } }";
        let _ = self.app.storefront().gql(query, json!({ "c": cart, "p": postal_code })).await.ok();
    }

    /// The delivery group and the problems of a cart, in a language.
    async fn group_in(&self, cart: &str, locale: &str) -> Answer {
        let query = "query($c: ID!) { cart(id: $c) { problems { code } deliveryGroups { id
            options { handle title isPickup price { gross { amount } } pickup { name address { street1 city } } }
            selectedOption { handle } } } }";
        self.storefront(&format!("locale={locale}")).gql(query, json!({ "c": cart })).await.ok()
    }

    /// Handles and gross prices of the options of a cart.
    async fn options(&self, cart: &str) -> Vec<(String, String)> {
        let answer = self.group_in(cart, "en").await;
        let options = answer.at("/cart/deliveryGroups/0/options").as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        options.iter().map(|option| (text(&option["handle"]), text(&option["price"]["gross"]["amount"]))).collect()
    }

    /// The codes of the problems of a cart.
    async fn problems(&self, cart: &str) -> Vec<String> {
        let answer = self.group_in(cart, "en").await;
        let problems = answer.at("/cart/problems").as_array().unwrap();
        problems.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()
    }

    async fn select(&self, cart: &str, handle: &str) -> Answer {
        let group = self.group_in(cart, "en").await.text("/cart/deliveryGroups/0/id");
        let query = "mutation($c: ID!, $g: ID!, $h: String!) { cartDeliveryOptionSelect(input: { cartId: $c,
            deliveryGroupId: $g, handle: $h }) { cart { version } userErrors { code field message } } }";
        self.app.storefront().gql(query, json!({ "c": cart, "g": group, "h": handle })).await
    }

    /// The paths and values of the latest audit entry of an action.
    async fn audited(&self, action: &str) -> Vec<(String, Value, Value)> {
        let query =
            "query($a: String!) { auditLog(first: 1, filter: { action: $a }) { nodes { changes { path from to } } } }";
        let answer = self.owner.gql(query, json!({ "a": action })).await.ok();
        let changes = answer.at("/auditLog/nodes/0/changes").as_array().unwrap();
        let read = |change: &Value| {
            (change["path"].as_str().unwrap().to_owned(), change["from"].clone(), change["to"].clone())
        };
        changes.iter().map(read).collect()
    }
}

/// The fields of two objects; those of the second one win.
fn merged(base: Value, over: Value) -> Value {
    let (Value::Object(mut fields), Value::Object(more)) = (base, over) else { panic!("two objects") };
    fields.extend(more);
    Value::Object(fields)
}

fn all(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(handle, price)| ((*handle).to_owned(), (*price).to_owned())).collect()
}
