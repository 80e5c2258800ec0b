//! Updates of the search index.

use model::{access::Actor, events::DomainEvent};
use persistence::outbox;
use services::{App, catalog::delete_product, search::catch_up};

use super::catalog::{create, shop};

/// Publishes pending events and applies them to the index in one batch.
async fn follow(app: &App) {
    outbox::publish(&mut app.db().write().await.unwrap(), 100).await.unwrap();
    catch_up(app).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_product_leaves_the_index_with_a_channel_change() {
    let shop = shop().await;
    let app = &shop.app;
    let product = create(app, "mug", "MUG").await.unwrap();
    create(app, "cup", "CUP").await.unwrap();
    follow(app).await;
    assert_eq!(app.search().len(), 2);
    let changed = DomainEvent::SettingsChanged { id: shop.channels.eu.id.to_string() };
    outbox::push(&app.db().write().await.unwrap(), &[changed]).await.unwrap();
    delete_product(app, &Actor::System, product.id).await.unwrap();
    follow(app).await;
    assert_eq!(app.search().len(), 1);
}
