//! Speed of lists and searches on an index of 10,000 products, with and without cached counts.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use model::{
    Currency, Direction, Money, PageRequest, Timestamp,
    catalog::ProductStatus,
    ids::{CategoryId, ChannelId, ProductId, ProductTypeId},
    search::{PriceRange, Sort, SortKey},
};
use persistence::search::{Change, ChannelEntry, FacetRequest, Filter, IndexedProduct, ProductQuery, SearchIndex};
use uuid::Uuid;

const PRODUCTS: u128 = 10_000;
const WORDS: [&str; 12] =
    ["linen", "trail", "oak", "river", "winter", "classic", "alpine", "studio", "harbour", "field", "copper", "north"];

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + seconds, 0).unwrap_or_default()
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn channels() -> [(ChannelId, Currency); 3] {
    [Currency::EUR, Currency::USD, Currency::JPY].map(|currency| (ChannelId::restore(id(1)), currency))
}

fn word(number: u128) -> &'static str {
    WORDS.get(usize::try_from(number % 12).unwrap_or(0)).copied().unwrap_or_default()
}

fn product(number: u128) -> IndexedProduct {
    let mix = number.wrapping_mul(2_654_435_761) >> 7;
    let name = format!("{} {} jacket {number}", word(mix), word(mix / 12));
    let category = |number: u128| CategoryId::restore(id(100 + number));
    let attribute = |slug: &str, values: u128| (slug.to_owned(), vec![format!("{slug} {}", mix % values)]);
    IndexedProduct {
        id: ProductId::restore(id(1_000_000 + number)),
        slug: format!("product-{number}"),
        skus: vec![format!("SKU-{number}-M")],
        reference: None,
        status: ProductStatus::Published,
        channels: channels()
            .map(|(channel, _)| ChannelEntry {
                channel,
                publish_at: at(0),
                available: if number.is_multiple_of(10) { Vec::new() } else { vec![Currency::EUR] },
            })
            .to_vec(),
        prices: channels()
            .map(|(channel, currency)| (channel, Money::new(i64::try_from(mix % 20_000).unwrap_or(0), currency)))
            .to_vec(),
        names: vec![name.clone(), format!("{name} jacke")],
        keywords: vec![format!("vendor {}", mix % 50), format!("SKU-{number}-M"), "outerwear".to_owned()],
        descriptions: vec![format!(
            "A {} thing for {} days, made of {}.",
            word(mix / 5),
            word(mix / 7),
            word(mix / 11)
        )],
        product_type: ProductTypeId::restore(id(10 + mix % 10)),
        vendor: Some(format!("Vendor {}", mix % 50)),
        tags: Vec::new(),
        categories: vec![category(mix % 60), category(60 + mix % 12), category(80 + mix % 6)],
        collections: Vec::new(),
        attributes: vec![
            attribute("color", 12),
            attribute("material", 10),
            attribute("size", 6),
            attribute("weight", 40),
            attribute("season", 4),
        ],
        sort_names: vec![("en".to_owned(), name)],
        created_at: at(i64::try_from(number).unwrap_or(0)),
        updated_at: at(i64::try_from(number).unwrap_or(0)),
        units_sold: 0,
    }
}

fn query() -> ProductQuery {
    ProductQuery {
        channel: Some(ChannelId::restore(id(1))),
        currency: Currency::EUR,
        names: "en".to_owned(),
        text: None,
        category: None,
        collection: None,
        filter: Filter::default(),
        sort: Sort { key: SortKey::Relevance, direction: Direction::Descending },
        page: PageRequest { size: 24, cursor: None, direction: Direction::Ascending },
        facets: Some(FacetRequest { categories: (160..172).map(|n| CategoryId::restore(id(n))).collect() }),
        now: at(1_000_000),
    }
}

/// A filter that matches every product and differs each time, so that no cached counts are used.
fn unseen(seen: &mut i64) -> Filter {
    *seen += 1;
    Filter { price: Some(PriceRange { min: Some(-*seen), max: None }), ..Filter::default() }
}

fn speed(criterion: &mut Criterion) {
    let Ok(index) = SearchIndex::in_memory() else { return };
    let changes: Vec<Change> = (0..PRODUCTS).map(|number| Change::Put(Box::new(product(number)))).collect();
    criterion.bench_function("index 10,000 products", |bencher| {
        bencher.iter(|| {
            let built = index.clear().and_then(|()| index.apply(&changes)).and_then(|_| index.commit(Some(1)));
            black_box(built.and_then(|()| index.merge())).is_ok()
        });
    });
    let sorts = [
        ("best match", SortKey::Relevance, Direction::Descending),
        ("price", SortKey::Price, Direction::Ascending),
        ("name", SortKey::Name, Direction::Ascending),
    ];
    for (name, key, direction) in sorts {
        let category =
            ProductQuery { category: Some(CategoryId::restore(id(181))), sort: Sort { key, direction }, ..query() };
        let all = ProductQuery { sort: Sort { key, direction }, ..query() };
        for (list, query) in [("a sixth", category), ("all", all)] {
            let mut seen = 0;
            criterion.bench_function(&format!("list {list} by {name}"), |bencher| {
                bencher.iter(|| black_box(index.find(&query)).is_ok());
            });
            criterion.bench_function(&format!("list {list} by {name}, unseen"), |bencher| {
                bencher.iter(|| {
                    black_box(index.find(&ProductQuery { filter: unseen(&mut seen), ..query.clone() })).is_ok()
                });
            });
        }
    }
    for text in ["jacket", "alpine", "alpine jac", "vendor 17"] {
        let query = ProductQuery { text: Some(text.to_owned()), ..query() };
        let mut seen = 0;
        criterion.bench_function(&format!("search {text:?}"), |bencher| {
            bencher.iter(|| black_box(index.find(&query)).is_ok());
        });
        criterion.bench_function(&format!("search {text:?}, unseen"), |bencher| {
            bencher
                .iter(|| black_box(index.find(&ProductQuery { filter: unseen(&mut seen), ..query.clone() })).is_ok());
        });
    }
}

criterion_group!(benches, speed);
criterion_main!(benches);
