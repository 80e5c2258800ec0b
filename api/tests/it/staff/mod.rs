//! Staff accounts: who reads them, what a dismissal ends, and what logs and the audit log contain.

mod accounts;
mod audit;
mod limited;
mod own_account;
mod second_factor;
mod step_up;

use model::access::{Permission, Permissions};
use serde_json::json;
use services::identity;
use testkit::GraphqlClient;

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";
const LOGIN: &str = "mutation($e: String!, $p: String!) { staffLogin(input: { email: $e, password: $p }) {
    session { accessToken refreshToken } staffUser { email } userErrors { code } } }";

/// A member of staff with a login.
struct Member {
    id: String,
    email: String,
    client: GraphqlClient,
}

/// Creates a member of staff with a role of their own name, and logs them in.
async fn member(app: &TestApp, name: &str, permissions: &[Permission]) -> Member {
    let permissions: Permissions = permissions.iter().copied().collect();
    identity::ensure_role(&app.app, name, name, permissions).await.unwrap();
    with_role(app, name, name).await
}

async fn owner(app: &TestApp) -> Member {
    with_role(app, "olga", "owner").await
}

async fn with_role(app: &TestApp, name: &str, role: &str) -> Member {
    let email = format!("{name}@example.org");
    let user = identity::ensure_staff(&app.app, &email, name, PASSWORD, &[role]).await.unwrap();
    Member { id: user.id.to_string(), client: log_in(app, &email).await, email }
}

/// A client with a new session of the member.
async fn log_in(app: &TestApp, email: &str) -> GraphqlClient {
    let session = app.admin().gql(LOGIN, json!({ "e": email, "p": PASSWORD })).await.ok();
    app.admin().bearer(&session.text("/staffLogin/session/accessToken"))
}
