//! Staff and customers.

use model::access::Permission;
use serde_json::{Value, json};
use testkit::GraphqlClient;

use super::{
    super::{cart_flow::Cart, operations::ME, storefront},
    demo,
};

/// A storefront client with the login of the demo's customer.
pub async fn ada(shop: &GraphqlClient) -> GraphqlClient {
    let login = r#"mutation { customerLogin(input: { email: "ada@demo.test", password: "mercator-demo" }) { session { accessToken } userErrors { code } } }"#;
    let session = shop.gql(login, Value::Null).await.ok();
    shop.clone().bearer(&session.text("/customerLogin/session/accessToken"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_customer_has_an_address_and_a_group() {
    let processes = demo().await;
    let me = ada(&storefront(&processes, "")).await.gql(ME, Value::Null).await;
    assert_eq!((me.at("/me/email"), me.at("/me/firstName")), (&json!("ada@demo.test"), &json!("Ada")));
    assert_eq!((me.at("/me/addresses/0/city"), me.at("/me/addresses/1")), (&json!("Berlin"), &Value::Null));
    let staff = processes.staff("admin@demo.test").await;
    let groups = staff.gql(r#"{ customer(email: "ada@demo.test") { groups { slug } } }"#, Value::Null).await;
    assert_eq!(groups.at("/customer/groups"), &json!([{ "slug": "vip" }]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_owner_may_do_all_and_the_clerk_only_fulfills() {
    let processes = demo().await;
    let (owner, clerk) = (processes.staff("admin@demo.test").await, processes.staff("clerk@demo.test").await);
    let permissions = "{ myPermissions }";
    let held = owner.gql(permissions, Value::Null).await;
    assert_eq!(held.at("/myPermissions").as_array().unwrap().len(), Permission::ALL.len());
    let roles = owner.gql("{ me { roles { slug } } }", Value::Null).await;
    assert_eq!(roles.at("/me/roles"), &json!([{ "slug": "owner" }]));

    let order = Cart::with_tee(&storefront(&processes, "")).await.buy().await;
    let found = clerk
        .gql("query($id: ID!) { order(id: $id) { status lines { id } } orders { totalCount } }", json!({ "id": order }))
        .await;
    assert_eq!((found.at("/order/status"), found.at("/orders/totalCount")), (&json!("OPEN"), &json!(1)));
    let id = format!("orderId: \"{order}\"");
    for refused in [
        format!("mutation {{ orderCancel(input: {{ {id}, reason: CUSTOMER }}) {{ userErrors {{ code }} }} }}"),
        format!("mutation {{ orderRefund(input: {{ {id}, amount: \"1.00\" }}) {{ userErrors {{ code }} }} }}"),
        r#"mutation { channelUpdate(input: { slug: "eu", name: "Mine" }) { userErrors { code } } }"#.to_owned(),
        r#"mutation { inventoryAdjust(input: { reason: RECEIVED, changes: [{ sku: "LAMP", location: "berlin", delta: 1 }] }) { userErrors { code } } }"#.to_owned(),
        "{ products(first: 1) { nodes { id } } }".to_owned(),
        "{ customers(first: 1) { nodes { id } } }".to_owned(),
        "{ ledgerBalances { account } }".to_owned(),
        "{ promotions(first: 1) { nodes { id } } }".to_owned(),
        "{ staff(first: 1) { nodes { id } } }".to_owned(),
    ] {
        let answer = clerk.gql(&refused, Value::Null).await;
        assert_eq!(answer.error_code(), "FORBIDDEN", "{refused}");
    }
    let fulfill = "mutation($o: ID!, $l: ID!) { orderFulfill(input: { orderId: $o, lines: [{ lineId: $l, quantity: 1 }] }) { order { fulfillmentStatus } userErrors { code } } }";
    let sent = clerk.gql(fulfill, json!({ "o": order, "l": found.text("/order/lines/0/id") })).await.ok();
    assert_eq!(sent.at("/orderFulfill/order/fulfillmentStatus"), "FULFILLED");
}
