//! The catalog as staff see it: product types, products, categories and collections, published or not.

mod category;
mod collection;
mod errors;
mod inputs;
mod mutations;
mod parts;
mod product;
mod product_inputs;
mod product_mutations;
mod product_type;
mod query;

pub use category::Category;
pub use collection::Collection;
pub use errors::CatalogUserError;
pub use mutations::TaxonomyMutation;
pub use product::{Product, ProductVariant};
pub use product_mutations::ProductMutation;
pub use product_type::ProductType;
pub use query::CatalogQuery;

/// The static cost of the query fields that read a whole list of products; every other field costs one.
pub const FIELD_COSTS: &[(&str, u64)] = &[("products", 10)];
