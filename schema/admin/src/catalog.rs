//! The catalog as staff see it: product types, products, categories and collections, published or not.

mod bulk;
mod category;
mod collection;
mod errors;
mod inputs;
mod list_inputs;
mod mutations;
mod options;
mod parts;
mod product;
mod product_inputs;
mod product_mutations;
mod product_queries;
mod product_type;
mod query;
mod translations;

pub use bulk::{BulkMutation, JobQuery};
pub use category::Category;
pub use collection::Collection;
pub use errors::CatalogUserError;
pub use inputs::MetafieldInput;
pub use mutations::TaxonomyMutation;
pub use product::{Product, ProductVariant};
pub use product_mutations::ProductMutation;
pub use product_queries::ProductQuery;
pub use product_type::ProductType;
pub use query::CatalogQuery;

/// The static cost of fields that read many documents, long texts or long lists.
pub const FIELD_COSTS: &[(&str, u64)] = &[
    ("Query.products", 50),
    ("Query.productVariants", 50),
    ("Query.deletedProducts", 20),
    ("Query.productTypes", 20),
    ("Query.categories", 20),
    ("Query.collections", 20),
    ("Collection.products", 50),
    // Texts of up to 65,536 characters.
    ("Product.description", 10),
    ("Category.description", 10),
    ("Collection.description", 10),
    ("Translation.description", 10),
    ("Metafield.value", 10),
    // A product has up to 2,000 variants.
    ("Product.variants", 5),
    ("Mutation.productCreate", 300),
    ("Mutation.productUpdate", 300),
    ("Mutation.productVariantsBulkUpdate", 300),
    ("Mutation.productsBulkUpdate", 50),
];
