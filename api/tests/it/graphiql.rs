//! GraphiQL is served from the binary and loads nothing from other hosts.

use api::state::Settings;

use crate::support::TestApp;

async fn get(app: &TestApp, path: &str) -> reqwest::Response {
    reqwest::Client::new().get(app.url(path)).header("accept", "text/html,*/*;q=0.8").send().await.unwrap()
}

async fn app_with_console() -> TestApp {
    TestApp::with_settings(Settings { has_console: true, ..Settings::default() }).await
}

#[tokio::test]
async fn the_console_loads_only_from_this_server() {
    let app = app_with_console().await;
    let page = get(&app, "/").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'self'") && policy.contains("connect-src 'self';"), "{policy}");
    assert!(!policy.contains("ws:") && !policy.contains("wss:") && !policy.contains('*'), "{policy}");
    let page = page.text().await.unwrap();
    assert!(!page.contains("http://") && !page.contains("https://"), "{page}");
    for (path, content_type) in [("/graphiql/graphiql.js", "text/javascript"), ("/graphiql/graphiql.css", "text/css")] {
        assert!(page.contains(path));
        let file = get(&app, path).await;
        assert!(file.headers()["content-type"].to_str().unwrap().starts_with(content_type));
        let tag = file.headers()["etag"].clone();
        let request = reqwest::Client::new().get(app.url(path));
        assert_eq!(request.header("if-none-match", tag).send().await.unwrap().status(), 304);
    }
    assert_eq!(get(&app, "/graphiql/nothing.js").await.status(), 404);
}

#[tokio::test]
async fn browsers_are_redirected_to_the_console() {
    let app = app_with_console().await;
    assert!(get(&app, "/graphql").await.text().await.unwrap().contains("graphiql.js"));
}

#[tokio::test]
async fn there_is_no_console_unless_it_is_switched_on() {
    let app = TestApp::new().await;
    for path in ["/", "/graphiql/graphiql.js"] {
        assert_eq!(get(&app, path).await.status(), 404, "{path}");
    }
    assert_eq!(get(&app, "/graphql").await.status(), 400, "an answer of the API, not a redirect");
}
