use std::time::Duration;

use persistence::{Db, DbConfig, channels, statements::counted};
use testkit::TestShop;

#[tokio::test]
async fn a_cached_snapshot_takes_no_statement() {
    let shop = TestShop::new().await;
    let first = shop.app.settings().await.unwrap();
    assert_eq!(first.channels.iter().map(|channel| channel.slug.as_str()).collect::<Vec<_>>(), ["eu", "jp", "us"]);
    assert_eq!(**first.default_channel().unwrap(), shop.channels.eu);

    let renamed = model::channels::Channel { name: "Europe".to_owned(), ..shop.channels.eu.clone() };
    let mut conn = shop.app.db().write().await.unwrap();
    channels::save(&mut conn, &renamed, shop.app.now()).await.unwrap();
    let (cached, statements) = counted(shop.app.settings()).await;
    assert_eq!((cached.unwrap().channel("eu").unwrap().name.as_str(), statements), ("EU", 0));

    shop.app.settings_cache().invalidate();
    let fresh = shop.app.settings().await.unwrap();
    assert_eq!(**fresh.channel("eu").unwrap(), renamed);
}

#[tokio::test]
async fn a_current_snapshot_is_confirmed_with_one_statement() {
    let shop = TestShop::new().await;
    let (settings, db) = (shop.app.settings_cache(), shop.app.db());
    let first = settings.confirmed(db).await.unwrap();
    let (again, statements) = counted(settings.confirmed(db)).await;
    assert_eq!((again.unwrap().version, statements), (first.version, 1));
    let renamed = model::channels::Channel { name: "Europe".to_owned(), ..shop.channels.eu.clone() };
    channels::save(&mut db.write().await.unwrap(), &renamed, shop.app.now()).await.unwrap();
    let now = settings.confirmed(db).await.unwrap();
    assert_eq!(**now.channel("eu").unwrap(), renamed);
    assert!(now.version > first.version);
}

#[tokio::test]
async fn concurrent_readers_reload_settings_once() {
    let shop = TestShop::new().await;
    let one = counted(shop.app.settings()).await.1;
    shop.app.settings_cache().invalidate();
    let settings = shop.app.settings_cache();
    let db = shop.app.db();
    let all = async { tokio::join!(settings.current(db), settings.current(db), settings.current(db)) };
    assert_eq!(counted(Box::pin(all)).await.1, one);
}

#[tokio::test]
async fn a_stale_snapshot_is_served_during_an_outage() {
    let shop = TestShop::new().await;
    let before = shop.app.settings().await.unwrap();
    shop.app.settings_cache().invalidate();
    let nowhere = DbConfig { connect: Duration::from_millis(200), ..DbConfig::new("postgres://127.0.0.1:1/none") };
    let meanwhile = shop.app.settings_cache().current(&Db::new(&nowhere).unwrap()).await.unwrap();
    assert_eq!(meanwhile.channels, before.channels);
}
