//! Lists of customers equal a filter over all customers, in every order and page size.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Direction, Timestamp,
    customers::{Customer, Email},
    ids::{CustomerGroupId, CustomerId},
};
use persistence::customers::{self, groups};
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use serde_json::{Value, json};

use super::manager;
use crate::{lists::ListField, support::TestApp};

const LIST: ListField = ListField { field: "customers", filter: "CustomerFilter", sort: "CustomerSort", node: "id" };
const CUSTOMERS: usize = 60;

/// A customer with the slugs of their groups.
struct Known {
    customer: Customer,
    groups: BTreeSet<&'static str>,
}

fn start() -> Timestamp {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

fn hour(hour: usize) -> DateTime<Utc> {
    start() + TimeDelta::hours(i64::try_from(hour).unwrap())
}

/// Customers whose names, tags, groups and times repeat.
async fn fill(app: &TestApp) -> Vec<Known> {
    let conn = &mut app.app.db().write().await.unwrap();
    let group = |slug: &str| model::customers::CustomerGroup {
        id: CustomerGroupId::new(),
        slug: slug.parse().unwrap(),
        name: slug.to_owned(),
    };
    let stored = groups::upsert(conn, &[group("press"), group("vip")]).await.unwrap();
    let mut known = Vec::new();
    for n in 0..CUSTOMERS {
        let email: Email = format!("{}{n}@example.org", ["ada", "al", "bob"][n % 3]).parse().unwrap();
        let mut customer = Customer::new(CustomerId::new(), email, hour(n % 7));
        ["Ada", "Bo", "Zoë"][n % 3].clone_into(&mut customer.first_name);
        ["Lovelace", "Adams", "Éluard", "Bauer"][n % 4].clone_into(&mut customer.last_name);
        customer.tags = ["a", "b", "c"].into_iter().take(n % 4).map(str::to_owned).collect();
        customer.updated_at = hour(n * 5 % 11);
        customers::insert(conn, &customer, None).await.unwrap();
        let joined: Vec<_> =
            stored.iter().enumerate().filter(|(at, _)| n % (at + 2) == 0).map(|(_, group)| group).collect();
        let ids: Vec<_> = joined.iter().map(|group| group.id).collect();
        groups::set(conn, customer.id, &ids).await.unwrap();
        let slugs = joined.iter().map(|group| if group.slug.as_str() == "vip" { "vip" } else { "press" }).collect();
        known.push(Known { customer, groups: slugs });
    }
    known
}

/// A filter as the API takes it.
fn filters() -> impl Strategy<Value = Value> {
    let text = prop::option::of(prop::sample::select(vec!["a", "AD", "ada", "b", "é", "love", "zo", "%", "x"]));
    let tags = prop::collection::btree_set(prop::sample::select(vec!["a", "b", "c", "d"]), 0..3);
    let group = prop::option::of(prop::sample::select(vec!["vip", "press", "nobody"]));
    let time = || prop::option::of((0_usize..12).prop_map(|at| hour(at).to_rfc3339()));
    (text, tags, group, time(), time(), time(), time()).prop_map(|(query, tags, group, ca, cb, ua, ub)| {
        json!({ "query": query, "tags": tags, "group": group, "createdAfter": ca, "createdBefore": cb,
            "updatedAfter": ua, "updatedBefore": ub })
    })
}

fn matches(known: &Known, filter: &Value) -> bool {
    let Known { customer, groups } = known;
    let time = |name: &str| filter[name].as_str().map(|text| text.parse::<Timestamp>().unwrap());
    let begins = |text: &str| {
        let text = text.to_lowercase();
        let email = customer.email.as_ref().unwrap().as_str();
        [email, &customer.first_name, &customer.last_name].iter().any(|field| field.to_lowercase().starts_with(&text))
    };
    filter["query"].as_str().is_none_or(begins)
        && filter["tags"].as_array().unwrap().iter().all(|tag| customer.tags.iter().any(|held| tag == held))
        && filter["group"].as_str().is_none_or(|group| groups.contains(group))
        && time("createdAfter").is_none_or(|after| customer.created_at >= after)
        && time("createdBefore").is_none_or(|before| customer.created_at < before)
        && time("updatedAfter").is_none_or(|after| customer.updated_at >= after)
        && time("updatedBefore").is_none_or(|before| customer.updated_at < before)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_equal_a_filter_over_all_customers() {
    let app = TestApp::new().await;
    let manager = manager(&app).await;
    let known = fill(&app).await;
    let mut runner = TestRunner::deterministic();
    let cases = (filters(), any::<bool>(), any::<bool>(), 1_usize..=100, any::<bool>());
    for _ in 0..60 {
        let (filter, is_by_update, is_ascending, size, is_forward) = cases.new_tree(&mut runner).unwrap().current();
        let sort = json!({ "key": if is_by_update { "UPDATED_AT" } else { "CREATED_AT" },
            "direction": if is_ascending { "ASC" } else { "DESC" } });
        let mut expected: Vec<&Known> = known.iter().filter(|known| matches(known, &filter)).collect();
        let at = |known: &Known| if is_by_update { known.customer.updated_at } else { known.customer.created_at };
        expected.sort_by_key(|known| (at(known), known.customer.id));
        if !is_ascending {
            expected.reverse();
        }
        let expected: Vec<String> = expected.iter().map(|known| known.customer.id.to_string()).collect();
        // Small pages of a long list would take long.
        let size = size.max(expected.len().div_ceil(4)).min(100);
        let direction = if is_forward { Direction::Ascending } else { Direction::Descending };
        let read = LIST.walk(&manager, (&filter, &sort), direction, size).await;
        let found: Vec<&str> = read.nodes.iter().map(|node| node["id"].as_str().unwrap()).collect();
        assert_eq!(found, expected, "{filter} {sort} {size}");
        assert_eq!(read.total, json!(expected.len()), "{filter}");
    }
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let app = TestApp::new().await;
    let manager = manager(&app).await;
    fill(&app).await;
    let list = "query($s: CustomerSort, $a: String) { customers(sort: $s, first: 5, after: $a) {
        nodes { id } pageInfo { endCursor } } }";
    let first = manager.gql(list, json!({})).await.ok();
    let cursor = first.at("/customers/pageInfo/endCursor");
    let other = json!({ "a": cursor, "s": { "key": "UPDATED_AT" } });
    assert_eq!(manager.gql(list, other).await.error_code(), "BAD_USER_INPUT");
}
