//! Kills workers while a job changes many products: another worker finishes it.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{GraphqlClient, eventually};

use crate::processes::{Plan, Processes};

const PATIENCE: Duration = Duration::from_mins(3);
const PRODUCTS: usize = 400;
const KILLS: usize = 3;

/// The ids of all products.
async fn all(staff: &GraphqlClient) -> Vec<Value> {
    let query = "query($after: String) { products(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }";
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = staff.gql(query, json!({ "after": after })).await.ok();
        ids.extend(page.at("/products/nodes").as_array().unwrap().iter().map(|node| node["id"].clone()));
        if page.at("/products/pageInfo/hasNextPage") == false {
            return ids;
        }
        after = page.at("/products/pageInfo/endCursor").clone();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_survives_killed_workers() {
    let settings = vec![("MERCATOR_JOB_LEASE_SECONDS", "1".to_owned())];
    let mut shop = Processes::start_with(Plan { products: PRODUCTS, ..Plan::default() }, settings).await;
    let staff = shop.staff("admin@demo.test").await;
    let ids = all(&staff).await;
    assert!(ids.len() >= PRODUCTS);
    let start =
        "mutation($i: ProductsBulkUpdateInput!) { productsBulkUpdate(input: $i) { job { id } userErrors { code } } }";
    let input = json!({ "ids": ids, "addTags": ["survivor"] });
    let job = staff.gql(start, json!({ "i": input })).await.ok().text("/productsBulkUpdate/job/id");
    for round in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(150 * round as u64)).await;
        shop.workers.remove(0).kill();
        shop.start_worker();
    }
    let query = "query($id: ID!) { job(id: $id) { state done total failed errors { code message } } }";
    let done = eventually("a worker finishes the job", PATIENCE, async || {
        let answer = staff.gql(query, json!({ "id": job })).await.ok();
        (answer.at("/job/state") == "DONE").then(|| answer.at("/job").clone())
    })
    .await;
    assert_eq!((&done["done"], &done["failed"]), (&json!(ids.len()), &json!(0)), "{done}");
    let read = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Product { tags } } }";
    for page in ids.chunks(100) {
        let found = staff.gql(read, json!({ "ids": page })).await.ok();
        let nodes = found.at("/nodes").as_array().unwrap();
        assert!(nodes.iter().all(|node| node["tags"].as_array().unwrap().contains(&json!("survivor"))));
    }
}
