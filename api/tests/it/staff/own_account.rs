//! Staff change their own password and e-mail address, and managers delete accounts.

use model::access::Permission;
use serde_json::{Value, json};

use super::{LOGIN, PASSWORD, log_in, member, owner};
use crate::support::TestApp;

const PASSWORD_CHANGE: &str = "mutation($o: String!, $n: String!) {
    staffPasswordChange(input: { currentPassword: $o, newPassword: $n }) { staffUser { email } userErrors { code field } } }";
const EMAIL_CHANGE: &str = "mutation($e: String!, $p: String!) {
    staffEmailChange(input: { email: $e, password: $p }) { email userErrors { code } } }";
const EMAIL_VERIFY: &str = "mutation($t: String!) { staffEmailVerify(input: { token: $t }) {
    staffUser { email } userErrors { code } } }";
const DELETE: &str = "mutation($id: ID!) { staffDelete(input: { id: $id }) { deletedId userErrors { code } } }";
const ME: &str = "{ me { email } }";
const NEW: &str = "another correct horse";

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let app = TestApp::new().await;
    let carl = member(&app, "carl", &[]).await;
    let elsewhere = log_in(&app, &carl.email).await;
    let wrong = carl.client.gql(PASSWORD_CHANGE, json!({ "o": "not this one", "n": NEW })).await;
    assert_eq!(wrong.user_error_code(), "INVALID_CREDENTIALS");
    let weak = carl.client.gql(PASSWORD_CHANGE, json!({ "o": PASSWORD, "n": "carl" })).await;
    assert_eq!(weak.user_error_code(), "PASSWORD_TOO_SHORT");
    let _ = elsewhere.gql(ME, json!({})).await.ok();
    let reset = "mutation($e: String!) { staffPasswordResetRequest(input: { email: $e }) { userErrors { code } } }";
    let _ = app.admin().gql(reset, json!({ "e": carl.email })).await.ok();
    app.mails.deliver(&app.app).await;
    let _ = carl.client.gql(PASSWORD_CHANGE, json!({ "o": PASSWORD, "n": NEW })).await.ok();
    let _ = carl.client.gql(ME, json!({})).await.ok();
    assert_eq!(elsewhere.gql(ME, json!({})).await.error_code(), "UNAUTHENTICATED");
    let use_token =
        "mutation($t: String!) { staffPasswordReset(input: { token: $t, password: \"yet another horse\" }) {
        userErrors { code } } }";
    let canceled = app.admin().gql(use_token, json!({ "t": app.mails.secret_to(&carl.email) })).await;
    assert_eq!(canceled.user_error_code(), "TOKEN_INVALID");
    for (password, is_right) in [(PASSWORD, false), (NEW, true)] {
        let answer = app.admin().gql(LOGIN, json!({ "e": carl.email, "p": password })).await;
        assert_eq!(answer.user_errors().is_empty(), is_right);
    }
}

#[tokio::test]
async fn a_new_address_is_confirmed_by_its_mailbox() {
    let app = TestApp::new().await;
    let carl = member(&app, "carl", &[]).await;
    let wrong = carl.client.gql(EMAIL_CHANGE, json!({ "e": "karl@example.org", "p": "not this one" })).await;
    assert_eq!(wrong.user_error_code(), "INVALID_CREDENTIALS");
    let _ = carl.client.gql(EMAIL_CHANGE, json!({ "e": "karl@example.org", "p": PASSWORD })).await.ok();
    app.mails.deliver(&app.app).await;
    assert_eq!(app.mails.to(&carl.email).len(), 1, "the present address gets a notice");
    assert_eq!(carl.client.gql(ME, json!({})).await.ok().text("/me/email"), carl.email);
    let secret = app.mails.secret_to("karl@example.org");
    let verified = app.admin().gql(EMAIL_VERIFY, json!({ "t": secret })).await.ok();
    assert_eq!(verified.text("/staffEmailVerify/staffUser/email"), "karl@example.org");
    assert_eq!(app.admin().gql(EMAIL_VERIFY, json!({ "t": secret })).await.user_error_code(), "TOKEN_INVALID");
    assert_eq!(carl.client.gql(ME, json!({})).await.error_code(), "UNAUTHENTICATED");
    app.mails.deliver(&app.app).await;
    assert_eq!(app.mails.to(&carl.email).len(), 2, "the former address is told");
    let _ = log_in(&app, "karl@example.org").await.gql(ME, json!({})).await.ok();
    let former = app.admin().gql(LOGIN, json!({ "e": carl.email, "p": PASSWORD })).await;
    assert_eq!(former.user_error_code(), "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn the_address_of_another_member_is_not_taken_over() {
    let app = TestApp::new().await;
    let (carl, lea) = (member(&app, "carl", &[]).await, member(&app, "lea", &[]).await);
    let answer = carl.client.gql(EMAIL_CHANGE, json!({ "e": lea.email, "p": PASSWORD })).await.ok();
    assert_eq!(answer.text("/staffEmailChange/email"), lea.email, "the answer does not tell who has an account");
    app.mails.deliver(&app.app).await;
    assert!(app.mails.to(&lea.email).is_empty());
}

#[tokio::test]
async fn a_deleted_account_leaves_only_its_id() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    let max = member(&app, "max", &[Permission::StaffManage, Permission::CatalogRead]).await;
    let token = "mutation { apiTokenCreate(input: { name: \"erp\", permissions: [CATALOG_READ] }) { token userErrors { code } } }";
    let token = app.admin().bearer(&max.client.gql(token, json!({})).await.ok().text("/apiTokenCreate/token"));
    let rename = "mutation($id: ID!) { staffUpdate(input: { id: $id, name: \"Maximilian\" }) { userErrors { code } } }";
    let _ = olga.client.gql(rename, json!({ "id": max.id })).await.ok();
    assert_eq!(max.client.gql(DELETE, json!({ "id": max.id })).await.user_error_code(), "OWN_ACCOUNT");
    assert_eq!(max.client.gql(DELETE, json!({ "id": olga.id })).await.user_error_code(), "MORE_THAN_OWN");
    assert_eq!(olga.client.gql(DELETE, json!({ "id": max.id })).await.ok().text("/staffDelete/deletedId"), max.id);
    for ended in [&max.client, &token] {
        assert_eq!(ended.gql("{ myPermissions }", json!({})).await.error_code(), "UNAUTHENTICATED");
    }
    let again = app.admin().gql(LOGIN, json!({ "e": max.email, "p": PASSWORD })).await;
    assert_eq!(again.user_error_code(), "INVALID_CREDENTIALS");
    assert_eq!(olga.client.gql(DELETE, json!({ "id": max.id })).await.user_error_code(), "NOT_FOUND");
    let seen = "query($id: ID!) { staffUser(id: $id) { name email isActive deletedAt roles { slug } } staff(first: 10) { totalCount } }";
    let gone = olga.client.gql(seen, json!({ "id": max.id })).await.ok();
    let account = gone.at("/staffUser");
    assert_eq!((&account["name"], &account["email"], &account["roles"]), (&json!(""), &Value::Null, &json!([])));
    assert!(account["deletedAt"].is_string());
    assert_eq!(gone.at("/staff/totalCount"), 1);
    for table in ["staff_users", "audit_log", "one_time_tokens", "api_tokens"] {
        let traces = app.database.count(&format!("{table} AS held WHERE held::text ~* 'maximilian|max@example'")).await;
        assert_eq!(traces, 0, "{table}");
    }
    let log = "query($o: String) { auditLog(first: 100, filter: { actor: $o }) { totalCount } }";
    let entries = olga.client.gql(log, json!({ "o": max.id })).await.ok();
    assert!(entries.at("/auditLog/totalCount").as_i64().unwrap() > 0, "the entries of the account stay");
    let _ = member(&app, "max", &[]).await;
}

#[tokio::test]
async fn two_owners_cannot_delete_each_other() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    let otto = super::with_role(&app, "otto", "owner").await;
    let delete = |by: &super::Member, id: &str| {
        let client = by.client.clone();
        let variables = json!({ "id": id });
        async move { client.gql(DELETE, variables).await }
    };
    let (one, other) = tokio::join!(delete(&olga, &otto.id), delete(&otto, &olga.id));
    let done =
        [&one, &other].iter().filter(|answer| answer.body["data"]["staffDelete"]["deletedId"].is_string()).count();
    assert_eq!(done, 1, "{} {}", one.body, other.body);
    let owners = "staff_users AS one JOIN staff_roles AS held ON held.staff_id = one.id WHERE one.is_active";
    assert_eq!(app.database.count(owners).await, 1);
}

#[tokio::test]
async fn ending_listed_sessions_is_recorded() {
    let app = TestApp::new().await;
    let olga = owner(&app).await;
    let carl = member(&app, "carl", &[]).await;
    let _ = log_in(&app, &carl.email).await;
    let sessions = carl.client.gql("{ me { sessions(first: 5) { nodes { id isCurrent } } } }", json!({})).await.ok();
    let listed = sessions.at("/me/sessions/nodes").as_array().unwrap();
    let other = listed.iter().find(|session| session["isCurrent"] == json!(false)).unwrap()["id"].clone();
    let end = "mutation($id: ID!) { staffSessionEnd(input: { id: $id }) { endedId userErrors { code } } }";
    let _ = carl.client.gql(end, json!({ "id": other })).await.ok();
    let all = "mutation { staffSessionsEnd(input: { exceptCurrent: true }) { endedCount userErrors { code } } }";
    let _ = carl.client.gql(all, json!({})).await.ok();
    let log = "query($a: String) { auditLog(first: 5, filter: { action: $a }) { nodes { actor object details } } }";
    for (action, count) in [("staffSessionEnd", 1), ("staffSessionsEnd", 0)] {
        let entries = olga.client.gql(log, json!({ "a": action })).await.ok();
        let entry = entries.at("/auditLog/nodes/0");
        assert_eq!((&entry["actor"], &entry["object"]), (&json!(carl.id), &json!(carl.id)), "{action}");
        let details: Value = serde_json::from_str(entry["details"].as_str().unwrap()).unwrap();
        assert_eq!(details, json!({ "reason": "ENDED_BY_OWNER", "sessions": count }));
    }
}
