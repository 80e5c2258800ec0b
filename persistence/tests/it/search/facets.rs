use model::{ids::CategoryId, search::AttributeFilter};
use persistence::search::{FacetCounts, FacetKey};

use super::*;

fn with(number: u128, vendor: &str, color: &[&str]) -> IndexedProduct {
    IndexedProduct {
        vendor: Some(vendor.to_owned()),
        attributes: vec![("color".to_owned(), color.iter().map(|&value| value.to_owned()).collect())],
        ..product(number, "Thing")
    }
}

fn shop() -> SearchIndex {
    index_of([
        with(1, "Nord", &["red", "blue"]),
        with(2, "Nord", &["red"]),
        with(3, "Sud", &["blue"]),
        with(4, "Sud", &["green"]),
        IndexedProduct { product_type: kind(1), ..with(5, "Sud", &["red"]) },
    ])
}

fn counts(facets: &[FacetCounts], key: &FacetKey) -> Vec<(String, u64)> {
    let facet = facets.iter().find(|facet| facet.key == *key);
    facet.map(|facet| facet.values.iter().map(|v| (v.value.clone(), v.count)).collect()).unwrap_or_default()
}

fn color() -> FacetKey {
    FacetKey::Attribute("color".to_owned())
}

fn pairs(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
}

fn colored(values: &[&str]) -> Filter {
    let values = values.iter().map(|&value| value.to_owned()).collect();
    Filter { attributes: vec![AttributeFilter { slug: "color".to_owned(), values }], ..Filter::default() }
}

#[test]
fn facet_values_are_sorted_by_frequency() {
    let page = shop().find(&query()).unwrap();
    assert_eq!(page.total, 5);
    let keys: Vec<_> = page.facets.iter().map(|facet| facet.key.clone()).collect();
    assert_eq!(keys, [FacetKey::ProductType, FacetKey::Vendor, color()]);
    assert_eq!(counts(&page.facets, &color()), pairs(&[("red", 3), ("blue", 2), ("green", 1)]));
    assert_eq!(counts(&page.facets, &FacetKey::Vendor), pairs(&[("Sud", 3), ("Nord", 2)]));
}

#[test]
fn a_filtered_facet_counts_without_its_own_filter() {
    let page = shop().find(&ProductQuery { filter: colored(&["red"]), ..query() }).unwrap();
    assert_eq!(numbers(&page), [1, 2, 5]);
    assert_eq!(page.total, 3);
    assert_eq!(counts(&page.facets, &color()), pairs(&[("red", 3), ("blue", 2), ("green", 1)]));
    assert_eq!(counts(&page.facets, &FacetKey::Vendor), pairs(&[("Nord", 2), ("Sud", 1)]));
}

#[test]
fn two_filtered_facets_are_each_counted_under_the_other_filter() {
    let filter = Filter { vendors: Some(vec!["Sud".to_owned()]), ..colored(&["red", "green"]) };
    let page = shop().find(&ProductQuery { filter, ..query() }).unwrap();
    assert_eq!(numbers(&page), [4, 5]);
    assert_eq!(counts(&page.facets, &color()), pairs(&[("blue", 1), ("green", 1), ("red", 1)]));
    assert_eq!(
        counts(&page.facets, &FacetKey::Vendor),
        pairs(&[("Sud", 2), ("Nord", 2)]).into_iter().rev().collect::<Vec<_>>()
    );
}

#[test]
fn two_filters_on_one_attribute_must_both_match() {
    let mut filter = colored(&["red"]);
    filter.attributes.extend(colored(&["blue"]).attributes);
    let page = shop().find(&ProductQuery { filter: filter.clone(), ..query() }).unwrap();
    assert_eq!((numbers(&page), page.total), (vec![1], 1));
    let uncounted = shop().find(&ProductQuery { filter, facets: None, ..query() }).unwrap();
    assert_eq!((numbers(&uncounted), uncounted.total), (vec![1], 1));
    assert!(uncounted.facets.is_empty());
}

#[test]
fn cached_counts_are_equal_and_change_with_the_index() {
    let shop = shop();
    let before = shop.find(&query()).unwrap();
    assert_eq!(shop.find(&query()).unwrap().facets, before.facets);
    shop.apply(&[Change::Remove(product_id(1))]).unwrap();
    shop.commit(None).unwrap();
    let after = shop.find(&query()).unwrap();
    assert_eq!(after.total, 4);
    assert_eq!(counts(&after.facets, &color()), pairs(&[("red", 2), ("blue", 1), ("green", 1)]));
}

#[test]
fn child_categories_are_counted() {
    let category = |number| CategoryId::restore(Uuid::from_u128(number));
    let of = |number, categories: &[u128]| IndexedProduct {
        categories: categories.iter().map(|number| category(*number)).collect(),
        ..product(number, "Thing")
    };
    let shop = index_of([of(1, &[1, 11]), of(2, &[1, 12]), of(3, &[1, 12]), of(4, &[2])]);
    let request = FacetRequest { categories: vec![category(12), category(11), category(13)] };
    let page = shop.find(&ProductQuery { category: Some(category(1)), facets: Some(request), ..query() }).unwrap();
    assert_eq!(page.total, 3);
    let listed: Vec<u64> = counts(&page.facets, &FacetKey::Category).iter().map(|(_, count)| *count).collect();
    assert_eq!(listed, [2, 1]);
}

#[test]
fn facets_and_values_are_limited_but_include_selected_values() {
    let rare = "value 79".to_owned();
    let of = |number: u128| {
        let attributes = (0..40).map(|slug| (format!("attribute-{slug}"), vec![format!("value {number}")])).collect();
        IndexedProduct { attributes, vendor: Some(format!("value {number}")), ..product(number, "Thing") }
    };
    let shop = index_of((0..80).map(of));
    let filter = Filter { vendors: Some(vec![rare.clone()]), ..Filter::default() };
    let page = shop.find(&ProductQuery { filter, ..query() }).unwrap();
    assert_eq!(page.facets.len(), 16);
    let vendors = counts(&page.facets, &FacetKey::Vendor);
    assert_eq!(vendors.len(), 21);
    assert!(vendors.contains(&(rare, 1)));
}
