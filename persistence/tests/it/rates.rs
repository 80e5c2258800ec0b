use model::{
    Currency, Direction, Money, PageRequest, PostalCodeRange,
    ids::TaxClassId,
    shipping::DeliveryMethod,
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
    let all = [rule(None, "0"), rule(Some("CA"), "7.25"), german, full()];
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
