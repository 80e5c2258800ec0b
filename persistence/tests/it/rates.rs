use model::{
    Currency, Direction, Money, PageRequest, PostalCodeRange, Timestamp, fixtures,
    ids::TaxClassId,
    shipping::{DeliveryMethod, DeliveryPrice, DeliveryZone, RateBasis, RateRow, RateTable},
    tax::{TaxClass, TaxComponent, TaxRateFilter, TaxRule},
};
use persistence::{Conn, shipping, tax};
use testkit::{TestDatabase, channels};

fn rule(region: Option<&str>, percent: &str) -> TaxRule {
    let rule = TaxRule::new("US".parse().unwrap(), "standard", "Sales tax", percent.parse().unwrap());
    TaxRule { region: region.map(str::to_owned), ..rule }
}

/// A rate with everything that a rate can have.
fn full() -> TaxRule {
    let component = |name: &str, percent: &str| TaxComponent { name: name.to_owned(), rate: percent.parse().unwrap() };
    TaxRule {
        postal_codes: vec![
            PostalCodeRange::parse("90000", "90099").unwrap(),
            PostalCodeRange::parse("9010", "9012").unwrap(),
        ],
        components: vec![component("State", "6"), component("County", "3.4999")],
        valid_from: Some("2027-01-01T00:00:00Z".parse().unwrap()),
        ..rule(Some("CA"), "9.4999")
    }
}

async fn stored(conn: &mut Conn) -> Vec<TaxRule> {
    tax::table(conn).await.unwrap().rules().to_vec()
}

#[tokio::test]
async fn a_rate_of_the_same_place_class_and_start_is_replaced() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let (country, state) = (rule(None, "0"), rule(Some("CA"), "7"));
    tax::upsert(conn, &[country.clone(), state.clone()]).await.unwrap();
    let later = TaxRule { valid_from: full().valid_from, ..rule(Some("CA"), "8") };
    tax::upsert(conn, &[rule(None, "1"), rule(Some("CA"), "7.25"), later.clone()]).await.unwrap();
    let replaced = |old: TaxRule, percent: &str| TaxRule { rate: percent.parse().unwrap(), ..old };
    assert_eq!(stored(conn).await, [replaced(country, "1"), replaced(state, "7.25"), later]);
}

#[tokio::test]
async fn a_rate_is_stored_with_all_its_parts() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let rule = full();
    assert_eq!(tax::set(conn, &rule).await.unwrap(), rule.id);
    assert_eq!(tax::lock_same(conn, &full()).await.unwrap().as_ref(), Some(&rule));
    let changed = TaxRule { name: "Other".to_owned(), components: Vec::new(), ..full() };
    assert_eq!(tax::set(conn, &changed).await.unwrap(), rule.id);
    let changed = TaxRule { id: rule.id, ..changed };
    assert_eq!(tax::lock(conn, rule.id).await.unwrap().as_ref(), Some(&changed));
    let elsewhere = TaxRule { postal_codes: Vec::new(), ..full() };
    assert_eq!(tax::lock_same(conn, &elsewhere).await.unwrap(), None);
    tax::delete(conn, rule.id).await.unwrap();
    assert!(stored(conn).await.is_empty());
}

#[tokio::test]
async fn imports_keep_what_exists() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let class = |name: &str| TaxClass { id: TaxClassId::new(), slug: "books".parse().unwrap(), name: name.to_owned() };
    assert_eq!(tax::insert_missing_classes(conn, &[class("Books")]).await.unwrap(), 1);
    assert_eq!(tax::insert_missing_classes(conn, &[class("Others")]).await.unwrap(), 0);
    let known = tax::classes(conn).await.unwrap();
    let names: Vec<_> = known.iter().map(|class| (class.slug.as_str(), class.name.as_str())).collect();
    assert_eq!(names, [("books", "Books"), ("standard", "Standard")]);
    assert_eq!(tax::insert_missing(conn, &[rule(None, "1"), full()]).await.unwrap(), 2);
    assert_eq!(tax::insert_missing(conn, &[rule(None, "2"), full()]).await.unwrap(), 0);
    let unknown = TaxRule { class: "toys".to_owned(), ..rule(None, "1") };
    assert!(tax::set(conn, &unknown).await.unwrap_err().is_constraint(tax::RATE_CLASS_KEY));
}

#[tokio::test]
async fn rates_are_listed_by_place_and_class() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let german = TaxRule { country: "DE".parse().unwrap(), ..rule(None, "19") };
    // Created, and therefore listed, in this order.
    let all = [german, rule(None, "0"), rule(Some("CA"), "7.25"), full()];
    tax::upsert(conn, &all).await.unwrap();
    let page = PageRequest { size: 100, cursor: None, direction: Direction::Ascending };
    for (country, region, class) in [
        (None, None, None),
        (Some("US"), None, None),
        (Some("US"), Some("CA"), Some("standard")),
        (None, None, Some("x")),
    ] {
        let filter = TaxRateFilter {
            country: country.map(|code: &str| code.parse().unwrap()),
            region: region.map(str::to_owned),
            class: class.map(str::to_owned),
        };
        let is_meant = |rule: &&TaxRule| {
            country.is_none_or(|code| rule.country.code() == code)
                && region.is_none_or(|region| rule.region.as_deref() == Some(region))
                && class.is_none_or(|class| rule.class == class)
        };
        let expected: Vec<TaxRule> = all.iter().filter(is_meant).cloned().collect();
        assert_eq!(tax::list(conn, &filter, &page).await.unwrap().rows, expected, "{filter:?}");
        assert_eq!(tax::count(conn, &filter).await.unwrap(), i64::try_from(expected.len()).unwrap());
    }
}

#[tokio::test]
async fn delivery_zones_and_methods_are_read_as_they_were_written() {
    let test = TestDatabase::new().await;
    let channels = channels::insert_channels(&test.db).await;
    let conn = &mut test.db.write().await.unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let zone = DeliveryZone {
        regions: vec!["BE".to_owned()],
        postal_codes: vec![PostalCodeRange::parse("10115", "14199").unwrap()],
        ..fixtures::delivery_zone(vec!["DE".parse().unwrap()])
    };
    shipping::insert_zone(conn, &zone, now).await.unwrap();
    let euros = |minor| Money::new(minor, Currency::EUR);
    let fixed = DeliveryMethod {
        free_from: Some(euros(10_000)),
        translations: [("de".parse().unwrap(), "Abholung".to_owned())].into(),
        pickup_at: Some(channels.locations[0].id),
        profiles: vec!["bulky".parse().unwrap()],
        position: 1,
        ..fixtures::delivery_method(channels.eu.id, zone.id, "pickup", euros(0))
    };
    let rows = vec![RateRow { from: 0, price: euros(490) }, RateRow { from: 2_000, price: euros(690) }];
    let table = RateTable { basis: RateBasis::Weight, rows, below: Some(31_500) };
    let by_weight = DeliveryMethod {
        price: DeliveryPrice::Table(table),
        ..fixtures::delivery_method(channels.eu.id, zone.id, "parcel", euros(490))
    };
    shipping::insert(conn, &[fixed.clone(), by_weight.clone()], now).await.unwrap();
    assert_eq!(shipping::zones(conn).await.unwrap(), std::slice::from_ref(&zone));
    assert_eq!(shipping::methods(conn).await.unwrap(), [by_weight.clone(), fixed.clone()], "by position");
    let again = DeliveryMethod { id: model::ids::DeliveryMethodId::new(), ..fixed.clone() };
    let taken = shipping::insert(conn, std::slice::from_ref(&again), now).await.unwrap_err();
    assert!(taken.is_constraint("delivery_methods_handle_key"), "{taken}");
    let in_use = shipping::delete_zone(conn, zone.id).await.unwrap_err();
    assert!(in_use.is_constraint("delivery_methods_zone_id_fkey"), "{in_use}");
    let archived = DeliveryMethod { archived_at: Some(now), version: 2, ..fixed };
    shipping::save(conn, &archived, now).await.unwrap();
    assert_eq!(shipping::methods(conn).await.unwrap(), std::slice::from_ref(&by_weight));
    assert_eq!(shipping::lock(conn, archived.id).await.unwrap(), Some(archived));
    shipping::insert(conn, &[again], now).await.unwrap();
}
