//! Cart and checkout steps of a buyer, with the operations of the contract.

use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient};

use super::operations::{CART_PAGE, COMPLETE, PAY};
use crate::purchase::variant;

/// A cart in one storefront context.
pub struct Cart {
    pub shop: GraphqlClient,
    pub id: String,
    /// The token that opens the order.
    pub token: String,
}

impl Cart {
    /// Creates a cart; each line is given as product slug, SKU and quantity.
    pub async fn with(shop: &GraphqlClient, lines: &[(&str, &str, i64)]) -> Self {
        let mut inputs = Vec::new();
        for (slug, sku, quantity) in lines {
            inputs.push(json!({ "variantId": variant(shop, slug, sku).await, "quantity": quantity }));
        }
        let create = "mutation($i: CartCreateInput!) { cartCreate(input: $i) { cart { id token } userErrors { code field message } } }";
        let input = json!({ "lines": inputs, "buyer": { "email": "a@b.example" } });
        let answer = shop.gql(create, json!({ "i": input })).await.ok();
        Self {
            shop: shop.clone(),
            id: answer.text("/cartCreate/cart/id"),
            token: answer.text("/cartCreate/cart/token"),
        }
    }

    /// One T-shirt to Berlin with standard delivery: EUR 24.80.
    pub async fn with_tee(shop: &GraphqlClient) -> Self {
        Self::with(shop, &[("classic-tee", "TEE-M-NAVY", 1)]).await.sent_to("DE", None).await.by("standard").await
    }

    /// Sets the shipping address to a country and region.
    pub async fn sent_to(self, country: &str, region: Option<&str>) -> Self {
        let query = "mutation($c: ID!, $s: AddressInput) { cartAddressesUpdate(input: { cartId: $c, shipping: $s }) {
            cart { version } userErrors { code field message } warnings { code } } }";
        let shipping = json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "Main Street 1", "postalCode": "10117",
            "city": "Town", "countryCode": country, "region": region });
        let _ = self.shop.gql(query, json!({ "c": self.id, "s": shipping })).await.ok();
        self
    }

    /// Selects a delivery option.
    pub async fn by(self, handle: &str) -> Self {
        let group = self.page().await.text("/cart/deliveryGroups/0/id");
        let query = "mutation($c: ID!, $g: ID!, $h: String!) { cartDeliveryOptionSelect(input: { cartId: $c, deliveryGroupId: $g, handle: $h }) {
            cart { version } userErrors { code field message } } }";
        let _ = self.shop.gql(query, json!({ "c": self.id, "g": group, "h": handle })).await.ok();
        self
    }

    /// Replaces the discount codes.
    pub async fn codes(&self, codes: &[&str]) -> Answer {
        let query = "mutation($c: ID!, $n: [String!]!) { cartDiscountCodesUpdate(input: { cartId: $c, codes: $n }) {
            cart { discountCodes { code isApplicable } } userErrors { code field message } warnings { code message } } }";
        self.shop.gql(query, json!({ "c": self.id, "n": codes })).await
    }

    /// The cart page of the contract.
    pub async fn page(&self) -> Answer {
        self.shop.gql(CART_PAGE, json!({ "id": self.id })).await
    }

    /// Gross delivery price, total tax and gross total.
    pub async fn sums(&self) -> [String; 3] {
        let page = self.page().await;
        ["shipping/gross", "tax", "total/gross"].map(|of| page.text(&format!("/cart/cost/{of}/amount")))
    }

    /// The total of all discounts.
    pub async fn discount(&self) -> String {
        self.page().await.text("/cart/cost/discountTotal/amount")
    }

    /// The codes of the cart's problems.
    pub async fn problems(&self) -> Vec<String> {
        let page = self.page().await;
        let problems = page.at("/cart/problems").as_array().unwrap().clone();
        problems.iter().map(|problem| problem["code"].as_str().unwrap().to_owned()).collect()
    }

    /// Pays with a card token.
    pub async fn pay(&self, token: &str) -> Answer {
        let key = format!("pay-{}-{token}", self.id);
        let input = json!({ "cartId": self.id, "method": "CARD", "token": token, "idempotencyKey": key });
        self.shop.gql(PAY, json!({ "input": input })).await
    }

    /// Completes it.
    pub async fn complete(&self) -> Answer {
        self.shop
            .gql(COMPLETE, json!({ "input": { "cartId": self.id, "idempotencyKey": format!("complete-{}", self.id) } }))
            .await
    }

    /// Pays and completes the cart; returns the order's id.
    pub async fn buy(&self) -> String {
        let _ = self.pay("tok_success").await.ok();
        self.complete().await.ok().text("/cartComplete/order/id")
    }

    /// One field of its order.
    pub async fn order(&self, id: &str) -> Value {
        let query = "query($id: ID!, $t: String) { order(id: $id, token: $t) { status paymentStatus fulfillmentStatus total { gross { amount } } events { kind } } }";
        self.shop.gql(query, json!({ "id": id, "t": self.token })).await.data()["order"].clone()
    }
}
