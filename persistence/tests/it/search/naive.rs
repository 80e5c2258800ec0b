//! Compares the index with a list in memory that is filtered and sorted directly.

use std::cmp::Ordering;

use model::catalog::ProductStatus;
use model::ids::{CategoryId, ChannelId, CollectionId};
use model::search::{AttributeFilter, PriceRange};
use proptest::prelude::*;
use strum::VariantArray as _;

use super::*;

fn category(number: u128) -> CategoryId {
    CategoryId::restore(Uuid::from_u128(0xCA00 + number))
}

fn collection(number: u128) -> CollectionId {
    CollectionId::restore(Uuid::from_u128(0xC0_1000 + number))
}

fn letters(range: std::ops::Range<u8>) -> impl Strategy<Value = String> {
    range.prop_map(|letter| char::from(b'a' + letter).to_string())
}

/// Fields that only staff filter by: publication, status, reference, and the minute of the last change.
fn any_staff_fields() -> impl Strategy<Value = (bool, ProductStatus, Option<String>, i64)> {
    let status = prop::sample::select(ProductStatus::VARIANTS.to_vec());
    (prop::bool::weighted(0.8), status, prop::option::of(letters(0..3)), 0_i64..4)
}

prop_compose! {
    fn any_product()(
        name in "[abé]{1,2}( [ab]{1,2})?",
        has_name in any::<bool>(),
        price in prop::option::of(0_i64..4),
        minutes in 0_i64..4,
        vendor in prop::option::of(letters(0..3)),
        tags in prop::collection::vec(letters(0..3), 0..3),
        color in prop::collection::vec(letters(0..4), 0..3),
        kind_number in 0_u128..3,
        categories in prop::collection::btree_set(0_u128..3, 0..3),
        place in prop::option::of(0_i64..3),
        available in prop::collection::vec(prop::sample::select(vec![Currency::EUR, Currency::USD]), 0..2),
        units_sold in 0_i64..3,
        of_staff in any_staff_fields(),
    ) -> IndexedProduct {
        let (is_published, status, reference, updated) = of_staff;
        IndexedProduct {
            channels: if is_published {
                vec![ChannelEntry { channel: channel(0), publish_at: at(0), available }]
            } else {
                Vec::new()
            },
            status,
            reference,
            skus: vec![name.clone()],
            updated_at: at(updated),
            prices: price.map(|minor| (channel(0), Money::new(minor, Currency::EUR))).into_iter().collect(),
            vendor,
            tags,
            product_type: kind(kind_number),
            categories: categories.into_iter().map(category).collect(),
            collections: place.map(|place| (collection(0), place)).into_iter().collect(),
            attributes: vec![("color".to_owned(), color)],
            sort_names: has_name.then(|| ("en".to_owned(), name.clone())).into_iter().collect(),
            created_at: at(minutes),
            units_sold,
            ..product(0, &name)
        }
    }
}

fn any_staff_filter() -> impl Strategy<Value = Filter> {
    let leaf = (
        prop::option::weighted(0.2, prop::collection::vec((0_u128..40).prop_map(|number| format!("p-{number}")), 0..9)),
        prop::option::weighted(0.2, prop::collection::vec("[ab]{1,2}", 0..4)),
        prop::option::weighted(0.3, prop::collection::vec(letters(0..4), 0..3)),
        prop::option::weighted(
            0.3,
            prop::collection::vec(prop::sample::select(ProductStatus::VARIANTS.to_vec()), 0..2),
        ),
        prop::option::weighted(0.2, prop::collection::vec((0_u128..2).prop_map(channel), 0..2)),
        prop::option::weighted(0.3, (0_i64..4).prop_map(at)),
        prop::option::weighted(0.3, (0_i64..4).prop_map(at)),
    );
    leaf.prop_map(|(slugs, skus, references, statuses, channels, created_after, updated_after)| Filter {
        slugs,
        skus,
        references,
        statuses,
        channels,
        created_after,
        updated_after,
        ..Filter::default()
    })
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let leaf = (
        prop::option::of(prop::collection::vec((0_u128..4).prop_map(kind), 0..3)),
        prop::option::of(prop::collection::vec(letters(0..4), 0..3)),
        prop::option::weighted(0.3, prop::collection::vec(letters(0..4), 0..3)),
        prop::collection::vec(prop::collection::vec(letters(0..5), 0..3), 0..3),
        prop::option::weighted(0.3, (prop::option::of(0_i64..4), prop::option::of(0_i64..4))),
        prop::option::weighted(0.3, any::<bool>()),
        prop::option::weighted(0.3, prop::collection::vec((0_u128..4).prop_map(category), 0..3)),
        prop::option::weighted(0.2, prop::collection::vec((0_u128..2).prop_map(collection), 0..2)),
    );
    let leaf =
        leaf.prop_map(|(product_types, vendors, tags, colors, price, is_available, categories, collections)| Filter {
            product_types,
            vendors,
            tags,
            attributes: colors.into_iter().map(|values| AttributeFilter { slug: "color".to_owned(), values }).collect(),
            price: price.map(|(min, max)| PriceRange { min, max }),
            is_available,
            categories,
            collections,
            ..Filter::default()
        });
    prop_oneof![3 => leaf, 2 => any_staff_filter()].prop_recursive(2, 8, 3, |inner| {
        let parts = || prop::collection::vec(inner.clone(), 0..3);
        (parts(), parts(), parts()).prop_map(|(and, or, not)| Filter { and, or, not, ..Filter::default() })
    })
}

fn matches(product: &IndexedProduct, filter: &Filter, market: Option<ChannelId>) -> bool {
    let colors = &product.attributes[0].1;
    let price = market.and_then(|_| product.prices.first()).map(|(_, price)| price.minor);
    let is_available =
        market.is_some() && product.channels.first().is_some_and(|entry| entry.available.contains(&Currency::EUR));
    filter.product_types.as_ref().is_none_or(|ids| ids.contains(&product.product_type))
        && filter.vendors.as_ref().is_none_or(|names| product.vendor.as_ref().is_some_and(|name| names.contains(name)))
        && filter.tags.as_ref().is_none_or(|tags| product.tags.iter().any(|tag| tags.contains(tag)))
        && filter.attributes.iter().all(|attribute| colors.iter().any(|color| attribute.values.contains(color)))
        && filter.price.is_none_or(|range| {
            price.is_some_and(|price| {
                range.min.is_none_or(|min| min <= price) && range.max.is_none_or(|max| price <= max)
            })
        })
        && filter.is_available.is_none_or(|wanted| is_available == wanted)
        && matches_staff(product, filter)
        && filter.categories.as_ref().is_none_or(|ids| product.categories.iter().any(|id| ids.contains(id)))
        && filter.collections.as_ref().is_none_or(|ids| product.collections.iter().any(|(id, _)| ids.contains(id)))
        && filter.and.iter().all(|part| matches(product, part, market))
        && (filter.or.is_empty() || filter.or.iter().any(|part| matches(product, part, market)))
        && !filter.not.iter().any(|part| matches(product, part, market))
}

fn matches_staff(product: &IndexedProduct, filter: &Filter) -> bool {
    let reference = product.reference.as_ref();
    filter.slugs.as_ref().is_none_or(|slugs| slugs.contains(&product.slug))
        && filter.skus.as_ref().is_none_or(|skus| product.skus.iter().any(|sku| skus.contains(sku)))
        && filter.references.as_ref().is_none_or(|known| reference.is_some_and(|reference| known.contains(reference)))
        && filter.statuses.as_ref().is_none_or(|known| known.contains(&product.status))
        && filter.channels.as_ref().is_none_or(|ids| product.channels.iter().any(|entry| ids.contains(&entry.channel)))
        && filter.created_after.is_none_or(|after| product.created_at > after)
        && filter.updated_after.is_none_or(|after| product.updated_at > after)
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i64),
    Name(String),
}

fn key(product: &IndexedProduct, sort: SortKey, market: Option<ChannelId>) -> Option<Key> {
    match sort {
        SortKey::Price => market.and_then(|_| product.prices.first()).map(|(_, price)| Key::Number(price.minor)),
        SortKey::Name => product.sort_names.first().map(|(_, name)| Key::Name(name.replace('é', "e"))),
        SortKey::CreatedAt => Some(Key::Number(product.created_at.timestamp_micros())),
        SortKey::UpdatedAt => Some(Key::Number(product.updated_at.timestamp_micros())),
        SortKey::Relevance | SortKey::BestSelling | SortKey::Manual => Some(Key::Number(product.units_sold)),
    }
}

fn compare(a: &IndexedProduct, b: &IndexedProduct, sort: Sort, market: Option<ChannelId>) -> Ordering {
    let directed = |ordering: Ordering| match sort.direction {
        Direction::Ascending => ordering,
        Direction::Descending => ordering.reverse(),
    };
    let keys = match (key(a, sort.key, market), key(b, sort.key, market)) {
        (Some(a), Some(b)) => directed(a.cmp(&b)),
        (a, b) => a.is_none().cmp(&b.is_none()),
    };
    keys.then_with(|| directed(a.id.cmp(&b.id)))
}

fn any_sort() -> impl Strategy<Value = Sort> {
    let keys =
        [SortKey::Relevance, SortKey::Price, SortKey::Name, SortKey::CreatedAt, SortKey::UpdatedAt, SortKey::Manual];
    let directions = [Direction::Ascending, Direction::Descending];
    (prop::sample::select(keys.to_vec()), prop::sample::select(directions.to_vec()))
        .prop_map(|(key, direction)| Sort { key, direction })
}

/// Reads the whole list page by page from one end.
fn walk(index: &SearchIndex, query: &ProductQuery, direction: Direction, size: usize) -> Vec<u128> {
    let mut pages = Vec::new();
    let mut cursor = None;
    for _ in 0..100 {
        let page =
            index.find(&ProductQuery { page: PageRequest { size, cursor, direction }, ..query.clone() }).unwrap();
        let (edge, goes_on, came_from) = match direction {
            Direction::Ascending => (page.hits.last(), page.has_next, page.has_previous),
            Direction::Descending => (page.hits.first(), page.has_previous, page.has_next),
        };
        assert_eq!(came_from, !pages.is_empty());
        cursor = edge.map(|hit| hit.cursor.to_string().parse().unwrap());
        pages.push(numbers(&page));
        if !goes_on {
            break;
        }
    }
    if direction == Direction::Descending {
        pages.reverse();
    }
    pages.concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn lists_are_what_a_naive_list_would_be(
        products in prop::collection::vec(any_product(), 1..40),
        splits in prop::collection::vec(0_usize..40, 0..3),
        filter in any_filter(),
        sort in any_sort(),
        in_category in prop::option::weighted(0.3, 0_u128..3),
        size in 1_usize..9,
        counting in any::<bool>(),
        market in prop::option::weighted(0.6, Just(channel(0))),
    ) {
        let index = SearchIndex::in_memory().unwrap();
        let products: Vec<IndexedProduct> =
            (1..).zip(products).map(|(number, product)| IndexedProduct { id: product_id(number), slug: format!("p-{number}"), ..product }).collect();
        // Several commits create several segments, and replaced products leave deleted documents behind.
        for (at, product) in products.iter().enumerate() {
            index.apply(&put([product.clone()])).unwrap();
            if splits.contains(&at) {
                index.commit(None).unwrap();
                index.apply(&put([IndexedProduct { units_sold: 77, ..product.clone() }, product.clone()])).unwrap();
            }
        }
        index.commit(Some(1)).unwrap();
        let query = ProductQuery {
            channel: market,
            filter: filter.clone(),
            sort,
            category: in_category.map(category),
            facets: counting.then(|| FacetRequest { categories: Vec::new() }),
            ..query()
        };
        let mut expected: Vec<&IndexedProduct> = products
            .iter()
            .filter(|product| in_category.is_none_or(|number| product.categories.contains(&category(number))))
            .filter(|product| market.is_none() || !product.channels.is_empty())
            .filter(|product| matches(product, &filter, market))
            .collect();
        expected.sort_by(|a, b| compare(a, b, sort, market));
        let expected: Vec<u128> = expected.into_iter().map(|product| product.id.uuid().as_u128()).collect();
        prop_assert_eq!(index.find(&query).unwrap().total, expected.len() as u64);
        prop_assert_eq!(&walk(&index, &query, Direction::Ascending, size), &expected);
        prop_assert_eq!(&walk(&index, &query, Direction::Descending, size), &expected);
    }
}
