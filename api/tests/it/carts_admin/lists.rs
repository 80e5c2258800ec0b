//! Lists of carts equal a filter over all carts, in every order and page size.

use crate::{lists::ListField, support::TestApp};
use chrono::TimeDelta;
use model::{
    Direction, Money, Timestamp,
    access::Permission,
    cart::{Cart, CartLine, NewCart},
    ids::{CartLineId, ProductId, VariantId},
};
use persistence::carts;
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use serde_json::{Value, json};

const LIST: ListField = ListField { field: "carts", filter: "CartFilter", sort: "CartSort", node: "storefrontId" };
const CARTS: usize = 60;
/// Minimums with their minor units in EUR and JPY.
const MINIMUMS: [(&str, i64, i64); 7] = [
    ("0", 0, 0),
    ("10.50", 1_050, 11),
    ("10.51", 1_051, 11),
    ("21", 2_100, 21),
    ("52.50", 5_250, 53),
    ("2100", 210_000, 2_100),
    ("9449.5", 944_950, 9_450),
];

/// Carts of two channels, of many days, with and without addresses and subtotals.
async fn fill(app: &TestApp) -> Vec<Cart> {
    let start = app.app.now() - TimeDelta::days(4);
    let conn = &mut app.app.db().write().await.unwrap();
    let mut made = Vec::new();
    for n in 0..CARTS {
        let channel = if n % 3 == 0 { &app.channels.jp } else { &app.channels.eu };
        let new = NewCart {
            channel: channel.id,
            currency: channel.currencies[0],
            locale: "en".parse().unwrap(),
            customer: None,
            token: "secret".to_owned(),
        };
        // Several carts change at the same time.
        let mut cart = Cart::open(new, start + TimeDelta::hours(i64::try_from(n * 7 % 30).unwrap() * 3));
        let units = [0, 1, 2, 5, 9][n % 5];
        if units > 0 {
            cart.lines.push(CartLine {
                id: CartLineId::new(),
                variant_id: VariantId::new(),
                product_id: ProductId::new(),
                quantity: units.try_into().unwrap(),
                attributes: std::collections::BTreeMap::default(),
                price: Some(Money { minor: 1_050, currency: cart.currency }),
            });
        }
        cart.buyer.email = [None, Some("Ada@example.org"), Some("eve@example.org")][n % 7 % 3].map(str::to_owned);
        carts::insert(conn, &cart).await.unwrap();
        made.push(cart);
    }
    made
}

/// A filter as the API takes it.
fn filters(start: Timestamp) -> impl Strategy<Value = Value> {
    let email =
        prop::option::of(prop::sample::select(vec!["ada@EXAMPLE.org", "eve@example.org", "x@example.org", "x"]));
    let channel = prop::option::of(prop::sample::select(vec!["eu", "jp", "us", "nowhere"]));
    let time =
        move || prop::option::of((0_i64..100).prop_map(move |hours| (start + TimeDelta::hours(hours)).to_rfc3339()));
    let minimum = prop::option::of(prop::sample::select(MINIMUMS.map(|(text, ..)| text).to_vec()));
    (email, channel, time(), time(), minimum, prop::option::of(any::<bool>())).prop_map(
        |(email, channel, after, before, minimum, has_email)| {
            json!({ "email": email, "channel": channel, "updatedAfter": after, "updatedBefore": before,
                "minimumSubtotal": minimum, "hasEmail": has_email })
        },
    )
}

fn matches(app: &TestApp, cart: &Cart, filter: &Value) -> bool {
    let time = |name: &str| filter[name].as_str().map(|text| text.parse::<Timestamp>().unwrap());
    let channel = if cart.channel == app.channels.jp.id { "jp" } else { "eu" };
    let email = cart.buyer.email.as_ref().map(|email| email.to_lowercase());
    let units: i64 = cart.lines.iter().map(|line| i64::from(line.quantity)).sum();
    let costs = |minimum: &str| {
        let (_, eur, jpy) = MINIMUMS.into_iter().find(|(text, ..)| *text == minimum).unwrap();
        1_050 * units >= if channel == "jp" { jpy } else { eur }
    };
    filter["email"].as_str().is_none_or(|wanted| email == Some(wanted.to_lowercase()))
        && filter["channel"].as_str().is_none_or(|wanted| wanted == channel)
        && time("updatedAfter").is_none_or(|after| cart.updated_at >= after)
        && time("updatedBefore").is_none_or(|before| cart.updated_at < before)
        && filter["minimumSubtotal"].as_str().is_none_or(costs)
        && filter["hasEmail"].as_bool().is_none_or(|wanted| wanted == email.is_some())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_equal_a_filter_over_all_carts() {
    let app = TestApp::new().await;
    let reader = app.staff("reader", &[Permission::CartsRecover]).await;
    let known = fill(&app).await;
    let start = known.iter().map(|cart| cart.updated_at).min().unwrap();
    let mut runner = TestRunner::deterministic();
    let cases = (filters(start), any::<bool>(), 1_usize..=100, any::<bool>());
    for _ in 0..60 {
        let (filter, is_ascending, size, is_forward) = cases.new_tree(&mut runner).unwrap().current();
        let sort = json!({ "key": "UPDATED_AT", "direction": if is_ascending { "ASC" } else { "DESC" } });
        let mut expected: Vec<&Cart> = known.iter().filter(|cart| matches(&app, cart, &filter)).collect();
        expected.sort_by_key(|cart| cart.updated_at);
        if !is_ascending {
            expected.reverse();
        }
        let size = size.max(expected.len().div_ceil(4)).clamp(1, 100);
        let direction = if is_forward { Direction::Ascending } else { Direction::Descending };
        let read = LIST.walk(&reader, (&filter, &sort), direction, size).await;
        let found: Vec<String> =
            read.nodes.iter().map(|node| node["storefrontId"].as_str().unwrap().to_owned()).collect();
        let times = |id: &String| known.iter().find(|cart| cart.id.to_string() == *id).unwrap().updated_at;
        let by_time: Vec<Timestamp> = found.iter().map(times).collect();
        let wanted: Vec<Timestamp> = expected.iter().map(|cart| cart.updated_at).collect();
        assert_eq!(by_time, wanted, "{filter} {sort} {size}");
        let mut ids: Vec<String> = expected.iter().map(|cart| cart.id.to_string()).collect();
        let mut seen = found.clone();
        ids.sort();
        seen.sort();
        assert_eq!(seen, ids, "{filter}");
        assert_eq!(read.total, json!(ids.len()), "{filter}");
    }
}
