//! The log of a server at the most detailed level.

use serde_json::json;

use crate::processes::{Plan, Processes};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn debug_logs_contain_no_parameters_of_statements() {
    let filter = "debug,tokio_postgres=trace,tokio_postgres::query=trace".to_owned();
    let plan = Plan { workers: 0, ..Plan::default() };
    let shop = Processes::start_with(plan, vec![("MERCATOR_LOG", filter)]).await;
    let owner = shop.staff("admin@demo.test").await;
    let _ = owner.gql("{ customer(email: \"ada@demo.test\") { firstName } }", json!({})).await.ok();
    let log = shop.log_of_server(0);
    assert!(!log.is_empty());
    for parameter in ["ada@demo.test", "admin@demo.test", "$argon2id$"] {
        assert!(!log.contains(parameter), "{parameter}");
    }
}
