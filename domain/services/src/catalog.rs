//! The catalog: product types, products, categories and collections, each stored as a document. Reads go through a
//! cache; changes are validated and written under a version.

mod bulk;
mod cache;
mod categories;
mod collections;
mod drain;
mod error;
mod facts;
mod former_slugs;
mod import;
mod input;
mod list;
mod product_types;
mod products;
mod read;
mod reference;
mod skus;
mod stored;
mod write;

pub use bulk::{
    BulkPriceInput, MAX_BULK_VARIANTS, MAX_FOUND, ProductsBulkInput, VariantBulkInput, find_bulk_job, run_bulk_job,
    update_products, update_variants,
};
pub use cache::CatalogCache;
pub use categories::{create_category, delete_category, move_category, update_category};
pub use collections::{
    add_to_collection, create_collection, delete_collection, remove_from_collection, update_collection,
};
pub use drain::drain_changes;
pub use error::{CatalogError, CatalogRefused, CatalogResult};
pub use import::scan_products;
pub(crate) use import::{import, import_collections};
pub use input::{
    AttributeInput, CategoryInput, CategoryMove, CollectionInput, ComponentInput, MediaInput, OptionInput, PriceInput,
    ProductInput, ProductTypeInput, Publish, StockInput, TranslationInput, VariantInput,
};
pub(crate) use list::any_product;
pub use list::{
    count_products, find_category, find_collection, find_product, find_product_by_reference, find_product_type,
    find_variant_by_reference, list_categories, list_collections, list_product_types, list_products, products_by_ids,
};
pub use product_types::{create_product_type, delete_product_type, update_product_type};
pub use products::{create_product, delete_product, publish_product, unpublish_product, update_product};
pub use read::{cached_products, products_of_variants};
pub(crate) use read::{fresh_products, visible_product, visible_products};
pub use reference::Ref;
