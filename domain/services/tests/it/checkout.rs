use std::time::Duration;

use model::{
    Money,
    access::Actor,
    cart::CartStatus,
    inventory::InventoryLevel,
    orders::{OrderStatus, PaymentProgress, PlaceError},
    payments::AttemptOutcome,
    pricing::{CartProblem, ProblemCode},
};
use persistence::{carts, inventory, ledger, orders as order_store, payments, statements::counted};
use services::{
    App,
    checkout::{CompleteCart, CompleteError, CompleteRule, complete, complete_paid},
};
use testkit::{
    TestShop,
    cart_fixtures::{Sellable, cart_fixture, payment_fixture, sellable_fixture},
};

fn of(cart: &model::cart::Cart) -> CompleteCart {
    CompleteCart { cart_id: cart.id, expected_version: None, idempotency_key: None, network: None }
}

async fn levels(app: &App, goods: &Sellable) -> Vec<InventoryLevel> {
    let mut conn = app.db().read().await.unwrap();
    inventory::levels_by_variant(&mut conn, &[goods.variant_id]).await.unwrap()
}

async fn allocated(app: &App, goods: &Sellable) -> i64 {
    levels(app, goods).await.iter().map(|level| level.allocated).sum()
}

/// The kinds of the queued jobs, sorted.
async fn waiting_jobs(app: &App) -> Vec<String> {
    let mut conn = app.db().read().await.unwrap();
    let far = app.now() + Duration::from_hours(24 * 30);
    let claimed = persistence::jobs::claim(&mut conn, &[], far, Duration::ZERO, 100).await.unwrap();
    let mut kinds: Vec<String> = claimed.into_iter().map(|job| job.kind).collect();
    kinds.sort();
    kinds
}

#[tokio::test]
async fn completion_writes_order_stock_ledger_and_jobs() {
    let shop = TestShop::new().await;
    let [berlin, lyon] = [shop.channels.locations[0].id, shop.channels.locations[1].id];
    let tee = sellable_fixture(&shop, "TEE", 1990, &[(berlin, 2), (lyon, 5)]).await;
    let cart = cart_fixture(&shop, &[(&tee, 3)]).await;
    let payment = payment_fixture(&shop, &cart, 5970, AttemptOutcome::Authorized).await;

    let order = complete(&shop.app, &Actor::Anonymous, of(&cart)).await.unwrap();
    assert_eq!((order.status, order.payment_status), (OrderStatus::Open, PaymentProgress::Authorized));
    assert_eq!((order.total.gross.minor, order.number.value() >= 1001), (5970, true));
    let by_location: Vec<_> = levels(&shop.app, &tee).await.iter().map(|level| level.allocated).collect();
    assert!(by_location.contains(&2) && by_location.contains(&1), "{by_location:?}");

    let mut conn = shop.app.db().read().await.unwrap();
    let attached = payments::find(&mut conn, payment.id).await.unwrap().unwrap();
    assert_eq!(attached.order_id, Some(order.id));
    let books = ledger::of_order(&mut conn, order.id).await.unwrap();
    assert_eq!((books.len(), books[0].lines()[0].amount), (1, Money::new(5970, order.currency)));
    let completed = carts::find(&mut conn, cart.id).await.unwrap().unwrap();
    assert_eq!((completed.status, completed.order), (CartStatus::Completed, Some(order.id)));
    let lines = order_store::lines_of(&mut conn, &[order.id]).await.unwrap();
    assert_eq!((lines[&order.id].len(), lines[&order.id][0].sold.sku.as_str()), (1, "TEE"));
    assert_eq!(waiting_jobs(&shop.app).await, ["orders.confirm", "payments.capture"]);
}

#[tokio::test]
async fn completion_requires_the_exact_amount_and_releases_others() {
    let shop = TestShop::new().await;
    let tee = sellable_fixture(&shop, "TEE", 1990, &[(shop.channels.locations[0].id, 5)]).await;
    let unpaid = cart_fixture(&shop, &[(&tee, 1)]).await;
    let refused = complete(&shop.app, &Actor::Anonymous, of(&unpaid)).await;
    assert!(
        matches!(refused, Err(CompleteError::Rule(CompleteRule::Place(PlaceError::PaymentRequired)))),
        "{refused:?}"
    );

    let underpaid = cart_fixture(&shop, &[(&tee, 2)]).await;
    let payment = payment_fixture(&shop, &underpaid, 1990, AttemptOutcome::Authorized).await;
    let refused = complete(&shop.app, &Actor::Anonymous, of(&underpaid)).await;
    assert!(
        matches!(refused, Err(CompleteError::Rule(CompleteRule::Place(PlaceError::PaymentAmountMismatch)))),
        "{refused:?}"
    );
    let mut conn = shop.app.db().read().await.unwrap();
    assert!(payments::find(&mut conn, payment.id).await.unwrap().unwrap().is_unwanted);
    assert_eq!(
        (waiting_jobs(&shop.app).await, allocated(&shop.app, &tee).await),
        (vec!["payments.void".to_owned()], 0)
    );
}

#[test]
fn an_inapplicable_code_does_not_release_the_payment() {
    let refused = |code| {
        let problem = CartProblem { code, message: String::new(), target: None };
        CompleteRule::Place(PlaceError::Problems(vec![problem])).is_final()
    };
    assert!(!refused(ProblemCode::DiscountCodeNotApplicable));
    assert!(refused(ProblemCode::OutOfStock));
}

#[tokio::test]
async fn a_pending_payment_allocates_stock_and_a_failed_one_releases_it() {
    let shop = TestShop::new().await;
    let tee = sellable_fixture(&shop, "TEE", 1990, &[(shop.channels.locations[0].id, 5)]).await;
    let cart = cart_fixture(&shop, &[(&tee, 2)]).await;
    let payment = payment_fixture(&shop, &cart, 3980, AttemptOutcome::Unknown).await;
    let order = complete(&shop.app, &Actor::Anonymous, of(&cart)).await.unwrap();
    assert_eq!((order.status, allocated(&shop.app, &tee).await), (OrderStatus::PendingPayment, 2));

    let now = shop.app.now();
    let mut conn = shop.app.db().write().await.unwrap();
    let mut record = payments::lock_record(&mut conn, payment.id).await.unwrap();
    record.attempts[0].merge(AttemptOutcome::Declined, None, now);
    record.derive_status(now);
    for _ in 0..2 {
        let cause = services::orders::PaymentCause::SYSTEM;
        services::orders::payment_changed(&mut conn, &record.payment, &[], cause, now).await.unwrap();
    }
    let order = order_store::find(&mut conn, order.id).await.unwrap().unwrap();
    assert_eq!((order.status, order.payment_status), (OrderStatus::Expired, PaymentProgress::Failed));
    let balances = ledger::balances(&mut conn).await.unwrap();
    assert!(balances.iter().all(|account| account.debit == account.credit), "{balances:?}");
    drop(conn);
    assert_eq!(allocated(&shop.app, &tee).await, 0);
}

#[tokio::test]
async fn an_unpaid_order_expires_at_its_deadline() {
    let shop = TestShop::new().await;
    let tee = sellable_fixture(&shop, "TEE", 1990, &[(shop.channels.locations[0].id, 5)]).await;
    let cart = cart_fixture(&shop, &[(&tee, 2)]).await;
    let payment = payment_fixture(&shop, &cart, 3980, AttemptOutcome::Pending).await;
    let order = complete(&shop.app, &Actor::Anonymous, of(&cart)).await.unwrap();
    services::orders::expire(&shop.app, order.id).await.unwrap();
    assert_eq!(allocated(&shop.app, &tee).await, 2);

    let clock = testkit::TestClock::new();
    clock.advance(chrono::TimeDelta::days(8));
    let later = shop.another_app(|builder| builder.clock(std::sync::Arc::new(clock))).await;
    for _ in 0..2 {
        services::orders::expire(&later, order.id).await.unwrap();
    }
    let mut conn = shop.app.db().read().await.unwrap();
    let order = order_store::find(&mut conn, order.id).await.unwrap().unwrap();
    assert_eq!((order.status, allocated(&shop.app, &tee).await), (OrderStatus::Expired, 0));
    assert!(payments::find(&mut conn, payment.id).await.unwrap().unwrap().is_unwanted);
}

#[tokio::test]
async fn completion_checks_version_key_and_owner() {
    let shop = TestShop::new().await;
    let tee = sellable_fixture(&shop, "TEE", 1990, &[(shop.channels.locations[0].id, 5)]).await;
    let first = cart_fixture(&shop, &[(&tee, 1)]).await;
    payment_fixture(&shop, &first, 1990, AttemptOutcome::Authorized).await;
    let stale = CompleteCart { expected_version: Some(first.version + 1), ..of(&first) };
    let refused = complete(&shop.app, &Actor::Anonymous, stale).await;
    assert!(matches!(refused, Err(CompleteError::Rule(CompleteRule::VersionConflict { current: 1 }))), "{refused:?}");

    let ada = Actor::Customer(testkit::cart_fixtures::customer_fixture(&shop, "ada@demo.test").await);
    let keyed = CompleteCart { idempotency_key: Some("k".parse().unwrap()), ..of(&first) };
    let order = complete(&shop.app, &ada, keyed.clone()).await.unwrap();
    assert_eq!(order.customer, ada.customer());
    assert_eq!(complete(&shop.app, &ada, keyed).await.unwrap().id, order.id);
    // A reused key is reported before any other problem and before the payment is released.
    let second = cart_fixture(&shop, &[(&tee, 9)]).await;
    payment_fixture(&shop, &second, 1990, AttemptOutcome::Authorized).await;
    for expected_version in [None, Some(second.version + 1)] {
        let another = CompleteCart { idempotency_key: Some("k".parse().unwrap()), expected_version, ..of(&second) };
        assert!(matches!(complete(&shop.app, &ada, another).await, Err(CompleteError::KeyReused)));
    }
    let nobodys = CompleteCart { cart_id: model::ids::CartId::random(), ..of(&second) };
    assert!(matches!(complete(&shop.app, &ada, nobodys).await, Err(CompleteError::Rule(CompleteRule::CartNotFound))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_concurrent_completions_return_one_order() {
    let shop = TestShop::configured(|config| {
        config.db.max_connections = 25;
        config.db.wait = Duration::from_mins(1);
    })
    .await;
    let tee = sellable_fixture(&shop, "TEE", 1990, &[(shop.channels.locations[0].id, 500)]).await;
    let cart = cart_fixture(&shop, &[(&tee, 1)]).await;
    let payment = payment_fixture(&shop, &cart, 1990, AttemptOutcome::Authorized).await;
    let browser = async |at: usize| {
        let key = at.is_multiple_of(2).then(|| "the same key".parse().unwrap());
        let input = CompleteCart { idempotency_key: key, ..of(&cart) };
        complete(&shop.app, &Actor::Anonymous, input).await.unwrap().id
    };
    let webhook = async |_: usize| complete_paid(&shop.app, payment.id).await.unwrap().unwrap().id;
    let browsers = futures_util::future::join_all((0..25).map(browser));
    let webhooks = futures_util::future::join_all((0..25).map(webhook));
    let (mut all, others) = tokio::join!(browsers, webhooks);
    all.extend(others);
    let first = all[0];
    assert_eq!(all.len(), 50);
    assert!(all.into_iter().all(|id| id == first));
    assert_eq!(allocated(&shop.app, &tee).await, 1);
    let mut conn = shop.app.db().read().await.unwrap();
    assert_eq!(order_store::count(&mut conn, &model::orders::OrderFilter::default()).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn thirty_paid_carts_for_ten_units_place_exactly_ten_orders() {
    let shop = TestShop::configured(|config| {
        config.db.max_connections = 20;
        config.db.wait = Duration::from_mins(1);
    })
    .await;
    let [berlin, lyon] = [shop.channels.locations[0].id, shop.channels.locations[1].id];
    let print = sellable_fixture(&shop, "PRINT", 4900, &[(berlin, 6), (lyon, 4)]).await;
    let mut carts = Vec::new();
    for _ in 0..30 {
        let cart = cart_fixture(&shop, &[(&print, 1)]).await;
        let payment = payment_fixture(&shop, &cart, 4900, AttemptOutcome::Authorized).await;
        carts.push((cart, payment));
    }
    let buy = async |cart: &model::cart::Cart| complete(&shop.app, &Actor::Anonymous, of(cart)).await;
    let outcomes = futures_util::future::join_all(carts.iter().map(|(cart, _)| buy(cart))).await;
    let sold = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let refused = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Err(CompleteError::Rule(CompleteRule::OutOfStock(_)))))
        .count();
    assert_eq!((sold, refused, allocated(&shop.app, &print).await), (10, 20, 10));
    let mut conn = shop.app.db().read().await.unwrap();
    for ((_, payment), outcome) in carts.iter().zip(&outcomes) {
        let payment = payments::find(&mut conn, payment.id).await.unwrap().unwrap();
        assert_eq!(payment.is_unwanted, outcome.is_err());
        assert_eq!(payment.order_id.is_some(), outcome.is_ok());
    }
    drop(conn);
    // A repeated request after a refusal does not ask for a payment.
    let (late, _) = &carts[outcomes.iter().position(Result::is_err).unwrap()];
    match buy(late).await {
        Err(CompleteError::Rule(CompleteRule::Place(PlaceError::Problems(problems)))) => {
            assert_eq!(problems[0].code, ProblemCode::OutOfStock);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_completed_cart_belongs_to_its_customer_until_erasure() {
    let shop = TestShop::new().await;
    let tee = sellable_fixture(&shop, "TEE", 1990, &[(shop.channels.locations[0].id, 5)]).await;
    let ada = testkit::cart_fixtures::customer_fixture(&shop, "ada@example.org").await;
    let cart = cart_fixture(&shop, &[(&tee, 1)]).await;
    payment_fixture(&shop, &cart, 1990, AttemptOutcome::Authorized).await;
    let order = complete(&shop.app, &Actor::Customer(ada), of(&cart)).await.unwrap();
    let conn = &mut shop.app.db().write().await.unwrap();
    let kept = carts::find(conn, cart.id).await.unwrap().unwrap();
    assert_eq!((kept.customer, kept.buyer.email.as_deref()), (Some(ada), Some("ada@demo.test")));
    assert_eq!(carts::erase_buyers(conn, &[order.id], shop.app.now()).await.unwrap(), 1);
    let kept = carts::find(conn, cart.id).await.unwrap().unwrap();
    assert_eq!((kept.buyer, kept.shipping_address, kept.note), (model::cart::Buyer::default(), None, None));
    assert_eq!((kept.order, kept.lines), (Some(order.id), cart.lines));
}

#[tokio::test]
async fn completion_takes_as_many_statements_with_many_lines() {
    let shop = TestShop::new().await;
    let berlin = shop.channels.locations[0].id;
    let mut goods = Vec::new();
    for n in 0..60 {
        goods.push(sellable_fixture(&shop, &format!("SKU-{n}"), 100, &[(berlin, 50)]).await);
    }
    let lines: Vec<_> = goods.iter().map(|goods| (goods, 2)).collect();
    let mut statements = Vec::new();
    // The first request fills the caches.
    for size in [1, 1, 60] {
        let cart = cart_fixture(&shop, &lines[..size]).await;
        payment_fixture(&shop, &cart, 200 * i64::try_from(size).unwrap(), AttemptOutcome::Authorized).await;
        let input = CompleteCart { idempotency_key: Some("k".parse().unwrap()), ..of(&cart) };
        let (order, sent) = counted(Box::pin(complete(&shop.app, &Actor::Anonymous, input))).await;
        order.unwrap();
        statements.push(sent);
    }
    assert_eq!(statements[1], statements[2], "{statements:?}");
    assert!(statements[2] <= 25, "{statements:?}");
}
