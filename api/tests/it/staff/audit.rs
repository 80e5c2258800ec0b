//! Security events in the audit log.

use model::access::Permission;
use serde_json::{Value, json};
use services::identity::{self, InitialCustomer};
use testkit::{Answer, GraphqlClient};

use super::{LOGIN, Member, PASSWORD, member, owner};
use crate::support::TestApp;

const LOG: &str = "query($f: AuditLogFilter) { auditLog(first: 100, filter: $f) { totalCount
    nodes { actor action object network details changes { path from to } } } }";
const HOME: &str = "127.0.0.1";

/// The entries that meet the filter, oldest first.
async fn entries(reader: &Member, filter: Value) -> Vec<Value> {
    let log = reader.client.gql(LOG, json!({ "f": filter })).await.ok();
    log.at("/auditLog/nodes").as_array().unwrap().iter().rev().cloned().collect()
}

async fn actions(reader: &Member, filter: Value) -> Vec<Value> {
    entries(reader, filter).await.into_iter().map(|entry| entry["action"].clone()).collect()
}

fn details(entry: &Value) -> Value {
    serde_json::from_str(entry["details"].as_str().unwrap()).unwrap()
}

async fn log_in(client: &GraphqlClient, email: &str, password: &str) -> Answer {
    client.gql(LOGIN, json!({ "e": email, "p": password })).await
}

async fn ada(app: &TestApp) -> String {
    let seed = InitialCustomer {
        email: "ada@example.org",
        password: PASSWORD,
        first_name: "Ada",
        last_name: "Lovelace",
        groups: &[],
        addresses: Vec::new(),
    };
    identity::ensure_customer(&app.app, seed).await.unwrap().id.to_string()
}

#[tokio::test]
async fn logins_and_failures_are_recorded_with_network_and_account() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    let carl = member(&app, "carl", &[]).await;
    let stranger = app.admin();
    for (email, password) in [(carl.email.as_str(), "my other password"), ("nobody@example.org", PASSWORD)] {
        assert_eq!(log_in(&stranger, email, password).await.user_error_code(), "INVALID_CREDENTIALS");
    }
    let [success] = &entries(&olga, json!({ "actor": carl.id, "action": "staffLogin" })).await[..] else {
        panic!("not one login")
    };
    assert_eq!((&success["object"], &success["network"]), (&json!(carl.id), &json!(HOME)));
    let failed = entries(&olga, json!({ "action": "staffLoginFailed" })).await;
    assert_eq!(failed.len(), 2);
    assert_eq!((&failed[0]["actor"], &failed[0]["object"]), (&json!("anonymous"), &json!(carl.id)));
    assert_eq!(details(&failed[0]), json!({ "reason": "WRONG_PASSWORD" }));
    assert!(failed[1]["object"].as_str().unwrap().starts_with("email:"));
    let log = format!("{:?}", entries(&olga, json!({})).await);
    for secret in ["my other password", "nobody@example.org", PASSWORD] {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn refused_attempts_of_a_network_are_recorded_once() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    for _ in 0..20 {
        let _ = log_in(&app.admin(), "carl@example.org", "wrong and long").await;
    }
    let failed = entries(&olga, json!({ "action": "staffLoginFailed" })).await;
    let refused = failed.iter().filter(|entry| details(entry) == json!({ "reason": "THROTTLED" })).count();
    assert_eq!(refused, 1, "{failed:?}");
    assert!(failed.len() < 15, "{failed:?}");
}

#[tokio::test]
async fn changes_of_staff_roles_and_tokens_are_recorded() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    let carl = member(&app, "carl", &[]).await;
    let made = olga.client.gql(
        "mutation($id: ID!) {
            roleCreate(input: { slug: \"packer\", name: \"Packer\", permissions: [ORDERS_FULFILL] }) { userErrors { code } }
            staffInvite(input: { email: \"max@example.org\", name: \"Max\", roles: [\"packer\"] }) { userErrors { code } }
            apiTokenCreate(input: { name: \"erp\", permissions: [CATALOG_READ] }) { apiToken { id } userErrors { code } }
            staffUpdate(input: { id: $id, isActive: false }) { userErrors { code } } }",
        json!({ "id": carl.id }),
    );
    let token = made.await.ok().text("/apiTokenCreate/apiToken/id");
    let delete = "mutation($id: ID!) { apiTokenDelete(input: { id: $id }) { userErrors { code } } }";
    let _ = olga.client.gql(delete, json!({ "id": token })).await.ok();
    let reset =
        "mutation { staffPasswordResetRequest(input: { email: \"olga@example.org\" }) { userErrors { code } } }";
    let _ = app.admin().gql(reset, json!({})).await.ok();
    assert_eq!(
        actions(&olga, json!({ "actor": olga.id })).await,
        ["staffLogin", "roleCreate", "staffInvite", "apiTokenCreate", "staffUpdate", "apiTokenDelete"]
    );
    assert_eq!(actions(&olga, json!({ "object": token })).await, ["apiTokenCreate", "apiTokenDelete"]);
    let request = entries(&olga, json!({ "action": "staffPasswordResetRequest" })).await;
    assert_eq!((&request[0]["object"], &request[0]["network"]), (&json!(olga.id), &json!(HOME)));
    let dismissal = entries(&olga, json!({ "object": carl.id, "action": "staffUpdate" })).await;
    let change = json!({ "path": "isActive", "from": "true", "to": "false" });
    assert!(dismissal[0]["changes"].as_array().unwrap().contains(&change), "{dismissal:?}");
}

#[tokio::test]
async fn the_end_of_a_session_is_recorded() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    let carl = member(&app, "carl", &[]).await;
    let logout = "mutation { staffLogout(input: {}) { isLoggedOut userErrors { code } } }";
    let _ = carl.client.gql(logout, json!({})).await.ok();
    let ended = entries(&olga, json!({ "action": "staffSessionEnd" })).await;
    assert_eq!((&ended[0]["actor"], &ended[0]["network"]), (&json!(carl.id), &json!(HOME)));
    assert_eq!(details(&ended[0]), json!({ "reason": "LOGOUT" }));
}

#[tokio::test]
async fn lists_and_exports_of_customers_are_recorded() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    let ada = ada(&app).await;
    let lists = "{ customers(filter: { query: \"ada@example.org\" }, first: 5) { nodes { id } } orders(first: 5) { nodes { id } } }";
    let _ = olga.client.gql(lists, json!({})).await.ok();
    let read = entries(&olga, json!({ "action": "listRead", "object": "customers" })).await;
    assert_eq!((&read[0]["actor"], &read[0]["network"]), (&json!(olga.id), &json!(HOME)));
    assert_eq!(details(&read[0])["count"], json!(1));
    assert!(!read[0].to_string().contains("ada@"), "the log repeats what was searched");
    assert_eq!(entries(&olga, json!({ "action": "listRead", "object": "orders" })).await.len(), 1);
    let login = "mutation($p: String!) { customerLogin(input: { email: \"ada@example.org\", password: $p }) {
        session { accessToken } userErrors { code } } }";
    let token = app.storefront().gql(login, json!({ "p": PASSWORD })).await.ok();
    let customer = app.storefront().bearer(&token.text("/customerLogin/session/accessToken"));
    let export = "mutation { customerDataExport(input: {}) { userErrors { code } } }";
    let _ = customer.gql(export, json!({})).await.ok();
    let erase = "mutation($p: String!) { customerErase(input: { password: $p }) { userErrors { code } } }";
    assert_eq!(customer.gql(erase, json!({ "p": "not hers" })).await.user_error_code(), "INVALID_CREDENTIALS");
    let _ = customer.gql(erase, json!({ "p": PASSWORD })).await.ok();
    let about_ada = actions(&olga, json!({ "object": ada })).await;
    assert_eq!(about_ada, ["customerLogin", "customerDataExport", "customerLoginFailed", "customerErase"]);
}

#[tokio::test]
async fn the_audit_log_needs_its_own_permission_and_has_pages() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    let hera = member(&app, "hera", &[Permission::StaffManage]).await;
    assert_eq!(hera.client.gql(LOG, json!({})).await.error_code(), "FORBIDDEN");
    let rita = member(&app, "rita", &[Permission::AuditRead]).await;
    let page = "query($a: String) { auditLog(first: 2, after: $a) { totalCount nodes { action object }
        pageInfo { hasNextPage endCursor } } }";
    let first = rita.client.gql(page, json!({})).await.ok();
    assert_eq!(first.at("/auditLog/nodes/0/object"), &json!(rita.id), "newest first");
    assert_eq!(first.at("/auditLog/totalCount"), &json!(3));
    let cursor = first.at("/auditLog/pageInfo/endCursor").clone();
    let second = rita.client.gql(page, json!({ "a": cursor })).await.ok();
    assert_eq!(second.at("/auditLog/nodes"), &json!([{ "action": "staffLogin", "object": olga.id }]));
    assert_eq!(second.at("/auditLog/pageInfo/hasNextPage"), &json!(false));
    let future = json!({ "after": "2999-01-01T00:00:00Z" });
    assert!(entries(&rita, future).await.is_empty());
}
