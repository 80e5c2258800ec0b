//! Inputs of bulk changes.

use model::{
    Currency, IdempotencyKey, Timestamp,
    catalog::{CatalogErrorCode, Violation},
    ids::VariantId,
};
use serde::Serialize;

use crate::catalog::Ref;

/// A variant by one of its keys.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum VariantRef {
    /// By its id.
    Id(VariantId),
    /// By its SKU.
    Sku(String),
    /// By its external reference.
    ExternalReference(String),
}

impl VariantRef {
    /// The field of the input.
    pub(super) const fn field(&self) -> &'static str {
        match self {
            Self::Id(_) => "id",
            Self::Sku(_) => "sku",
            Self::ExternalReference(_) => "externalReference",
        }
    }
}

/// A change of one variant; absent fields stay unchanged.
#[derive(Debug, Clone, Default)]
pub struct VariantBulkInput {
    /// The global id of the variant. Exactly one of `id`, `sku` and `external_reference` is required.
    pub id: Option<String>,
    /// The SKU of the variant.
    pub sku: Option<String>,
    /// The external reference of the variant.
    pub external_reference: Option<String>,
    /// Prices that replace those of the same channel and currency.
    pub prices: Vec<BulkPriceInput>,
    /// The compare-at price as a decimal of the named prices without their own, or of all prices if none is named;
    /// `Some(None)` removes it.
    pub compare_at: Option<Option<String>>,
    /// The weight in grams; `Some(None)` removes it.
    pub weight_grams: Option<Option<u32>>,
    /// The barcode; `Some(None)` removes it.
    pub barcode: Option<Option<String>>,
    /// True if stock is tracked.
    pub is_tracked: Option<bool>,
    /// True if it can be sold when out of stock.
    pub allows_backorder: Option<bool>,
}

impl VariantBulkInput {
    /// The variant; `path` is that of this input.
    pub(super) fn variant(&self, path: &str) -> Result<VariantRef, Violation> {
        match (&self.id, &self.sku, &self.external_reference) {
            (Some(id), None, None) => id.parse().map(VariantRef::Id).map_err(|_| {
                Violation::at(CatalogErrorCode::NotFound, &format!("{path}.id"), "there is no such variant")
            }),
            (None, Some(sku), None) => Ok(VariantRef::Sku(sku.clone())),
            (None, None, Some(reference)) => Ok(VariantRef::ExternalReference(reference.clone())),
            _ => {
                let message = "give exactly one of id, sku and externalReference";
                Err(Violation::at(CatalogErrorCode::Invalid, path, message))
            }
        }
    }

    /// True if it sets inventory flags.
    pub(super) const fn has_flags(&self) -> bool {
        self.is_tracked.is_some() || self.allows_backorder.is_some()
    }
}

/// A price in one channel and currency.
#[derive(Debug, Clone)]
pub struct BulkPriceInput {
    /// The channel.
    pub channel: Ref,
    /// The currency.
    pub currency: Currency,
    /// The price as a decimal in the currency.
    pub amount: String,
    /// The compare-at price as a decimal in the currency; `Some(None)` removes it. If absent, the present one stays while
    /// it is higher than the amount.
    pub compare_at: Option<Option<String>>,
}

/// A change of many products, executed by a job.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ProductsBulkInput {
    /// The global ids of the products; those that the filter selected, if there is one.
    pub ids: Vec<String>,
    /// The filter that selected the products, as text for the audit log.
    pub filter: Option<String>,
    /// Channels in which they are published.
    pub publish: Vec<Ref>,
    /// The time of publication; the default is the time of the request for new publications.
    pub publish_at: Option<Timestamp>,
    /// Channels from which they are removed.
    pub unpublish: Vec<Ref>,
    /// Tags that they get.
    pub add_tags: Vec<String>,
    /// Tags that they lose.
    pub remove_tags: Vec<String>,
    /// Categories that list them.
    pub add_categories: Vec<Ref>,
    /// Categories that no longer list them.
    pub remove_categories: Vec<Ref>,
    /// True archives them, false restores them.
    pub archive: Option<bool>,
    /// A repeated request with the same key starts no second job.
    #[serde(skip)]
    pub idempotency_key: Option<IdempotencyKey>,
}
