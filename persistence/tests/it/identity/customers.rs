use model::{
    Address, Direction, PageRequest,
    customers::{Customer, CustomerAddress, CustomerFilter, CustomerGroup, CustomerSort, CustomerSortKey},
    ids::{AddressId, CustomerGroupId, CustomerId},
};
use persistence::{
    StoreError,
    customers::{self, addresses, groups},
};
use testkit::TestDatabase;

use super::{customer, email, now};

fn address(customer_id: CustomerId) -> CustomerAddress {
    let address = Address {
        first_name: "Ada".into(),
        last_name: "Lovelace".into(),
        company: None,
        street1: "Invalidenstraße 1".into(),
        street2: None,
        postal_code: "10115".into(),
        city: "Berlin".into(),
        region: None,
        country: "DE".parse().unwrap(),
        phone: None,
    };
    CustomerAddress { id: AddressId::new(), customer_id, address, created_at: now() }
}

#[tokio::test]
async fn an_email_address_has_one_account() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let ada = customer(conn, "ada@example.org").await;
    assert_eq!(customers::find(conn, ada.id).await.unwrap(), Some(ada.clone()));
    assert_eq!(customers::find_by_email(conn, &email("ADA@example.org")).await.unwrap(), Some(ada));
    let second = Customer::new(CustomerId::new(), email("ada@example.org"), now());
    let refused = customers::insert(conn, &second, None).await.unwrap_err();
    assert!(refused.is_constraint(customers::EMAIL_KEY), "{refused:?}");
}

#[tokio::test]
async fn erasing_a_customer_removes_the_login_and_frees_the_address() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let mut ada = customer(conn, "ada@example.org").await;
    let before = customers::session_epoch(conn, ada.id).await.unwrap().unwrap();
    ada.erase(now());
    customers::save_erased(conn, &ada).await.unwrap();
    assert!(customers::credentials(conn, &email("ada@example.org")).await.unwrap().is_none());
    assert_eq!(customers::session_epoch(conn, ada.id).await.unwrap(), Some(before + 1));
    assert_eq!(customers::find(conn, ada.id).await.unwrap(), Some(ada));
    customer(conn, "ada@example.org").await;
}

#[tokio::test]
async fn customer_pages_have_no_gaps_in_either_direction() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let mut created = Vec::new();
    for n in 0..5 {
        created.push(customer(conn, &format!("c{n}@example.org")).await);
    }
    created.sort_by_key(|customer| std::cmp::Reverse((customer.created_at, customer.id)));
    let filter = CustomerFilter::default();
    let page = |size, after: &Customer, direction| {
        let cursor = Some(CustomerSortKey::CreatedAt.cursor(after));
        PageRequest { size, cursor, direction }
    };
    let sort = CustomerSort::default();
    let forward = customers::list(conn, &filter, sort, &page(2, &created[1], Direction::Ascending)).await.unwrap();
    assert_eq!((forward.rows.as_slice(), forward.has_more), (&created[2..4], true));
    let backward = customers::list(conn, &filter, sort, &page(2, &created[2], Direction::Descending)).await.unwrap();
    assert_eq!((backward.rows.as_slice(), backward.has_more), (&created[..2], false));
    assert_eq!(customers::count(conn, &filter).await.unwrap(), 5);
}

#[tokio::test]
async fn customer_search_treats_wildcards_literally() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let mut ada = customer(conn, "ada@example.org").await;
    "Lovelace".clone_into(&mut ada.last_name);
    customers::save(conn, &ada).await.unwrap();
    for (query, hits) in [("ada@", 1), ("LOVE", 1), ("%", 0), ("_da", 0), ("example", 0), (" ", 1)] {
        let filter = CustomerFilter { query: Some(query.into()), ..CustomerFilter::default() };
        assert_eq!(customers::count(conn, &filter).await.unwrap(), hits, "{query}");
    }
}

#[tokio::test]
async fn another_customers_address_is_not_found() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let ada = customer(conn, "ada@example.org").await;
    let eve = customer(conn, "eve@example.org").await;
    let home = address(ada.id);
    addresses::insert(conn, std::slice::from_ref(&home)).await.unwrap();
    assert_eq!(addresses::find(conn, ada.id, home.id).await.unwrap(), Some(home.clone()));
    assert_eq!(addresses::find(conn, eve.id, home.id).await.unwrap(), None);
    let stolen = CustomerAddress { customer_id: eve.id, ..home.clone() };
    assert!(matches!(addresses::save(conn, &stolen).await, Err(StoreError::NotFound)));
    assert!(matches!(addresses::delete(conn, eve.id, home.id).await, Err(StoreError::NotFound)));
    assert_eq!(addresses::ids(conn, ada.id).await.unwrap(), [home.id]);
}

#[tokio::test]
async fn deleting_an_address_clears_the_defaults() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let mut ada = customer(conn, "ada@example.org").await;
    let home = address(ada.id);
    addresses::insert(conn, std::slice::from_ref(&home)).await.unwrap();
    ada.set_default(home.id, &std::collections::BTreeSet::new());
    customers::save(conn, &ada).await.unwrap();
    addresses::delete(conn, ada.id, home.id).await.unwrap();
    let ada = customers::find(conn, ada.id).await.unwrap().unwrap();
    assert_eq!((ada.default_shipping_address, ada.default_billing_address), (None, None));
}

#[tokio::test]
async fn setting_groups_replaces_all_groups_of_a_customer() {
    let test = TestDatabase::new().await;
    let conn = &mut test.db.write().await.unwrap();
    let ada = customer(conn, "ada@example.org").await;
    let group = |slug: &str| CustomerGroup {
        id: CustomerGroupId::new(),
        slug: slug.parse().unwrap(),
        name: slug.to_uppercase(),
    };
    let kept = groups::upsert(conn, &[group("staff"), group("vip")]).await.unwrap();
    assert_eq!(groups::upsert(conn, &[group("staff"), group("vip")]).await.unwrap(), kept);
    let ids: Vec<_> = kept.iter().map(|group| group.id).collect();
    groups::set(conn, ada.id, &ids).await.unwrap();
    assert_eq!(groups::slugs_of(conn, ada.id).await.unwrap().len(), 2);
    groups::set(conn, ada.id, &ids[1..]).await.unwrap();
    assert_eq!(groups::slugs_of(conn, ada.id).await.unwrap(), ["vip".parse().unwrap()]);
}
