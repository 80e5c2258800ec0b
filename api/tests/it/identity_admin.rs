//! Staff, permissions and API tokens in the admin API.

use model::access::{Permission, Permissions};
use serde_json::{Value, json};
use services::identity::{self, Client, InitialCustomer};
use testkit::{Answer, GraphqlClient};

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";
const TOKEN: &str = "mutation($p: [Permission!]!) { apiTokenCreate(input: { name: \"erp\", permissions: $p }) {
    token apiToken { id permissions createdBy { name } } userErrors { code field } } }";

/// A client that is logged in as a member of staff with a role.
async fn staff(app: &TestApp, name: &str, role: &str, permissions: &[Permission]) -> GraphqlClient {
    if role != "owner" {
        let permissions: Permissions = permissions.iter().copied().collect();
        identity::ensure_role(&app.app, role, role, permissions).await.unwrap();
    }
    let email = format!("{name}@example.org");
    identity::ensure_staff(&app.app, &email, name, PASSWORD, &[role]).await.unwrap();
    let query = "mutation($e: String!, $p: String!) { staffLogin(input: { email: $e, password: $p }) {
        session { accessToken refreshToken expiresAt } userErrors { code } } }";
    let session = app.admin().gql(query, json!({ "e": email, "p": PASSWORD })).await.ok();
    app.admin().bearer(&session.text("/staffLogin/session/accessToken"))
}

async fn owner(app: &TestApp) -> GraphqlClient {
    staff(app, "olga", "owner", &[]).await
}

async fn token(app: &TestApp, maker: &GraphqlClient, permissions: &[&str]) -> (GraphqlClient, String) {
    let answer = maker.gql(TOKEN, json!({ "p": permissions })).await.ok();
    (app.admin().bearer(&answer.text("/apiTokenCreate/token")), answer.text("/apiTokenCreate/apiToken/id"))
}

/// A client of the admin API with a customer's login.
async fn customer(app: &TestApp) -> GraphqlClient {
    let seed = InitialCustomer {
        email: "ada@example.org",
        password: PASSWORD,
        first_name: "Ada",
        last_name: "Lovelace",
        groups: &["vip"],
        addresses: Vec::new(),
    };
    identity::ensure_customer(&app.app, seed).await.unwrap();
    let login = identity::customer_login(&app.app, &Client::default(), "ada@example.org", PASSWORD).await;
    app.admin().bearer(&login.ok().unwrap().1.access_token)
}

#[tokio::test]
async fn an_api_token_works_until_it_is_deleted() {
    let app = TestApp::new().await;
    let owner = owner(&app).await;
    let (erp, id) = token(&app, &owner, &["CATALOG_WRITE", "CUSTOMERS_READ"]).await;
    let mine = erp.gql("{ me { id } myPermissions }", json!({})).await.ok();
    assert_eq!(mine.at("/me"), &Value::Null);
    assert_eq!(mine.at("/myPermissions"), &json!(["CATALOG_READ", "CATALOG_WRITE", "CUSTOMERS_READ"]));
    let listed = owner.gql("{ apiTokens(first: 5) { totalCount nodes { id name lastUsedAt } } }", json!({})).await.ok();
    assert_eq!(listed.at("/apiTokens/nodes/0/id"), &json!(id));
    assert_eq!(listed.at("/apiTokens/totalCount"), &json!(1));
    assert_eq!(erp.gql(TOKEN, json!({ "p": ["CATALOG_READ"] })).await.error_code(), "FORBIDDEN");
    let delete = "mutation($id: ID!) { apiTokenDelete(input: { id: $id }) { deletedId userErrors { code } } }";
    let _ = owner.gql(delete, json!({ "id": id })).await.ok();
    assert_eq!(owner.gql(delete, json!({ "id": id })).await.user_error_code(), "NOT_FOUND");
    let after = erp.gql("{ myPermissions }", json!({})).await;
    assert_eq!((after.status, after.error_code()), (401, "UNAUTHENTICATED"));
}

#[tokio::test]
async fn staff_cannot_grant_more_than_they_hold() {
    let app = TestApp::new().await;
    owner(&app).await;
    let lead = staff(&app, "lea", "lead", &[Permission::StaffManage, Permission::OrdersWrite]).await;
    assert_eq!(lead.gql(TOKEN, json!({ "p": ["CATALOG_WRITE"] })).await.user_error_code(), "MORE_THAN_OWN");
    assert_eq!(lead.gql(TOKEN, json!({ "p": [] })).await.user_error_code(), "NO_PERMISSIONS");
    let invite = "mutation { staffInvite(input: { email: \"max@example.org\", name: \"Max\", roles: [\"owner\"] }) {
        staffUser { id } userErrors { code } } }";
    assert_eq!(lead.gql(invite, json!({})).await.user_error_code(), "MORE_THAN_OWN");
    let role = "mutation { roleCreate(input: { slug: \"god\", name: \"God\", permissions: [SETTINGS_WRITE] }) {
        role { id } userErrors { code } } }";
    assert_eq!(lead.gql(role, json!({})).await.user_error_code(), "MORE_THAN_OWN");
}

#[tokio::test]
async fn an_invited_user_logs_in_with_the_mailed_token() {
    let app = TestApp::new().await;
    let owner = owner(&app).await;
    let role = "mutation { roleCreate(input: { slug: \"packer\", name: \"Packer\", permissions: [ORDERS_FULFILL] }) {
        role { slug permissions } userErrors { code } } }";
    assert_eq!(
        owner.gql(role, json!({})).await.ok().at("/roleCreate/role/permissions"),
        &json!(["ORDERS_READ", "ORDERS_FULFILL"])
    );
    assert_eq!(owner.gql(role, json!({})).await.user_error_code(), "SLUG_TAKEN");
    let invite = "mutation { staffInvite(input: { email: \"max@example.org\", name: \"Max\", roles: [\"packer\"] }) {
        staffUser { id roles { slug } } userErrors { code } } }";
    let max = owner.gql(invite, json!({})).await.ok().text("/staffInvite/staffUser/id");
    app.mails.deliver(&app.app).await;
    let accept = "mutation($t: String!, $p: String!) { staffPasswordReset(input: { token: $t, password: $p }) {
        staffUser { id } userErrors { code } } }";
    let secret = app.mails.secret_to("max@example.org");
    let _ = app.admin().gql(accept, json!({ "t": secret, "p": PASSWORD })).await.ok();
    let as_max = staff(&app, "max", "packer", &[Permission::OrdersFulfill]).await;
    let me = as_max.gql("{ me { id permissions } }", json!({})).await.ok();
    assert_eq!(me.at("/me/id"), &json!(max));
    let leave = "mutation($id: ID!) { staffUpdate(input: { id: $id, isActive: false }) { staffUser { isActive } userErrors { code } } }";
    let _ = owner.gql(leave, json!({ "id": max })).await.ok();
    assert_eq!(as_max.gql("{ me { id } }", json!({})).await.error_code(), "UNAUTHENTICATED");
    let myself = owner.gql("{ me { id } }", json!({})).await.ok().text("/me/id");
    assert_eq!(owner.gql(leave, json!({ "id": myself })).await.user_error_code(), "LAST_OWNER");
}

#[tokio::test]
async fn customers_are_found_and_put_into_groups() {
    let app = TestApp::new().await;
    let owner = owner(&app).await;
    customer(&app).await;
    let find = "query($q: String) { customers(filter: { query: $q }, first: 10) { totalCount nodes { id email groups { slug } } } }";
    let found = owner.gql(find, json!({ "q": "ada@" })).await.ok();
    assert_eq!(found.at("/customers/nodes/0/groups"), &json!([{ "slug": "vip" }]));
    assert_eq!(owner.gql(find, json!({ "q": "%" })).await.ok().at("/customers/totalCount"), &json!(0));
    let id = found.text("/customers/nodes/0/id");
    let update = "mutation($i: CustomerUpdateInput!) { customerUpdate(input: $i) {
        customer { firstName groups { slug } } userErrors { code field } } }";
    let unknown = owner.gql(update, json!({ "i": { "id": id, "groups": ["nobody"] } })).await;
    assert_eq!(unknown.user_error_code(), "GROUP_UNKNOWN");
    let changed = owner.gql(update, json!({ "i": { "id": id, "firstName": "Augusta", "groups": [] } })).await.ok();
    assert_eq!(changed.at("/customerUpdate/customer"), &json!({ "firstName": "Augusta", "groups": [] }));
}

#[tokio::test]
async fn groups_are_assigned_in_a_large_shop() {
    let app = TestApp::new().await;
    let owner = owner(&app).await;
    customer(&app).await;
    let many = "insert into customer_groups (id, slug, name)
        select gen_random_uuid(), 'a' || n, 'A' from generate_series(1, 1000) n";
    app.database.execute(many).await;
    let put = "mutation { customerGroupPut(input: { slug: \"zz\", name: \"Last\" }) { userErrors { code } } }";
    let _ = owner.gql(put, json!({})).await.ok();
    let id = owner.gql("{ customer(email: \"ada@example.org\") { id } }", json!({})).await.ok().text("/customer/id");
    let update = "mutation($id: ID!) { customerUpdate(input: { id: $id, groups: [\"zz\"] }) {
        customer { groups { slug } } userErrors { code field } } }";
    let joined = owner.gql(update, json!({ "id": id })).await.ok();
    assert_eq!(joined.at("/customerUpdate/customer/groups"), &json!([{ "slug": "zz" }]));
}

#[tokio::test]
async fn the_public_keys_of_tokens_are_published() {
    let app = TestApp::new().await;
    let answer = reqwest::get(app.url("/.well-known/jwks.json")).await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "public, max-age=300");
    let keys: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][0]["alg"]), (&json!("OKP"), &json!("EdDSA")));
}

/// Reduces a response to `ok` or the code of its error.
fn outcome(answer: &Answer) -> String {
    match answer.body.pointer("/errors/0/extensions/code").and_then(Value::as_str) {
        Some(code) => code.to_owned(),
        None => "ok".to_owned(),
    }
}

#[tokio::test]
async fn people_fields_require_their_permissions() {
    let app = TestApp::new().await;
    let owner = owner(&app).await;
    let clerk = staff(&app, "carl", "clerk", &[Permission::OrdersFulfill]).await;
    let (token, _) = token(&app, &owner, &["CATALOG_READ"]).await;
    let customer = customer(&app).await;
    let nobody = "gid://mercator/StaffUser/0192c7a0-0000-7000-8000-000000000000";
    let guarded = [
        "{ staff { nodes { id } } }".to_owned(),
        "{ roles { id } }".to_owned(),
        "{ apiTokens { nodes { id } } }".to_owned(),
        "{ customers { nodes { id } } }".to_owned(),
        "{ customer(email: \"ada@example.org\") { id } }".to_owned(),
        "{ customerGroups { id } }".to_owned(),
        "mutation { roleCreate(input: { slug: \"x\", name: \"X\", permissions: [] }) { userErrors { code } } }"
            .to_owned(),
        "mutation { staffInvite(input: { email: \"x@example.org\", name: \"X\", roles: [] }) { userErrors { code } } }"
            .to_owned(),
        format!("mutation {{ staffUpdate(input: {{ id: \"{nobody}\" }}) {{ userErrors {{ code }} }} }}"),
        "mutation { apiTokenCreate(input: { name: \"x\", permissions: [] }) { userErrors { code } } }".to_owned(),
        format!(
            "mutation {{ apiTokenDelete(input: {{ id: \"{}\" }}) {{ userErrors {{ code }} }} }}",
            nobody.replace("StaffUser", "ApiToken")
        ),
        format!(
            "mutation {{ customerUpdate(input: {{ id: \"{}\" }}) {{ userErrors {{ code }} }} }}",
            nobody.replace("StaffUser", "Customer")
        ),
        "mutation { customerGroupPut(input: { slug: \"x\", name: \"X\" }) { userErrors { code } } }".to_owned(),
    ];
    let anonymous = app.admin();
    for operation in &guarded {
        let mut outcomes = Vec::new();
        for client in [&anonymous, &customer, &clerk, &token, &owner] {
            outcomes.push(outcome(&client.gql(operation, json!({})).await));
        }
        assert_eq!(outcomes, ["UNAUTHENTICATED", "UNAUTHENTICATED", "FORBIDDEN", "FORBIDDEN", "ok"], "{operation}");
    }
}

#[tokio::test]
async fn the_admin_api_creates_the_first_channel() {
    let app = TestApp::new().await;
    app.database.execute("truncate channels cascade").await;
    app.app.settings_cache().invalidate();
    let closed = app.storefront().gql("{ channel { slug } }", json!({})).await;
    assert_eq!(closed.error_code(), "BAD_USER_INPUT");
    let owner = owner(&app).await;
    assert_eq!(owner.gql("{ channel { slug } }", json!({})).await.error_code(), "BAD_USER_INPUT");
    let create = "mutation { channelCreate(input: { slug: \"eu\", pricesIncludeTax: true, currencyCodes: [EUR],
        locales: [\"en\"], countryCodes: [DE] }) { channel { slug } userErrors { code message } } }";
    let _ = owner.gql(create, json!({})).await.ok();
    assert_eq!(app.storefront().gql("{ channel { slug } }", json!({})).await.ok().text("/channel/slug"), "eu");
}

const MY_SESSIONS: &str = "{ me { id sessions { totalCount nodes { id isCurrent } } } }";

#[tokio::test]
async fn staff_end_their_own_sessions() {
    let app = TestApp::new().await;
    let (first, second) = (owner(&app).await, owner(&app).await);
    let listed = second.gql(MY_SESSIONS, json!({})).await.ok();
    assert_eq!(listed.at("/me/sessions/totalCount"), 2);
    assert_eq!(listed.at("/me/sessions/nodes/0/isCurrent"), true);
    let end = "mutation($id: ID!) { staffSessionEnd(input: { id: $id }) { endedId userErrors { code } } }";
    let oldest = listed.text("/me/sessions/nodes/1/id");
    let clerk = staff(&app, "carl", "clerk", &[Permission::OrdersFulfill]).await;
    assert_eq!(clerk.gql(end, json!({ "id": oldest })).await.user_error_code(), "NOT_FOUND");
    let _ = second.gql(end, json!({ "id": oldest })).await.ok();
    assert_eq!(first.gql("{ me { id } }", json!({})).await.error_code(), "UNAUTHENTICATED");
    let third = owner(&app).await;
    let others = "mutation { staffSessionsEnd(input: { exceptCurrent: true }) { endedCount userErrors { code } } }";
    assert_eq!(third.gql(others, json!({})).await.ok().at("/staffSessionsEnd/endedCount"), 1);
    assert_eq!(second.gql("{ me { id } }", json!({})).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(third.gql(MY_SESSIONS, json!({})).await.ok().at("/me/sessions/totalCount"), 1);
}

#[tokio::test]
async fn managers_end_the_sessions_of_members() {
    let app = TestApp::new().await;
    let owner = owner(&app).await;
    let lead = staff(&app, "lea", "lead", &[Permission::StaffManage, Permission::OrdersFulfill]).await;
    let clerk = staff(&app, "carl", "clerk", &[Permission::OrdersFulfill]).await;
    let end = "mutation($id: ID!) { staffUserSessionsEnd(input: { id: $id }) { endedCount userErrors { code } } }";
    let owners = owner.gql("{ me { id } }", json!({})).await.ok().text("/me/id");
    let clerks = clerk.gql("{ me { id } }", json!({})).await.ok().text("/me/id");
    assert_eq!(clerk.gql(end, json!({ "id": owners })).await.error_code(), "FORBIDDEN");
    assert_eq!(lead.gql(end, json!({ "id": owners })).await.user_error_code(), "MORE_THAN_OWN");
    let member = "query($id: ID!) { staffUser(id: $id) { sessions { totalCount } } }";
    assert_eq!(lead.gql(member, json!({ "id": clerks })).await.ok().at("/staffUser/sessions/totalCount"), 1);
    assert_eq!(clerk.gql(member, json!({ "id": owners })).await.ok().at("/staffUser/sessions"), &Value::Null);
    assert_eq!(lead.gql(end, json!({ "id": clerks })).await.ok().at("/staffUserSessionsEnd/endedCount"), 1);
    assert_eq!(clerk.gql("{ me { id } }", json!({})).await.error_code(), "UNAUTHENTICATED");
}
