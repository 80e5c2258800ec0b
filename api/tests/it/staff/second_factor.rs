//! Second factors: enrollment, logins with codes, recovery codes and roles that require one.

use chrono::TimeDelta;
use futures_util::future::join_all;
use model::access::Permission;
use serde_json::{Value, json};
use services::{
    App, AppConfig, Clock as _,
    identity::{self, Client},
};
use testkit::{Answer, GraphqlClient, TestClock};
use totp_rs::{Builder, Secret, Totp};

use super::{Member, PASSWORD, member, owner};
use crate::support::TestApp;

const LOGIN: &str = "mutation($e: String!, $p: String!, $c: String) {
    staffLogin(input: { email: $e, password: $p, code: $c }) { session { accessToken } userErrors { code field } } }";
const ENROLL: &str =
    "mutation($p: String!) { staffTotpEnroll(input: { password: $p }) { secret uri userErrors { code } } }";
const CONFIRM: &str =
    "mutation($c: String!) { staffTotpConfirm(input: { code: $c }) { recoveryCodes userErrors { code } } }";
const REMOVE: &str = "mutation($p: String!, $c: String!) { staffTotpRemove(input: { password: $p, code: $c }) {
    staffUser { hasSecondFactor } userErrors { code } } }";
const REGENERATE: &str = "mutation($p: String!, $c: String!) {
    staffRecoveryCodesRegenerate(input: { password: $p, code: $c }) { recoveryCodes userErrors { code } } }";
const RESET: &str =
    "mutation($id: ID!) { staffTotpReset(input: { id: $id }) { staffUser { hasSecondFactor } userErrors { code } } }";
const ROLE: &str = "mutation($i: RoleUpdateInput!) { roleUpdate(input: $i) {
    role { slug requiresSecondFactor permissions } userErrors { code } } }";

/// A shop whose clock the test moves.
async fn shop() -> (TestApp, TestClock) {
    let clock = TestClock::new();
    (TestApp::with_clock(&clock).await, clock)
}

/// An authenticator with a secret.
struct Authenticator {
    totp: Totp,
    clock: TestClock,
}

impl Authenticator {
    fn new(secret: &str, clock: &TestClock) -> Self {
        let secret = Secret::try_from_base32(secret).unwrap();
        Self { totp: Builder::new().with_secret(secret).build().unwrap(), clock: clock.clone() }
    }

    /// The code of the present time step.
    fn code(&self) -> String {
        self.code_in(0)
    }

    /// The code of a later or earlier time step.
    fn code_in(&self, steps: i64) -> String {
        let time = self.clock.now().timestamp() + 30 * steps;
        self.totp.generate(time.try_into().unwrap()).to_string()
    }

    /// The code of the next time step, which begins now.
    fn next(&self) -> String {
        self.clock.advance(TimeDelta::seconds(30));
        self.code()
    }
}

/// Enrolls a member; returns their authenticator and recovery codes.
async fn enroll(member: &Member, clock: &TestClock) -> (Authenticator, Vec<String>) {
    let enrolled = member.client.gql(ENROLL, json!({ "p": PASSWORD })).await.ok();
    let authenticator = Authenticator::new(&enrolled.text("/staffTotpEnroll/secret"), clock);
    let confirmed = member.client.gql(CONFIRM, json!({ "c": authenticator.code() })).await.ok();
    let codes = confirmed.at("/staffTotpConfirm/recoveryCodes").as_array().unwrap();
    (authenticator, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

async fn log_in(app: &TestApp, member: &Member, code: Option<&str>) -> Answer {
    app.admin().gql(LOGIN, json!({ "e": member.email, "p": PASSWORD, "c": code })).await
}

async fn permissions(client: &GraphqlClient) -> Value {
    client.gql("{ myPermissions }", json!({})).await.ok().at("/myPermissions").clone()
}

#[tokio::test]
async fn a_confirmed_authenticator_is_needed_to_log_in() {
    let (app, clock) = shop().await;
    let olga = owner(&app).await;
    assert_eq!(olga.client.gql(ENROLL, json!({ "p": "not it at all" })).await.user_error_code(), "INVALID_CREDENTIALS");
    assert_eq!(olga.client.gql(CONFIRM, json!({ "c": "000000" })).await.user_error_code(), "SECOND_FACTOR_MISSING");
    let enrolled = olga.client.gql(ENROLL, json!({ "p": PASSWORD })).await.ok();
    let secret = enrolled.text("/staffTotpEnroll/secret");
    let uri = enrolled.text("/staffTotpEnroll/uri");
    assert!(uri.starts_with("otpauth://totp/") && uri.contains(&secret), "{uri}");
    let authenticator = Authenticator::new(&secret, &clock);
    let _ = log_in(&app, &olga, None).await.ok();
    let wrong = json!({ "c": authenticator.code_in(5) });
    assert_eq!(olga.client.gql(CONFIRM, wrong).await.user_error_code(), "SECOND_FACTOR_INVALID");
    let codes = olga.client.gql(CONFIRM, json!({ "c": authenticator.code() })).await.ok();
    assert_eq!(codes.at("/staffTotpConfirm/recoveryCodes").as_array().unwrap().len(), 10);
    assert_eq!(log_in(&app, &olga, None).await.user_error_code(), "SECOND_FACTOR_REQUIRED");
    let _ = log_in(&app, &olga, Some(&authenticator.next())).await.ok();
    assert_eq!(olga.client.gql(ENROLL, json!({ "p": PASSWORD })).await.user_error_code(), "SECOND_FACTOR_EXISTS");
    let remove = json!({ "p": PASSWORD, "c": authenticator.next() });
    let removed = olga.client.gql(REMOVE, remove).await.ok();
    assert_eq!(removed.at("/staffTotpRemove/staffUser/hasSecondFactor"), &json!(false));
    let _ = log_in(&app, &olga, None).await.ok();
}

#[tokio::test]
async fn each_code_works_once_and_around_its_time() {
    let (app, clock) = shop().await;
    let olga = owner(&app).await;
    let (authenticator, _) = enroll(&olga, &clock).await;
    assert_eq!(log_in(&app, &olga, Some(&authenticator.code())).await.user_error_code(), "SECOND_FACTOR_INVALID");
    let code = authenticator.next();
    let wrong_password = json!({ "e": olga.email, "p": "not it at all", "c": code });
    assert_eq!(app.admin().gql(LOGIN, wrong_password).await.user_error_code(), "INVALID_CREDENTIALS");
    let _ = log_in(&app, &olga, Some(&code)).await.ok();
    assert_eq!(log_in(&app, &olga, Some(&code)).await.user_error_code(), "SECOND_FACTOR_INVALID");
    clock.advance(TimeDelta::seconds(60));
    let _ = log_in(&app, &olga, Some(&authenticator.code_in(-1))).await.ok();
    let _ = log_in(&app, &olga, Some(&authenticator.code_in(1))).await.ok();
    let earlier = authenticator.code();
    assert_eq!(log_in(&app, &olga, Some(&earlier)).await.user_error_code(), "SECOND_FACTOR_INVALID");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_parallel_logins_uses_a_code() {
    let (app, clock) = shop().await;
    let olga = owner(&app).await;
    let (authenticator, _) = enroll(&olga, &clock).await;
    let code = authenticator.next();
    let answers = join_all((0..4).map(|_| log_in(&app, &olga, Some(&code)))).await;
    let accepted = answers.iter().filter(|answer| answer.user_errors().is_empty()).count();
    assert_eq!(accepted, 1, "{answers:?}");
}

#[tokio::test]
async fn wrong_codes_count_like_wrong_passwords() {
    let (app, clock) = shop().await;
    let olga = owner(&app).await;
    let (authenticator, _) = enroll(&olga, &clock).await;
    let mut outcomes = Vec::new();
    for guess in 0..8 {
        // A login without a code in between does not clear the counter.
        let _ = log_in(&app, &olga, None).await;
        let answer = log_in(&app, &olga, Some(&authenticator.code_in(100 + guess))).await;
        outcomes.push(answer.user_error_code().to_owned());
    }
    assert_eq!(outcomes.first().unwrap(), "SECOND_FACTOR_INVALID");
    assert_eq!(outcomes.last().unwrap(), "THROTTLED", "{outcomes:?}");
}

#[tokio::test]
async fn a_recovery_code_works_once() {
    let (app, clock) = shop().await;
    let olga = owner(&app).await;
    let (authenticator, codes) = enroll(&olga, &clock).await;
    let _ = log_in(&app, &olga, Some(&codes[0].to_uppercase())).await.ok();
    assert_eq!(log_in(&app, &olga, Some(&codes[0])).await.user_error_code(), "SECOND_FACTOR_INVALID");
    let both = [log_in(&app, &olga, Some(&codes[1])), log_in(&app, &olga, Some(&codes[1]))];
    let accepted = join_all(both).await.iter().filter(|answer| answer.user_errors().is_empty()).count();
    assert_eq!(accepted, 1);
    let renewed = olga.client.gql(REGENERATE, json!({ "p": PASSWORD, "c": authenticator.next() })).await.ok();
    let renewed = renewed.text("/staffRecoveryCodesRegenerate/recoveryCodes/0");
    assert_eq!(log_in(&app, &olga, Some(&codes[2])).await.user_error_code(), "SECOND_FACTOR_INVALID");
    let _ = log_in(&app, &olga, Some(&renewed)).await.ok();
    let log = "{ auditLog(first: 50, filter: { action: \"staffRecoveryCodeUse\" }) { totalCount } }";
    assert_eq!(olga.client.gql(log, json!({})).await.ok().at("/auditLog/totalCount"), &json!(3));
}

#[tokio::test]
async fn a_role_that_requires_a_second_factor_grants_nothing_before() {
    let (app, clock) = shop().await;
    let olga = owner(&app).await;
    let carl = member(&app, "carl", &[Permission::OrdersRead]).await;
    let roles = olga.client.gql("{ roles { id slug } }", json!({})).await.ok();
    let id = |slug: &str| {
        let roles = roles.at("/roles").as_array().unwrap();
        roles.iter().find(|role| role["slug"] == slug).unwrap()["id"].clone()
    };
    let strict = json!({ "i": { "id": id("carl"), "requiresSecondFactor": true } });
    let changed = olga.client.gql(ROLE, strict).await.ok();
    assert_eq!(changed.at("/roleUpdate/role/requiresSecondFactor"), &json!(true));
    assert_eq!(permissions(&carl.client).await, json!([]));
    let orders = "{ orders(first: 1) { nodes { id } } }";
    assert_eq!(carl.client.gql(orders, json!({})).await.error_code(), "FORBIDDEN");
    let me = carl.client.gql("{ me { isSecondFactorMissing permissions } }", json!({})).await.ok();
    assert_eq!(me.at("/me"), &json!({ "isSecondFactorMissing": true, "permissions": ["ORDERS_READ"] }));
    enroll(&carl, &clock).await;
    assert_eq!(permissions(&carl.client).await, json!(["ORDERS_READ"]));
    let owner_role = json!({ "i": { "id": id("owner"), "permissions": [] } });
    assert_eq!(olga.client.gql(ROLE, owner_role).await.user_error_code(), "OWNER_ROLE");
    let strict = json!({ "i": { "id": id("owner"), "requiresSecondFactor": true } });
    let _ = olga.client.gql(ROLE, strict).await.ok();
    assert_eq!(permissions(&olga.client).await, json!([]));
}

#[tokio::test]
async fn a_staff_manager_resets_a_lost_second_factor() {
    let (app, clock) = shop().await;
    let olga = owner(&app).await;
    let carl = member(&app, "carl", &[Permission::OrdersRead]).await;
    let hera = member(&app, "hera", &[Permission::StaffManage]).await;
    enroll(&carl, &clock).await;
    enroll(&olga, &clock).await;
    assert_eq!(carl.client.gql(RESET, json!({ "id": olga.id })).await.error_code(), "FORBIDDEN");
    assert_eq!(hera.client.gql(RESET, json!({ "id": carl.id })).await.user_error_code(), "MORE_THAN_OWN");
    assert_eq!(hera.client.gql(RESET, json!({ "id": hera.id })).await.user_error_code(), "MORE_THAN_OWN");
    let reset = olga.client.gql(RESET, json!({ "id": carl.id })).await.ok();
    assert_eq!(reset.at("/staffTotpReset/staffUser/hasSecondFactor"), &json!(false));
    assert_eq!(olga.client.gql(RESET, json!({ "id": carl.id })).await.user_error_code(), "SECOND_FACTOR_MISSING");
    assert_eq!(carl.client.gql("{ me { id } }", json!({})).await.error_code(), "UNAUTHENTICATED");
    let _ = log_in(&app, &carl, None).await.ok();
}

/// Another process of the shop with other key secrets.
async fn process(app: &TestApp, secrets: &[&str]) -> App {
    let mut config = AppConfig::new(&app.database.url);
    config.identity.key_secret = secrets.first().map(ToString::to_string);
    config.identity.old_key_secret = secrets.get(1).map(ToString::to_string);
    App::builder(config).build().await.unwrap()
}

#[tokio::test]
async fn the_secret_of_an_authenticator_is_encrypted_with_the_current_key_secret() {
    let app = TestApp::configured(|config| config.identity.key_secret = Some("the first secret".to_owned())).await;
    let olga = owner(&app).await;
    let clock = TestClock::new();
    let (authenticator, _) = enroll(&olga, &clock).await;
    let code = authenticator.next();
    let log_in = async |app: &App| {
        identity::staff_login(app, &Client::default(), &olga.email, PASSWORD, Some(&code)).await.is_ok()
    };
    assert!(!log_in(&process(&app, &["another secret"]).await).await);
    let rotated = process(&app, &["the second secret", "the first secret"]).await;
    identity::reseal_keys(&rotated).await.unwrap();
    identity::reseal_second_factors(&rotated).await.unwrap();
    assert!(log_in(&process(&app, &["the second secret"]).await).await);
}
