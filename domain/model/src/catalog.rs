//! The catalog: products with variants, product types, categories and collections. Each is one document.

mod localized;
mod media_url;
mod product;
mod product_type;
mod rules;
mod snapshot;
mod status;
mod taxonomy;

pub use localized::Localized;
pub use media_url::media_url;
pub use product::{
    AttributeValue, BundleComponent, ExternalReference, Media, Metafield, Price, Product, ProductOption, Publication,
    SelectedOption, Seo, Translation, Variant,
};
pub use product_type::{Attribute, AttributeKind, ProductType};
pub use rules::{
    CatalogErrorCode, Violation, check_bundles, check_category, check_collection, check_metafields, check_product,
    check_product_type,
};
pub use snapshot::Taxonomy;
pub use status::ProductStatus;
pub use taxonomy::{Category, Collection};
