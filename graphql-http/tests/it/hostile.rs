//! The hostile requests against the small schema.

use crate::{attacks::attack_all, toy::Toy};

#[tokio::test]
async fn hostile_requests_are_refused_after_bounded_work() {
    let toy = Toy::start().await;
    attack_all(&toy.url).await;
}
