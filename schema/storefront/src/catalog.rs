//! The catalog as shoppers see it: products with their variants, categories and collections.

mod category;
mod collection;
mod metafield;
mod picture;
mod product;
mod query;
mod variant;

pub use category::Category;
pub use collection::Collection;
pub use metafield::MetafieldIdentifier;
pub use picture::{Image, ImageFormat, ImageTransform, Media};
pub use product::{Attribute, PriceRange, Product, ProductType, Seo};
pub use query::CatalogQuery;
pub use variant::ProductVariant;
