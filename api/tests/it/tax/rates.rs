//! Setting, listing and deleting rates.

use serde_json::{Value, json};

use super::{Shop, refusals};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_sets_a_rate() {
    let shop = Shop::new().await;
    let query = r#"mutation { taxRateSet(input: { countryCode: GB, taxClass: "standard", name: "VAT", percent: "20" }) { taxRate { id } userErrors { code field message } } }"#;
    let id = shop.owner.gql(query, json!({})).await.ok().text("/taxRateSet/taxRate/id");
    assert_eq!(
        shop.owner.gql(query, json!({})).await.ok().text("/taxRateSet/taxRate/id"),
        id,
        "setting again replaces"
    );
    let log = "query { auditLog(first: 10, filter: { action: \"taxRateSet\" }) {
        nodes { actor action object changes { path from to } } } }";
    let log = shop.owner.gql(log, json!({})).await.ok();
    let [repeated, first] = log.at("/auditLog/nodes").as_array().unwrap().as_slice() else { panic!("{:?}", log.body) };
    assert_eq!((&first["object"], &repeated["changes"]), (&json!(id), &json!([])));
    let changes = first["changes"].as_array().unwrap();
    assert!(changes.contains(&json!({ "path": "rate", "from": null, "to": "20" })), "{changes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rates_are_replaced_listed_and_deleted() {
    let shop = Shop::new().await;
    let county = json!({ "countryCode": "US", "region": "ca", "postalCodes": [{ "from": "900 00", "to": "90099" }],
        "name": "Sales tax", "percent": "9.5", "components": [{ "name": "State", "percent": "6" },
        { "name": "County", "percent": "3.5" }] });
    let set = shop.set(county).await.ok();
    let expected = json!({ "id": set.text("/taxRateSet/taxRate/id"), "countryCode": "US", "region": "CA",
        "postalCodes": [{ "from": "90000", "to": "90099" }], "taxClass": "standard", "name": "Sales tax", "percent": "9.5",
        "components": [{ "name": "State", "percent": "6" }, { "name": "County", "percent": "3.5" }], "validFrom": null });
    assert_eq!(set.at("/taxRateSet/taxRate"), &expected);
    for region in ["CA", "NY"] {
        let state = json!({ "countryCode": "US", "region": region, "name": "Sales tax", "percent": "7.25" });
        let _ = shop.set(state).await.ok();
    }
    let list =
        "query($f: TaxRateFilter) { taxRates(first: 100, filter: $f) { totalCount nodes { id region percent } } }";
    let count = async |filter: Value| {
        let found = shop.owner.gql(list, json!({ "f": filter })).await.ok();
        let nodes = found.at("/taxRates/nodes").as_array().unwrap().len();
        assert_eq!(found.at("/taxRates/totalCount"), &json!(nodes));
        nodes
    };
    // The shop's rate for the whole country, two states and one county.
    assert_eq!(count(json!({ "countryCode": "US" })).await, 4);
    assert_eq!(count(json!({ "countryCode": "US", "region": "ca" })).await, 2);
    assert_eq!(count(json!({ "taxClass": "books" })).await, 1);
    let delete = "mutation($id: ID!) { taxRateDelete(input: { id: $id }) { deletedId userErrors { code field } } }";
    let id = expected["id"].clone();
    assert_eq!(shop.owner.gql(delete, json!({ "id": id })).await.ok().at("/taxRateDelete/deletedId"), &id);
    assert_eq!(count(json!({ "countryCode": "US" })).await, 3);
    let again = shop.owner.gql(delete, json!({ "id": id })).await;
    assert_eq!(refusals(&again), [("NOT_FOUND".to_owned(), json!(["id"]))]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invalid_rates_are_refused_with_the_path_of_the_error() {
    let shop = Shop::new().await;
    let good = json!({ "countryCode": "US", "region": "CA", "name": "Sales tax", "percent": "7.25" });
    for (part, value, code, path) in [
        ("percent", json!("100.01"), "INVALID_PERCENT", json!(["percent"])),
        ("percent", json!("-1"), "INVALID_PERCENT", json!(["percent"])),
        ("percent", json!("7.12345"), "INVALID_PERCENT", json!(["percent"])),
        ("name", json!(" "), "INVALID_NAME", json!(["name"])),
        ("region", json!("California"), "INVALID_REGION", json!(["region"])),
        ("taxClass", json!("toys"), "TAX_CLASS_NOT_FOUND", Value::Null),
        ("postalCodes", json!([{ "from": "2", "to": "1" }]), "INVALID_POSTAL_CODES", json!(["postalCodes", "0"])),
        ("components", json!([{ "name": "State", "percent": "6" }]), "INVALID_COMPONENTS", json!(["components"])),
        ("components", json!([{ "name": "", "percent": "7.25" }]), "INVALID_NAME", json!(["components", "0", "name"])),
    ] {
        let mut input = good.clone();
        input[part] = value;
        assert_eq!(refusals(&shop.set(input.clone()).await), [(code.to_owned(), path)], "{input}");
    }
    let list = "{ taxRates(first: 100, filter: { countryCode: US, region: \"CA\" }) { totalCount } }";
    assert_eq!(shop.owner.gql(list, json!({})).await.at("/taxRates/totalCount"), 0, "nothing was stored");
    let _ = shop.set(good).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postal_codes_and_components_decide_the_taxes_of_a_cart() {
    let shop = Shop::new().await;
    let island = json!({ "countryCode": "DE", "postalCodes": [{ "from": "27498", "to": "27498" }], "name": "Free port",
        "percent": "0" });
    let _ = shop.set(island).await.ok();
    let parts = json!([{ "name": "Federal", "percent": "10" }, { "name": "State", "percent": "9" }]);
    let _ = shop.set(json!({ "countryCode": "DE", "name": "VAT", "percent": "19", "components": parts })).await.ok();
    let tee = shop.product("tee", "19.90").await;
    let cart = shop.cart(&[&tee]).await;
    shop.send(&cart, "DE", "27498").await;
    let seen = shop.taxes(&cart).await;
    assert_eq!(seen.at("/cart/lines/nodes/0/taxPercent"), "0");
    assert_eq!(seen.at("/cart/cost/total/net/amount"), "24.80");
    shop.send(&cart, "DE", "10115").await;
    let seen = shop.taxes(&cart).await;
    assert_eq!(seen.at("/cart/lines/nodes/0/taxPercent"), "19");
    // 19 % of 19.90 is 3.18, split in the proportion 10 to 9.
    let taxes = json!([{ "name": "Federal", "percent": "10", "amount": { "amount": "1.67" } },
        { "name": "State", "percent": "9", "amount": { "amount": "1.51" } }]);
    assert_eq!(seen.at("/cart/lines/nodes/0/taxes"), &taxes);
    // Delivery of 4.90 contains 0.78.
    let summary = json!([{ "name": "Federal", "percent": "10", "amount": { "amount": "2.08" } },
        { "name": "State", "percent": "9", "amount": { "amount": "1.88" } }]);
    assert_eq!((seen.at("/cart/cost/taxes"), seen.at("/cart/cost/tax/amount")), (&summary, &json!("3.96")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_chooses_the_tax_on_delivery_and_the_rounding() {
    let shop = Shop::new().await;
    let _ = shop.set(json!({ "countryCode": "DE", "name": "VAT", "percent": "7.25" })).await.ok();
    let products = [shop.product("one", "1.07").await, shop.product("two", "1.07").await];
    let cart = shop.cart(&[&products[0], &products[1]]).await;
    shop.send(&cart, "DE", "10115").await;
    // 1.07 contains 0.0723, and 4.90 contain 0.3312.
    assert_eq!(shop.taxes(&cart).await.at("/cart/cost/tax/amount"), "0.47");
    let update =
        "mutation { channelUpdate(input: { slug: \"eu\", taxRounding: PER_TOTAL, deliveryTaxMode: PROPORTIONAL }) {
        channel { taxRounding deliveryTaxMode } userErrors { code } } }";
    let channel = shop.owner.gql(update, json!({})).await.ok();
    assert_eq!(
        channel.at("/channelUpdate/channel"),
        &json!({ "taxRounding": "PER_TOTAL", "deliveryTaxMode": "PROPORTIONAL" })
    );
    // 7.04 contain 0.4759.
    assert_eq!(shop.taxes(&cart).await.at("/cart/cost/tax/amount"), "0.48");
}
