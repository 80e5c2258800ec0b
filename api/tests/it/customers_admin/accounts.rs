//! Accounts that staff create, invite and change.

use model::access::Permission;
use serde_json::{Value, json};

use super::{CREATE, PASSWORD, changes, create, manager, update};
use crate::support::TestApp;

const INVITE: &str =
    "mutation($id: ID!) { customerInvite(input: { id: $id }) { customer { id } userErrors { code } } }";
const RESET: &str = "mutation($t: String!, $p: String!) { customerPasswordReset(input: { token: $t, password: $p }) {
    customer { email } session { accessToken } userErrors { code } } }";
const LOGIN: &str = "mutation($e: String!, $p: String!) { customerLogin(input: { email: $e, password: $p }) {
    session { accessToken } userErrors { code } } }";

fn berlin() -> Value {
    json!({ "firstName": "Ada", "lastName": "Lovelace", "street1": "Unter den Linden 1", "postalCode": "10117",
        "city": "Berlin", "countryCode": "DE" })
}

#[tokio::test]
async fn an_invited_customer_chooses_a_password_once() {
    let app = TestApp::new().await;
    let manager = manager(&app).await;
    let input = json!({ "email": "Ada@Example.org", "firstName": "Ada", "phone": "+49 30 1", "locale": "de",
        "acceptsMarketing": true, "note": "calls often", "tags": ["press", "press"] });
    let made = manager.gql(CREATE, json!({ "i": input })).await.ok();
    let expected = json!({ "id": made.at("/customerCreate/customer/id"), "email": "ada@example.org", "firstName": "Ada",
        "phone": "+49 30 1", "locale": "de", "acceptsMarketing": true, "note": "calls often", "tags": ["press"],
        "emailVerifiedAt": null, "groups": [] });
    assert_eq!(made.at("/customerCreate/customer"), &expected);
    let id = made.text("/customerCreate/customer/id");
    app.mails.deliver(&app.app).await;
    assert!(app.mails.to("ada@example.org").is_empty(), "nobody was invited");
    let _ = manager.gql(INVITE, json!({ "id": id })).await.ok();
    app.mails.deliver(&app.app).await;
    let secret = app.mails.secret_to("ada@example.org");
    let chosen = app.storefront().gql(RESET, json!({ "t": secret, "p": PASSWORD })).await.ok();
    assert_eq!(chosen.text("/customerPasswordReset/customer/email"), "ada@example.org");
    let again = app.storefront().gql(RESET, json!({ "t": secret, "p": PASSWORD })).await;
    assert_eq!(again.user_error_code(), "TOKEN_INVALID");
    let _ = app.storefront().gql(LOGIN, json!({ "e": "ada@example.org", "p": PASSWORD })).await.ok();
    assert_eq!(manager.gql(INVITE, json!({ "id": id })).await.user_error_code(), "HAS_PASSWORD");
    let verified = manager.gql("query($id: ID!) { customer(id: $id) { emailVerifiedAt } }", json!({ "id": id })).await;
    assert!(verified.ok().at("/customer/emailVerifiedAt").is_string());
}

#[tokio::test]
async fn creating_with_an_invitation_sends_the_mail() {
    let app = TestApp::new().await;
    let manager = manager(&app).await;
    create(&manager, json!({ "email": "ada@example.org", "invite": true })).await;
    app.mails.deliver(&app.app).await;
    assert!(app.mails.secret_to("ada@example.org").starts_with("mot_"));
    let taken = manager.gql(CREATE, json!({ "i": { "email": "ADA@example.org" } })).await;
    assert_eq!((taken.user_error_code(), taken.user_errors()[0]["field"].clone()), ("EMAIL_TAKEN", json!(["email"])));
}

#[tokio::test]
async fn invalid_input_changes_nothing_and_names_the_field() {
    let app = TestApp::new().await;
    let manager = manager(&app).await;
    let id = create(&manager, json!({ "email": "ada@example.org", "firstName": "Ada" })).await;
    create(&manager, json!({ "email": "eve@example.org" })).await;
    for (wrong, code, field) in [
        (json!({ "email": "ada" }), "EMAIL_INVALID", "email"),
        (json!({ "email": "eve@example.org" }), "EMAIL_TAKEN", "email"),
        (json!({ "locale": "not a locale" }), "FIELD_INVALID", "locale"),
        (json!({ "lastName": "Love\nlace" }), "FIELD_INVALID", "lastName"),
        (json!({ "note": "x".repeat(5_001) }), "FIELD_INVALID", "note"),
        (json!({ "tags": [""] }), "FIELD_INVALID", "tags"),
        (json!({ "groups": ["nobody"] }), "GROUP_UNKNOWN", "groups"),
    ] {
        let mut input = json!({ "id": id, "firstName": "Augusta" });
        input.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let refused = update(&manager, input).await;
        assert_eq!((refused.user_error_code(), &refused.user_errors()[0]["field"]), (code, &json!([field])), "{wrong}");
        let seen = manager.gql("query($id: ID!) { customer(id: $id) { firstName } }", json!({ "id": id })).await.ok();
        assert_eq!(seen.text("/customer/firstName"), "Ada", "{wrong}");
    }
}

#[tokio::test]
async fn an_address_changed_by_staff_ends_sessions_and_is_not_verified() {
    let app = TestApp::new().await;
    let manager = manager(&app).await;
    let id = create(&manager, json!({ "email": "ada@example.org", "invite": true })).await;
    app.mails.deliver(&app.app).await;
    let reset = json!({ "t": app.mails.secret_to("ada@example.org"), "p": PASSWORD });
    let session = app.storefront().gql(RESET, reset).await.ok();
    let ada = app.storefront().bearer(&session.text("/customerPasswordReset/session/accessToken"));
    let _ = ada.gql("{ me { id } }", json!({})).await.ok();
    let changed = update(&manager, json!({ "id": id, "email": "augusta@example.org" })).await.ok();
    let customer = changed.at("/customerUpdate/customer");
    assert_eq!((&customer["email"], &customer["emailVerifiedAt"]), (&json!("augusta@example.org"), &Value::Null));
    let me = ada.gql("{ me { id } }", json!({})).await;
    assert!(me.body["data"]["me"].is_null(), "{}", me.body);
    app.mails.deliver(&app.app).await;
    assert_eq!(app.mails.to("ada@example.org").len(), 2, "the former address gets a notice");
    let expected = json!([{ "path": "email", "from": "ada@example.org", "to": "augusta@example.org" }]);
    assert_eq!(changes(&manager, "customerUpdate", &id).await, expected);
}

#[tokio::test]
async fn staff_manage_the_address_book_of_a_customer() {
    let app = TestApp::new().await;
    let manager = manager(&app).await;
    let ada = create(&manager, json!({ "email": "ada@example.org" })).await;
    let eve = create(&manager, json!({ "email": "eve@example.org" })).await;
    let add = "mutation($c: ID!, $a: AddressInput!) { customerAddressCreate(input: { customerId: $c, address: $a }) {
        address { id city } userErrors { code field } } }";
    let made = manager.gql(add, json!({ "c": ada, "a": berlin() })).await.ok();
    let id = made.text("/customerAddressCreate/address/id");
    let mut lyon = berlin();
    lyon["city"] = json!("Lyon");
    let replace = "mutation($c: ID!, $id: ID!, $a: AddressInput!) {
        customerAddressUpdate(input: { customerId: $c, id: $id, address: $a }) { address { city } userErrors { code field } } }";
    let stolen = manager.gql(replace, json!({ "c": eve, "id": id, "a": lyon })).await;
    assert_eq!(stolen.user_error_code(), "NOT_FOUND");
    let _ = manager.gql(replace, json!({ "c": ada, "id": id, "a": lyon })).await.ok();
    let path = format!("addresses[{}].address.city", id.rsplit('/').next().unwrap());
    let change = changes(&manager, "customerAddressUpdate", &ada).await;
    assert_eq!(change, json!([{ "path": path, "from": "Berlin", "to": "Lyon" }]));
    let seen = "query($id: ID!) { customer(id: $id) { addresses { city } defaultShippingAddressId } }";
    let before = manager.gql(seen, json!({ "id": ada })).await.ok();
    assert_eq!(before.at("/customer"), &json!({ "addresses": [{ "city": "Lyon" }], "defaultShippingAddressId": id }));
    let mut nowhere = berlin();
    nowhere["city"] = json!(" ");
    let wrong = manager.gql(add, json!({ "c": ada, "a": nowhere })).await;
    assert_eq!(
        (wrong.user_error_code(), &wrong.user_errors()[0]["field"]),
        ("ADDRESS_INVALID", &json!(["address", "city"]))
    );
    let delete = "mutation($c: ID!, $id: ID!) { customerAddressDelete(input: { customerId: $c, id: $id }) {
        deletedId userErrors { code } } }";
    assert_eq!(manager.gql(delete, json!({ "c": eve, "id": id })).await.user_error_code(), "NOT_FOUND");
    let _ = manager.gql(delete, json!({ "c": ada, "id": id })).await.ok();
    let after = manager.gql(seen, json!({ "id": ada })).await.ok();
    assert_eq!(after.at("/customer"), &json!({ "addresses": [], "defaultShippingAddressId": null }));
}

#[tokio::test]
async fn export_and_erasure_need_permissions_of_their_own() {
    let app = TestApp::new().await;
    let manager = manager(&app).await;
    let id = create(&manager, json!({ "email": "ada@example.org", "note": "calls often", "tags": ["press"] })).await;
    let writer = app.staff("writer", &[Permission::CustomersWrite]).await;
    let export =
        "mutation($id: ID!) { customerDataExport(input: { person: { id: $id } }) { json userErrors { code } } }";
    let erase = "mutation($id: ID!) { customerErase(input: { person: { id: $id } }) { erased { customerId } userErrors { code } } }";
    for operation in [export, erase] {
        assert_eq!(writer.gql(operation, json!({ "id": id })).await.error_code(), "FORBIDDEN");
    }
    let exported = manager.gql(export, json!({ "id": id })).await.ok().text("/customerDataExport/json");
    assert!(exported.contains("calls often") && exported.contains("press"), "{exported}");
    let _ = update(&manager, json!({ "id": id, "firstName": "Augusta" })).await.ok();
    let _ = manager.gql(erase, json!({ "id": id })).await.ok();
    for action in ["customerCreate", "customerUpdate"] {
        let kept = changes(&manager, action, &id).await;
        let kept = kept.as_array().unwrap();
        let mut values = kept.iter().flat_map(|one| [&one["from"], &one["to"]]);
        assert!(!kept.is_empty() && values.all(|value| value.is_null() || value == "[removed]"), "{kept:?}");
    }
    let log = app.database.count("audit_log WHERE changes::text ~* 'augusta|calls often|ada@'").await;
    assert_eq!(log, 0, "the audit log still names the person");
    let seen = "query($id: ID!) { customer(id: $id) { email note tags erasedAt } }";
    let gone = manager.gql(seen, json!({ "id": id })).await.ok();
    assert_eq!(
        (gone.at("/customer/email"), gone.at("/customer/note"), gone.at("/customer/tags")),
        (&Value::Null, &Value::Null, &json!([]))
    );
    assert_eq!(update(&manager, json!({ "id": id, "firstName": "Ada" })).await.user_error_code(), "ERASED");
}
