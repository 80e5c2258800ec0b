//! Queries of product lists and their results.

use model::{
    Currency, PageRequest, Timestamp,
    ids::{CategoryId, ChannelId, CollectionId},
    search::{Cursor, Hit, Sort},
};

use super::{FacetCounts, Filter};

/// The name of the chain of languages that sorts by the untranslated names. No chain of languages ends with `_`.
pub const UNTRANSLATED: &str = "untranslated_";

/// A query of one page of products: those of a channel, or all.
#[derive(Debug, Clone)]
pub struct ProductQuery {
    /// The channel that publishes the products; none for all products, published or not, which have no price and no
    /// availability then.
    pub channel: Option<ChannelId>,
    /// The currency of price filters and of sorting by price.
    pub currency: Currency,
    /// The chain of languages for sorting by name: tags joined by `_`, preferred language first; or [`UNTRANSLATED`].
    pub names: String,
    /// Words to search for; the last one may be a prefix.
    pub text: Option<String>,
    /// Only products in this category or its descendants.
    pub category: Option<CategoryId>,
    /// Only products in this collection, which also defines the manual order.
    pub collection: Option<CollectionId>,
    /// Further conditions.
    pub filter: Filter,
    /// The sort order.
    pub sort: Sort,
    /// The requested page.
    pub page: PageRequest<Cursor>,
    /// Facets to count; none skips counting.
    pub facets: Option<FacetRequest>,
    /// The current time, which decides publication.
    pub now: Timestamp,
}

/// The facets to count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FacetRequest {
    /// The categories of the category facet: the children of the current one.
    pub categories: Vec<CategoryId>,
}

/// A page of products.
#[derive(Debug, Clone, Default)]
pub struct ProductPage {
    /// The products, in order.
    pub hits: Vec<Hit>,
    /// Number of products in the list.
    pub total: u64,
    /// True if products follow the page.
    pub has_next: bool,
    /// True if products precede the page.
    pub has_previous: bool,
    /// Facet counts, if requested.
    pub facets: std::sync::Arc<Vec<FacetCounts>>,
}
