//! The admin API answers staff and integrations within their permissions.

use model::access::{Permission, Permissions};
use serde_json::json;

use super::{
    actors::{Person, Shop},
    api::Api,
    matrix::{Matrix, walk},
    permissions::{EVERY_STAFF, OWN, PUBLIC, is_granted},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn admin_fields_are_answered_only_with_permission() {
    let api = Api::parse(include_str!("../../../../schema/admin.graphql"));
    let shop = Shop::open().await;
    let mut matrix = Matrix::default();
    let before = shop.belongings().await;
    for stranger in [&shop.anonymous, &shop.customer, &shop.other_customer, &shop.token] {
        ask(&api, &shop, stranger, &mut matrix, |field, outcome| refuses(stranger, field, outcome)).await;
    }
    assert_eq!(shop.belongings().await, before, "nothing has changed");
    ask(&api, &shop, &shop.clerk, &mut matrix, |field, outcome| {
        let may = [PUBLIC, EVERY_STAFF, OWN].concat().contains(&field) || holds(field, &[Permission::OrdersFulfill]);
        may == (outcome != "FORBIDDEN")
    })
    .await;
    let may = |_: &str, outcome: &str| !outcome.contains("FORBIDDEN") && !outcome.contains("UNAUTHENTICATED");
    ask(&api, &shop, &shop.owner, &mut matrix, may).await;
    insta::assert_snapshot!("admin", matrix.to_string());
}

async fn ask(api: &Api, shop: &Shop, who: &Person, matrix: &mut Matrix, is_right: impl Fn(&str, &str) -> bool) {
    let mut things = shop.things_of(who);
    things.insert("nodes.ids".to_owned(), json!([things["orderId"]]));
    let outcomes = walk(api, &who.admin, &things).await;
    let wrong = outcomes.iter().filter(|(call, outcome)| !is_right(&call.field, outcome));
    let wrong: Vec<String> = wrong.map(|(call, outcome)| format!("{}: {outcome}", call.field)).collect();
    assert!(wrong.is_empty(), "{}: {wrong:#?}", who.name);
    matrix.add(who.name, outcomes.into_iter().map(|(call, outcome)| (call.field, outcome)));
}

/// True if the field is refused without a permission.
fn refuses(who: &Person, field: &str, outcome: &str) -> bool {
    let is_token = who.name == "irrelevant token";
    // The admin API does not know the logins of customers.
    let expected = if is_token { "FORBIDDEN" } else { "UNAUTHENTICATED" };
    let may = is_token && (EVERY_STAFF.contains(&field) || holds(field, &[Permission::PromotionsRead]));
    PUBLIC.contains(&field) || may || outcome == expected
}

/// True if these permissions suffice for the field.
fn holds(field: &str, permissions: &[Permission]) -> bool {
    is_granted(field, permissions.iter().copied().collect::<Permissions>())
}
