//! Management of promotions and their effects on carts.

use model::{
    Direction, PageRequest, Patch,
    access::{AccessError, Actor, LimitedPermissions, Permission},
    ids::{ApiTokenId, PromotionId},
    promotions::{DiscountClass, DraftError, NewCode, Promotion},
};
use services::{
    ServiceError,
    catalog::Ref,
    identity::Client,
    pricing::{Freshness, price},
    promotions::{
        ActionInput, AddCodes, ConditionsInput, CreatePromotion, InvalidPromotion, PromotionError, PromotionInput,
        PromotionRefusal, PromotionRule, PromotionTarget, SelectorInput, add_codes, archive_promotion, codes_of,
        create_promotion, list_promotions, update_promotion,
    },
};
use testkit::TestShop;

use crate::cart::{all_of, any, open, shop};

fn spring() -> PromotionInput {
    PromotionInput {
        name: Some("Spring".to_owned()),
        channels: Some(vec![Ref::from("eu")]),
        combines_with: Some(vec![DiscountClass::Shipping]),
        conditions: Some(ConditionsInput { minimum_subtotal: Some("10.00".to_owned()), ..ConditionsInput::default() }),
        action: Some(ActionInput::PercentageOff { percent: "15".to_owned(), target: None }),
        codes: vec![code("spring")],
        ..PromotionInput::default()
    }
}

fn code(text: &str) -> NewCode {
    NewCode { code: text.to_owned(), usage_limit: Some(100), usage_limit_per_customer: Some(1) }
}

fn new(promotion: PromotionInput) -> CreatePromotion {
    CreatePromotion { promotion, idempotency_key: None }
}

fn add(promotion: PromotionId, codes: Vec<NewCode>) -> AddCodes {
    AddCodes { promotion, codes, idempotency_key: None }
}

fn refusals(outcome: Result<Promotion, PromotionError>) -> Vec<PromotionRefusal> {
    match outcome {
        Err(PromotionError::Rule(PromotionRule::Invalid(refusals))) => refusals,
        other => panic!("not refused: {other:?}"),
    }
}

async fn discount(shop: &TestShop, product: &model::catalog::Product, codes: &[&str]) -> i64 {
    let cart = open(shop, &Actor::Anonymous, all_of(product)).await;
    let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    let (actor, client) = (&Actor::Anonymous, &Client::default());
    let cart = services::cart::update_discount_codes(&shop.app, actor, client, any(&cart), &codes).await.unwrap();
    price(&shop.app, &cart, Freshness::Cached).await.unwrap().discount_total.minor
}

#[tokio::test]
async fn a_promotion_applies_until_it_is_archived() {
    let (shop, tee) = shop().await;
    let app = &shop.app;
    let promotion = create_promotion(app, &Actor::System, new(spring())).await.unwrap();
    assert_eq!(discount(&shop, &tee, &["SPRING"]).await, 299);
    let target = PromotionTarget { id: promotion.id, expected_version: Some(1) };
    let half = ActionInput::PercentageOff { percent: "50".to_owned(), target: None };
    let change = PromotionInput { action: Some(half), ends_at: Patch::Clear, ..PromotionInput::default() };
    let changed = update_promotion(app, &Actor::System, target, change.clone()).await.unwrap();
    assert_eq!((changed.version, changed.name.as_str(), changed.needs_code), (2, "Spring", true));
    assert_eq!(discount(&shop, &tee, &["SPRING"]).await, 995);
    let late = update_promotion(app, &Actor::System, target, change).await;
    assert!(matches!(late, Err(PromotionError::Rule(PromotionRule::VersionConflict { current: 2 }))));
    add_codes(app, &Actor::System, add(promotion.id, vec![code("summer")])).await.unwrap();
    assert_eq!(discount(&shop, &tee, &["summer"]).await, 995);
    let page = PageRequest { size: 1, cursor: None, direction: Direction::Ascending };
    let codes = codes_of(app, &Actor::System, promotion.id, &page).await.unwrap();
    assert_eq!((codes.rows[0].code.as_str(), codes.has_more), ("SPRING", true));
    for _ in 0..2 {
        archive_promotion(app, &Actor::System, promotion.id).await.unwrap();
    }
    assert_eq!(discount(&shop, &tee, &["SPRING"]).await, 0);
    let page = PageRequest { size: 10, cursor: None, direction: Direction::Descending };
    assert!(list_promotions(app, &Actor::System, &page).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn promotions_beyond_the_cache_limit_are_refused() {
    let (shop, _) = shop().await;
    let first = create_promotion(&shop.app, &Actor::System, new(spring())).await.unwrap();
    let fill = "INSERT INTO promotions (id, version, name, priority, needs_code, body, created_at, updated_at)
        SELECT gen_random_uuid(), 1, name, 0, true, body, created_at, updated_at
        FROM promotions CROSS JOIN generate_series(2, 10000)";
    shop.database.execute(fill).await;
    let another = PromotionInput { codes: vec![code("another")], ..spring() };
    let refused = create_promotion(&shop.app, &Actor::System, new(another.clone())).await;
    assert!(matches!(refused, Err(PromotionError::Rule(PromotionRule::TooMany))), "{refused:?}");
    archive_promotion(&shop.app, &Actor::System, first.id).await.unwrap();
    create_promotion(&shop.app, &Actor::System, new(another)).await.unwrap();
}

#[tokio::test]
async fn fresh_prices_ignore_remotely_archived_promotions() {
    let (shop, tee) = shop().await;
    let automatic = PromotionInput { codes: Vec::new(), ..spring() };
    let promotion = create_promotion(&shop.app, &Actor::System, new(automatic)).await.unwrap();
    let cart = open(&shop, &Actor::Anonymous, all_of(&tee)).await;
    // Without background tasks it receives no events.
    let other = shop.uncached().await;
    let off = async |freshness| price(&other, &cart, freshness).await.unwrap().discount_total.minor;
    assert_eq!(off(Freshness::Cached).await, 299);
    archive_promotion(&shop.app, &Actor::System, promotion.id).await.unwrap();
    assert_eq!(off(Freshness::Cached).await, 299);
    assert_eq!(off(Freshness::Fresh).await, 0);
    assert_eq!(off(Freshness::Cached).await, 0);
}

#[tokio::test]
async fn promotion_input_errors_name_their_field() {
    let (shop, _) = shop().await;
    let app = &shop.app;
    let nonsense = PromotionInput {
        channels: Some(vec![Ref::from("eu"), Ref::from("moon")]),
        conditions: Some(ConditionsInput {
            customer_groups: vec!["nobody".to_owned()],
            products: Some(SelectorInput { categories: vec![Ref::from("none")], ..SelectorInput::default() }),
            ..ConditionsInput::default()
        }),
        ..spring()
    };
    let wrong = refusals(create_promotion(app, &Actor::System, new(nonsense)).await);
    assert_eq!(
        wrong,
        [
            PromotionRefusal::at(InvalidPromotion::UnknownChannel, &["channels", "1"]),
            PromotionRefusal::at(InvalidPromotion::UnknownCustomerGroup, &["conditions", "customerGroups", "0"]),
            PromotionRefusal::at(InvalidPromotion::UnknownCategory, &["conditions", "products", "categories", "0"]),
        ]
    );
    let anywhere = PromotionInput { channels: None, ..spring() };
    let wrong = refusals(create_promotion(app, &Actor::System, new(anywhere)).await);
    assert_eq!(wrong, [PromotionRefusal::at(InvalidPromotion::CurrencyRequired, &["currencyCode"])]);
    let too_much = ActionInput::PercentageOff { percent: "101".to_owned(), target: None };
    let too_much = PromotionInput { action: Some(too_much), ..spring() };
    let wrong = refusals(create_promotion(app, &Actor::System, new(too_much)).await);
    assert_eq!(wrong, [PromotionRefusal::at(InvalidPromotion::Draft(DraftError::Percentage), &["action"])]);
}

#[tokio::test]
async fn codes_are_unique_and_automatic_promotions_have_none() {
    let (shop, tee) = shop().await;
    let app = &shop.app;
    create_promotion(app, &Actor::System, new(spring())).await.unwrap();
    let again = create_promotion(app, &Actor::System, new(spring())).await;
    assert!(matches!(again, Err(PromotionError::Rule(PromotionRule::CodeTaken))), "{again:?}");
    let automatic = PromotionInput { codes: Vec::new(), ..spring() };
    let automatic = create_promotion(app, &Actor::System, new(automatic)).await.unwrap();
    assert_eq!(discount(&shop, &tee, &[]).await, 299);
    let refused = add_codes(app, &Actor::System, add(automatic.id, vec![code("x")])).await;
    assert!(matches!(refused, Err(PromotionError::Rule(PromotionRule::Automatic))));
    let missing = add_codes(app, &Actor::System, add(PromotionId::new(), vec![code("x")])).await;
    assert!(matches!(missing, Err(PromotionError::Rule(PromotionRule::NotFound))));
}

#[tokio::test]
async fn promotion_changes_require_the_permission() {
    let (shop, _) = shop().await;
    let reader = [Permission::PromotionsRead].into_iter().collect();
    let reader =
        Actor::Token { id: ApiTokenId::new(), permissions: reader, limited: LimitedPermissions::NONE, network: None };
    let refused = create_promotion(&shop.app, &reader, new(spring())).await;
    let expected = AccessError::Forbidden(Permission::PromotionsWrite);
    assert!(matches!(refused, Err(PromotionError::Failure(ServiceError::Access(error))) if error == expected));
    let page = PageRequest { size: 1, cursor: None, direction: Direction::Ascending };
    assert!(list_promotions(&shop.app, &reader, &page).await.is_ok());
    assert!(list_promotions(&shop.app, &Actor::Anonymous, &page).await.is_err());
}
