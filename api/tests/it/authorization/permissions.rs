//! The permission of each admin field: it is required and sufficient.

use model::access::{Permission, Permissions};
use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient};

use super::{
    actors::Shop,
    api::{Api, Call},
};
use Permission::{
    AuditRead, CatalogRead, CatalogWrite, CustomersErase, CustomersExport, CustomersRead, CustomersWrite,
    InventoryRead, InventoryWrite, OrdersFulfill, OrdersMarkPaid, OrdersRead, OrdersWrite, PaymentsRead, PaymentsWrite,
    PromotionsRead, PromotionsWrite, SettingsWrite, StaffManage,
};

/// Fields that an anonymous staff user needs to log in again, or that a mailed token opens.
pub(super) const PUBLIC: &[&str] = &[
    "staffLogin",
    "staffSessionRefresh",
    "staffLogout",
    "staffPasswordResetRequest",
    "staffPasswordReset",
    "staffEmailVerify",
];

/// Fields that all staff and integrations may read.
pub(super) const EVERY_STAFF: &[&str] = &["channel", "me", "myPermissions", "staffUser"];

/// Fields by required permission; one of several permissions is sufficient.
const NEEDS: &[(&[Permission], &[&str])] = &[
    (&[CatalogRead], &["productVariant", "productVariants", "deletedProducts"]),
    (&[CatalogRead], &["product", "products", "productTypes", "categories", "collections"]),
    (&[CatalogRead, OrdersRead, SettingsWrite], &["channels", "deliveryZones", "deliveryMethods"]),
    (&[StaffManage], &["staff", "roles", "apiTokens", "apiTokenDelete"]),
    (&[CustomersRead], &["customers", "customer", "customerGroups"]),
    (&[CustomersExport], &["customerDataExport"]),
    (&[CustomersErase], &["customerErase"]),
    (&[AuditRead], &["auditLog"]),
    (&[InventoryRead], &["inventoryLevels", "stockMovements", "stockLocations"]),
    // The object is an order.
    (&[OrdersRead], &["node", "nodes", "order", "orders", "cart", "carts"]),
    (&[OrdersRead, PaymentsRead], &["payment"]),
    (&[PaymentsRead], &["paymentGateways", "paymentRoutingRules", "ledger", "ledgerBalances", "reconciliations"]),
    (&[PromotionsRead], &["promotion", "promotions", "discountCode"]),
    (&[CatalogWrite], &["productCreate", "productUpdate", "productDelete", "productPublish", "productUnpublish"]),
    (&[CatalogWrite], &["productTypeCreate", "productTypeUpdate", "productTypeDelete"]),
    (&[CatalogWrite], &["categoryCreate", "categoryUpdate", "categoryMove", "categoryDelete"]),
    (&[CatalogWrite], &["collectionCreate", "collectionUpdate", "collectionDelete"]),
    (&[CatalogWrite], &["collectionProductsAdd", "collectionProductsRemove"]),
    (&[CatalogWrite], &["productVariantsBulkUpdate", "productsBulkUpdate"]),
    (&[CatalogRead], &["job"]),
    (&[SettingsWrite], &["channelCreate", "channelUpdate", "channelArchive"]),
    (&[CatalogRead, SettingsWrite], &["taxClasses", "taxRates"]),
    (&[SettingsWrite], &["taxClassCreate", "taxClassUpdate", "taxClassDelete", "taxRateSet", "taxRateDelete"]),
    (&[SettingsWrite], &["deliveryZoneCreate", "deliveryZoneUpdate", "deliveryZoneDelete"]),
    (&[SettingsWrite], &["deliveryMethodCreate", "deliveryMethodUpdate", "deliveryMethodArchive"]),
    (&[SettingsWrite], &["settings", "settingsUpdate", "shopReadiness"]),
    (
        &[CustomersWrite],
        &["customerCreate", "customerUpdate", "customerInvite", "customerGroupPut", "customerGroupDelete"],
    ),
    (&[CustomersWrite], &["customerAddressCreate", "customerAddressUpdate", "customerAddressDelete"]),
    (&[InventoryWrite], &["inventoryAdjust", "stockLocationCreate", "stockLocationUpdate"]),
    (&[OrdersFulfill], &["orderFulfill", "fulfillmentTrackingUpdate"]),
    (&[OrdersFulfill], &["fulfillmentCancel", "fulfillmentMarkDelivered"]),
    (&[OrdersMarkPaid], &["orderMarkPaid"]),
    (&[SettingsWrite], &["paymentInstructionsSet", "paymentInstructionsDelete"]),
    (&[PaymentsWrite], &["paymentCapture", "paymentVoid", "paymentRefund", "orderRefund"]),
    (&[PaymentsWrite], &["paymentRoutingRuleCreate", "paymentRoutingRuleDelete"]),
    (&[PromotionsWrite], &["promotionCreate", "promotionUpdate", "promotionArchive"]),
    (&[PromotionsWrite], &["promotionCodesAdd", "promotionCodesDeactivate"]),
    // Last, because afterwards nothing is left for the other fields.
    (&[OrdersWrite], &["orderNoteAdd", "orderUpdate", "orderConfirmationSend"]),
    (&[OrdersWrite], &["ordersCancelUnpaid", "orderCancel"]),
];

/// Fields that only people may use, not API tokens.
const PEOPLE: &[&str] = &[
    "staffInvite",
    "staffUpdate",
    "staffUserSessionsEnd",
    "staffTotpReset",
    "roleCreate",
    "roleUpdate",
    "roleDelete",
    "staffDelete",
    "apiTokenCreate",
];

/// Fields by which members of staff manage their own account, with any permissions; integrations have none.
pub(super) const OWN: &[&str] = &[
    "staffPasswordChange",
    "staffEmailChange",
    "staffStepUp",
    "staffTotpEnroll",
    "staffTotpConfirm",
    "staffTotpRemove",
    "staffRecoveryCodesRegenerate",
    "staffSessionEnd",
    "staffSessionsEnd",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_admin_field_requires_exactly_its_permission() {
    let api = Api::parse(include_str!("../../../../schema/admin.graphql"));
    let shop = Shop::open().await;
    let mut things = shop.things_of(&shop.owner);
    things.insert("nodes.ids".to_owned(), json!([things["orderId"]]));
    things.insert("orderCancel.input.refund".to_owned(), json!(false));
    let calls: Vec<Call> = api.calls(&things).into_iter().filter(|call| !call.is_subscription).collect();
    let known: Vec<&str> = NEEDS.iter().flat_map(|(_, fields)| fields.iter().copied()).collect();
    let known = [known.as_slice(), PUBLIC, EVERY_STAFF, PEOPLE, OWN].concat();
    let unknown: Vec<&String> =
        calls.iter().map(|call| &call.field).filter(|field| !known.contains(&field.as_str())).collect();
    assert!(unknown.is_empty(), "say in this test which permission these need: {unknown:?}");

    let all = token(&shop, Permission::ALL).await;
    for call in calls.iter().filter(|call| [PEOPLE, OWN].concat().contains(&call.field.as_str())) {
        assert!(is_refused(&ask(&all, call).await, &call.field), "{}: a token has come in", call.field);
    }
    let mut wrong = Vec::new();
    for (permissions, fields) in NEEDS {
        let without = token(&shop, &all_but(permissions)).await;
        let mut within = Vec::new();
        for permission in *permissions {
            within.push(token(&shop, &[*permission]).await);
        }
        for call in calls.iter().filter(|call| fields.contains(&call.field.as_str())) {
            let answer = ask(&without, call).await;
            if !is_refused(&answer, &call.field) {
                wrong.push(format!("{} without {permissions:?}: {}", call.field, answer.body));
            }
            for client in &within {
                let answer = ask(client, call).await;
                if is_refused(&answer, &call.field)
                    || answer.body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
                {
                    wrong.push(format!("{} with {permissions:?}: {}", call.field, answer.body));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restocking_and_refunding_require_separate_permissions() {
    let shop = Shop::open().await;
    let create = "mutation($v: [ProductVariantInput!]!) { productCreate(input: { productType: \"none\", slug: \"x\", name: \"X\", variants: $v }) { userErrors { code } } }";
    let update = "mutation($v: [ProductVariantInput!]!) { productUpdate(input: { id: \"gid://mercator/Product/0192c7a0-0000-7000-8000-000000000000\", variants: $v }) { userErrors { code } } }";
    let editor = token(&shop, &[CatalogWrite]).await;
    let both = token(&shop, &[CatalogWrite, InventoryWrite]).await;
    for (query, field) in [(create, "productCreate"), (update, "productUpdate")] {
        let plain = json!({ "v": [{ "sku": "X" }] });
        assert!(!is_refused(&editor.gql(query, plain).await, field));
        for said in [
            json!({ "sku": "X", "stock": [{ "location": "berlin", "onHand": 1 }] }),
            json!({ "sku": "X", "isTracked": false }),
            json!({ "sku": "X", "allowsBackorder": true }),
        ] {
            let variables = json!({ "v": [said] });
            assert!(is_refused(&editor.gql(query, variables.clone()).await, field), "{field} {variables}");
            assert!(!is_refused(&both.gql(query, variables.clone()).await, field), "{field} {variables}");
        }
    }
    // Ada's order is paid.
    let cancel = "mutation($o: ID!) { orderCancel(input: { orderId: $o, reason: CUSTOMER, refund: true }) { order { status } userErrors { code } } }";
    let order = json!({ "o": shop.things_of(&shop.owner)["orderId"] });
    let manager = token(&shop, &[OrdersWrite]).await;
    assert!(is_refused(&manager.gql(cancel, order.clone()).await, "orderCancel"));
    let cashier = token(&shop, &[OrdersWrite, PaymentsWrite]).await;
    assert_eq!(cashier.gql(cancel, order).await.ok().at("/orderCancel/order/status"), "CANCELED");
}

/// True if these permissions suffice for the field.
pub(super) fn is_granted(field: &str, permissions: Permissions) -> bool {
    let suffices = |(needs, fields): &(&[Permission], &[&str])| {
        fields.contains(&field) && needs.iter().any(|needed| permissions.contains(*needed))
    };
    NEEDS.iter().any(suffices)
}

/// Every permission except these.
fn all_but(withheld: &[Permission]) -> Vec<Permission> {
    let holds = |permission: &Permission| {
        let closed: Permissions = [*permission].into_iter().collect();
        withheld.iter().any(|one| closed.contains(*one))
    };
    Permission::ALL.iter().copied().filter(|permission| !holds(permission)).collect()
}

async fn token(shop: &Shop, permissions: &[Permission]) -> GraphqlClient {
    let create = "mutation($p: [Permission!]!) { apiTokenCreate(input: { name: \"probe\", permissions: $p }) {
        token userErrors { code } } }";
    let names: Vec<&str> = permissions.iter().map(<&str>::from).collect();
    let answer = shop.owner.admin.gql(create, json!({ "p": names })).await.ok();
    shop.anonymous.admin.clone().bearer(&answer.text("/apiTokenCreate/token"))
}

async fn ask(client: &GraphqlClient, call: &Call) -> Answer {
    client.gql(&call.query, call.variables.clone()).await
}

/// True if the field itself was refused, not only a nested field.
fn is_refused(answer: &Answer, field: &str) -> bool {
    let errors = answer.body["errors"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    errors.iter().any(|error| {
        error["extensions"]["code"] == "FORBIDDEN"
            && (error["path"] == json!([field]) || error["path"] == json!([field, 0]))
    })
}
