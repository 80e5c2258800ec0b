use model::{access::Actor, cart::CartError};
use services::cart::{MergeCarts, add_lines, find_cart, merge_carts};

use super::{all_of, any, customer, open, refusal, shop};

#[tokio::test]
async fn a_customers_cart_is_hidden_from_everyone_else() {
    let (shop, tee) = shop().await;
    let (ada, bob) = (customer(&shop, "ada@b.c").await, customer(&shop, "bob@b.c").await);
    let cart = open(&shop, &ada, all_of(&tee)).await;
    assert_eq!(find_cart(&shop.app, &ada, cart.id).await.unwrap(), Some(cart.clone()));
    for stranger in [&bob, &Actor::Anonymous] {
        assert_eq!(find_cart(&shop.app, stranger, cart.id).await.unwrap(), None);
        let refused = add_lines(&shop.app, stranger, any(&cart), all_of(&tee), None).await;
        assert_eq!(refusal(refused), CartError::NotFound);
    }
}

#[tokio::test]
async fn a_guest_cart_is_claimed_by_the_customer_who_changes_it() {
    let (shop, tee) = shop().await;
    let ada = customer(&shop, "ada@b.c").await;
    let cart = open(&shop, &Actor::Anonymous, all_of(&tee)).await;
    assert!(find_cart(&shop.app, &ada, cart.id).await.unwrap().unwrap().customer.is_none());
    add_lines(&shop.app, &ada, any(&cart), all_of(&tee), None).await.unwrap();
    assert_eq!(find_cart(&shop.app, &Actor::Anonymous, cart.id).await.unwrap(), None);
    assert_eq!(find_cart(&shop.app, &ada, cart.id).await.unwrap().unwrap().customer, ada.customer());
}

#[tokio::test]
async fn a_guest_cart_keeps_its_contents_after_login() {
    let (shop, tee) = shop().await;
    let ada = customer(&shop, "ada@b.c").await;
    let bob = customer(&shop, "bob@b.c").await;
    let theirs = open(&shop, &ada, Vec::new()).await;
    let guest = open(&shop, &Actor::Anonymous, all_of(&tee)).await;
    let input = MergeCarts { from: guest.id, into: theirs.id, expected_version: None };
    assert_eq!(refusal(merge_carts(&shop.app, &bob, input).await), CartError::NotFound);
    let merged = merge_carts(&shop.app, &ada, input).await.unwrap();
    assert_eq!((merged.lines.len(), merged.customer), (1, ada.customer()));
    assert_eq!(merge_carts(&shop.app, &ada, input).await.unwrap().version, merged.version);
    assert_eq!(refusal(add_lines(&shop.app, &ada, any(&guest), all_of(&tee), None).await), CartError::Merged);
}
