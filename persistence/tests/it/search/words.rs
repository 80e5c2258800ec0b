use model::search::{Sort, SortKey};
use persistence::search::ProductQuery;

use super::*;

fn search(text: &str) -> ProductQuery {
    let sort = Sort { key: SortKey::Relevance, direction: Direction::Descending };
    ProductQuery { text: Some(text.to_owned()), sort, ..query() }
}

fn shop() -> SearchIndex {
    index_of([
        product(1, "Trail Tent"),
        product(2, "Tent Peg Set for Sand"),
        IndexedProduct { keywords: vec!["tent accessories".to_owned()], ..product(3, "Guy Line") },
        IndexedProduct { descriptions: vec!["Goes with every tent.".to_owned()], ..product(4, "Lantern") },
        IndexedProduct {
            names: vec!["Jacket".to_owned(), "Jacke für Bergträume".to_owned()], ..product(5, "Jacket")
        },
        IndexedProduct { names: vec!["定番Tシャツ".to_owned()], ..product(6, "Tee") },
        product(7, "Tentacle Puppet"),
    ])
}

#[test]
fn matches_in_names_rank_before_keywords_and_descriptions() {
    assert_eq!(numbers(&shop().find(&search("tent")).unwrap()), [1, 2, 7, 3, 4]);
}

#[test]
fn every_word_must_match_and_the_last_may_be_a_prefix() {
    let shop = shop();
    for (text, expected) in [
        ("tent pe", vec![2]),
        ("ten set", vec![]),
        ("trail lantern", vec![]),
        ("TRAIL tent", vec![1]),
        ("jacke berg", vec![5]),
        ("bergtraume", vec![5]),
        ("Bergträume", vec![5]),
        ("シャツ", vec![6]),
        ("%%%", vec![]),
    ] {
        assert_eq!(numbers(&shop.find(&search(text)).unwrap()), expected, "{text:?}");
    }
    assert_eq!(shop.find(&search("  ")).unwrap().total, 7);
}

#[test]
fn a_text_filter_narrows_a_search() {
    let shop = shop();
    let filter = Filter { text: Some("sand".to_owned()), ..Filter::default() };
    assert_eq!(numbers(&shop.find(&ProductQuery { filter, ..search("tent") }).unwrap()), [2]);
}

#[test]
fn cursors_by_relevance_stay_valid_when_products_are_added() {
    let shop = shop();
    let top = shop.find(&ProductQuery { page: first(2, None), ..search("tent") }).unwrap();
    shop.apply(&put((100..200).map(|number| product(number, "Another Long Name of a Tent")))).unwrap();
    shop.apply(&put([product(0, "Tent")])).unwrap();
    shop.commit(None).unwrap();
    let cursor = top.hits.last().unwrap().cursor.clone();
    let rest = shop.find(&ProductQuery { page: first(2, Some(cursor)), ..search("tent") }).unwrap();
    // The hundred have equal scores, below the second product; newer ones come first.
    assert_eq!(numbers(&rest), [199, 198]);
    assert!(rest.has_previous && rest.has_next);
}
