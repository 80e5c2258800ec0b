//! Work of staff on orders, promotions, products and settings.

use serde_json::json;

use super::{ContractRun, TIMES, address};

impl ContractRun<'_> {
    /// Notes, parcels and transfers of orders with `size` lines.
    pub(super) async fn orders_of_staff(&mut self, variants: &[String]) {
        let staff = &self.stage.staff;
        for _ in 0..TIMES {
            self.staff("PaymentInstructionsSet", json!({})).await;
            self.stage.contract.settle().await;
            let unpaid = self.transfer(variants).await;
            self.change(staff, "OrderMarkPaid", json!({ "id": unpaid }), &[("\"10.00\"", "\"1.00\"")]).await;
            let order = self.order(variants).await.id;
            for name in ["OrderNoteAdd", "OrderConfirmationSend"] {
                self.staff(name, json!({ "id": order })).await;
            }
            self.change(staff, "OrderUpdate", json!({ "id": order }), &[("expectedVersion: 1", "")]).await;
            let sent = self.change(staff, "OrderFulfillParcels", json!({ "id": order }), &[]).await;
            let first = sent.at("/orderFulfill/fulfillment/id").clone();
            self.staff("FulfillmentTrackingUpdate", json!({ "id": first })).await;
            self.staff("FulfillmentCancel", json!({ "id": first })).await;
            let sent = self.change(staff, "OrderFulfillParcels", json!({ "id": order }), &[]).await;
            self.staff("FulfillmentMarkDelivered", json!({ "id": sent.at("/orderFulfill/fulfillment/id") })).await;
            self.repeat(staff, "OrderTimeline", json!({ "id": order })).await;
            self.repeat(staff, "OrdersChanged", json!({})).await;
            self.staff("PaymentInstructionsDelete", json!({})).await;
        }
    }

    /// An order that Ada pays by bank transfer. It is not measured, because a checkout with a card is.
    async fn transfer(&self, variants: &[String]) -> String {
        let (contract, ada) = (&self.stage.contract, &self.stage.ada);
        let cart = self.stage.cart(ada, variants, self.size).await;
        let _ = contract.send(ada, "CartBuyerUpdate", json!({ "cartId": cart }), &[]).await.ok();
        let shipping = json!({ "cartId": cart, "shipping": address() });
        let sent = contract.send(ada, "CartAddressesUpdate", shipping, &[]).await.ok();
        let group = sent.text("/cartAddressesUpdate/cart/deliveryGroups/0/id");
        let select = json!({ "cartId": cart, "groupId": group });
        let _ = contract.send(ada, "CartDeliveryOptionSelect", select, &[]).await.ok();
        let payment = json!({ "cartId": cart, "method": "BANK_TRANSFER" });
        let _ = contract.send(ada, "Pay", json!({ "input": payment }), &[]).await.ok();
        let placed = contract.send(ada, "Complete", json!({ "input": { "cartId": cart } }), &[]).await.ok();
        placed.text("/cartComplete/order/id")
    }

    /// Products, found and changed by staff. Changes of many are queued, and no worker runs them.
    pub(super) async fn found(&mut self) {
        let staff = &self.stage.staff;
        let kind = format!("book-{}-0", self.size);
        for time in 0..TIMES {
            let slug = format!("queued-{}-{time}", self.size);
            let product = self.stage.product(&kind, &slug, 1).await;
            let queued = self.change(staff, "ProductsBulkUpdate", json!({ "ids": [product] }), &[]).await;
            let job = queued.at("/productsBulkUpdate/job/id").clone();
            self.staff("Job", json!({ "id": job })).await;
            let sku = format!("\"{slug}-0\"");
            self.change(staff, "ProductVariantsBulkUpdate", json!({}), &[("\"B-H\"", &sku)]).await;
        }
        for (name, variables) in [
            ("Deleted", json!({})),
            ("Export", json!({})),
            ("FindProducts", json!({})),
            ("FindVariants", json!({})),
            ("FindVariant", json!({ "sku": "TEE-M-NAVY" })),
            ("FindProduct", json!({ "reference": "unknown" })),
        ] {
            self.repeat(staff, name, variables).await;
        }
        self.repeat(&self.stage.guest, "Redirect", json!({ "path": "/products/unknown" })).await;
    }

    /// Promotions; each round archives what it creates.
    pub(super) async fn promotions(&mut self) {
        let staff = &self.stage.staff;
        let archive = "mutation($id: ID!) { promotionArchive(input: { id: $id }) { userErrors { code } } }";
        for time in 0..TIMES {
            let code = format!("\"SPRING{}X{time}\"", self.size);
            let replaced = [("\"SPRING\"", code.as_str())];
            let create = "mutation($c: String!) { promotionCreate(input: { name: \"Spring\", channels: [\"eu\"],
                codes: [{ code: $c }], action: { percentageOff: { percent: \"5\" } } }) {
                promotion { id } userErrors { code } } }";
            let spring = staff.gql(create, json!({ "c": code.trim_matches('"') })).await.ok();
            let spring = spring.at("/promotionCreate/promotion/id");
            self.change(staff, "DiscountCode", json!({}), &replaced).await;
            self.change(staff, "PromotionCodesDeactivate", json!({ "id": spring }), &replaced).await;
            let gift = self.change(staff, "PromotionGift", json!({}), &[("\"BAG\"", "\"TEE-M-NAVY\"")]).await;
            let gift = gift.at("/promotionCreate/promotion/id");
            self.repeat(staff, "Promotion", json!({ "id": gift })).await;
            for id in [spring, gift] {
                let _ = staff.gql(archive, json!({ "id": id })).await.ok();
            }
        }
    }

    /// Settings of the shop.
    pub(super) async fn settings(&mut self) {
        let staff = &self.stage.staff;
        let first = if self.size == 1 { 100_000 } else { 200_000 };
        for time in 0..TIMES {
            let next = format!("\"{}\"", first + 10_000 * time);
            let replaced = [("expectedVersion: 1,", ""), ("\"2000\"", next.as_str())];
            self.change(staff, "SettingsUpdate", json!({}), &replaced).await;
        }
        for name in ["Settings", "Readiness"] {
            self.repeat(staff, name, json!({})).await;
        }
    }
}
