//! Customer groups and their members.

use serde_json::json;

use super::{changes, create, manager, update};
use crate::support::TestApp;

const PUT: &str = "mutation($s: String!, $n: String!) { customerGroupPut(input: { slug: $s, name: $n }) {
    group { id slug name } userErrors { code } } }";
const DELETE: &str = "mutation($id: ID!) { customerGroupDelete(input: { id: $id }) { deletedId userErrors { code } } }";

#[tokio::test]
async fn members_of_a_group_are_listed_in_pages() {
    let app = TestApp::new().await;
    let manager = manager(&app).await;
    let _ = manager.gql(PUT, json!({ "s": "vip", "n": "VIP" })).await.ok();
    for name in ["a", "b", "c"] {
        create(&manager, json!({ "email": format!("{name}@example.org"), "groups": ["vip"] })).await;
    }
    create(&manager, json!({ "email": "d@example.org" })).await;
    let members = "query($after: String) { customerGroups { slug members(first: 2, after: $after) {
        totalCount nodes { email } pageInfo { hasNextPage endCursor } } } }";
    let first = manager.gql(members, json!({})).await.ok();
    let page = first.at("/customerGroups/0/members");
    assert_eq!(
        (&page["totalCount"], &page["nodes"]),
        (&json!(3), &json!([{ "email": "c@example.org" }, { "email": "b@example.org" }]))
    );
    let next = manager.gql(members, json!({ "after": page["pageInfo"]["endCursor"] })).await.ok();
    assert_eq!(next.at("/customerGroups/0/members/nodes"), &json!([{ "email": "a@example.org" }]));
}

#[tokio::test]
async fn a_group_that_a_promotion_names_is_not_deleted() {
    let app = TestApp::new().await;
    let manager = manager(&app).await;
    let group = manager.gql(PUT, json!({ "s": "vip", "n": "VIP" })).await.ok().text("/customerGroupPut/group/id");
    let ada = create(&manager, json!({ "email": "ada@example.org", "groups": ["vip"] })).await;
    let promote = "mutation { promotionCreate(input: { name: \"VIPs\", channels: [\"eu\"],
        conditions: { customerGroups: [\"vip\"] }, action: { percentageOff: { percent: \"10\" } } }) {
        promotion { id } userErrors { code message } } }";
    let promotion = manager.gql(promote, json!({})).await.ok().text("/promotionCreate/promotion/id");
    assert_eq!(manager.gql(DELETE, json!({ "id": group })).await.user_error_code(), "GROUP_IN_USE");
    let archive = "mutation($id: ID!) { promotionArchive(input: { id: $id }) { userErrors { code } } }";
    let _ = manager.gql(archive, json!({ "id": promotion })).await.ok();
    let _ = manager.gql(DELETE, json!({ "id": group })).await.ok();
    let slug = json!({ "path": "slug", "from": "vip", "to": null });
    assert!(changes(&manager, "customerGroupDelete", &group).await.as_array().unwrap().contains(&slug));
    assert_eq!(manager.gql(DELETE, json!({ "id": group })).await.user_error_code(), "NOT_FOUND");
    let groups = update(&manager, json!({ "id": ada })).await.ok();
    assert_eq!(groups.at("/customerUpdate/customer/groups"), &json!([]));
}
