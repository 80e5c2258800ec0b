//! Generated products, filters and sort orders, and their naive meaning.

use model::Timestamp;
use persistence::search::text;
use serde_json::{Value, json};
use testkit::eventually;

use super::{SOON, Shop};
use crate::lists::Choices;

/// The number of generated products.
pub const PRODUCTS: usize = 40;

const ROWS: &str =
    "{ products(first: 50) { nodes { id slug name vendor tags status externalReference createdAt updatedAt
    productType { slug name } categories { slug name } collections { slug } publications { channel { slug } }
    variants(first: 3) { nodes { id sku name } } } } }";

const CREATE: &str = "mutation($i: ProductCreateInput!) { productCreate(input: $i) {
    product { id variants(first: 9) { nodes { id sku } } } userErrors { code field message } } }";

impl Shop {
    /// Creates product types, categories, collections, and products of random properties.
    pub async fn fill(&self, choices: &mut Choices) {
        let kind = "mutation { productTypeCreate(input: { slug: \"poster\", name: \"Print\", attributes: [] }) {
            userErrors { code } } }";
        let _ = self.owner.gql(kind, json!({})).await.ok();
        let books = self.category("novels", None).await;
        self.category("crime", Some(&books)).await;
        let mut ids = Vec::new();
        for number in 0..PRODUCTS {
            let skus: Vec<String> = (0..=choices.below(3)).map(|part| format!("F-{number}-{part}")).collect();
            let stock = |units: usize| json!([{ "location": "berlin", "onHand": units }]);
            let variants: Vec<Value> = skus
                .iter()
                .map(|sku| {
                    json!({ "sku": sku, "selectedOptions": [{ "name": "Part", "value": sku }],
                        "isTracked": !choices.rarely(4), "stock": stock(choices.below(9)) })
                })
                .collect();
            let name = [*choices.pick(&["alpha", "Béta", "gamma"]), *choices.pick(&["One", "two", "Alpha"])].join(" ");
            let reference = choices.rarely(2).then(|| format!("erp-{number}"));
            let vendor = choices.rarely(2).then(|| *choices.pick(&["North", "South"]));
            let input = json!({
                "productType": choices.pick(&["book", "poster"]), "slug": format!("p-{number}"), "name": name,
                "vendor": vendor, "externalReference": reference, "tags": distinct(choices.some(&["new", "old"], 2)),
                "options": [{ "name": "Part", "values": skus }], "variants": variants,
                "categories": distinct(choices.some(&["books", "novels", "novels/crime"], 2)),
                "channels": distinct(choices.some(&["eu", "us"], 2)),
            });
            let created = self.owner.gql(CREATE, json!({ "i": input })).await.ok();
            ids.push(created.text("/productCreate/product/id"));
        }
        let collection =
            "mutation { collectionCreate(input: { slug: \"picks\", name: \"Picks\", channels: [\"eu\"] }) {
            collection { id } userErrors { code } } }";
        let collection = self.owner.gql(collection, json!({})).await.ok().text("/collectionCreate/collection/id");
        let add = "mutation($id: ID!, $p: [ID!]!) { collectionProductsAdd(input: { id: $id, products: $p }) {
            userErrors { code } } }";
        let _ = self.owner.gql(add, json!({ "id": collection, "p": choices.some(&ids, 9) })).await.ok();
        // Later changes, so that the orders of creation and of change differ. A product that changes again before its
        // event is handled would move the places of others.
        let _ = self.rows().await;
        for id in ids.iter().step_by(4).rev() {
            let _ = self.update(json!({ "id": id, "description": "changed" })).await.ok();
        }
    }

    /// All products, once all lists contain their current state.
    pub async fn rows(&self) -> Vec<Value> {
        let rows = self.owner.gql(ROWS, json!({})).await.ok().at("/products/nodes").as_array().unwrap().clone();
        let newest = rows.iter().map(|row| time(&row["updatedAt"])).max().unwrap();
        let variants: usize = rows.iter().map(|row| row["variants"]["nodes"].as_array().unwrap().len()).sum();
        let query = "query($all: DateTime!, $most: DateTime!) {
            changes: products(filter: { updatedAfter: $all }, sort: { key: UPDATED_AT, direction: DESC }, first: 1) {
                totalCount nodes { updatedAt } }
            index: products(filter: { createdAfter: $all }) { totalCount }
            newest: products(filter: { updatedAfter: $most, createdAfter: $all }) { totalCount }
            picks: products(filter: { collections: [\"picks\"] }) { totalCount }
            productVariants { totalCount } }";
        let before = newest - chrono::TimeDelta::microseconds(1);
        let picks = rows.iter().filter(|row| row["collections"] != json!([])).count();
        let variables = json!({ "all": "2020-01-01T00:00:00Z", "most": before });
        eventually("the lists are complete", SOON, async || {
            let answer = self.owner.gql(query, variables.clone()).await.ok();
            let totals = ["changes", "index", "newest", "picks", "productVariants"]
                .map(|name| answer.at(&format!("/{name}/totalCount")).as_u64().unwrap());
            let expected = [rows.len(), rows.len(), 1, picks, variants].map(|count| count as u64);
            let is_newest = time(answer.at("/changes/nodes/0/updatedAt")) == newest;
            (totals == expected && is_newest).then_some(())
        })
        .await;
        rows
    }
}

fn distinct(mut values: Vec<&str>) -> Vec<&str> {
    values.sort_unstable();
    values.dedup();
    values
}

pub fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

fn texts<'a>(values: &'a Value, pointer: &'a str) -> impl Iterator<Item = &'a str> {
    values.as_array().unwrap().iter().filter_map(move |value| value.pointer(pointer)?.as_str())
}

/// True if one of the values is wanted.
fn any_of<'a>(wanted: &Value, mut values: impl Iterator<Item = &'a str>) -> bool {
    values.any(|value| texts(wanted, "").any(|one| one == value))
}

/// True if all words of a query occur, of which the last may be incomplete.
pub fn has_words(words: &[String], query: &str) -> bool {
    let searched = text::searched_words(query);
    let Some((last, whole)) = searched.split_last() else { return false };
    whole.iter().all(|word| words.contains(word)) && words.iter().any(|word| word.starts_with(last.as_str()))
}

fn words_of(row: &Value) -> Vec<String> {
    let own = [&row["name"], &row["vendor"], &row["productType"]["name"]].into_iter().filter_map(Value::as_str);
    let listed = texts(&row["tags"], "").chain(texts(&row["categories"], "/name"));
    let skus = texts(&row["variants"]["nodes"], "/sku");
    own.chain(listed).chain(skus).chain(["changed"]).flat_map(text::words).collect()
}

/// The naive meaning of a product filter.
fn matches(row: &Value, filter: &Value) -> bool {
    let conditions = filter.as_object().into_iter().flatten();
    conditions.into_iter().all(|(name, wanted)| {
        let any = |value: &Value| wanted.as_array().unwrap().contains(value);
        match name.as_str() {
            "query" => has_words(&words_of(row), wanted.as_str().unwrap()),
            "sku" => texts(&row["variants"]["nodes"], "/sku").any(|sku| wanted == sku),
            "slug" => row["slug"] == *wanted,
            "externalReference" => row["externalReference"] == *wanted,
            "status" => any(&row["status"]),
            "vendors" => any(&row["vendor"]),
            "tags" => any_of(wanted, texts(&row["tags"], "")),
            "productTypes" => any(&row["productType"]["slug"]),
            "collections" => any_of(wanted, texts(&row["collections"], "/slug")),
            "channels" => any_of(wanted, texts(&row["publications"], "/channel/slug")),
            // A path begins with the path of each ancestor.
            "categories" => texts(wanted, "").any(|path| {
                texts(&row["categories"], "/slug").any(|slug| slug == path || slug.starts_with(&format!("{path}/")))
            }),
            "updatedAfter" => time(&row["updatedAt"]) > time(wanted),
            "createdAfter" => time(&row["createdAt"]) > time(wanted),
            "and" => wanted.as_array().unwrap().iter().all(|part| matches(row, part)),
            "or" => wanted.as_array().unwrap().iter().any(|part| matches(row, part)),
            "not" => !matches(row, wanted),
            other => panic!("no meaning of {other}"),
        }
    })
}

/// A filter of up to three conditions, with values that occur and some that do not.
pub fn any_filter(choices: &mut Choices, rows: &[Value], depth: usize) -> Value {
    let mut filter = json!({});
    for _ in 0..choices.below(4) {
        let row = choices.pick(rows).clone();
        let (name, value) = match choices.below(if depth > 0 { 16 } else { 13 }) {
            0 => ("query", json!(choices.pick(&["alpha", "bet", "gamma tw", "F-3", "crime", "print nor", "nothing"]))),
            1 => ("sku", row["variants"]["nodes"][0]["sku"].clone()),
            2 => ("slug", row["slug"].clone()),
            3 if row["externalReference"].is_string() => ("externalReference", row["externalReference"].clone()),
            3 | 4 => ("status", json!(distinct(choices.some(&["DRAFT", "PUBLISHED"], 1)))),
            5 => ("vendors", json!(["North", choices.pick(&["South", "West"])])),
            6 => ("tags", json!([choices.pick(&["new", "old", "other"])])),
            7 => ("productTypes", json!([choices.pick(&["book", "poster", "other"])])),
            8 => ("collections", json!([choices.pick(&["picks", "other"])])),
            9 => ("channels", json!([choices.pick(&["eu", "us", "jp"])])),
            10 => ("categories", json!([choices.pick(&["books", "novels", "novels/crime", "other"])])),
            11 => ("updatedAfter", row["updatedAt"].clone()),
            12 => ("createdAfter", row["createdAt"].clone()),
            13 => ("and", json!([any_filter(choices, rows, depth - 1), any_filter(choices, rows, depth - 1)])),
            14 => ("or", json!([any_filter(choices, rows, depth - 1), any_filter(choices, rows, depth - 1)])),
            _ => ("not", any_filter(choices, rows, depth - 1)),
        };
        // An empty list is no condition.
        if value != json!([]) {
            filter[name] = value;
        }
    }
    filter
}

/// The ids of the rows that match, in order.
pub fn expected(rows: &[Value], filter: &Value, sort: &Value) -> Vec<Value> {
    let mut found: Vec<&Value> = rows.iter().filter(|row| matches(row, filter)).collect();
    let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
    match sort["key"].as_str() {
        Some("NAME") => found.sort_by_key(|row| (text::fold(row["name"].as_str().unwrap()), id(row))),
        Some("UPDATED_AT") => found.sort_by_key(|row| (time(&row["updatedAt"]), id(row))),
        _ => found.sort_by_key(|row| (time(&row["createdAt"]), id(row))),
    }
    if sort["direction"] == "DESC" {
        found.reverse();
    }
    found.into_iter().map(|row| json!({ "id": row["id"] })).collect()
}
