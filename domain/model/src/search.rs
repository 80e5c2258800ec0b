//! The order, filters and positions of product lists, as the search index and the API share them.

mod cursor;
mod filter;
mod sort;
mod variants;

pub use cursor::{Cursor, CursorKey};
pub use filter::{AttributeFilter, PriceRange};
pub use sort::{Sort, SortKey};
pub use variants::{VariantCursor, VariantFilter, VariantSort, VariantSortKey};

use crate::ids::ProductId;

/// A product on a page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Id of the product.
    pub id: ProductId,
    /// Position of the product in the list.
    pub cursor: Cursor,
}
