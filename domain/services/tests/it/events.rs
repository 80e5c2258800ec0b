use std::{sync::Arc, time::Duration};

use model::{channels::Channel, events::DomainEvent, ids::OrderId};
use persistence::{
    channels,
    db::Transactions as _,
    idempotency::{self, Begin},
    outbox,
};
use services::{
    App, ServiceError,
    background::Caches,
    events::{follower::Follower, relay},
};
use testkit::{TestShop, eventually};

const SOON: Duration = Duration::from_secs(10);

/// Repeats a write until the database accepts it, like a client that gets no response.
async fn rename(app: &App, channel: &Channel, name: &str) {
    eventually("the write", SOON, async || try_rename(app, channel, name).await.ok()).await;
}

async fn try_rename(app: &App, channel: &Channel, name: &str) -> Result<(), ServiceError> {
    let renamed = Channel { name: name.to_owned(), ..channel.clone() };
    let now = app.now();
    let mut conn = app.db().write().await?;
    conn.transaction(async |conn| {
        channels::save(conn, &renamed, now).await?;
        outbox::push(conn, &[DomainEvent::SettingsChanged { id: renamed.id.to_string() }]).await?;
        Ok(())
    })
    .await
}

async fn sees(app: &App, name: &str) {
    eventually(name, SOON, async || {
        let settings = app.settings().await.unwrap();
        settings.channels.iter().any(|channel| channel.name == name).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_invalidates_the_caches_of_other_processes() {
    let shop = TestShop::new().await;
    let (writer, _writer) = shop.another_process().await;
    let (reader, _reader) = shop.another_process().await;
    sees(&reader, "EU").await;
    rename(&writer, &shop.channels.eu, "Europe").await;
    sees(&reader, "Europe").await;
    // The relay's lock ends with the connection; the next relay continues at the same position.
    shop.database.cut_connections().await;
    rename(&writer, &shop.channels.eu, "Old World").await;
    sees(&reader, "Old World").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn event_positions_are_gapless_and_in_write_order() {
    let shop = TestShop::new().await;
    let ids: Vec<OrderId> = (0..25).map(|_| OrderId::random()).collect();
    let mut conn = shop.app.db().write().await.unwrap();
    for id in &ids {
        outbox::push(&conn, &[DomainEvent::OrderPlaced { id: *id }]).await.unwrap();
    }
    assert_eq!(outbox::publish(&mut conn, 10).await.unwrap(), 10);
    assert_eq!(outbox::publish(&mut conn, 1_000).await.unwrap(), 15);
    assert_eq!(outbox::publish(&mut conn, 1_000).await.unwrap(), 0);
    let published = outbox::after(&mut conn, 5, 100).await.unwrap();
    let expected: Vec<_> = (6..=25).zip(&ids[5..]).map(|(at, id)| (at, DomainEvent::OrderPlaced { id: *id })).collect();
    assert_eq!(published.into_iter().map(|one| (one.position, one.event.unwrap())).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_follower_behind_the_retention_drops_all_caches() {
    let shop = TestShop::new().await;
    let app = &shop.app;
    let mut follower = Follower::start(app, vec![Arc::new(Caches::of(app))]).await.unwrap();
    assert_eq!(app.settings().await.unwrap().channel("eu").unwrap().name, "EU");
    rename(app, &shop.channels.eu, "Europe").await;
    let mut conn = app.db().write().await.unwrap();
    outbox::publish(&mut conn, 10).await.unwrap();
    let soon = app.now() + Duration::from_mins(1);
    outbox::delete_published(&mut conn, soon, soon, 10).await.unwrap();
    assert_eq!(outbox::oldest(&mut conn).await.unwrap(), None);
    follower.catch_up().await.unwrap();
    assert_eq!(app.settings().await.unwrap().channel("eu").unwrap().name, "Europe");
    assert_eq!(follower.position(), outbox::head(&mut conn).await.unwrap());
}

#[tokio::test]
async fn a_failing_cleanup_does_not_stop_the_others() {
    let shop = TestShop::new().await;
    let mut conn = shop.app.db().write().await.unwrap();
    idempotency::begin(&mut conn, "cart", "k", b"one").await.unwrap();
    shop.database.execute("UPDATE idempotency_keys SET created_at = now() - interval '1 year'").await;
    shop.database.execute("ALTER TABLE outbox RENAME TO elsewhere").await;
    relay::sweep(&shop.app, relay::Retention::default()).await;
    assert_eq!(idempotency::look(&mut conn, "cart", "k", b"one").await.unwrap(), Begin::New);
}
