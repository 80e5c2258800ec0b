//! The sandbox gateway alone.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

use super::harness::{Client, Sandbox, charge};

#[tokio::test]
async fn a_key_makes_one_charge_and_refuses_another_request() {
    let gateway = Sandbox::start("sandbox-a", None, &CancellationToken::new()).await;
    let client = gateway.client();
    let tries = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.post("/charges", "key", &charge("r", "tok_success")).await })
    });
    let mut ids = Vec::new();
    for one in tries {
        let (status, body) = one.await.unwrap();
        assert!(status == 200 || status == 201, "{status} {body}");
        ids.push(body["id"].as_str().unwrap().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(gateway.charges().await.len(), 1);
    let (status, body) = client.post("/charges", "key", &charge("other", "tok_success")).await;
    assert_eq!((status, body["error"]["code"].as_str()), (422, Some("idempotency_key_reused")));
    let (status, _) = client.post("/charges", "another key", &charge("r", "tok_success")).await;
    assert_eq!(status, 409, "a reference is charged once");
}

#[tokio::test]
async fn operations_are_limited_to_the_available_amount() {
    let gateway = Sandbox::start("sandbox-a", None, &CancellationToken::new()).await;
    let client = gateway.client();
    let (_, made) = client.post("/charges", "k", &charge("r", "tok_success")).await;
    let path = |what: &str| format!("/charges/{}/{what}", made["id"].as_str().unwrap());
    for (what, amount, key, status, captured, refunded) in [
        ("captures", 1000, "c1", 200, 1000, 0),
        ("captures", 1000, "c1", 200, 1000, 0),
        ("captures", 1000, "c2", 422, 1000, 0),
        ("captures", 990, "c3", 200, 1990, 0),
        ("voids", 0, "v1", 409, 1990, 0),
        ("refunds", 500, "r1", 200, 1990, 500),
        ("refunds", 500, "r1", 200, 1990, 500),
        ("refunds", 1491, "r2", 422, 1990, 500),
        ("refunds", 1490, "r3", 200, 1990, 1990),
        ("refunds", 0, "r4", 422, 1990, 1990),
    ] {
        let (answered, _) = client.post(&path(what), key, &json!({ "amount": amount })).await;
        let shown = gateway.charges().await.remove(0);
        assert_eq!(answered, status, "{what} {amount}");
        assert_eq!((shown["captured"].as_i64(), shown["refunded"].as_i64()), (Some(captured), Some(refunded)));
    }
    assert_eq!(gateway.charges().await[0]["status"], "REFUNDED");
    assert_eq!(client.get("/charges/by-reference?reference=r").await.1["id"], made["id"]);
    assert_eq!(client.get("/charges/by-reference?reference=nobody").await.0, 404);
}

#[tokio::test]
async fn requests_without_the_api_key_are_refused() {
    let gateway = Sandbox::start("sandbox-a", None, &CancellationToken::new()).await;
    for path in ["/charges", "/charges/x", "/faults"] {
        let request = reqwest::Client::new().get(format!("{}{path}", gateway.url)).bearer_auth("guess");
        assert_eq!(request.send().await.unwrap().status(), 401, "{path}");
    }
}

#[tokio::test]
async fn the_3d_secure_page_redirects_back() {
    let gateway = Sandbox::start("sandbox-a", None, &CancellationToken::new()).await;
    let client = gateway.client();
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for (choice, status) in [("approve", "AUTHORIZED"), ("deny", "DECLINED")] {
        let body = json!({ "reference": choice, "amount": 1990, "currency": "EUR", "token": "tok_3ds",
            "returnUrl": "https://shop.example/back?a=1&b=2" });
        let (_, made) = client.post("/charges", "", &body).await;
        assert_eq!(made["status"], "REQUIRES_ACTION");
        let page = made["redirectUrl"].as_str().unwrap();
        let shown = browser.get(page).send().await.unwrap().text().await.unwrap();
        assert!(shown.contains("EUR 19.90") || shown.contains("19.90 EUR"), "{shown}");
        for _ in 0..2 {
            let answer = browser.post(format!("{page}/{choice}")).header("accept", "text/html").send().await.unwrap();
            assert_eq!(answer.status(), 303);
            assert_eq!(answer.headers()["location"], "https://shop.example/back?a=1&b=2");
        }
        let told = browser.post(format!("{page}/{choice}")).send().await.unwrap().text().await.unwrap();
        assert_eq!(serde_json::from_str::<Value>(&told).unwrap()["status"], status);
        let (_, now) = client.get(&format!("/charges/{}", made["id"].as_str().unwrap())).await;
        assert_eq!(now["status"], status);
    }
}

#[tokio::test]
async fn an_outage_fails_every_request_until_it_ends() {
    let gateway = Sandbox::start("sandbox-a", None, &CancellationToken::new()).await;
    gateway.outage(60).await;
    let client = gateway.client();
    assert_eq!(client.get("/charges").await.0, 503);
    assert_eq!(client.post("/charges", "k", &charge("r", "tok_success")).await.0, 503);
    gateway.outage(0).await;
    assert_eq!(client.post("/charges", "k", &charge("r", "tok_success")).await.0, 201);
    assert_eq!(gateway.charges().await.len(), 1);
}

/// Kills the process repeatedly during traffic: acknowledged charges are kept, and a request repeated with its key is
/// executed once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_charges_survive_kill_9() {
    let folder = TempDir::new().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let client = Client { url: format!("http://127.0.0.1:{port}"), http: reqwest::Client::new() };
    let mut answered: Vec<(String, Value)> = Vec::new();
    for round in 0..3 {
        let mut process = start(port, folder.path());
        until_up(&client).await;
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        for at in 0..40 {
            let (client, told) = (client.clone(), told.clone());
            tokio::spawn(async move {
                let name = format!("{round}-{at}");
                if let Ok((201, body)) = client.try_post("/charges", &name, &charge(&name, "tok_success")).await {
                    let _ = told.send((name, body));
                }
            });
        }
        drop(told);
        // Some responses have arrived, others are in progress.
        for _ in 0..10 {
            answered.push(heard.recv().await.unwrap());
        }
        process.kill().unwrap();
        process.wait().unwrap();
        while let Some(one) = heard.recv().await {
            answered.push(one);
        }
    }
    let mut process = start(port, folder.path());
    until_up(&client).await;
    for (name, body) in &answered {
        let (status, again) = client.post("/charges", name, &charge(name, "tok_success")).await;
        assert_eq!((status, &again["id"]), (200, &body["id"]), "{name}");
    }
    let charges = client.get("/charges").await.1.as_array().unwrap().clone();
    let mut references: Vec<_> = charges.iter().map(|charge| charge["reference"].as_str().unwrap()).collect();
    references.sort_unstable();
    let all = references.len();
    references.dedup();
    assert_eq!(references.len(), all);
    assert!(all >= answered.len());
    process.kill().unwrap();
    process.wait().unwrap();
}

fn start(port: u16, data: &Path) -> Child {
    let listen = format!("127.0.0.1:{port}");
    Command::new(env!("CARGO_BIN_EXE_mercator"))
        .args(["sandbox-gateway", "--listen", &listen, "--mercator-url", "none", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

async fn until_up(client: &Client) {
    let url = format!("{}/health", client.url);
    eventually("the gateway is up", Duration::from_secs(30), async || {
        client.http.get(&url).send().await.ok().map(|_| ())
    })
    .await;
}
