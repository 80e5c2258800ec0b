//! Every account operation of customers.

use std::time::Duration;

use insta::assert_json_snapshot;
use serde_json::Value;
use testkit::{Answer, GraphqlClient, Mails, eventually};

use super::{cart_flow::Cart, operations, redact::redact, shown, storefront};
use crate::processes::{Plan, Processes};

const EMAIL: &str = "grace@example.org";
const ERRORS: &str = "userErrors { code field message } warnings { code }";
const SESSION: &str = "session { accessToken refreshToken expiresAt } customer { email }";
const ADDRESS: &str = r#"firstName: "Grace", lastName: "Hopper", street1: "Rue de Lyon 2", postalCode: "75012", city: "Paris", countryCode: FR"#;

/// A shop with one server and readable mails.
struct Accounts {
    processes: Processes,
    mails: Mails,
}

impl Accounts {
    async fn open() -> Self {
        let mails = Mails::new();
        let folder = vec![("MERCATOR_MAIL_DIR", mails.directory().display().to_string())];
        Self { processes: Processes::start_with(Plan::default(), folder).await, mails }
    }

    fn shop(&self) -> GraphqlClient {
        storefront(&self.processes, "")
    }

    async fn ask(&self, client: &GraphqlClient, mutation: &str, members: &str) -> Answer {
        client.gql(&format!("mutation {{ {mutation} {{ {members} {ERRORS} }} }}"), Value::Null).await
    }

    /// The one-time secret of the latest mail, once this number of mails has arrived.
    async fn secret(&self, mails: usize) -> String {
        eventually("the mail", Duration::from_secs(30), async || {
            let all = self.mails.to(EMAIL);
            let is_there = all.len() >= mails && all.iter().all(|mail| mail.contains("mot_"));
            is_there.then(|| self.mails.secret_to(EMAIL))
        })
        .await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_account_operations_run() {
    let accounts = Accounts::open().await;
    let shop = accounts.shop();
    let register = format!(
        r#"customerRegister(input: {{ email: "{EMAIL}", password: "a long enough secret", firstName: "Grace", lastName: "Hopper" }})"#
    );
    assert_json_snapshot!("customer_register", shown(&accounts.ask(&shop, &register, "email").await));
    let verify = format!(
        r#"customerEmailVerify(input: {{ token: "{}", password: "a long enough secret" }})"#,
        accounts.secret(1).await
    );
    assert_json_snapshot!("customer_email_verify", shown(&accounts.ask(&shop, &verify, "customer { email }").await));
    let wrong = format!(r#"customerLogin(input: {{ email: "{EMAIL}", password: "not the secret" }})"#);
    assert_json_snapshot!("customer_login_refused", shown(&accounts.ask(&shop, &wrong, SESSION).await));
    let login = format!(r#"customerLogin(input: {{ email: "{EMAIL}", password: "a long enough secret" }})"#);
    let session = accounts.ask(&shop, &login, SESSION).await;
    assert_json_snapshot!("customer_login", shown(&session));
    let refresh = format!(
        r#"sessionRefresh(input: {{ refreshToken: "{}" }})"#,
        session.text("/customerLogin/session/refreshToken")
    );
    let session = accounts.ask(&shop, &refresh, "session { accessToken refreshToken expiresAt }").await;
    assert_json_snapshot!("session_refresh", shown(&session));
    let grace = shop.clone().bearer(&session.text("/sessionRefresh/session/accessToken"));

    let update = r#"customerUpdate(input: { firstName: "Amazing", phone: "+33123456789", locale: "fr", acceptsMarketing: true })"#;
    let members = "customer { email firstName lastName phone locale acceptsMarketing }";
    assert_json_snapshot!("customer_update", shown(&accounts.ask(&grace, update, members).await));
    let create = format!("customerAddressCreate(input: {{ address: {{ {ADDRESS} }}, isDefaultShipping: true }})");
    let address = accounts.ask(&grace, &create, "address { id city }").await;
    assert_json_snapshot!("customer_address_create", shown(&address));
    let id = address.text("/customerAddressCreate/address/id");
    let paris = ADDRESS.replace("75012", "75001");
    let update = format!(r#"customerAddressUpdate(input: {{ id: "{id}", address: {{ {paris} }} }})"#);
    assert_json_snapshot!(
        "customer_address_update",
        shown(&accounts.ask(&grace, &update, "address { id city postalCode }").await)
    );

    let cart = Cart::with_tee(&grace).await;
    let _ = cart.buy().await;
    assert_json_snapshot!("me", shown(&grace.gql(operations::ME, Value::Null).await));
    assert_json_snapshot!("me_of_nobody", shown(&shop.gql(operations::ME, Value::Null).await));
    let export = accounts.ask(&grace, "customerDataExport(input: {})", "json").await;
    let mut export: Value = serde_json::from_str(&export.text("/customerDataExport/json")).unwrap();
    // The worker captures the payment meanwhile.
    let status = &mut export["orders"][0]["payments"][0]["status"];
    assert!(["AUTHORIZED", "CAPTURED"].contains(&status.as_str().unwrap()), "{status}");
    *status = "[authorized or captured]".into();
    assert_json_snapshot!("customer_data_export", redact(&export));
    let delete = format!(r#"customerAddressDelete(input: {{ id: "{id}" }})"#);
    assert_json_snapshot!("customer_address_delete", shown(&accounts.ask(&grace, &delete, "deletedId").await));
    let logout = "customerLogout(input: {})";
    assert_json_snapshot!("customer_logout", shown(&accounts.ask(&grace, logout, "isLoggedOut").await));
    assert_json_snapshot!("me_after_logout", shown(&grace.gql(operations::ME, Value::Null).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_reset_and_erasure_operations_run() {
    let accounts = Accounts::open().await;
    let shop = accounts.shop();
    let register = format!(r#"customerRegister(input: {{ email: "{EMAIL}", password: "a long enough secret" }})"#);
    let _ = accounts.ask(&shop, &register, "email").await.ok();
    let verify = format!(
        r#"customerEmailVerify(input: {{ token: "{}", password: "a long enough secret" }})"#,
        accounts.secret(1).await
    );
    let _ = accounts.ask(&shop, &verify, "customer { email }").await.ok();
    let request = format!(r#"customerPasswordResetRequest(input: {{ email: "{EMAIL}" }})"#);
    assert_json_snapshot!("customer_password_reset_request", shown(&accounts.ask(&shop, &request, "email").await));
    let secret = accounts.secret(2).await;
    let reset = format!(r#"customerPasswordReset(input: {{ token: "{secret}", password: "another long secret" }})"#);
    let session = accounts.ask(&shop, &reset, SESSION).await;
    assert_json_snapshot!("customer_password_reset", shown(&session));
    assert_json_snapshot!("customer_password_reset_again", shown(&accounts.ask(&shop, &reset, SESSION).await));
    let grace = shop.clone().bearer(&session.text("/customerPasswordReset/session/accessToken"));
    let erase = r#"customerErase(input: { password: "another long secret" })"#;
    assert_json_snapshot!("customer_erase", shown(&accounts.ask(&grace, erase, "erasedId").await));
    let login = format!(r#"customerLogin(input: {{ email: "{EMAIL}", password: "another long secret" }})"#);
    assert_json_snapshot!("customer_login_after_erasure", shown(&accounts.ask(&shop, &login, SESSION).await));
}
