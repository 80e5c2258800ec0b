//! Objects of a customer read as absent for every other actor.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::{
    actors::{Person, Shop},
    api::{Api, Call},
    matrix::{Matrix, outcome, walk},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_objects_read_as_absent_in_every_storefront_field() {
    let api = Api::parse(include_str!("../../../../schema/storefront.graphql"));
    let shop = Shop::open().await;
    let mut matrix = Matrix::default();
    for stranger in [&shop.anonymous, &shop.other_customer, &shop.token] {
        let heard = listen(&api, &shop, stranger).await;
        let before = shop.belongings().await;
        let mut outcomes = walk(&api, &stranger.storefront, &shop.things_of(stranger)).await;
        assert_eq!(shop.belongings().await, before, "nothing has changed by {}", stranger.name);
        outcomes.extend(heard);
        let leaks =
            outcomes.iter().filter(|(call, outcome)| names_what_is_adas(&shop, call) && outcome.starts_with("ok"));
        let leaks: Vec<&Call> = leaks.map(|(call, _)| call).collect();
        assert!(leaks.is_empty(), "{}: {leaks:#?}", stranger.name);
        matrix.add(stranger.name, outcomes.into_iter().map(|(call, outcome)| (call.field, outcome)));
    }
    let heard = listen(&api, &shop, &shop.customer).await;
    let mut outcomes = walk(&api, &shop.customer.storefront, &shop.things_of(&shop.customer)).await;
    outcomes.extend(heard);
    matrix.add("customer", outcomes.into_iter().map(|(call, outcome)| (call.field, outcome)));
    insta::assert_snapshot!("storefront", matrix.to_string());
}

/// The storefront does not know the logins of staff. Their token is refused except by mutations that log in, which
/// ignore it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_storefront_refuses_tokens_of_staff() {
    let api = Api::parse(include_str!("../../../../schema/storefront.graphql"));
    let shop = Shop::open().await;
    let before = shop.belongings().await;
    for staff in [&shop.clerk, &shop.owner] {
        let outcomes = walk(&api, &staff.storefront, &shop.things_of(staff)).await;
        let wrong = outcomes.iter().filter(|(call, outcome)| {
            !schema_storefront::PUBLIC_MUTATIONS.contains(&call.field.as_str()) && outcome != "UNAUTHENTICATED"
        });
        let wrong: Vec<String> = wrong.map(|(call, outcome)| format!("{}: {outcome}", call.field)).collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", staff.name);
    }
    assert_eq!(shop.belongings().await, before, "nothing has changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_token_opens_only_its_own_order() {
    let shop = Shop::open().await;
    let query = "query($o: ID!, $t: String) { order(id: $o, token: $t) { number } }";
    let order = shop.things_of(&shop.customer)["orderId"].clone();
    let other = "x".repeat(43);
    for token in [json!(null), json!(""), json!("nonsense"), json!(other)] {
        let answer = shop.anonymous.storefront.gql(query, json!({ "o": order, "t": token })).await;
        assert_eq!(outcome("order", &answer.body), "absent", "{token}");
    }
}

fn names_what_is_adas(shop: &Shop, call: &Call) -> bool {
    let said = call.variables.to_string();
    let names = ["cartId", "fromCartId", "orderId", "customerUpdate.input.id", "customerAddressUpdate.input.id"];
    names.iter().any(|name| said.contains(shop.things[*name].as_str().unwrap()))
}

/// The first event of each subscription to Ada's objects while they change.
async fn listen(api: &Api, shop: &Shop, who: &Person) -> Vec<(Call, String)> {
    let mut outcomes = Vec::new();
    let subscriptions = api.calls(&shop.things_of(who)).into_iter().filter(|call| call.is_subscription);
    for call in subscriptions {
        let mut events = who.storefront.subscribe(&call.query, call.variables.clone()).await;
        let is_heard = AtomicBool::new(false);
        let event = async {
            let event = events.next().await;
            is_heard.store(true, Ordering::Relaxed);
            event.expect("an event before the end")
        };
        // Read to the end: a mutation is completed even if its client disconnects, and would affect the next steps.
        let changes = async {
            for times in 0.. {
                if is_heard.load(Ordering::Relaxed) {
                    break;
                }
                shop.change_things(times).await;
            }
        };
        let (event, ()) = tokio::join!(event, changes);
        outcomes.push((call.clone(), outcome(&call.field, &event)));
    }
    outcomes
}
