//! The hostile requests against the small schema.

use crate::{attacks::attack_all, test_server::TestServer};

#[tokio::test]
async fn hostile_requests_are_rejected_after_bounded_work() {
    let server = TestServer::start().await;
    attack_all(&server.url).await;
}
