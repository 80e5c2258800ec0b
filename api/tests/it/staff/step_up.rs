//! Sensitive changes need a recent proof of identity, and sessions of staff are short.

use chrono::TimeDelta;
use model::access::Permission;
use serde_json::json;
use testkit::TestClock;

use super::{LOGIN, PASSWORD, member, owner};
use crate::support::TestApp;

const STEP_UP: &str =
    "mutation($p: String!) { staffStepUp(input: { password: $p }) { verifiedUntil userErrors { code } } }";
const TOKEN: &str = "mutation { apiTokenCreate(input: { name: \"erp\", permissions: [STAFF_MANAGE] }) {
    token userErrors { code } } }";

#[tokio::test]
async fn changes_of_staff_roles_and_tokens_need_a_recent_proof() {
    let clock = TestClock::new();
    let app = TestApp::with_clock(&clock).await;
    let olga = owner(&app).await;
    let carl = member(&app, "carl", &[Permission::OrdersRead]).await;
    let token = olga.client.gql(TOKEN, json!({})).await.ok().text("/apiTokenCreate/token");
    let refresh = "mutation($t: String!) { staffSessionRefresh(input: { refreshToken: $t }) {
        session { accessToken } userErrors { code } } }";
    let login = app.admin().gql(LOGIN, json!({ "e": olga.email, "p": PASSWORD })).await.ok();
    clock.advance(TimeDelta::minutes(16));
    let renewed = app.admin().gql(refresh, json!({ "t": login.text("/staffLogin/session/refreshToken") })).await.ok();
    let olga_now = app.admin().bearer(&renewed.text("/staffSessionRefresh/session/accessToken"));
    let changes = [
        "mutation { roleCreate(input: { slug: \"packer\", name: \"P\", permissions: [] }) { userErrors { code } } }".to_owned(),
        "mutation { staffInvite(input: { email: \"max@example.org\", name: \"M\", roles: [] }) { userErrors { code } } }".to_owned(),
        format!("mutation {{ staffUpdate(input: {{ id: \"{}\", isActive: false }}) {{ userErrors {{ code }} }} }}", carl.id),
        format!("mutation {{ staffTotpReset(input: {{ id: \"{}\" }}) {{ userErrors {{ code }} }} }}", carl.id),
        TOKEN.to_owned(),
    ];
    for change in &changes {
        assert_eq!(olga_now.gql(change, json!({})).await.user_error_code(), "STEP_UP_REQUIRED", "{change}");
    }
    assert_eq!(olga_now.gql(STEP_UP, json!({ "p": "not it at all" })).await.user_error_code(), "INVALID_CREDENTIALS");
    let _ = olga_now.gql(STEP_UP, json!({ "p": PASSWORD })).await.ok();
    for change in changes.iter().filter(|change| !change.contains("staffTotpReset")) {
        let _ = olga_now.gql(change, json!({})).await.ok();
    }
    let token = app.admin().bearer(&token);
    assert_eq!(token.gql(STEP_UP, json!({ "p": PASSWORD })).await.error_code(), "FORBIDDEN");
    let log = "{ auditLog(first: 50, filter: { action: \"staffStepUp\" }) { nodes { actor } } }";
    assert_eq!(olga_now.gql(log, json!({})).await.ok().at("/auditLog/nodes"), &json!([{ "actor": olga.id }]));
}

#[tokio::test]
async fn sessions_of_staff_end_after_twelve_hours_without_use() {
    let clock = TestClock::new();
    let app = TestApp::with_clock(&clock).await;
    let olga = owner(&app).await;
    let refresh = "mutation($t: String!) { staffSessionRefresh(input: { refreshToken: $t }) {
        session { refreshToken } userErrors { code } } }";
    let login = app.admin().gql(LOGIN, json!({ "e": olga.email, "p": PASSWORD })).await.ok();
    let mut token = login.text("/staffLogin/session/refreshToken");
    for _ in 0..3 {
        clock.advance(TimeDelta::hours(11));
        let renewed = app.admin().gql(refresh, json!({ "t": token })).await.ok();
        token = renewed.text("/staffSessionRefresh/session/refreshToken");
    }
    clock.advance(TimeDelta::hours(12));
    assert_eq!(app.admin().gql(refresh, json!({ "t": token })).await.user_error_code(), "SESSION_ENDED");
}
