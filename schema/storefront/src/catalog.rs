//! The catalog as shoppers see it: products with their variants, categories and collections.

mod category;
mod collection;
mod metafield;
mod options;
mod picture;
mod product;
mod query;
mod redirect;
mod seo;
mod variant;

pub use category::Category;
pub use collection::Collection;
pub use metafield::MetafieldIdentifier;
pub use options::{ProductOption, SelectedOption};
pub use picture::{Image, ImageFormat, ImageTransform, Media};
pub use product::{Attribute, PriceRange, Product, ProductType};
pub use query::CatalogQuery;
pub use redirect::{Redirect, RedirectQuery, RedirectTarget};
pub use seo::Seo;
pub use variant::{BundleComponent, ProductVariant};

/// The static cost of fields with long texts, long lists, or a loop over all variants of a product.
pub const FIELD_COSTS: &[(&str, u64)] = &[
    // Texts of up to 65,536 characters.
    ("Product.description", 20),
    ("Category.description", 20),
    ("Collection.description", 20),
    ("Seo.description", 20),
    ("Metafield.value", 10),
    // Up to 250 entries.
    ("Product.attributes", 10),
    ("Product.tags", 5),
    // Up to ten options of 100 values.
    ("ProductOption.values", 5),
    // A product has up to 2,000 variants.
    ("Product.variants", 5),
    ("Product.priceRange", 3),
    ("Product.isAvailable", 3),
    // Up to 100 entries, each with a product.
    ("ProductVariant.components", 20),
    // The whole tree.
    ("Query.categoryTree", 20),
];
