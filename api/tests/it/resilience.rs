//! Effects of process and database failures on shoppers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;
use testkit::{GraphqlClient, ServerProcess, eventually};
use tokio::task::JoinHandle;

use crate::{
    cluster::Cluster,
    mail_server::MailServer,
    processes::{Plan, Processes},
};

const SOON: Duration = Duration::from_secs(30);
const PRODUCT: &str = r#"{ product(slug: "classic-tee") { name priceRange { min { amount } } } }"#;
const CREATE: &str = "mutation { cartCreate(input: {}) { cart { id } userErrors { code } } }";

/// Sends requests continuously and counts the responses and the interrupted requests.
struct Load {
    answers: Arc<AtomicUsize>,
    cut: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    fn start(client: &GraphqlClient, query: &'static str, tasks: usize) -> Self {
        let mut load =
            Self { answers: Arc::default(), cut: Arc::default(), is_over: Arc::default(), tasks: Vec::new() };
        for _ in 0..tasks {
            let (answers, cut, is_over) = (load.answers.clone(), load.cut.clone(), load.is_over.clone());
            let client = client.clone();
            load.tasks.push(tokio::spawn(async move {
                while !is_over.load(Ordering::SeqCst) {
                    match client.try_gql(query, json!({})).await {
                        Ok(answer) if answer.status == 200 && answer.body.get("errors").is_none() => {
                            answers.fetch_add(1, Ordering::SeqCst);
                        }
                        // The connection was refused, so no request started.
                        Err(error) if error.is_connect() => return,
                        other => {
                            eprintln!("cut: {other:?}");
                            cut.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                }
            }));
        }
        load
    }

    fn answers(&self) -> usize {
        self.answers.load(Ordering::SeqCst)
    }

    /// Number of interrupted requests after all tasks have ended.
    async fn end(self) -> usize {
        self.is_over.store(true, Ordering::SeqCst);
        for task in self.tasks {
            task.await.unwrap();
        }
        self.cut.load(Ordering::SeqCst)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shutdown_completes_running_requests() {
    let mut shop = Processes::start(Plan { workers: 0, ..Plan::default() }).await;
    let load = Load::start(&shop.storefront(0), PRODUCT, 8);
    eventually("the load runs", SOON, async || (load.answers() > 50).then_some(())).await;
    let mut server = shop.servers.remove(0);
    let status = tokio::task::spawn_blocking(move || server.terminate()).await.unwrap();
    assert!(status.success(), "{status}");
    assert_eq!(load.end().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_crash_under_load_loses_nothing() {
    let cluster = Cluster::start();
    let shop = Processes::start_on(&cluster.url, Plan { workers: 0, ..Plan::default() }).await;
    let client = shop.storefront(0);
    let _ = client.gql(PRODUCT, json!({})).await;
    let readers = Load::start(&client, PRODUCT, 4);
    let writer = Writer::start(&client);
    eventually("carts are written", SOON, async || (writer.acknowledged() > 20).then_some(())).await;

    cluster.crash();
    let before = readers.answers();
    eventually("pages are read meanwhile", SOON, async || (readers.answers() > before + 50).then_some(())).await;
    cluster.start_again();
    let written = writer.acknowledged();
    eventually("carts are written again", SOON, async || (writer.acknowledged() > written + 20).then_some(())).await;

    assert_eq!(readers.end().await, 0, "pages could not be read");
    for cart in writer.end().await {
        let found = client.gql("query($id: ID!) { cart(id: $id) { id } }", json!({ "id": cart })).await;
        assert_eq!(found.text("/cart/id"), cart, "an acknowledged cart is gone");
    }
}

/// Creates carts continuously, also during failures, and records the acknowledged ones.
struct Writer {
    is_over: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
    task: JoinHandle<Vec<String>>,
}

impl Writer {
    fn start(client: &GraphqlClient) -> Self {
        let (is_over, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (over, counter, client) = (is_over.clone(), count.clone(), client.clone());
        let task = tokio::spawn(async move {
            let mut carts = Vec::new();
            while !over.load(Ordering::SeqCst) {
                let answer = client.try_gql(CREATE, json!({})).await.unwrap();
                if let Some(id) = answer.at("/cartCreate/cart/id").as_str() {
                    carts.push(id.to_owned());
                    counter.fetch_add(1, Ordering::SeqCst);
                } else {
                    assert_eq!(answer.error_code(), "UNAVAILABLE", "{}", answer.body);
                    assert!(answer.headers.contains_key("retry-after"));
                }
            }
            carts
        });
        Self { is_over, count, task }
    }

    fn acknowledged(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    async fn end(self) -> Vec<String> {
        self.is_over.store(true, Ordering::SeqCst);
        self.task.await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_store_crash_leaves_pages_readable() {
    let folder = tempfile::tempdir().unwrap();
    let (mut documents, url) = ServerProcess::mongo(folder.path());
    let reachable = || std::net::TcpStream::connect(url.trim_start_matches("mongodb://")).ok();
    eventually("the document store listens", SOON, async || reachable()).await;
    let settings = vec![("MONGODB_URL", format!("{url}/shop"))];
    let shop = Processes::start_with(Plan { workers: 0, ..Plan::default() }, settings).await;
    let (client, staff) = (shop.storefront(0), shop.staff("admin@demo.test").await);
    let _ = client.gql(PRODUCT, json!({})).await;
    let product = client.gql("{ product(slug: \"classic-tee\") { id } }", json!({})).await.text("/product/id");
    let readers = Load::start(&client, PRODUCT, 4);

    documents.kill();
    let before = readers.answers();
    eventually("pages are read meanwhile", SOON, async || (readers.answers() > before + 50).then_some(())).await;
    let health = async || {
        let answer = reqwest::get(format!("http://{}/health/ready", shop.servers[0].address)).await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "the server stays in rotation");
        let body: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        body["status"].as_str().unwrap().to_owned()
    };
    eventually("the server is degraded", SOON, async || (health().await == "degraded").then_some(())).await;
    let rename = "mutation($id: ID!) { productUpdate(input: { id: $id, name: \"Tee\" }) { product { name } userErrors { code } } }";
    let refused = staff.gql(rename, json!({ "id": product })).await;
    assert_eq!((refused.status, refused.error_code()), (503, "UNAVAILABLE"));
    documents.restart();
    eventually("products are written again", SOON, async || {
        let answer = staff.gql(rename, json!({ "id": product })).await;
        answer.body.get("errors").is_none().then_some(())
    })
    .await;
    eventually("the server is well again", SOON, async || (health().await == "ok").then_some(())).await;
    eventually("shoppers see it", SOON, async || {
        (client.gql(PRODUCT, json!({})).await.text("/product/name") == "Tee").then_some(())
    })
    .await;
    assert_eq!(readers.end().await, 0, "pages could not be read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_during_a_job_loses_nothing() {
    let mails = MailServer::silent().await;
    let settings = vec![("MERCATOR_SMTP_URL", mails.url.clone()), ("MERCATOR_JOB_LEASE_SECONDS", "1".to_owned())];
    let mut shop = Processes::start_with(Plan { servers: 1, workers: 1, ..Plan::default() }, settings).await;
    let register = r#"mutation { customerRegister(input: { email: "grace@example.org", password: "a long enough secret" }) { userErrors { code message } } }"#;
    let _ = shop.storefront(0).gql(register, json!({})).await.ok();
    eventually("the worker is in the middle of the mail", SOON, async || (mails.calls() > 0).then_some(())).await;
    shop.workers[0].kill();
    mails.work();
    shop.start_worker();
    eventually("another worker sends it", SOON, async || (!mails.mails().is_empty()).then_some(())).await;
    assert_eq!(mails.mails().len(), 1);
    assert!(mails.mails()[0].contains("grace@example.org"));
}
