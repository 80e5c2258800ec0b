//! Promotions, orders and payments.

use serde_json::json;

use crate::audit_all::{Example, example};

pub fn selling() -> Vec<Example> {
    vec![
        example(
            "promotionCreate",
            json!({ "name": "Spring", "channels": ["eu"], "codes": [{ "code": "SPRING" }],
                "action": { "percentageOff": { "percent": "15" } } }),
        )
        .keeping("promotion { id }", &[("promotion", "/promotion/id")]),
        example("promotionUpdate", json!({ "id": "$promotion", "name": "Early spring" })),
        example("promotionCodesAdd", json!({ "id": "$promotion", "codes": [{ "code": "EARLY" }] })),
        example("promotionCodesDeactivate", json!({ "promotionId": "$promotion", "codes": ["EARLY"] })),
        example("promotionArchive", json!({ "id": "$promotion" })),
        example(
            "paymentCapture",
            json!({ "paymentId": "$authorizedPayment", "amount": "1.00", "idempotencyKey": "capture" }),
        ),
        example("paymentVoid", json!({ "paymentId": "$voidedPayment", "idempotencyKey": "void" })),
        example(
            "paymentRefund",
            json!({ "paymentId": "$paidPayment", "amount": "1.00", "reason": "late", "idempotencyKey": "refund" }),
        ),
        example(
            "orderRefund",
            json!({ "orderId": "$paid", "amount": "1.00", "reason": "late", "idempotencyKey": "order refund" }),
        ),
        example("orderFulfill", json!({ "orderId": "$paid", "lines": [{ "lineId": "$paidLine", "quantity": 1 }] }))
            .keeping("fulfillment { id }", &[("fulfillment", "/fulfillment/id")]),
        example(
            "fulfillmentTrackingUpdate",
            json!({ "fulfillmentId": "$fulfillment", "carrier": "DHL", "trackings": [{ "number": "JJD000" }] }),
        ),
        example("fulfillmentCancel", json!({ "fulfillmentId": "$fulfillment" })),
        example("orderFulfill", json!({ "orderId": "$paid", "lines": [{ "lineId": "$paidLine", "quantity": 1 }] }))
            .keeping("fulfillment { id }", &[("fulfillment", "/fulfillment/id")]),
        example("fulfillmentMarkDelivered", json!({ "fulfillmentId": "$fulfillment" })),
        example("orderNoteAdd", json!({ "orderId": "$paid", "text": "The buyer called." })),
        example("orderUpdate", json!({ "orderId": "$authorized", "tags": ["gift"] })),
        example("orderConfirmationSend", json!({ "orderId": "$authorized" })),
        example("orderMarkPaid", json!({ "orderId": "$transfer", "reference": "statement 7" })),
        example(
            "orderCancel",
            json!({ "orderId": "$canceled", "reason": "CUSTOMER", "restock": true, "refund": true }),
        ),
        example("ordersCancelUnpaid", json!({ "orderIds": ["$unpaid"] })),
    ]
}
