//! The catalog: products with variants, product types, categories and collections. Each is one document.

mod bulk_job;
mod former;
mod gtin;
mod localized;
mod media_url;
mod product;
mod product_change;
mod product_type;
mod rules;
mod snapshot;
mod status;
mod taxonomy;
mod texts;
mod variant;
mod variant_merge;
mod variant_patch;

pub use bulk_job::{BulkJob, BulkJobError, BulkJobState};
pub use gtin::{Gtin, InvalidGtin};
pub use localized::Localized;
pub use media_url::media_url;
pub use product::{AttributeValue, FormerSlug, Media, Product, Publication};
pub use product_change::ProductChange;
pub use product_type::{Attribute, AttributeKind, ProductType};
pub use rules::{
    CatalogErrorCode, Violation, check_bundles, check_category, check_collection, check_metafields, check_product,
    check_product_type,
};
pub use snapshot::Taxonomy;
pub use status::ProductStatus;
pub use taxonomy::{Category, Collection, FormerName, FormerPlace};
pub use texts::{ExternalReference, Metafield, Seo, TermTranslation, Translation};
pub use variant::{BundleComponent, Price, ProductOption, SelectedOption, Variant, variant_name};
pub use variant_merge::{VariantKey, match_variants, merge_variants};
pub use variant_patch::{PricePatch, VariantPatch};
