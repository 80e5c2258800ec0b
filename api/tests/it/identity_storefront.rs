//! Accounts as a storefront sees them.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use testkit::{Answer, GraphqlClient, TestClock, eventually};

use crate::support::TestApp;

const PASSWORD: &str = "correct horse battery";
const ADDRESS: &str = "mutation($a: AddressInput!) { customerAddressCreate(input: { address: $a }) {
    address { id city countryCode } userErrors { code field message } } }";

async fn register(app: &TestApp, email: &str) -> Answer {
    let query = "mutation($i: CustomerRegisterInput!) { customerRegister(input: $i) { email userErrors { code field message } } }";
    let input = json!({ "email": email, "password": PASSWORD, "firstName": "Ada", "lastName": "Lovelace" });
    let answer = app.storefront().gql(query, json!({ "i": input })).await;
    app.mails.deliver(&app.app).await;
    answer
}

async fn verify(app: &TestApp, token: &str) -> Answer {
    verify_with(app, token, Some(PASSWORD)).await
}

async fn verify_with(app: &TestApp, token: &str, password: Option<&str>) -> Answer {
    let query = "mutation($t: String!, $p: String) { customerEmailVerify(input: { token: $t, password: $p }) {
        customer { id } userErrors { code field } } }";
    app.storefront().gql(query, json!({ "t": token, "p": password })).await
}

async fn login(app: &TestApp, email: &str, password: &str) -> Answer {
    let query = "mutation($e: String!, $p: String!) { customerLogin(input: { email: $e, password: $p }) {
        session { accessToken refreshToken expiresAt } customer { firstName }
        userErrors { code field message retryAfterSeconds } } }";
    app.storefront().gql(query, json!({ "e": email, "p": password })).await
}

async fn refresh(app: &TestApp, token: &str) -> Answer {
    let query = "mutation($t: String!) { sessionRefresh(input: { refreshToken: $t }) {
        session { accessToken refreshToken expiresAt } userErrors { code } } }";
    app.storefront().gql(query, json!({ "t": token })).await
}

/// A client that is logged in with a new account.
async fn customer(app: &TestApp, email: &str) -> GraphqlClient {
    let _ = register(app, email).await.ok();
    let _ = verify(app, &app.mails.secret_to(email)).await.ok();
    let session = login(app, email, PASSWORD).await.ok();
    app.storefront().bearer(&session.text("/customerLogin/session/accessToken"))
}

fn berlin() -> Value {
    json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "Invalidenstraße 1", "postalCode": "10115",
        "city": "Berlin", "countryCode": "DE" })
}

#[tokio::test]
async fn an_account_is_verified_by_mail() {
    let app = TestApp::new().await;
    let ada = customer(&app, "ada@example.org").await;
    let _ = ada.gql(ADDRESS, json!({ "a": berlin() })).await.ok();
    let me = "query Me { me { id email firstName lastName addresses { id city } defaultShippingAddress { city } } }";
    let answer = ada.gql(me, json!({})).await.ok();
    assert_eq!(answer.at("/me/email"), "ada@example.org");
    assert_eq!(answer.at("/me/addresses/0/city"), "Berlin");
    assert_eq!(answer.at("/me/defaultShippingAddress/city"), "Berlin");
    let nobody = app.storefront().gql(me, json!({})).await.ok();
    assert_eq!(nobody.at("/me"), &Value::Null);
}

#[tokio::test]
async fn the_holder_of_any_mailed_token_sets_the_password() {
    let app = TestApp::new().await;
    let email = "ada@example.org";
    let _ = register(&app, email).await.ok();
    let first = app.mails.secret_to(email);
    for _ in 0..8 {
        let _ = register(&app, email).await.ok();
    }
    let missing = verify_with(&app, &first, None).await;
    assert_eq!(missing.user_errors()[0], &json!({ "code": "PASSWORD_REQUIRED", "field": ["password"] }));
    let weak = verify_with(&app, &first, Some("password123456")).await;
    assert_eq!(weak.user_errors()[0], &json!({ "code": "PASSWORD_TOO_COMMON", "field": ["password"] }));
    let _ = verify_with(&app, &first, Some("a wholly new horse")).await.ok();
    let refused = login(&app, email, PASSWORD).await;
    assert_eq!(refused.user_error_code(), "INVALID_CREDENTIALS", "the password of the registration counts for nothing");
    let _ = login(&app, email, "a wholly new horse").await.ok();
    let second = verify(&app, &app.mails.secret_to(email)).await;
    assert_eq!(second.user_error_code(), "TOKEN_INVALID");
}

#[tokio::test]
async fn passwords_that_are_easy_to_guess_are_refused() {
    let app = TestApp::new().await;
    let query = "mutation($p: String!) { customerRegister(input: { email: \"ada@example.org\", password: $p,
        firstName: \"Augusta\" }) { userErrors { code field } } }";
    for password in [
        "password123456",
        "letmein123456",
        "qwerty1234567",
        "welcome2026!!",
        "iloveyou123456",
        "mercatormercator",
        "ada@example.org",
        "augusta123456",
    ] {
        let refused = app.storefront().gql(query, json!({ "p": password })).await;
        let expected = json!({ "code": "PASSWORD_TOO_COMMON", "field": ["password"] });
        assert_eq!(refused.user_errors()[0], &expected, "{password}");
    }
}

#[tokio::test]
async fn login_returns_the_customers_data() {
    let app = TestApp::new().await;
    let ada = customer(&app, "ada@example.org").await;
    let _ = ada.gql(ADDRESS, json!({ "a": berlin() })).await.ok();
    let query = "mutation($p: String!) { customerLogin(input: { email: \"ada@example.org\", password: $p }) {
        customer { addresses { city } defaultShippingAddress { city } orders(first: 5) { totalCount nodes { id } } }
        userErrors { code } } }";
    let answer = app.storefront().gql(query, json!({ "p": PASSWORD })).await.ok();
    assert_eq!(answer.at("/customerLogin/customer/addresses"), &json!([{ "city": "Berlin" }]));
    assert_eq!(answer.at("/customerLogin/customer/defaultShippingAddress/city"), "Berlin");
    assert_eq!(answer.at("/customerLogin/customer/orders"), &json!({ "totalCount": 0, "nodes": [] }));
}

#[tokio::test]
async fn responses_do_not_reveal_accounts() {
    let app = TestApp::new().await;
    customer(&app, "ada@example.org").await;
    let known = register(&app, "ada@example.org").await;
    let unknown = register(&app, "eve@example.org").await;
    let without_address = |answer: &Answer| answer.body["data"].to_string().replace("eve@", "ada@");
    assert_eq!(without_address(&known), without_address(&unknown));
    let wrong = login(&app, "ada@example.org", "wrong").await;
    let nobody = login(&app, "nobody@example.org", "wrong").await;
    assert_eq!(wrong.body["data"], nobody.body["data"]);
    assert_eq!(wrong.user_error_code(), "INVALID_CREDENTIALS");
    let request =
        "mutation($e: String!) { customerPasswordResetRequest(input: { email: $e }) { userErrors { code } } }";
    let known = app.storefront().gql(request, json!({ "e": "ada@example.org" })).await;
    let unknown = app.storefront().gql(request, json!({ "e": "nobody@example.org" })).await;
    assert_eq!(known.body["data"], unknown.body["data"]);
}

#[tokio::test]
async fn foreign_addresses_read_as_absent() {
    let app = TestApp::new().await;
    let ada = customer(&app, "ada@example.org").await;
    let eve = customer(&app, "eve@example.org").await;
    let id = ada.gql(ADDRESS, json!({ "a": berlin() })).await.ok().text("/customerAddressCreate/address/id");
    let update = "mutation($id: ID!, $a: AddressInput!) { customerAddressUpdate(input: { id: $id, address: $a }) {
        address { id } userErrors { code } } }";
    let delete = "mutation($id: ID!) { customerAddressDelete(input: { id: $id }) { deletedId userErrors { code } } }";
    let stolen = eve.gql(update, json!({ "id": id, "a": berlin() })).await;
    assert_eq!(stolen.user_error_code(), "NOT_FOUND");
    assert_eq!(eve.gql(delete, json!({ "id": id })).await.user_error_code(), "NOT_FOUND");
    let gone = ada.gql(delete, json!({ "id": id })).await.ok();
    assert_eq!(gone.at("/customerAddressDelete/deletedId"), &json!(id));
    assert_eq!(ada.gql(delete, json!({ "id": id })).await.user_error_code(), "NOT_FOUND");
    let other_kind = ada.gql(delete, json!({ "id": "gid://mercator/Product/0192c7a0-0000-7000-8000-000000000000" }));
    assert_eq!(other_kind.await.error_code(), "BAD_USER_INPUT");
    let anonymous = app.storefront().gql(ADDRESS, json!({ "a": berlin() })).await;
    assert_eq!(anonymous.error_code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn an_incomplete_address_names_the_missing_fields() {
    let app = TestApp::new().await;
    let ada = customer(&app, "ada@example.org").await;
    let answer = ada.gql(ADDRESS, json!({ "a": { "countryCode": "US", "city": "Springfield" } })).await;
    let fields: Vec<&Value> = answer.user_errors().into_iter().map(|error| &error["field"]).collect();
    assert_eq!(
        fields,
        [
            &json!(["address", "lastName"]),
            &json!(["address", "street1"]),
            &json!(["address", "postalCode"]),
            &json!(["address", "region"]),
        ]
    );
    assert_eq!(answer.user_error_code(), "ADDRESS_INVALID");
}

#[tokio::test]
async fn a_session_is_refreshed_and_ended() {
    let app = TestApp::new().await;
    customer(&app, "ada@example.org").await;
    let session = login(&app, "ada@example.org", PASSWORD).await.ok();
    let first = session.text("/customerLogin/session/refreshToken");
    let next = refresh(&app, &first).await.ok();
    let client = app.storefront().bearer(&next.text("/sessionRefresh/session/accessToken"));
    let logout = "mutation { customerLogout(input: {}) { isLoggedOut userErrors { code } } }";
    let _ = client.gql(logout, json!({})).await.ok();
    let after = client.gql("{ me { id } }", json!({})).await;
    assert_eq!((after.status, after.error_code()), (401, "UNAUTHENTICATED"));
    let second = next.text("/sessionRefresh/session/refreshToken");
    assert_eq!(refresh(&app, &second).await.user_error_code(), "SESSION_ENDED");
    assert_eq!(refresh(&app, "nonsense").await.user_error_code(), "SESSION_ENDED");
}

#[tokio::test]
async fn expired_tokens_are_refused_except_for_session_mutations() {
    let clock = TestClock::new();
    let app = TestApp::with_clock(&clock).await;
    customer(&app, "ada@example.org").await;
    let session = login(&app, "ada@example.org", PASSWORD).await.ok();
    let text = |name: &str| session.text(&format!("/customerLogin/session/{name}"));
    let late = app.storefront().bearer(&text("accessToken"));
    let refresh = "mutation($t: String!) { sessionRefresh(input: { refreshToken: $t }) {
        session { refreshToken } userErrors { code } } }";
    clock.advance(TimeDelta::minutes(16));
    for query in ["{ me { id } }", "{ channel { slug } }", "mutation { cartCreate(input: {}) { cart { id } } }"] {
        assert_eq!(late.gql(query, json!({})).await.error_code(), "UNAUTHENTICATED", "{query}");
    }
    let both = "mutation { customerLogout(input: {}) { isLoggedOut } cartCreate(input: {}) { cart { id } } }";
    assert_eq!(late.gql(both, json!({})).await.error_code(), "UNAUTHENTICATED");
    let again = "mutation($p: String!) { customerLogin(input: { email: \"ada@example.org\", password: $p }) {
        session { accessToken } userErrors { code } } }";
    let _ = late.gql(again, json!({ "p": PASSWORD })).await.ok();
    let next = late.gql(refresh, json!({ "t": text("refreshToken") })).await.ok();
    let _ =
        late.gql("mutation { customerLogout(input: {}) { isLoggedOut userErrors { code } } }", json!({})).await.ok();
    let over = late.gql(refresh, json!({ "t": next.text("/sessionRefresh/session/refreshToken") })).await;
    assert_eq!(over.user_error_code(), "SESSION_ENDED");
}

#[tokio::test]
async fn throttled_logins_report_the_wait() {
    let app = TestApp::new().await;
    for _ in 0..5 {
        assert_eq!(login(&app, "ada@example.org", "wrong").await.user_error_code(), "INVALID_CREDENTIALS");
    }
    let answer = login(&app, "ada@example.org", "wrong").await;
    assert_eq!(answer.user_error_code(), "THROTTLED");
    let wait = answer.at("/customerLogin/userErrors/0/retryAfterSeconds").as_i64().unwrap();
    assert!((1..=31).contains(&wait), "{wait}");
    assert_eq!(login(&app, "eve@example.org", "wrong").await.user_error_code(), "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn a_password_is_reset_by_mail() {
    let app = TestApp::new().await;
    let before = customer(&app, "ada@example.org").await;
    let request =
        "mutation { customerPasswordResetRequest(input: { email: \"ada@example.org\" }) { userErrors { code } } }";
    let _ = app.storefront().gql(request, json!({})).await.ok();
    app.mails.deliver(&app.app).await;
    let reset = "mutation($t: String!, $p: String!) { customerPasswordReset(input: { token: $t, password: $p }) {
        session { accessToken } customer { email } userErrors { code field } } }";
    let token = app.mails.secret_to("ada@example.org");
    let weak = app.storefront().gql(reset, json!({ "t": token, "p": "1234567890" })).await;
    assert_eq!(weak.user_error_code(), "PASSWORD_TOO_COMMON");
    let done = app.storefront().gql(reset, json!({ "t": token, "p": "a wholly new horse" })).await.ok();
    let after = app.storefront().bearer(&done.text("/customerPasswordReset/session/accessToken"));
    assert_eq!(after.gql("{ me { email } }", json!({})).await.ok().at("/me/email"), "ada@example.org");
    assert_eq!(before.gql("{ me { email } }", json!({})).await.error_code(), "UNAUTHENTICATED");
    let again = app.storefront().gql(reset, json!({ "t": token, "p": "a wholly new horse" })).await;
    assert_eq!(again.user_error_code(), "TOKEN_INVALID");
}

#[tokio::test]
async fn an_account_is_updated_exported_and_erased() {
    let app = TestApp::new().await;
    let ada = customer(&app, "ada@example.org").await;
    let update = "mutation($i: CustomerUpdateInput!) { customerUpdate(input: $i) {
        customer { lastName locale } session { accessToken } userErrors { code field } } }";
    let changed = ada.gql(update, json!({ "i": { "lastName": "King", "locale": "de" } })).await.ok();
    assert_eq!(changed.at("/customerUpdate/customer"), &json!({ "lastName": "King", "locale": "de" }));
    assert_eq!(changed.at("/customerUpdate/session"), &Value::Null);
    let refused = ada.gql(update, json!({ "i": { "locale": "klingon" } })).await;
    assert_eq!(refused.user_error_code(), "FIELD_INVALID");
    let refused = ada.gql(update, json!({ "i": { "newPassword": "a wholly new horse" } })).await;
    assert_eq!(refused.user_errors()[0], &json!({ "code": "INVALID_CREDENTIALS", "field": ["currentPassword"] }));
    let refused = ada.gql(update, json!({ "i": { "newPassword": "short", "currentPassword": PASSWORD } })).await;
    assert_eq!(refused.user_errors()[0], &json!({ "code": "PASSWORD_TOO_SHORT", "field": ["newPassword"] }));
    let export = "mutation { customerDataExport(input: {}) { json userErrors { code } } }";
    let export = ada.gql(export, json!({})).await.ok().text("/customerDataExport/json");
    let held: Value = serde_json::from_str(&export).unwrap();
    assert_eq!(held["customer"]["lastName"], "King");
    let erase =
        "mutation($p: String!) { customerErase(input: { password: $p }) { erasedId userErrors { code field } } }";
    let refused = ada.gql(erase, json!({ "p": "wrong" })).await;
    assert_eq!(refused.user_errors()[0], &json!({ "code": "INVALID_CREDENTIALS", "field": ["password"] }));
    let _ = ada.gql(erase, json!({ "p": PASSWORD })).await.ok();
    assert_eq!(ada.gql("{ me { id } }", json!({})).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(login(&app, "ada@example.org", PASSWORD).await.user_error_code(), "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn a_subscription_ends_with_its_login() {
    let app = TestApp::new().await;
    let ada = customer(&app, "ada@example.org").await;
    let create = "mutation { cartCreate(input: {}) { cart { id } userErrors { code } } }";
    let cart = app.storefront().gql(create, json!({})).await.ok().text("/cartCreate/cart/id");
    let note = async |text: &str| {
        let change = "mutation($c: ID!, $n: String!) { cartNoteUpdate(input: { cartId: $c, note: $n }) { userErrors { code } } }";
        let _ = app.storefront().gql(change, json!({ "c": cart, "n": text })).await.ok();
    };
    let mut events =
        ada.subscribe("subscription($c: ID!) { cartUpdated(id: $c) { note } }", json!({ "c": cart })).await;
    let reading = tokio::spawn(async move {
        let first = events.next().await.unwrap();
        (first, events)
    });
    let mut count = 0;
    eventually("she is told", Duration::from_secs(30), async || {
        count += 1;
        note(&format!("before {count}")).await;
        reading.is_finished().then_some(())
    })
    .await;
    let (first, mut events) = reading.await.unwrap();
    assert!(first["data"]["cartUpdated"]["note"].as_str().unwrap().starts_with("before"), "{first}");

    let _ = ada.gql("mutation { customerLogout(input: {}) { userErrors { code } } }", json!({})).await.ok();
    note("after").await;
    let mut last = first;
    while let Some(event) = events.next().await {
        assert_ne!(event["data"]["cartUpdated"]["note"], "after", "she is gone");
        last = event;
    }
    assert_eq!(last["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_request_contains_one_login() {
    let app = TestApp::new().await;
    customer(&app, "ada@example.org").await;
    let login = |alias: &str, password: &str| {
        format!(
            "{alias}: customerLogin(input: {{ email: \"ada@example.org\", password: \"{password}\" }}) {{ userErrors {{ code }} }}"
        )
    };
    let both = format!("mutation {{ {} {} }}", login("a", PASSWORD), login("b", PASSWORD));
    let refused = app.storefront().gql(&both, json!({})).await;
    assert_eq!((refused.error_code(), &refused.body["data"]), ("QUERY_TOO_COMPLEX", &Value::Null));
    let spread = format!(
        "mutation {{ ...F ... {{ {} }} }} fragment F on Mutation {{ {} }}",
        login("a", PASSWORD),
        login("b", "wrong")
    );
    assert_eq!(app.storefront().gql(&spread, json!({})).await.error_code(), "QUERY_TOO_COMPLEX");

    let one = json!({ "query": format!("mutation {{ {} }}", login("a", PASSWORD)) });
    let batch = reqwest::Client::new().post(app.url("/graphql")).json(&json!([one, one])).send().await.unwrap();
    let batch: Value = batch.json().await.unwrap();
    assert_eq!(batch[0]["data"]["a"]["userErrors"], json!([]), "{batch}");
    assert_eq!(batch[1]["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX", "{batch}");
}

const SESSIONS: &str = "{ me { sessions(first: 10) { totalCount nodes { id userAgent network createdAt lastUsedAt expiresAt isCurrent } } } }";
const END: &str = "mutation($id: ID!) { customerSessionEnd(input: { id: $id }) { endedId userErrors { code } } }";

/// A further login of an account.
async fn another(app: &TestApp, email: &str) -> GraphqlClient {
    let session = login(app, email, PASSWORD).await.ok();
    app.storefront().bearer(&session.text("/customerLogin/session/accessToken"))
}

#[tokio::test]
async fn a_customer_sees_and_ends_sessions() {
    let app = TestApp::new().await;
    let phone = customer(&app, "ada@example.org").await;
    let (laptop, library) = (another(&app, "ada@example.org").await, another(&app, "ada@example.org").await);
    let eve = customer(&app, "eve@example.org").await;
    let listed = phone.gql(SESSIONS, json!({})).await.ok();
    assert_eq!(listed.at("/me/sessions/totalCount"), 3);
    assert_eq!(listed.at("/me/sessions/nodes/0/network"), "127.0.0.1");
    let current: Vec<&Value> = (0..3).map(|n| listed.at(&format!("/me/sessions/nodes/{n}/isCurrent"))).collect();
    assert_eq!(current, [&json!(false), &json!(false), &json!(true)]);

    let newest = listed.text("/me/sessions/nodes/0/id");
    assert_eq!(eve.gql(END, json!({ "id": newest })).await.user_error_code(), "NOT_FOUND");
    assert_eq!(app.storefront().gql(END, json!({ "id": newest })).await.error_code(), "UNAUTHENTICATED");
    let ended = phone.gql(END, json!({ "id": newest })).await.ok();
    assert_eq!(ended.at("/customerSessionEnd/endedId"), &json!(newest));
    assert_eq!(library.gql("{ me { id } }", json!({})).await.error_code(), "UNAUTHENTICATED");

    let others = "mutation { customerSessionsEnd(input: { exceptCurrent: true }) { endedCount userErrors { code } } }";
    assert_eq!(phone.gql(others, json!({})).await.ok().at("/customerSessionsEnd/endedCount"), 1);
    assert_eq!(laptop.gql("{ me { id } }", json!({})).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(phone.gql(SESSIONS, json!({})).await.ok().at("/me/sessions/totalCount"), 1);
    let all = "mutation { customerSessionsEnd(input: {}) { endedCount userErrors { code } } }";
    assert_eq!(phone.gql(all, json!({})).await.ok().at("/customerSessionsEnd/endedCount"), 1);
    assert_eq!(phone.gql("{ me { id } }", json!({})).await.error_code(), "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_login_beyond_the_limit_ends_the_oldest_session() {
    let app = TestApp::configured(|config| config.identity.sessions_per_account = 2).await;
    let oldest = customer(&app, "ada@example.org").await;
    let (second, newest) = (another(&app, "ada@example.org").await, another(&app, "ada@example.org").await);
    assert_eq!(oldest.gql(SESSIONS, json!({})).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(second.gql(SESSIONS, json!({})).await.ok().at("/me/sessions/totalCount"), 2);
    assert_eq!(newest.gql(SESSIONS, json!({})).await.ok().at("/me/sessions/totalCount"), 2);
}
