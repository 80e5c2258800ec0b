//! What a list of products is asked for, and what it answers.

use model::{
    Currency, PageRequest, Timestamp,
    ids::{CategoryId, ChannelId, CollectionId, ProductId},
};

use super::{Cursor, FacetCounts, Filter, Sort};

/// A page of products of one channel.
#[derive(Debug, Clone)]
pub struct ProductQuery {
    /// Only what this channel sells.
    pub channel: ChannelId,
    /// The currency of price filters and of sorting by price.
    pub currency: Currency,
    /// The chain of languages whose names sort the list: tags joined by `_`, best first.
    pub names: String,
    /// Words to search for; the last may be unfinished.
    pub text: Option<String>,
    /// Only products in this category or below it.
    pub category: Option<CategoryId>,
    /// Only products in this collection; also the one whose order is manual.
    pub collection: Option<CollectionId>,
    /// Further conditions.
    pub filter: Filter,
    /// The order.
    pub sort: Sort,
    /// Which part of the list.
    pub page: PageRequest<Cursor>,
    /// Which facets to count; none saves the work.
    pub facets: Option<FacetRequest>,
    /// The time that decides what is published.
    pub now: Timestamp,
}

/// What to count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FacetRequest {
    /// Categories that are offered to go to: the children of the one that is shown.
    pub categories: Vec<CategoryId>,
}

/// A page of products.
#[derive(Debug, Clone, Default)]
pub struct ProductPage {
    /// The products, in order.
    pub hits: Vec<Hit>,
    /// How many products the whole list has.
    pub total: u64,
    /// Whether the list goes on after the page.
    pub has_next: bool,
    /// Whether the list starts before the page.
    pub has_previous: bool,
    /// Counts, when asked for.
    pub facets: std::sync::Arc<Vec<FacetCounts>>,
}

/// A product of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Which one.
    pub id: ProductId,
    /// Its place in the list.
    pub cursor: Cursor,
}
