use model::{
    Currency, Money,
    shipping::DeliveryMethod,
    tax::{TaxRate, TaxRule},
};
use persistence::{shipping, tax};
use testkit::{TestDatabase, channels};

#[tokio::test]
async fn a_rate_of_the_same_destination_and_class_is_replaced() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let rule = |region: Option<&str>, rate| TaxRule {
        country: "US".parse().unwrap(),
        region: region.map(str::to_owned),
        class: "standard".to_owned(),
        rate: TaxRate(rate),
    };
    tax::upsert(conn, &[rule(None, 0), rule(Some("CA"), 700)]).await.unwrap();
    tax::upsert(conn, &[rule(None, 100), rule(Some("CA"), 725)]).await.unwrap();
    let mut rules = tax::table(conn).await.unwrap().rules;
    rules.sort_by_key(|rule| rule.rate);
    assert_eq!(rules, [rule(None, 100), rule(Some("CA"), 725)]);
}

#[tokio::test]
async fn delivery_methods_keep_their_order_and_are_replaced_by_handle() {
    let test = TestDatabase::new().await;
    let channels = channels::insert_channels(&test.db).await;
    let conn = &mut test.db.write().await.unwrap();
    let method = |handle: &str, minor| DeliveryMethod {
        channel: channels.eu.id,
        handle: handle.to_owned(),
        title: handle.to_owned(),
        price: Money::new(minor, Currency::EUR),
        free_from: Some(Money::new(10_000, Currency::EUR)),
        countries: channels.eu.countries.clone(),
        estimated_days: (1, 3),
        is_pickup: false,
    };
    shipping::upsert(conn, &[method("standard", 500), method("express", 1_290)]).await.unwrap();
    let changed = [method("standard", 490), method("express", 1_290)];
    shipping::upsert(conn, &changed).await.unwrap();
    assert_eq!(shipping::methods(conn).await.unwrap(), changed);
}
