use std::collections::BTreeSet;

use model::{
    Address,
    access::Actor,
    customers::{CustomerError, MAX_ADDRESSES},
};
use services::{
    identity::{
        AddressOwner, IdentityError, IdentityRule, addresses_of, create_address, delete_address, find_customer,
        update_address,
    },
    privacy::erase_customer,
};

use super::{PASSWORD, customer, home, shop};

fn address(city: &str) -> Address {
    Address {
        first_name: "Ada".into(),
        last_name: "Lovelace".into(),
        company: None,
        street1: "Invalidenstraße 1".into(),
        street2: None,
        postal_code: "10115".into(),
        city: city.into(),
        region: None,
        country: "DE".parse().unwrap(),
        phone: None,
    }
}

#[tokio::test]
async fn foreign_addresses_read_as_absent() {
    let (shop, _) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let eve = customer(&shop, "eve@example.org").await;
    let (ada, eve) = (Actor::Customer(ada.id), Actor::Customer(eve.id));
    let home = create_address(&shop.app, &ada, AddressOwner::Actor, address("Berlin"), BTreeSet::new()).await.unwrap();
    let stolen = update_address(&shop.app, &eve, AddressOwner::Actor, home.id, address("Lyon"), BTreeSet::new())
        .await
        .unwrap_err();
    assert!(matches!(stolen, IdentityError::Rule(IdentityRule::NotFound)));
    assert!(matches!(
        delete_address(&shop.app, &eve, AddressOwner::Actor, home.id).await,
        Err(IdentityError::Rule(IdentityRule::NotFound))
    ));
    assert!(addresses_of(&shop.app, &eve, &[home.customer_id]).await.unwrap().is_empty());
    assert_eq!(addresses_of(&shop.app, &ada, &[home.customer_id]).await.unwrap()[&home.customer_id], [home]);
}

#[tokio::test]
async fn the_first_address_is_the_default_until_it_is_deleted() {
    let (shop, _) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let me = Actor::Customer(ada.id);
    let first = create_address(&shop.app, &me, AddressOwner::Actor, address("Berlin"), BTreeSet::new()).await.unwrap();
    create_address(&shop.app, &me, AddressOwner::Actor, address("Lyon"), BTreeSet::new()).await.unwrap();
    let now = find_customer(&shop.app, &me, ada.id).await.unwrap().unwrap();
    assert_eq!(now.default_shipping_address, Some(first.id));
    delete_address(&shop.app, &me, AddressOwner::Actor, first.id).await.unwrap();
    let now = find_customer(&shop.app, &me, ada.id).await.unwrap().unwrap();
    assert_eq!(now.default_shipping_address, None);
}

#[tokio::test]
async fn incomplete_and_excess_addresses_are_refused() {
    let (shop, _) = shop().await;
    let ada = customer(&shop, "ada@example.org").await;
    let me = Actor::Customer(ada.id);
    let refused = create_address(&shop.app, &me, AddressOwner::Actor, address(" "), BTreeSet::new()).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::InvalidAddress(fields)) if fields == ["city"]));
    for _ in 0..MAX_ADDRESSES {
        create_address(&shop.app, &me, AddressOwner::Actor, address("Berlin"), BTreeSet::new()).await.unwrap();
    }
    let refused =
        create_address(&shop.app, &me, AddressOwner::Actor, address("Berlin"), BTreeSet::new()).await.unwrap_err();
    assert!(matches!(refused, IdentityError::Rule(IdentityRule::Customer(CustomerError::TooManyAddresses))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_customer_cannot_be_changed() {
    let (shop, _) = shop().await;
    for round in 0..5 {
        let ada = customer(&shop, &format!("ada{round}@example.org")).await;
        let me = Actor::Customer(ada.id);
        let client = home();
        let (erased, _) = tokio::join!(
            erase_customer(&shop.app, &me, &client, PASSWORD),
            create_address(&shop.app, &me, AddressOwner::Actor, address("Berlin"), BTreeSet::new()),
        );
        erased.unwrap();
        let late =
            create_address(&shop.app, &me, AddressOwner::Actor, address("Bonn"), BTreeSet::new()).await.unwrap_err();
        assert!(matches!(late, IdentityError::Rule(IdentityRule::Customer(CustomerError::Erased))));
        assert!(addresses_of(&shop.app, &Actor::System, &[ada.id]).await.unwrap().is_empty());
        let left = find_customer(&shop.app, &Actor::System, ada.id).await.unwrap().unwrap();
        assert_eq!(left.default_shipping_address, None);
    }
}
