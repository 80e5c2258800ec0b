//! Runs every operation of the contract once, on objects of one size.

mod people;
mod work;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient};

use super::shop::{StatementShop, address};

/// Measurements per operation; the minimum counts, because caches are refreshed in between.
const TIMES: usize = 2;

/// Statement counts of the operations for objects of one size.
pub struct ContractRun<'a> {
    stage: &'a StatementShop,
    size: usize,
    is_measured: bool,
    /// Statements by operation.
    pub counts: BTreeMap<&'static str, u64>,
}

/// An order and the ids that operations need.
struct Placed {
    id: String,
    token: String,
    line: String,
    payment: String,
}

impl<'a> ContractRun<'a> {
    /// Runs every operation.
    pub async fn run(stage: &'a StatementShop, size: usize) -> Self {
        let mut round = Self { stage, size, is_measured: true, counts: BTreeMap::new() };
        let variants = stage.variants(size).await;
        round.lists().await;
        round.delivery().await;
        round.catalog().await;
        round.taxes().await;
        for _ in 0..TIMES {
            round.carts(&variants).await;
            round.orders(&variants).await;
        }
        round.customers().await;
        round.carts_of_staff(&variants).await;
        round.roles_and_staff().await;
        round.orders_of_staff(&variants).await;
        round.found().await;
        round.promotions().await;
        round.settings().await;
        round.pages().await;
        round
    }

    /// Adds list entries: captured orders and addresses of Ada, rules, tokens.
    pub async fn grow(stage: &'a StatementShop, times: usize) {
        let mut round = Self { stage, size: 1, is_measured: false, counts: BTreeMap::new() };
        let variants = stage.variants(1).await;
        let keep =
            "mutation($a: AddressInput!) { customerAddressCreate(input: { address: $a }) { userErrors { code } } }";
        for _ in 0..times {
            let order = round.order(&variants).await;
            round.staff("PaymentCapture", json!({ "id": order.payment })).await;
            round.staff("PaymentRoutingRuleCreate", json!({})).await;
            round.staff("ApiTokenCreate", json!({})).await;
            let _ = stage.ada.gql(keep, json!({ "a": address() })).await.ok();
        }
    }

    /// Products with `size` variants, and those that the contract creates.
    async fn catalog(&mut self) {
        let own: Vec<String> = (0..TIMES).map(|time| format!("{}-{time}", self.size)).collect();
        for own in &own {
            let kind = format!("\"book-{own}\"");
            self.change(&self.stage.staff, "ProductTypeCreate", json!({}), &[("\"book\"", &kind)]).await;
        }
        let kind = format!("book-{}", own[0]);
        let quoted = format!("\"{kind}\"");
        for own in &own {
            let (slug, sku) = (format!("\"a-book-{own}\""), format!("\"B-H-{own}\""));
            let replaced = [("\"book\"", quoted.as_str()), ("\"a-book\"", &slug), ("\"B-H\"", &sku)];
            self.change(&self.stage.staff, "ProductCreate", json!({}), &replaced).await;
            let product = self.stage.product(&kind, &format!("sized-{own}"), self.size).await;
            for name in ["ProductUpdate", "ProductPublish", "ProductDelete"] {
                self.staff(name, json!({ "id": product })).await;
            }
        }
        let sku = format!("\"B-H-{}\"", own[0]);
        let replaced = [("\"B-H\"", sku.as_str())];
        for _ in 1..self.size.min(30) {
            let _ = self.stage.contract.send(&self.stage.staff, "InventoryAdjust", json!({}), &replaced).await.ok();
        }
        for name in ["InventoryAdjust", "InventorySet", "Stock"].into_iter().cycle().take(3 * TIMES) {
            self.change(&self.stage.staff, name, json!({}), &replaced).await;
        }
    }

    /// Tax classes and rates; each round deletes what it creates.
    async fn taxes(&mut self) {
        let staff = &self.stage.staff;
        for time in 0..TIMES {
            let slug = format!("\"toys-{}-{time}\"", self.size);
            for name in ["TaxClassCreate", "TaxClassUpdate", "TaxClassDelete"] {
                self.change(staff, name, json!({}), &[("\"toys\"", &slug)]).await;
            }
            let set = self.change(staff, "TaxRateSet", json!({}), &[]).await;
            let rate = set.at("/taxRateSet/taxRate/id").clone();
            self.staff("TaxRateDelete", json!({ "id": rate })).await;
        }
        for name in ["TaxRateSetForCounty", "TaxRates", "TaxClasses"] {
            self.repeat(staff, name, json!({})).await;
        }
    }

    /// Pages of the storefront.
    async fn pages(&mut self) {
        let slug = format!("shown-{}", self.size);
        self.stage.product(&format!("book-{}-0", self.size), &slug, self.size).await;
        self.stage.contract.settle().await;
        let reads = [
            ("ProductPage", json!({ "slug": slug })),
            ("CollectionPage", json!({ "slug": "new-arrivals" })),
            ("Listing", json!({ "first": self.size })),
            ("Search", json!({ "query": "trail", "first": self.size })),
            ("Suggest", json!({ "prefix": "t" })),
            ("Navigation", json!({})),
            ("ResolvedChannel", json!({})),
            ("Channels", json!({})),
        ];
        for (name, variables) in reads {
            let answer = self.repeat(&self.stage.guest, name, variables).await;
            match name {
                "ProductPage" => self.shows(&answer, "/product/variants/nodes", 50),
                "Listing" => self.shows(&answer, "/products/nodes", 100),
                "Search" => self.shows(&answer, "/search/nodes", 3),
                _ => {}
            }
        }
    }

    /// Carts with `size` lines.
    async fn carts(&mut self, variants: &[String]) {
        let guest = &self.stage.guest;
        self.change(guest, "CartCreate", json!({ "variantId": variants[0] }), &[]).await;
        let cart = self.stage.cart(guest, variants, self.size).await;
        self.repeat(guest, "CartPage", json!({ "id": cart })).await;
        self.change(guest, "CartLinesAdd", json!({ "cartId": cart, "variantId": variants[0] }), &[]).await;
        let lines = guest.gql("query($c: ID!) { cart(id: $c) { lines { nodes { id } } } }", json!({ "c": cart })).await;
        let line = lines.text("/cart/lines/nodes/0/id");
        self.change(guest, "CartLinesUpdate", json!({ "cartId": cart, "lineId": line }), &[]).await;
        self.change(guest, "CartLinesRemove", json!({ "cartId": cart, "lineIds": [line] }), &[]).await;
        for name in ["CartDiscountCodesUpdate", "CartNoteUpdate", "CartAddressToCalifornia"] {
            self.change(guest, name, json!({ "cartId": cart }), &[]).await;
        }
        self.change(guest, "CartVatId", json!({ "cartId": cart }), &[]).await;
        self.repeat(guest, "CartTaxes", json!({ "id": cart })).await;
        let other = self.stage.cart(guest, variants, self.size).await;
        self.change(guest, "CartMerge", json!({ "from": other, "into": cart }), &[]).await;
    }

    /// Orders with `size` lines.
    async fn orders(&mut self, variants: &[String]) {
        let kept = self.order(variants).await;
        self.repeat(&self.stage.ada, "OrderPage", json!({ "id": kept.id, "token": kept.token })).await;
        self.repeat(&self.stage.ada, "OrderTaxes", json!({ "id": kept.id, "token": kept.token })).await;
        self.repeat(&self.stage.staff, "Order", json!({ "id": kept.id })).await;
        self.staff("OrderFulfill", json!({ "id": kept.id, "lineId": kept.line })).await;
        let canceled = self.order(variants).await;
        self.staff("OrderCancel", json!({ "id": canceled.id })).await;
        let voided = self.order(variants).await;
        self.staff("PaymentVoid", json!({ "id": voided.payment })).await;
        for (name, by_order) in [("PaymentRefund", false), ("OrderRefund", true)] {
            let paid = self.order(variants).await;
            self.staff("PaymentCapture", json!({ "id": paid.payment })).await;
            self.staff(name, json!({ "id": if by_order { paid.id } else { paid.payment } })).await;
        }
    }

    /// An order of Ada with a line for each variant.
    async fn order(&mut self, variants: &[String]) -> Placed {
        let ada = &self.stage.ada;
        let cart = self.stage.cart(ada, variants, self.size).await;
        self.change(ada, "CartBuyerUpdate", json!({ "cartId": cart }), &[]).await;
        let shipping = json!({ "cartId": cart, "shipping": address() });
        let sent = self.change(ada, "CartAddressesUpdate", shipping, &[]).await;
        let group = sent.text("/cartAddressesUpdate/cart/deliveryGroups/0/id");
        self.change(ada, "CartDeliveryOptionSelect", json!({ "cartId": cart, "groupId": group }), &[]).await;
        let payment = json!({ "cartId": cart, "method": "CARD", "token": "tok_success" });
        let paid = self.change(ada, "Pay", json!({ "input": payment }), &[]).await;
        let placed = self.change(ada, "Complete", json!({ "input": { "cartId": cart } }), &[]).await;
        let id = placed.text("/cartComplete/order/id");
        let lines = ada
            .gql(
                "query($o: ID!, $c: ID!) { order(id: $o) { lines { nodes { id } } } cart(id: $c) { token } }",
                json!({ "o": id, "c": cart }),
            )
            .await;
        Placed {
            id,
            token: lines.text("/cart/token"),
            line: lines.text("/order/lines/nodes/0/id"),
            payment: paid.text("/cartPaymentCreate/payment/id"),
        }
    }

    /// Lists that have grown, and operations without a size.
    async fn lists(&mut self) {
        let me = self.repeat(&self.stage.ada, "Me", json!({})).await;
        self.shows(&me, "/me/orders/nodes", 10);
        let orders = self.repeat(&self.stage.staff, "Orders", json!({})).await;
        self.shows(&orders, "/orders/nodes", 20);
        for name in ["Ledger", "PaymentGateways"] {
            self.repeat(&self.stage.staff, name, json!({})).await;
        }
        self.repeat(&self.stage.guest, "CustomerLogin", json!({})).await;
        for name in ["StaffLogin", "ApiTokenCreate", "PaymentRoutingRuleCreate"] {
            self.repeat(&self.stage.staff, name, json!({})).await;
        }
    }

    /// Delivery zones and methods.
    async fn delivery(&mut self) {
        let staff = &self.stage.staff;
        for time in 0..TIMES {
            let name = format!("\"Zone {}-{time}\"", self.size);
            let zone = self.change(staff, "DeliveryZoneCreate", json!({}), &[("\"Great Britain\"", &name)]).await;
            let zone = zone.text("/deliveryZoneCreate/deliveryZone/id");
            self.change(staff, "DeliveryMethodCreate", json!({ "zoneId": zone }), &[]).await;
        }
        self.repeat(staff, "DeliveryMethods", json!({})).await;
    }

    /// Asserts that a response contains `size` entries, limited by its page.
    fn shows(&self, answer: &Answer, list: &str, page: usize) {
        assert_eq!(answer.at(list).as_array().unwrap().len(), self.size.min(page), "{list}");
    }

    async fn staff(&mut self, name: &'static str, variables: Value) {
        self.change(&self.stage.staff, name, variables, &[]).await;
    }

    /// Sends a repeatable operation as often as each is measured.
    async fn repeat(&mut self, client: &GraphqlClient, name: &'static str, variables: Value) -> Answer {
        for _ in 1..TIMES {
            self.change(client, name, variables.clone(), &[]).await;
        }
        self.change(client, name, variables, &[]).await
    }

    /// Sends an operation, asserts success and records its statement count.
    async fn change(
        &mut self,
        client: &GraphqlClient,
        name: &'static str,
        variables: Value,
        replaced: &[(&str, &str)],
    ) -> Answer {
        self.count(client, name, variables, replaced).await.ok()
    }

    /// Sends an operation and records its statement count if it is a new minimum.
    async fn count(
        &mut self,
        client: &GraphqlClient,
        name: &'static str,
        variables: Value,
        replaced: &[(&str, &str)],
    ) -> Answer {
        let contract = &self.stage.contract;
        if !self.is_measured {
            return contract.send(client, name, variables, replaced).await;
        }
        // Authenticate before the measurement, because the actor is looked up only now and then.
        let _ = client.gql("{ __typename }", json!({})).await;
        let before = contract.statements(name).await;
        let answer = contract.send(client, name, variables, replaced).await;
        let cost = contract.statements(name).await - before;
        let least = self.counts.entry(name).or_insert(cost);
        *least = cost.min(*least);
        answer
    }
}
