//! Examples that need mailed tokens and codes, on a server whose mails the test reads.

use model::access::Permission;
use serde_json::json;
use services::identity;
use testkit::GraphqlClient;
use totp_rs::{Builder, Secret};

use super::{Report, Runner, example};
use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";
const NEW_PASSWORD: &str = "another correct horse";
const EMAIL: &str = "carl@example.org";

/// A client with a new session of a member of staff.
async fn log_in(app: &TestApp, email: &str, password: &str) -> GraphqlClient {
    let login = "mutation($e: String!, $p: String!) { staffLogin(input: { email: $e, password: $p }) {
        session { accessToken } userErrors { code } } }";
    let session = app.admin().gql(login, json!({ "e": email, "p": password })).await.ok();
    app.admin().bearer(&session.text("/staffLogin/session/accessToken"))
}

pub async fn run(report: &mut Report) {
    let app = TestApp::new().await;
    identity::ensure_staff(&app.app, "olga@example.org", "olga", PASSWORD, &["owner"]).await.unwrap();
    let permissions = [Permission::StaffManage].into_iter().collect();
    identity::ensure_role(&app.app, "lead", "Lead", permissions).await.unwrap();
    identity::ensure_staff(&app.app, EMAIL, "carl", PASSWORD, &["lead"]).await.unwrap();
    let olga = log_in(&app, "olga@example.org", PASSWORD).await;
    let client = log_in(&app, EMAIL, PASSWORD).await;
    let mut runner = Runner { staff: &client, reader: &olga, kept: std::collections::BTreeMap::default(), report };

    let other = log_in(&app, EMAIL, PASSWORD).await;
    let sessions = other.gql("{ me { sessions(first: 5) { nodes { id isCurrent } } } }", json!({})).await.ok();
    let listed = sessions.at("/me/sessions/nodes").as_array().unwrap().clone();
    let own = listed.iter().find(|session| session["isCurrent"] == json!(true)).unwrap();
    runner.kept.insert("session".to_owned(), own["id"].clone());
    runner
        .run(vec![
            example("staffSessionEnd", json!({ "id": "$session" })),
            example("staffSessionsEnd", json!({ "exceptCurrent": true })),
            example("staffStepUp", json!({ "password": PASSWORD })),
            example("staffPasswordChange", json!({ "currentPassword": PASSWORD, "newPassword": NEW_PASSWORD })),
            example("staffEmailChange", json!({ "email": "karl@example.org", "password": NEW_PASSWORD })),
        ])
        .await;
    app.mails.deliver(&app.app).await;
    let token = app.mails.secret_to("karl@example.org");
    runner.call(app.admin(), example("staffEmailVerify", json!({ "token": token }))).await;
    let request = example("staffPasswordResetRequest", json!({ "email": "karl@example.org" }));
    runner.call(app.admin(), request).await;
    app.mails.deliver(&app.app).await;
    let token = app.mails.secret_to("karl@example.org");
    let reset = example("staffPasswordReset", json!({ "token": token, "password": PASSWORD }));
    runner.call(app.admin(), reset).await;

    let client = log_in(&app, "karl@example.org", PASSWORD).await;
    enroll(&mut runner, &client).await;
    let regenerate = example("staffRecoveryCodesRegenerate", json!({ "password": PASSWORD, "code": "$code" }));
    runner.call(client.clone(), regenerate.keeping("recoveryCodes", &[("code", "/recoveryCodes/0")])).await;
    runner.call(client, example("staffTotpRemove", json!({ "password": PASSWORD, "code": "$code" }))).await;
    let lea = identity::ensure_staff(&app.app, "lea@example.org", "lea", PASSWORD, &["lead"]).await.unwrap();
    enroll(&mut runner, &log_in(&app, "lea@example.org", PASSWORD).await).await;
    runner.call(olga.clone(), example("staffTotpReset", json!({ "id": lea.id.to_string() }))).await;
}

/// Enrolls a second factor and keeps one of its recovery codes.
async fn enroll(runner: &mut Runner<'_>, client: &GraphqlClient) {
    let enroll = example("staffTotpEnroll", json!({ "password": PASSWORD }));
    runner.call(client.clone(), enroll.keeping("secret", &[("secret", "/secret")])).await;
    let secret = Secret::try_from_base32(runner.kept["secret"].as_str().unwrap()).unwrap();
    let totp = Builder::new().with_secret(secret).build().unwrap();
    let code = totp.generate(chrono::Utc::now().timestamp().try_into().unwrap()).to_string();
    let confirm = example("staffTotpConfirm", json!({ "code": code }));
    runner.call(client.clone(), confirm.keeping("recoveryCodes", &[("code", "/recoveryCodes/0")])).await;
}
