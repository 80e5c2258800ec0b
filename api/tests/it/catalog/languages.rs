//! Translations of product types, attributes, choices and options.

use serde_json::{Value, json};
use testkit::{GraphqlClient, eventually};

use super::Shop;

const TYPE: &str = r#"mutation { productTypeCreate(input: { slug: "tee", name: "T-shirt",
  translations: [{ locale: "de", name: "T-Shirt aus Baumwolle" }]
  attributes: [{ slug: "fit", name: "Fit", kind: CHOICE, isFilterable: true, choices: ["slim", "wide"],
    translations: [{ locale: "de", name: "Schnitt", values: [{ value: "slim", name: "schmal" }] }] }] }) {
  productType { id translations { locale name } attributes { slug translations { locale name values { value name } } } }
  userErrors { code field message } } }"#;

const PRODUCT: &str = r#"mutation { productCreate(input: { productType: "tee", slug: "tee", name: "Tee", channels: ["eu"],
  attributes: [{ slug: "fit", values: ["slim"] }]
  options: [{ name: "Color", values: ["black", "red"],
    translations: [{ locale: "de", name: "Farbe", values: [{ value: "black", name: "schwarz" }] }] }]
  variants: [
    { sku: "T-B", selectedOptions: [{ name: "Color", value: "black" }], prices: [{ channel: "eu", currencyCode: EUR, amount: "9.00" }] }
    { sku: "T-R", name: "Fire", selectedOptions: [{ name: "Color", value: "red" }] }] }) {
  product { id } userErrors { code field message } } }"#;

const READ: &str = "{ product(slug: \"tee\") { productType { slug name } options { name values }
    attributes { slug name values filterValues } variants(first: 9) { nodes { sku name selectedOptions { name value } } } } }";

const LIST: &str = "query($f: ProductFilter) { products(filter: $f, first: 9) { totalCount
    facets { slug name values { value label } } } }";

impl Shop {
    fn in_german(&self) -> GraphqlClient {
        GraphqlClient::new(self.app.url("/graphql?channel=eu&locale=de"))
    }

    /// A shop with a translated product type and product; returns their ids.
    async fn translated(&self) -> (String, String) {
        let kind = self.owner.gql(TYPE, json!({})).await.ok().text("/productTypeCreate/productType/id");
        (kind, self.owner.gql(PRODUCT, json!({})).await.ok().text("/productCreate/product/id"))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shoppers_see_types_attributes_and_options_in_their_language() {
    let shop = Shop::new().await;
    shop.translated().await;
    let german = shop.in_german().gql(READ, json!({})).await.ok();
    let expected = json!({
        "productType": { "slug": "tee", "name": "T-Shirt aus Baumwolle" },
        "options": [{ "name": "Farbe", "values": ["schwarz", "red"] }],
        "attributes": [{ "slug": "fit", "name": "Schnitt", "values": ["schmal"], "filterValues": ["slim"] }],
        "variants": { "nodes": [
            { "sku": "T-B", "name": "schwarz", "selectedOptions": [{ "name": "Farbe", "value": "schwarz" }] },
            { "sku": "T-R", "name": "Fire", "selectedOptions": [{ "name": "Farbe", "value": "red" }] },
        ] },
    });
    assert_eq!(german.at("/product"), &expected);
    let english = shop.app.storefront().gql(READ, json!({})).await.ok();
    assert_eq!(english.at("/product/options"), &json!([{ "name": "Color", "values": ["black", "red"] }]));
    assert_eq!(english.at("/product/variants/nodes/0/name"), "black");
    assert_eq!(english.at("/product/attributes/0/values"), &json!(["slim"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn facets_are_labeled_in_the_language_and_filtered_by_the_untranslated_value() {
    let shop = Shop::new().await;
    shop.translated().await;
    let filter = json!({ "f": { "attributes": [{ "slug": "fit", "values": ["slim"] }] } });
    let german = eventually("the index knows the product", std::time::Duration::from_secs(20), async || {
        let found = shop.in_german().gql(LIST, filter.clone()).await.ok();
        (found.at("/products/totalCount") == 1).then_some(found)
    })
    .await;
    let facets = german.at("/products/facets").as_array().unwrap();
    let facet = |slug: &str| facets.iter().find(|facet| facet["slug"] == slug).unwrap().clone();
    let fit = json!({ "slug": "fit", "name": "Schnitt", "values": [{ "value": "slim", "label": "schmal" }] });
    assert_eq!(facet("fit"), fit);
    let kind = json!({ "slug": "product_type", "name": "Produktart",
        "values": [{ "value": "tee", "label": "T-Shirt aus Baumwolle" }] });
    assert_eq!(facet("product_type"), kind);
    let found =
        shop.in_german().gql("{ search(query: \"schwarz\", first: 3) { nodes { slug } } }", json!({})).await.ok();
    assert_eq!(found.at("/search/nodes"), &json!([{ "slug": "tee" }]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn translations_are_readable_kept_and_checked() {
    let shop = Shop::new().await;
    let (kind, product) = shop.translated().await;
    let update = "mutation($i: ProductTypeUpdateInput!) { productTypeUpdate(input: $i) { productType { translations { locale name }
        attributes { slug translations { locale name values { value name } } } } userErrors { code field } } }";
    let attribute = |more: Value| {
        let mut attribute = json!({ "slug": "fit", "name": "Fit", "kind": "CHOICE", "choices": ["slim", "loose"], "isFilterable": true });
        attribute.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "i": { "id": kind, "attributes": [attribute] } })
    };
    // Absent translations stay, as far as their choices exist.
    let kept = shop.owner.gql(update, attribute(json!({}))).await.ok();
    let german = json!([{ "locale": "de", "name": "Schnitt", "values": [{ "value": "slim", "name": "schmal" }] }]);
    assert_eq!(kept.at("/productTypeUpdate/productType/attributes/0/translations"), &german);
    assert_eq!(kept.at("/productTypeUpdate/productType/translations/0/locale"), "de");
    for (translations, code) in [
        (json!([{ "locale": "de", "values": [{ "value": "wide", "name": "weit" }] }]), "UNKNOWN_REFERENCE"),
        (json!([{ "locale": "de", "values": [{ "value": "slim", "name": "loose" }] }]), "DUPLICATE"),
        (json!([{ "locale": "de" }, { "locale": "de" }]), "DUPLICATE"),
        (json!([{ "locale": "German" }]), "INVALID"),
    ] {
        let refused = shop.owner.gql(update, attribute(json!({ "translations": translations }))).await;
        assert_eq!(refused.user_error_code(), code, "{translations}");
    }
    let options = json!([{ "name": "Color", "values": ["black", "red", "blue"] }]);
    let _ = shop.update(json!({ "id": product, "options": options })).await.ok();
    let read = "query($id: ID!) { product(id: $id) { options { name values translations { locale name values { value name } } } } }";
    let read = shop.owner.gql(read, json!({ "id": product })).await.ok();
    let german = json!([{ "locale": "de", "name": "Farbe", "values": [{ "value": "black", "name": "schwarz" }] }]);
    assert_eq!(read.at("/product/options/0/translations"), &german);
}
