//! Conditions on products.

/// A condition on one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttributeFilter {
    /// Slug of the attribute.
    pub slug: String,
    /// Matching values; the product must have one of them.
    pub values: Vec<String>,
}

/// A price range in minor units, including both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PriceRange {
    /// Minimum price; None for no minimum.
    pub min: Option<i64>,
    /// Maximum price; None for no maximum.
    pub max: Option<i64>,
}
