use std::time::Duration;

use model::ids::CartId;
use services::bus::Topic;
use testkit::TestShop;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_reach_other_processes_after_a_reconnect() {
    let shop = TestShop::new().await;
    let (here, _here) = shop.another_process().await;
    let (there, _there) = shop.another_process().await;
    let topic = Topic::Cart(CartId::random());
    let mut subscription = there.bus().subscribe(topic);
    // The first notification may be the one that every subscriber gets after a reconnect.
    wake(&here, topic, &mut subscription).await;
    shop.database.cut_connections().await;
    wake(&here, topic, &mut subscription).await;
    wake(&here, topic, &mut subscription).await;
}

async fn wake(from: &services::App, topic: Topic, subscription: &mut services::bus::Subscription) {
    from.bus().publish(topic);
    timeout(SOON, subscription.changed()).await.expect("the message arrives");
}
