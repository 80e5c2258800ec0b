use model::search::PriceRange;

use super::*;

#[test]
fn only_products_published_in_the_channel_are_listed() {
    let scheduled = ChannelEntry { channel: channel(0), publish_at: at(500), available: vec![Currency::EUR] };
    let index = index_of([
        product(1, "A"),
        IndexedProduct { channels: vec![scheduled], ..product(2, "B") },
        IndexedProduct { channels: Vec::new(), ..product(3, "C") },
    ]);
    let listed = |now| {
        let page = index.find(&ProductQuery { now, ..query() }).unwrap();
        (numbers(&page), page.total)
    };
    assert_eq!(listed(at(499)), (vec![1], 1));
    assert_eq!(listed(at(500)), (vec![1, 2], 2));
    assert_eq!(listed(at(499)), (vec![1], 1));
    let elsewhere = index.find(&ProductQuery { channel: Some(channel(1)), ..query() }).unwrap();
    assert_eq!(elsewhere.total, 0);
}

#[test]
fn availability_and_prices_depend_on_channel_and_currency() {
    let sold = |number, channel, minor, available| IndexedProduct {
        channels: vec![ChannelEntry { channel, publish_at: at(0), available }],
        prices: vec![(channel, Money::new(minor, Currency::EUR)), (channel, Money::new(minor * 2, Currency::USD))],
        ..product(number, "Thing")
    };
    let index = index_of([
        sold(1, channel(0), 500, vec![Currency::EUR]),
        sold(2, channel(0), 800, vec![Currency::USD]),
        sold(3, channel(1), 500, vec![Currency::EUR]),
    ]);
    let filtered = |filter| numbers(&index.find(&ProductQuery { filter, ..query() }).unwrap());
    assert_eq!(filtered(Filter { is_available: Some(true), ..Filter::default() }), [1]);
    assert_eq!(filtered(Filter { is_available: Some(false), ..Filter::default() }), [2]);
    let in_dollars = Filter { is_available: Some(true), ..Filter::default() };
    let in_dollars = ProductQuery { currency: Currency::USD, filter: in_dollars, ..query() };
    assert_eq!(numbers(&index.find(&in_dollars).unwrap()), [2]);
    let price = |min, max| Filter { price: Some(PriceRange { min, max }), ..Filter::default() };
    assert_eq!(filtered(price(Some(501), None)), [2]);
    assert_eq!(filtered(price(Some(500), Some(800))), [1, 2]);
    let dollars = ProductQuery { currency: Currency::USD, filter: price(Some(1600), None), ..query() };
    assert_eq!(numbers(&index.find(&dollars).unwrap()), [2]);
}

#[test]
fn the_manual_order_is_that_of_the_collection() {
    let collection = model::ids::CollectionId::restore(Uuid::from_u128(5));
    let of = |number, place| IndexedProduct { collections: vec![(collection, place)], ..product(number, "Thing") };
    let index = index_of([of(1, 30), of(2, 10), of(3, 20), product(4, "Other")]);
    let sort = Sort { key: SortKey::Manual, direction: Direction::Ascending };
    let page = index.find(&ProductQuery { collection: Some(collection), sort, ..query() }).unwrap();
    assert_eq!(numbers(&page), [2, 3, 1]);
}

#[test]
fn a_collection_page_starts_at_the_current_position_of_its_cursor() {
    let collection = model::ids::CollectionId::restore(Uuid::from_u128(5));
    let of = |number, place| IndexedProduct { collections: vec![(collection, place)], ..product(number, "Thing") };
    let index = index_of([of(1, 0), of(2, 1), of(3, 2)]);
    let sort = Sort { key: SortKey::Manual, direction: Direction::Ascending };
    let listed = |page| index.find(&ProductQuery { collection: Some(collection), sort, page, ..query() }).unwrap();
    let cursor = listed(first(2, None)).hits[1].cursor.clone();
    let pages = || {
        let before = PageRequest { direction: Direction::Descending, ..first(9, Some(cursor.clone())) };
        (numbers(&listed(first(9, Some(cursor.clone())))), numbers(&listed(before)))
    };
    index.apply(&put([of(4, 0), of(5, 1), of(1, 2), of(2, 3), of(3, 4)])).unwrap();
    index.commit(None).unwrap();
    assert_eq!(pages(), (vec![3], vec![4, 5, 1]));
    index.apply(&put([product(4, "Thing"), product(5, "Thing"), product(1, "Thing"), of(2, 0), of(3, 1)])).unwrap();
    index.commit(None).unwrap();
    assert_eq!(pages(), (vec![3], vec![]));
    // A product that left the collection keeps its last position.
    index.apply(&put([product(2, "Thing"), of(3, 0), of(6, 1), of(7, 2)])).unwrap();
    index.commit(None).unwrap();
    assert_eq!(pages(), (vec![6, 7], vec![3]));
}

#[test]
fn a_cursor_of_another_order_is_rejected() {
    let index = index_of([product(1, "A")]);
    let cursor = index.find(&query()).unwrap().hits.remove(0).cursor;
    assert!(cursor.belongs_to(SortKey::Name) && !cursor.belongs_to(SortKey::Price));
    let sort = Sort { key: SortKey::Price, direction: Direction::Ascending };
    assert!(index.find(&ProductQuery { sort, page: first(1, Some(cursor)), ..query() }).is_err());
}

#[test]
fn products_of_a_category_collection_or_type_are_found() {
    let index = index_of([product(1, "A"), IndexedProduct { product_type: kind(7), ..product(2, "B") }]);
    assert_eq!(index.of_type(kind(7)).unwrap(), [product_id(2)]);
}

#[test]
fn a_cached_first_page_is_equal_and_changes_with_the_index() {
    let index = index_of([product(1, "A"), product(2, "B"), product(3, "C")]);
    let by_name = query().sort;
    let down = Sort { direction: Direction::Descending, ..by_name };
    let listed = |sort, size| numbers(&index.find(&ProductQuery { sort, page: first(size, None), ..query() }).unwrap());
    for _ in 0..2 {
        assert_eq!((listed(by_name, 20), listed(by_name, 2), listed(down, 2)), (vec![1, 2, 3], vec![1, 2], vec![3, 2]));
    }
    index.apply(&[Change::Remove(product_id(1))]).unwrap();
    index.commit(None).unwrap();
    assert_eq!((listed(by_name, 2), listed(down, 2)), (vec![2, 3], vec![3, 2]));
}

#[test]
fn pages_by_name_continue_through_segments_without_the_name() {
    let index = index_of([product(3, "m")]);
    for (number, name) in [(2, "a"), (1, "z")] {
        index.apply(&put([product(number, name)])).unwrap();
        index.commit(None).unwrap();
    }
    for (direction, expected) in [(Direction::Ascending, [2, 3, 1]), (Direction::Descending, [1, 3, 2])] {
        let sort = Sort { direction, ..query().sort };
        let mut cursor = None;
        for number in expected {
            let page = index.find(&ProductQuery { sort, page: first(1, cursor), ..query() }).unwrap();
            assert_eq!((numbers(&page), page.has_next), (vec![number], number != expected[2]));
            cursor = Some(page.hits[0].cursor.clone());
        }
    }
}
