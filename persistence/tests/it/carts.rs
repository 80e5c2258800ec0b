use std::collections::BTreeMap;

use chrono::{DateTime, Days, Utc};
use diesel_async::RunQueryDsl as _;
use model::{
    Currency, Patch,
    cart::{BuyerChange, Cart, CartLine, NewCart},
    ids::{CartLineId, ChannelId, OrderId, ProductId, VariantId},
    settings::CartLifetime,
};
use persistence::{StoreError, carts, db::Transactions as _};
use testkit::TestDatabase;

fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn cart() -> Cart {
    let new = NewCart {
        channel: ChannelId::new(),
        currency: Currency::EUR,
        locale: "de".parse().unwrap(),
        customer: None,
        token: "secret".to_owned(),
    };
    let mut cart = Cart::open(new, now());
    cart.lines.push(CartLine {
        id: CartLineId::new(),
        variant_id: VariantId::new(),
        product_id: ProductId::new(),
        quantity: 1.try_into().unwrap(),
        attributes: BTreeMap::from([("text".to_owned(), "Ada".to_owned())]),
        price: None,
    });
    cart.update_buyer(BuyerChange { email: Patch::Set("a@b.c".to_owned()), ..BuyerChange::default() }, &[]).unwrap();
    cart.delivery_choices.insert(cart.delivery_group, "standard".to_owned());
    cart.set_discount_codes(&["WELCOME10".to_owned()], "codes").unwrap();
    cart
}

#[tokio::test]
async fn a_cart_is_read_as_it_was_written() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let mut cart = cart();
    carts::insert(conn, &cart).await.unwrap();
    assert_eq!(carts::find(conn, cart.id).await.unwrap(), Some(cart.clone()));
    cart.note = Some("ring twice".to_owned());
    cart.touch(now());
    carts::save(conn, &cart, 1).await.unwrap();
    assert_eq!(carts::find(conn, cart.id).await.unwrap(), Some(cart.clone()));
    assert!(matches!(carts::save(conn, &cart, 1).await, Err(StoreError::VersionConflict)));
    assert_eq!(carts::find(conn, model::ids::CartId::random()).await.unwrap(), None);
}

#[tokio::test]
async fn completing_keeps_the_body_and_happens_once() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let (mut cart, mut again) = (cart(), cart());
    carts::insert(conn, &cart).await.unwrap();
    carts::insert(conn, &again).await.unwrap();
    let order = OrderId::new();
    cart.complete(order, now()).unwrap();
    carts::complete(conn, &cart).await.unwrap();
    let kept = carts::find(conn, cart.id).await.unwrap().unwrap();
    assert_eq!((kept.order, kept.version, &kept.lines), (Some(order), 2, &cart.lines));
    assert!(matches!(carts::complete(conn, &cart).await, Err(StoreError::VersionConflict)));
    again.complete(order, now()).unwrap();
    let second = carts::complete(conn, &again).await.unwrap_err();
    assert!(second.is_constraint("carts_order_id_key"), "{second}");
}

#[tokio::test]
async fn only_expired_carts_without_an_order_are_deleted() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let (fresh, mut old, mut done) = (cart(), cart(), cart());
    old.expires_at = now();
    done.complete(OrderId::new(), now()).unwrap();
    done.expires_at = now();
    for cart in [&fresh, &old, &done] {
        carts::insert(conn, cart).await.unwrap();
    }
    let tomorrow = now().checked_add_days(Days::new(1)).unwrap();
    assert_eq!(carts::delete_expired(conn, tomorrow, 10).await.unwrap(), 1);
    assert_eq!(carts::find(conn, old.id).await.unwrap(), None);
    assert!(carts::find(conn, done.id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_cart_renewed_during_the_deletion_is_kept() {
    let test = TestDatabase::new().await;
    let mut conn = test.db.write().await.unwrap();
    let mut cart = Cart { expires_at: now(), ..cart() };
    carts::insert(&mut conn, &cart).await.unwrap();
    let mut sweeper = test.db.write().await.unwrap();
    let tomorrow = now().checked_add_days(Days::new(1)).unwrap();
    diesel::sql_query("BEGIN").execute(&mut *conn).await.unwrap();
    cart.touch(now());
    cart.extend(CartLifetime::default(), now());
    carts::save(&mut conn, &cart, 1).await.unwrap();
    assert_eq!(carts::delete_expired(&mut sweeper, tomorrow, 10).await.unwrap(), 0);
    diesel::sql_query("COMMIT").execute(&mut *conn).await.unwrap();
    assert_eq!(carts::delete_expired(&mut sweeper, tomorrow, 10).await.unwrap(), 0);
    assert_eq!(carts::find(&mut conn, cart.id).await.unwrap(), Some(cart));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_carts_are_locked_in_one_order() {
    let test = TestDatabase::new().await;
    let (one, other) = (cart(), cart());
    let conn = &mut test.db.write().await.unwrap();
    carts::insert(conn, &one).await.unwrap();
    carts::insert(conn, &other).await.unwrap();
    let swap = |a, b| {
        let db = test.db.clone();
        async move {
            let mut conn = db.write().await.unwrap();
            let both = conn.transaction(async |conn| carts::lock_both(conn, a, b).await).await;
            both.map(|carts| carts.len())
        }
    };
    let tasks = (0..20).map(|at| if at % 2 == 0 { swap(one.id, other.id) } else { swap(other.id, one.id) });
    for locked in futures_util::future::join_all(tasks).await {
        assert_eq!(locked.unwrap(), 2);
    }
}
