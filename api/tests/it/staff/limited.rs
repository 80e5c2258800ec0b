//! Roles that are limited to channels: what members see and change, also when they try ids of other channels.

use model::{access::Actor, ids::ChannelId, payments::AttemptOutcome};
use serde_json::{Value, json};
use services::{
    checkout::{CompleteCart, complete},
    identity,
};
use testkit::{
    GraphqlClient,
    cart_fixtures::{cart_fixture, payment_fixture, sellable_fixture},
};

use super::{Member, PASSWORD, log_in, owner};
use crate::support::TestApp;

const ROLE: &str = "mutation($i: RoleCreateInput!) { roleCreate(input: $i) { role { id slug channels permissions }
    userErrors { code field } } }";
const CHANGE_ROLE: &str = "mutation($i: RoleUpdateInput!) { roleUpdate(input: $i) { role { id channels }
    userErrors { code field } } }";
const LIMITED: [&str; 6] =
    ["ORDERS_WRITE", "ORDERS_FULFILL", "PAYMENTS_WRITE", "PROMOTIONS_WRITE", "CUSTOMERS_READ", "CARTS_RECOVER"];

/// The objects of a channel.
struct Objects {
    order: String,
    line: String,
    payment: String,
    cart: String,
    promotion: String,
}

/// Creates a role and a member who holds it.
async fn limited(app: &TestApp, olga: &Member, slug: &str, permissions: &[&str], channels: &[&str]) -> Member {
    let input = json!({ "slug": slug, "name": slug, "permissions": permissions, "channels": channels });
    let _ = olga.client.gql(ROLE, json!({ "i": input })).await.ok();
    let email = format!("{slug}@example.org");
    let user = identity::ensure_staff(&app.app, &email, slug, PASSWORD, &[slug]).await.unwrap();
    Member { id: user.id.to_string(), client: log_in(app, &email).await, email }
}

/// Places an order, leaves a cart and creates a promotion in a channel.
async fn objects(app: &TestApp, olga: &GraphqlClient, slug: &str, channel: ChannelId) -> Objects {
    let sku = format!("TEE-{}", slug.to_uppercase());
    let goods = sellable_fixture(app, &sku, 1_000, &[(app.channels.locations[0].id, 100)]).await;
    let cart = cart_fixture(app, &[(&goods, 2)]).await;
    let payment = payment_fixture(app, &cart, 2_000, AttemptOutcome::Authorized).await;
    let input = CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None };
    let order = complete(&app.app, &Actor::Anonymous, input).await.unwrap();
    let left = cart_fixture(app, &[(&goods, 1)]).await;
    let promote = "mutation($c: [String!]!) { promotionCreate(input: { name: \"Off\", channels: $c,
        action: { percentageOff: { percent: \"10\" } } }) { promotion { id } userErrors { code message } } }";
    let promotion = olga.gql(promote, json!({ "c": [slug] })).await.ok().text("/promotionCreate/promotion/id");
    // The fixtures sell in one channel only.
    for (table, column, id) in
        [("orders", "id", order.id.uuid()), ("payments", "id", payment.id.uuid()), ("carts", "id", left.id.uuid())]
    {
        let moved = format!("UPDATE {table} SET channel_id = '{}' WHERE {column} = '{id}'", channel.uuid());
        app.database.execute(&moved).await;
    }
    let found = olga
        .gql(
            "query($o: ID!) { order(id: $o) { lines { id } } carts(first: 100) { nodes { id storefrontId } } }",
            json!({ "o": order.id.to_string() }),
        )
        .await
        .ok();
    let carts = found.at("/carts/nodes").as_array().unwrap();
    let cart = carts.iter().find(|one| one["storefrontId"] == json!(left.id.to_string())).unwrap();
    Objects {
        order: order.id.to_string(),
        line: found.text("/order/lines/0/id"),
        payment: payment.id.to_string(),
        cart: cart["id"].as_str().unwrap().to_owned(),
        promotion,
    }
}

async fn shop() -> (TestApp, Member, Member, Objects, Objects) {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    // First the other channel: the promotion would make carts of the fixtures, which are in this one, cheaper.
    let us = objects(&app, &olga.client, "us", app.channels.us.id).await;
    let eu = objects(&app, &olga.client, "eu", app.channels.eu.id).await;
    let clerk = limited(&app, &olga, "eu-clerk", &LIMITED, &["eu"]).await;
    (app, olga, clerk, eu, us)
}

fn is_empty_or_absent(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(|list| list.iter().all(Value::is_null))
}

#[tokio::test]
async fn lists_contain_only_objects_of_the_channels_of_the_role() {
    let (_app, olga, clerk, eu, us) = shop().await;
    let lists = "{ orders(first: 10) { totalCount nodes { id } } carts(first: 10) { totalCount nodes { id } }
        promotions(first: 10) { totalCount nodes { id } } channels { slug } }";
    let all = olga.client.gql(lists, json!({})).await.ok();
    assert_eq!((all.at("/orders/totalCount"), all.at("/channels/2/slug")), (&json!(2), &json!("us")));
    let seen = clerk.client.gql(lists, json!({})).await.ok();
    for (list, expected, hidden) in
        [("orders", &eu.order, &us.order), ("carts", &eu.cart, &us.cart), ("promotions", &eu.promotion, &us.promotion)]
    {
        assert_eq!(seen.at(&format!("/{list}")), &json!({ "totalCount": 1, "nodes": [{ "id": expected }] }), "{list}");
        assert!(all.body.to_string().contains(hidden), "{list}");
    }
    assert_eq!(seen.at("/channels"), &json!([{ "slug": "eu" }]));
    let filtered = clerk.client.gql("{ carts(filter: { channel: \"us\" }) { totalCount } }", json!({})).await.ok();
    assert_eq!(filtered.at("/carts/totalCount"), 0);
}

#[tokio::test]
async fn objects_of_other_channels_do_not_exist_for_the_role() {
    let (_app, olga, clerk, eu, us) = shop().await;
    let single = "query($o: ID!, $p: ID!, $c: ID!, $d: ID!) { order(id: $o) { id } payment(id: $p) { id }
        cart(id: $c) { id } promotion(id: $d) { id } }";
    let nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    for (objects, is_theirs) in [(&eu, true), (&us, false)] {
        let ids = [&objects.order, &objects.payment, &objects.cart, &objects.promotion];
        let variables = json!({ "o": ids[0], "p": ids[1], "c": ids[2], "d": ids[3] });
        let found = clerk.client.gql(single, variables.clone()).await.ok();
        for field in ["order", "payment", "cart", "promotion"] {
            assert_eq!(!found.at(&format!("/{field}")).is_null(), is_theirs, "{field}: {}", found.body);
        }
        let found = clerk.client.gql(nodes, json!({ "ids": ids })).await.ok();
        assert_eq!(!is_empty_or_absent(found.at("/nodes")), is_theirs, "{}", found.body);
        let all = olga.client.gql(nodes, json!({ "ids": ids })).await.ok();
        assert!(all.at("/nodes").as_array().unwrap().iter().all(|node| !node.is_null()), "{}", all.body);
        for id in ids {
            let one = clerk.client.gql("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await.ok();
            assert_eq!(!one.at("/node").is_null(), is_theirs, "{id}");
        }
    }
}

#[tokio::test]
async fn objects_of_other_channels_cannot_be_changed() {
    let (app, olga, clerk, eu, us) = shop().await;
    let attempts = |objects: &Objects| {
        let Objects { order, line, payment, promotion, .. } = objects;
        vec![
            ("orderFulfill", json!({ "orderId": order, "lines": [{ "lineId": line, "quantity": 1 }] })),
            ("paymentCapture", json!({ "paymentId": payment, "amount": "1.00" })),
            ("paymentVoid", json!({ "paymentId": payment })),
            ("paymentRefund", json!({ "paymentId": payment, "amount": "1.00", "reason": "none" })),
            ("orderRefund", json!({ "orderId": order, "amount": "1.00", "reason": "none" })),
            ("orderCancel", json!({ "orderId": order, "reason": "CUSTOMER", "restock": true, "refund": true })),
            ("ordersCancelUnpaid", json!({ "orderIds": [order] })),
            ("promotionUpdate", json!({ "id": promotion, "name": "Mine" })),
            ("promotionCodesAdd", json!({ "id": promotion, "codes": [{ "code": "MINE" }] })),
            ("promotionArchive", json!({ "id": promotion })),
        ]
    };
    let state = "query($o: ID!) { order(id: $o) { version status paymentStatus fulfillmentStatus updatedAt } }";
    let before = olga.client.gql(state, json!({ "o": us.order })).await.ok();
    for (mutation, input) in attempts(&us) {
        let name = format!("{}{}", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!("mutation($i: {name}Input!) {{ {mutation}(input: $i) {{ userErrors {{ code }} }} }}");
        let answer = clerk.client.gql(&query, json!({ "i": input })).await;
        assert_eq!(answer.user_error_code(), "NOT_FOUND", "{mutation}: {}", answer.body);
    }
    let after = olga.client.gql(state, json!({ "o": us.order })).await.ok();
    assert_eq!(after.at("/order"), before.at("/order"), "the foreign order has changed");
    let promotions = "promotions WHERE name = 'Off' AND archived_at IS NULL";
    assert_eq!(app.database.count(promotions).await, 2);
    let wider = "mutation($id: ID!) { promotionUpdate(input: { id: $id, channels: [\"eu\", \"us\"] }) { userErrors { code } } }";
    let answer = clerk.client.gql(wider, json!({ "id": eu.promotion })).await;
    assert!(answer.body.to_string().contains("FORBIDDEN"), "{}", answer.body);
    let foreign = "mutation { promotionCreate(input: { name: \"X\", channels: [\"us\"],
        action: { percentageOff: { percent: \"10\" } } }) { promotion { id } userErrors { code } } }";
    assert_eq!(clerk.client.gql(foreign, json!({})).await.error_code(), "FORBIDDEN");
    let own =
        "mutation($o: ID!, $l: ID!) { orderFulfill(input: { orderId: $o, lines: [{ lineId: $l, quantity: 1 }] }) {
        fulfillment { id } userErrors { code } } }";
    let _ = clerk.client.gql(own, json!({ "o": eu.order, "l": eu.line })).await.ok();
    let name =
        "mutation($id: ID!) { promotionUpdate(input: { id: $id, name: \"Mine\" }) { userErrors { code message } } }";
    let _ = clerk.client.gql(name, json!({ "id": eu.promotion })).await.ok();
    drop(olga);
}

#[tokio::test]
async fn the_whole_shop_needs_an_unlimited_role() {
    let (_app, olga, clerk, ..) = shop().await;
    for operation in [
        "{ paymentGateways { name } }",
        "{ paymentRoutingRules { id } }",
        "{ ledger(first: 1) { nodes { id } } }",
        "{ ledgerBalances { account } }",
        "{ reconciliations(first: 1) { nodes { gateway } } }",
        "mutation { paymentRoutingRuleCreate(input: { name: \"x\", priority: 1, when: {}, gateways: [\"manual\"] }) { userErrors { code } } }",
        "mutation { channelUpdate(input: { slug: \"eu\", name: \"Mine\" }) { userErrors { code } } }",
        "mutation { customerGroupPut(input: { slug: \"x\", name: \"X\" }) { userErrors { code } } }",
        "{ auditLog(first: 1) { nodes { id } } }",
        "{ staff(first: 1) { nodes { id } } }",
    ] {
        let answer = clerk.client.gql(operation, json!({})).await;
        assert_eq!(answer.error_code(), "FORBIDDEN", "{operation}: {}", answer.body);
    }
    let _ = clerk.client.gql("{ customers(first: 1) { nodes { id } } }", json!({})).await.ok();
    let role = |permissions: &[&str], channels: Value| json!({ "i": { "slug": "x", "name": "X", "permissions": permissions, "channels": channels } });
    for (permissions, channels, code) in [
        (vec!["SETTINGS_WRITE"], json!(["eu"]), "PERMISSION_NOT_LIMITABLE"),
        (vec!["ORDERS_READ"], json!([]), "CHANNELS_INVALID"),
        (vec!["ORDERS_READ"], json!(["nowhere"]), "CHANNEL_UNKNOWN"),
    ] {
        assert_eq!(olga.client.gql(ROLE, role(&permissions, channels)).await.user_error_code(), code);
    }
}

#[tokio::test]
async fn the_limit_holds_for_tokens_and_follows_the_role() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    // First the other channel: the promotion would make carts of the fixtures, which are in this one, cheaper.
    let us = objects(&app, &olga.client, "us", app.channels.us.id).await;
    let eu = objects(&app, &olga.client, "eu", app.channels.eu.id).await;
    let lead = limited(&app, &olga, "lead", &["ORDERS_READ"], &["eu"]).await;
    let input = json!({ "slug": "hr", "name": "HR", "permissions": ["STAFF_MANAGE"] });
    let _ = olga.client.gql(ROLE, json!({ "i": input })).await.ok();
    let both =
        "mutation($id: ID!) { staffUpdate(input: { id: $id, roles: [\"lead\", \"hr\"] }) { userErrors { code } } }";
    let _ = olga.client.gql(both, json!({ "id": lead.id })).await.ok();
    let create = "mutation { apiTokenCreate(input: { name: \"erp\", permissions: [ORDERS_READ] }) { token userErrors { code } } }";
    let token = lead.client.gql(create, json!({})).await.ok().text("/apiTokenCreate/token");
    let token = app.admin().bearer(&token);
    let mine = "{ anywhere: myPermissions eu: myPermissions(channel: \"eu\") us: myPermissions(channel: \"us\") }";
    let held = token.gql(mine, json!({})).await.ok();
    let orders = json!(["ORDERS_READ"]);
    assert_eq!((held.at("/anywhere"), held.at("/eu"), held.at("/us")), (&orders, &orders, &json!([])));
    let read = "query($eu: ID!, $us: ID!) { eu: order(id: $eu) { id } us: order(id: $us) { id } }";
    let ids = json!({ "eu": eu.order, "us": us.order });
    let seen = token.gql(read, ids.clone()).await.ok();
    assert!(!seen.at("/eu").is_null() && seen.at("/us").is_null(), "{}", seen.body);
    let roles = olga.client.gql("{ roles { id slug channels } }", json!({})).await.ok();
    let role = roles.at("/roles").as_array().unwrap().iter().find(|role| role["slug"] == "lead").unwrap().clone();
    assert_eq!(role["channels"], json!(["eu"]));
    // Granting more than the own permissions stays impossible for holders of a limited role.
    let unlimited = json!({ "i": { "id": role["id"], "channels": null } });
    assert_eq!(lead.client.gql(CHANGE_ROLE, unlimited.clone()).await.user_error_code(), "MORE_THAN_OWN");
    let _ = olga.client.gql(CHANGE_ROLE, unlimited).await.ok();
    let seen = token.gql(read, ids).await.ok();
    assert!(!seen.at("/eu").is_null() && !seen.at("/us").is_null(), "{}", seen.body);
}

#[tokio::test]
async fn a_role_is_deleted_only_after_nobody_holds_it() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    let clerk = limited(&app, &olga, "clerk", &["ORDERS_READ"], &["eu"]).await;
    let roles = olga.client.gql("{ roles { id slug } }", json!({})).await.ok();
    let id = |slug: &str| {
        roles.at("/roles").as_array().unwrap().iter().find(|role| role["slug"] == slug).unwrap()["id"].clone()
    };
    let delete = "mutation($id: ID!) { roleDelete(input: { id: $id }) { deletedId userErrors { code } } }";
    assert_eq!(olga.client.gql(delete, json!({ "id": id("clerk") })).await.user_error_code(), "ROLE_IN_USE");
    assert_eq!(olga.client.gql(delete, json!({ "id": id("owner") })).await.user_error_code(), "OWNER_ROLE");
    let leave = "mutation($id: ID!) { staffUpdate(input: { id: $id, roles: [] }) { userErrors { code } } }";
    let _ = olga.client.gql(leave, json!({ "id": clerk.id })).await.ok();
    assert_eq!(
        olga.client.gql(delete, json!({ "id": id("clerk") })).await.ok().at("/roleDelete/deletedId"),
        &id("clerk")
    );
    assert_eq!(olga.client.gql(delete, json!({ "id": id("clerk") })).await.user_error_code(), "NOT_FOUND");
}
