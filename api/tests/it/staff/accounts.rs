//! Reading the accounts of staff, and dismissing them.

use model::access::Permission;
use serde_json::{Value, json};

use super::{LOGIN, PASSWORD, log_in, member, owner};
use crate::support::TestApp;

const ACCOUNT: &str = "query($id: ID!) { node(id: $id) { ... on StaffUser { name email isActive createdAt lastLoginAt
    permissions roles { slug } } } staffUser(id: $id) { name email roles { slug } } }";
const UPDATE: &str =
    "mutation($i: StaffUpdateInput!) { staffUpdate(input: $i) { staffUser { isActive } userErrors { code } } }";
const TOKEN: &str = "mutation { apiTokenCreate(input: { name: \"erp\", permissions: [CATALOG_READ] }) {
    token apiToken { id } userErrors { code } } }";

#[tokio::test]
async fn only_staff_managers_read_the_accounts_of_others() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    let clerk = member(&app, "carl", &[Permission::OrdersFulfill]).await;
    let token = olga.client.gql(TOKEN, json!({})).await.ok().text("/apiTokenCreate/token");
    for reader in [&clerk.client, &app.admin().bearer(&token)] {
        let seen = reader.gql(ACCOUNT, json!({ "id": olga.id })).await.ok();
        let name_only = json!({ "name": "olga", "email": null, "isActive": null, "createdAt": null,
            "lastLoginAt": null, "permissions": null, "roles": null });
        assert_eq!(seen.at("/node"), &name_only);
        assert_eq!(seen.at("/staffUser"), &json!({ "name": "olga", "email": null, "roles": null }));
    }
    let own = clerk.client.gql(ACCOUNT, json!({ "id": clerk.id })).await.ok();
    assert_eq!(own.at("/node/email"), "carl@example.org");
    let managed = olga.client.gql(ACCOUNT, json!({ "id": clerk.id })).await.ok();
    assert_eq!(managed.at("/staffUser/roles"), &json!([{ "slug": "carl" }]));
    assert_ne!(managed.at("/node/lastLoginAt"), &Value::Null);
    let login = app.admin().gql(LOGIN, json!({ "e": clerk.email, "p": PASSWORD })).await.ok();
    assert_eq!(login.at("/staffLogin/staffUser/email"), "carl@example.org");
}

#[tokio::test]
async fn the_api_tokens_of_a_dismissed_member_stay_revoked() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    let max = member(&app, "max", &[Permission::StaffManage, Permission::CatalogRead]).await;
    let made = max.client.gql(TOKEN, json!({})).await.ok().text("/apiTokenCreate/token");
    let kept = olga.client.gql(TOKEN, json!({})).await.ok().text("/apiTokenCreate/token");
    let (made, kept) = (app.admin().bearer(&made), app.admin().bearer(&kept));
    let permissions = "{ myPermissions }";
    let _ = made.gql(permissions, json!({})).await.ok();
    for is_active in [false, true] {
        let _ = olga.client.gql(UPDATE, json!({ "i": { "id": max.id, "isActive": is_active } })).await.ok();
        assert_eq!(made.gql(permissions, json!({})).await.error_code(), "UNAUTHENTICATED", "active: {is_active}");
    }
    let _ = log_in(&app, &max.email).await.gql(permissions, json!({})).await.ok();
    let _ = kept.gql(permissions, json!({})).await.ok();
    let listed = olga.client.gql("{ apiTokens { totalCount } }", json!({})).await.ok();
    assert_eq!(listed.at("/apiTokens/totalCount"), &json!(1));
}

#[tokio::test]
async fn the_tokens_of_an_active_member_follow_their_permissions() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    let max = member(&app, "max", &[Permission::StaffManage, Permission::CatalogRead]).await;
    let token = max.client.gql(TOKEN, json!({})).await.ok().text("/apiTokenCreate/token");
    let token = app.admin().bearer(&token);
    for (roles, expected) in [(json!([]), json!([])), (json!(["max"]), json!(["CATALOG_READ"]))] {
        let _ = olga.client.gql(UPDATE, json!({ "i": { "id": max.id, "roles": roles } })).await.ok();
        assert_eq!(token.gql("{ myPermissions }", json!({})).await.ok().at("/myPermissions"), &expected);
    }
}
