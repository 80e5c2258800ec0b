use std::time::Duration;

use futures_util::future::join_all;
use model::{
    Patch, TaxedMoney,
    access::Actor,
    cart::{AddressesChange, BuyerChange, CartError, LineChange},
    ids::{CartId, OrderId, VariantId},
    pricing::ProblemCode,
    promotions::NewCode,
};
use persistence::carts;
use services::{
    bus::Topic,
    cart::{
        CartChangeError, CartRefused, CartTarget, CreateCart, MergeCarts, add_lines, create_cart, find_cart,
        merge_carts, remove_lines, select_delivery, update_addresses, update_buyer, update_discount_codes,
        update_lines, update_note,
    },
    identity::Client,
    pricing::{Freshness, price},
    telemetry::Counter,
};
use testkit::product_fixtures;

use super::{all_of, any, context, line, open, refusal, shop};

const GUEST: Actor = Actor::Anonymous;

fn note(text: &str) -> Patch<String> {
    Patch::Set(text.to_owned())
}

#[tokio::test]
async fn each_change_removes_its_problem_until_the_cart_is_ready() {
    let (shop, tee) = shop().await;
    let app = &shop.app;
    let cart = open(&shop, &GUEST, all_of(&tee)).await;
    let email = BuyerChange { email: Patch::Set("a@b.c".to_owned()), ..BuyerChange::default() };
    update_buyer(app, &GUEST, any(&cart), email).await.unwrap();
    let address = model::Address {
        first_name: "Ada".to_owned(),
        last_name: "Lovelace".to_owned(),
        company: None,
        street1: "Unter den Linden 1".to_owned(),
        street2: None,
        postal_code: "10117".to_owned(),
        city: "Berlin".to_owned(),
        region: None,
        country: "DE".parse().unwrap(),
        phone: None,
    };
    let addresses = AddressesChange { shipping: Patch::Set(address), ..AddressesChange::default() };
    update_addresses(app, &GUEST, any(&cart), addresses).await.unwrap();
    let unknown = select_delivery(app, &GUEST, any(&cart), cart.delivery_group, "rocket").await;
    assert_eq!(refusal(unknown), CartError::DeliveryOptionNotFound);
    select_delivery(app, &GUEST, any(&cart), cart.delivery_group, "standard").await.unwrap();
    let cart = update_note(app, &GUEST, any(&cart), &note("ring twice")).await.unwrap();
    let priced = price(app, &cart, Freshness::Cached).await.unwrap();
    assert_eq!((priced.problems.len(), priced.total.gross.minor, priced.total.tax().minor), (0, 2_480, 396));
    assert_eq!(price(app, &cart, Freshness::Fresh).await.unwrap().total, priced.total);
    assert_eq!((cart.version, cart.note.as_deref()), (5, Some("ring twice")));
}

#[tokio::test]
async fn each_funnel_step_is_counted_once_per_cart() {
    let (shop, tee) = shop().await;
    let app = &shop.app;
    let steps = [Counter::SessionStarted, Counter::AddedToCart, Counter::CheckoutStarted, Counter::DeliveryChosen];
    let counts = || steps.map(|step| app.counter(step));
    let context = context(&shop);
    let input =
        CreateCart { idempotency_key: Some("hard-to-guess-0123456789".parse().unwrap()), ..CreateCart::default() };
    let cart = create_cart(app, &GUEST, &context, input.clone()).await.unwrap();
    create_cart(app, &GUEST, &context, input).await.unwrap();
    assert_eq!(counts(), [1, 0, 0, 0]);
    let buyer = async |buyer: BuyerChange| drop(update_buyer(app, &GUEST, any(&cart), buyer).await.unwrap());
    for _ in 0..2 {
        add_lines(app, &GUEST, any(&cart), all_of(&tee), None).await.unwrap();
        buyer(BuyerChange { country: Patch::Set("FR".parse().unwrap()), ..BuyerChange::default() }).await;
    }
    assert_eq!(counts(), [1, 1, 0, 0]);
    for email in ["a@b.c", "ada@demo.test"] {
        buyer(BuyerChange { email: Patch::Set(email.to_owned()), ..BuyerChange::default() }).await;
        select_delivery(app, &GUEST, any(&cart), cart.delivery_group, "standard").await.unwrap();
    }
    assert_eq!(counts(), [1, 1, 1, 1]);
    let lines = all_of(&tee);
    create_cart(app, &GUEST, &context, CreateCart { lines, ..CreateCart::default() }).await.unwrap();
    assert_eq!(counts(), [2, 2, 1, 1]);
}

#[tokio::test]
async fn unsellable_lines_are_refused_with_their_field() {
    let (shop, tee) = shop().await;
    let cart = open(&shop, &GUEST, Vec::new()).await;
    let lines = vec![line(tee.variants[0].id, 1), line(VariantId::new(), 1)];
    match add_lines(&shop.app, &GUEST, any(&cart), lines, None).await {
        Err(CartChangeError::Rule(CartRefused(refusals))) => {
            assert_eq!(refusals.len(), 1);
            assert_eq!(refusals[0].field, ["lines", "1", "variantId"]);
        }
        other => panic!("{other:?}"),
    }
    let missing = CartTarget { id: CartId::random(), expected_version: None };
    assert_eq!(refusal(add_lines(&shop.app, &GUEST, missing, all_of(&tee), None).await), CartError::NotFound);
}

#[tokio::test]
async fn quantities_above_stock_are_accepted_with_a_problem() {
    let (shop, tee) = shop().await;
    let cart = open(&shop, &GUEST, vec![line(tee.variants[0].id, 11)]).await;
    let priced = price(&shop.app, &cart, Freshness::Cached).await.unwrap();
    assert!(priced.problems.iter().any(|problem| problem.code == ProblemCode::OutOfStock));
    let less = LineChange { line_id: cart.lines[0].id, quantity: 10 };
    let cart = update_lines(&shop.app, &GUEST, any(&cart), &[less]).await.unwrap();
    let priced = price(&shop.app, &cart, Freshness::Cached).await.unwrap();
    assert!(priced.problems.iter().all(|problem| problem.code != ProblemCode::OutOfStock));
    let cart = remove_lines(&shop.app, &GUEST, any(&cart), &[cart.lines[0].id]).await.unwrap();
    let empty = price(&shop.app, &cart, Freshness::Cached).await.unwrap();
    assert_eq!(empty.total, TaxedMoney::zero(cart.currency));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_line_additions_are_all_kept() {
    let (shop, tee) = shop().await;
    let many = product_fixtures::product_with_variants(&shop.app, "many", "1.00", 5, 20).await;
    let cart = open(&shop, &GUEST, Vec::new()).await;
    let adding = many.variants.iter().map(|variant| {
        let lines = vec![line(variant.id, 1), line(tee.variants[0].id, 1)];
        add_lines(&shop.app, &GUEST, any(&cart), lines, None)
    });
    for added in join_all(adding).await {
        added.unwrap();
    }
    let cart = find_cart(&shop.app, &GUEST, cart.id).await.unwrap().unwrap();
    assert_eq!((cart.lines.len(), cart.version), (21, 21));
    assert_eq!(cart.lines.iter().map(|line| line.quantity.get()).max(), Some(20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_changes_of_one_version_apply_once() {
    let (shop, tee) = shop().await;
    let cart = open(&shop, &GUEST, Vec::new()).await;
    let target = CartTarget { id: cart.id, expected_version: Some(1) };
    let adding = (0..8).map(|_| add_lines(&shop.app, &GUEST, target, all_of(&tee), None));
    let outcomes = join_all(adding).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for lost in outcomes.into_iter().filter(Result::is_err) {
        assert_eq!(refusal(lost), CartError::VersionConflict { current: 2 });
    }
}

#[tokio::test]
async fn a_completed_cart_is_read_only() {
    let (shop, tee) = shop().await;
    let mut cart = open(&shop, &GUEST, all_of(&tee)).await;
    cart.complete(OrderId::new(), shop.app.now()).unwrap();
    carts::complete(&shop.app.db().write().await.unwrap(), &cart).await.unwrap();
    assert_eq!(find_cart(&shop.app, &GUEST, cart.id).await.unwrap().unwrap().order, cart.order);
    assert_eq!(refusal(add_lines(&shop.app, &GUEST, any(&cart), all_of(&tee), None).await), CartError::Completed);
}

#[tokio::test]
async fn the_same_key_returns_the_same_cart() {
    let (shop, tee) = shop().await;
    let create = |lines| {
        let input =
            CreateCart { lines, idempotency_key: Some("a key of the guest".parse().unwrap()), ..CreateCart::default() };
        let context = context(&shop);
        let app = shop.app.clone();
        async move { create_cart(&app, &GUEST, &context, input).await }
    };
    let first = create(all_of(&tee)).await.unwrap();
    assert_eq!(create(all_of(&tee)).await.unwrap(), first);
    assert!(matches!(create(Vec::new()).await, Err(CartChangeError::KeyReused)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_merges_of_one_cart_apply_once() {
    let (shop, tee) = shop().await;
    let one = open(&shop, &GUEST, all_of(&tee)).await;
    let other = open(&shop, &GUEST, all_of(&tee)).await;
    let merge = |from, into| merge_carts(&shop.app, &GUEST, MergeCarts { from, into, expected_version: None });
    let merging = (0..10).map(|at| if at % 2 == 0 { merge(one.id, other.id) } else { merge(other.id, one.id) });
    let outcomes = join_all(merging).await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 5);
    let found = [one.id, other.id].map(|id| find_cart(&shop.app, &GUEST, id));
    let quantities: Vec<u32> = join_all(found)
        .await
        .into_iter()
        .map(|cart| cart.unwrap().unwrap())
        .filter(|cart| cart.require_active().is_ok())
        .map(|cart| cart.lines[0].quantity.get())
        .collect();
    assert_eq!(quantities, [2]);
}

#[tokio::test]
async fn per_customer_code_limits_count_by_email_address() {
    let (shop, tee) = shop().await;
    let code = NewCode { code: "ONCE".to_owned(), usage_limit: None, usage_limit_per_customer: Some(1) };
    product_fixtures::insert_percent_code(&shop.app, code, 5_000).await;
    let cart = open(&shop, &GUEST, all_of(&tee)).await;
    let email = BuyerChange { email: Patch::Set("Ada@b.c".to_owned()), ..BuyerChange::default() };
    update_buyer(&shop.app, &GUEST, any(&cart), email).await.unwrap();
    let codes = ["once".to_owned()];
    let cart = update_discount_codes(&shop.app, &GUEST, &Client::default(), any(&cart), &codes).await.unwrap();
    assert_eq!(price(&shop.app, &cart, Freshness::Cached).await.unwrap().discount_total.minor, 995);
    let by = persistence::promotions::CodeUse {
        order: OrderId::new(),
        customer: None,
        email: "ada@B.c",
        at: shop.app.now(),
    };
    let mut conn = shop.app.db().write().await.unwrap();
    let refused = persistence::promotions::use_codes(&mut conn, &cart.discount_codes, &by).await.unwrap();
    assert!(refused.is_empty());
    drop(conn);
    assert_eq!(price(&shop.app, &cart, Freshness::Cached).await.unwrap().discount_total.minor, 0);
}

#[tokio::test]
async fn cart_subscribers_are_notified_of_changes_not_of_repeats() {
    let (shop, tee) = shop().await;
    let cart = open(&shop, &GUEST, all_of(&tee)).await;
    let mut wakes = shop.app.bus().subscribe(Topic::Cart(cart.id));
    update_note(&shop.app, &GUEST, any(&cart), &note("x")).await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), wakes.changed()).await.unwrap();
    let again = update_note(&shop.app, &GUEST, any(&cart), &note("x")).await.unwrap();
    assert_eq!(again.version, 2);
}
