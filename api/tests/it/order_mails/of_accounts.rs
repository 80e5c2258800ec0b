//! Mails about accounts, in the language of the request.

use serde_json::json;
use testkit::GraphqlClient;

use crate::support::TestApp;

async fn register(app: &TestApp, locale: &str) -> String {
    let guest = GraphqlClient::new(app.url(&format!("/graphql?channel=eu&locale={locale}")));
    let register = "mutation { customerRegister(input: { email: \"ada@example.org\", firstName: \"Ada\" }) { userErrors { code } } }";
    let _ = guest.gql(register, json!({})).await.ok();
    app.mails.deliver(&app.app).await;
    app.mails.to("ada@example.org").pop().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registration_is_confirmed_in_the_language_of_the_request() {
    let app = TestApp::new().await;
    for (locale, said) in [
        ("de", "wählen Sie ein Passwort"),
        ("fr", "choisissez un mot de passe"),
        ("en", "choose a password"),
        // The channel's default is English.
        ("ja", "choose a password"),
    ] {
        let mail = register(&app, locale).await;
        assert!(mail.contains(said) && mail.contains("mot_"), "{locale}: {mail}");
        // A stranger could have chosen the name.
        assert!(!mail.contains("Ada"), "{mail}");
    }
}
