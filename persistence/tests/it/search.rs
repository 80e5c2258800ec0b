//! The search index: matches, orders, counts, and opening.

mod facets;
mod lifecycle;
mod naive;
mod pages;
mod words;

use model::{
    Currency, Direction, Money, PageRequest, Timestamp,
    catalog::ProductStatus,
    ids::{ChannelId, ProductId, ProductTypeId},
    search::{Cursor, Sort, SortKey},
};
use persistence::search::{
    Change, ChannelEntry, FacetRequest, Filter, IndexedProduct, ProductPage, ProductQuery, SearchIndex,
};
use uuid::Uuid;

/// A time, in minutes after the start of the test's clock.
fn at(minutes: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + minutes * 60, 0).unwrap()
}

fn channel(number: u128) -> ChannelId {
    ChannelId::restore(Uuid::from_u128(0xC000 + number))
}

fn product_id(number: u128) -> ProductId {
    ProductId::restore(Uuid::from_u128(number))
}

fn kind(number: u128) -> ProductTypeId {
    ProductTypeId::restore(Uuid::from_u128(0xA000 + number))
}

/// A product that costs 10 euros in the first channel.
fn product(number: u128, name: &str) -> IndexedProduct {
    IndexedProduct {
        id: product_id(number),
        slug: format!("p-{number}"),
        skus: vec![format!("SKU-{number}")],
        reference: None,
        status: ProductStatus::Published,
        channels: vec![ChannelEntry { channel: channel(0), publish_at: at(0), available: vec![Currency::EUR] }],
        prices: vec![(channel(0), Money::new(1000, Currency::EUR))],
        names: vec![name.to_owned()],
        keywords: Vec::new(),
        descriptions: Vec::new(),
        product_type: kind(0),
        vendor: None,
        tags: Vec::new(),
        categories: Vec::new(),
        collections: Vec::new(),
        attributes: Vec::new(),
        sort_names: vec![("en".to_owned(), name.to_owned())],
        created_at: at(i64::try_from(number).unwrap()),
        updated_at: at(i64::try_from(number).unwrap()),
        units_sold: 0,
    }
}

/// The query of the first 20 products of the first channel, by name.
fn query() -> ProductQuery {
    ProductQuery {
        channel: Some(channel(0)),
        currency: Currency::EUR,
        names: "en".to_owned(),
        text: None,
        category: None,
        collection: None,
        filter: Filter::default(),
        sort: Sort { key: SortKey::Name, direction: Direction::Ascending },
        page: first(20, None),
        facets: Some(FacetRequest { categories: Vec::new() }),
        now: at(1000),
    }
}

fn first(size: usize, cursor: Option<Cursor>) -> PageRequest<Cursor> {
    PageRequest { size, cursor, direction: Direction::Ascending }
}

fn put(products: impl IntoIterator<Item = IndexedProduct>) -> Vec<Change> {
    products.into_iter().map(|product| Change::Put(Box::new(product))).collect()
}

fn index_of(products: impl IntoIterator<Item = IndexedProduct>) -> SearchIndex {
    let index = SearchIndex::in_memory().unwrap();
    index.apply(&put(products)).unwrap();
    index.commit(Some(1)).unwrap();
    index
}

fn numbers(page: &ProductPage) -> Vec<u128> {
    page.hits.iter().map(|hit| hit.id.uuid().as_u128()).collect()
}
