use futures_util::future::join_all;
use model::{Patch, access::Actor, promotions::NewCode};
use persistence::statements::counted;
use services::{
    Storefront,
    cart::{CreateCart, LineInput, add_lines, create_cart, update_discount_codes, update_note},
    identity::Client,
    pricing::{Freshness, price},
};
use testkit::{TestShop, product_fixtures};

use super::{all_of, any, context, open, shop};

/// Lines of two hundred variants in four products.
async fn two_hundred(shop: &TestShop) -> Vec<LineInput> {
    let mut lines = Vec::new();
    for slug in ["a", "b", "c", "d"] {
        lines.extend(all_of(&product_fixtures::product_with_variants(&shop.app, slug, "10.00", 5, 50).await));
    }
    lines
}

#[tokio::test]
async fn adding_takes_as_many_statements_with_1_as_with_200_lines() {
    let (shop, tee) = shop().await;
    let many = two_hundred(&shop).await;
    let mut costs = Vec::new();
    for lines in [all_of(&tee), many] {
        // The cache contents depend on earlier requests.
        let warm = open(&shop, &Actor::Anonymous, lines.clone()).await;
        price(&shop.app, &warm, Freshness::Cached).await.unwrap();
        let context = context(&shop);
        let create = create_cart(&shop.app, &Actor::Anonymous, &context, CreateCart::default());
        let (cart, creating) = counted(create).await;
        let cart = cart.unwrap();
        let (cart, adding) = counted(add_lines(&shop.app, &Actor::Anonymous, any(&cart), lines.clone(), None)).await;
        let (priced, pricing) = counted(price(&shop.app, &cart.unwrap(), Freshness::Cached)).await;
        assert_eq!(priced.unwrap().lines.len(), lines.len());
        costs.push((creating, adding, pricing));
    }
    assert_eq!(costs, [(1, 2, 0), (1, 2, 0)]);
}

#[tokio::test]
async fn an_empty_cache_loads_products_and_stock_in_one_statement_each() {
    let (shop, tee) = shop().await;
    let many = two_hundred(&shop).await;
    let mut costs = Vec::new();
    for lines in [all_of(&tee), many] {
        let cart = open(&shop, &Actor::Anonymous, Vec::new()).await;
        shop.app.catalog().invalidate_all();
        shop.app.availability().invalidate_all();
        let (cart, adding) = counted(add_lines(&shop.app, &Actor::Anonymous, any(&cart), lines, None)).await;
        let (_, pricing) = counted(price(&shop.app, &cart.unwrap(), Freshness::Cached)).await;
        costs.push((adding, pricing));
    }
    assert_eq!(costs[0], costs[1]);
    assert!(costs[0].0 <= 5, "{costs:?}");
}

#[tokio::test]
async fn any_number_of_codes_takes_one_statement() {
    let (shop, tee) = shop().await;
    let codes: Vec<String> = (0..10).map(|at| format!("CODE{at}")).collect();
    for code in &codes {
        let code = NewCode { code: code.clone(), usage_limit: Some(1), usage_limit_per_customer: Some(1) };
        product_fixtures::insert_percent_code(&shop.app, code, 1_000).await;
    }
    let cart = open(&shop, &Actor::Anonymous, all_of(&tee)).await;
    price(&shop.app, &cart, Freshness::Cached).await.unwrap();
    let cart =
        update_discount_codes(&shop.app, &Actor::Anonymous, &Client::default(), any(&cart), &codes).await.unwrap();
    let (priced, statements) = counted(price(&shop.app, &cart, Freshness::Cached)).await;
    let priced = priced.unwrap();
    assert_eq!((statements, priced.discount_total.minor), (1, 199));
    assert_eq!(priced.codes.iter().filter(|code| code.is_applicable).count(), 1);
}

#[tokio::test]
async fn all_subscribers_of_a_cart_share_one_read_and_one_computation_of_prices() {
    let (shop, tee) = shop().await;
    let guest = Actor::Anonymous;
    let cart = open(&shop, &guest, all_of(&tee)).await;
    // With a code, each computation of prices sends a statement.
    let cart =
        update_discount_codes(&shop.app, &guest, &Client::default(), any(&cart), &["NONE".to_owned()]).await.unwrap();
    price(&shop.app, &cart, Freshness::Cached).await.unwrap();
    let context = context(&shop);
    let storefront = Storefront::new(&shop.app, &guest, &context);
    let mut subscribers = Vec::new();
    for _ in 0..50 {
        subscribers.push(storefront.cart_updates(cart.id).await.unwrap().unwrap());
    }
    for note in ["first", "second"] {
        update_note(&shop.app, &guest, any(&cart), &Patch::Set(note.to_owned())).await.unwrap();
        let notified = join_all(subscribers.iter_mut().map(async |subscriber| {
            let update = subscriber.next().await.unwrap().unwrap();
            let prices = update.pricing.get().await.unwrap();
            (update.cart.note.clone(), prices.cart.total.gross.minor)
        }));
        let (seen, statements) = counted(notified).await;
        assert_eq!(seen, vec![(Some(note.to_owned()), 1_990); 50]);
        assert_eq!(statements, 2, "one reads the cart, one its code");
    }
}
