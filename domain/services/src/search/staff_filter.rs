//! Product filters of staff, with references to other objects.

use model::{
    Timestamp,
    catalog::{ProductStatus, Taxonomy},
    settings::Settings,
};
use persistence::search::{self, Filter};

use super::filter::shortened;
use crate::catalog::Ref;

/// Conditions that must all hold; an empty list is no condition. An unknown reference matches nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StaffProductFilter {
    /// The words to search for.
    pub query: Option<String>,
    /// The SKU of a variant.
    pub sku: Option<String>,
    /// The current slug.
    pub slug: Option<String>,
    /// The reference in an external system.
    pub external_reference: Option<String>,
    /// Statuses; one must match.
    pub status: Vec<ProductStatus>,
    /// Categories; the product must be in one of them or its descendants.
    pub categories: Vec<Ref>,
    /// Collections; one must match.
    pub collections: Vec<Ref>,
    /// Product types; one must match.
    pub product_types: Vec<Ref>,
    /// Vendors; one must match.
    pub vendors: Vec<String>,
    /// Tags; one must match.
    pub tags: Vec<String>,
    /// Channels; the product must be published in one of them, now or later.
    pub channels: Vec<Ref>,
    /// Only products that changed after this time.
    pub updated_after: Option<Timestamp>,
    /// Only products that were created after this time.
    pub created_after: Option<Timestamp>,
    /// Filters that must all match.
    pub and: Vec<StaffProductFilter>,
    /// Filters of which at least one must match.
    pub or: Vec<StaffProductFilter>,
    /// A filter that must not match.
    pub not: Option<Box<StaffProductFilter>>,
}

impl StaffProductFilter {
    /// True if the only condition is the time of the last change, if any.
    pub(super) fn is_sync(&self) -> bool {
        let others = Self { updated_after: None, ..self.clone() };
        others == Self::default()
    }

    /// The filter by ids.
    pub(super) fn resolve(&self, taxonomy: &Taxonomy, settings: &Settings) -> Filter {
        let all = |filters: &[Self]| filters.iter().map(|filter| filter.resolve(taxonomy, settings)).collect();
        search::Filter {
            text: self.query.as_deref().map(shortened).filter(|text| !text.trim().is_empty()),
            product_types: ids(&self.product_types, |named| {
                let known = named.id().and_then(|id| taxonomy.product_types.get(&id));
                Some(known.or_else(|| taxonomy.product_type_by_slug(&named.0))?.id)
            }),
            vendors: (!self.vendors.is_empty()).then(|| self.vendors.clone()),
            categories: ids(&self.categories, |named| {
                let known = named.id().and_then(|id| taxonomy.categories.get(&id));
                Some(known.or_else(|| taxonomy.category_by_slug(&named.0))?.id)
            }),
            collections: ids(&self.collections, |named| {
                let known = named.id().and_then(|id| taxonomy.collections.get(&id));
                Some(known.or_else(|| taxonomy.collection_by_slug(&named.0))?.id)
            }),
            tags: (!self.tags.is_empty()).then(|| self.tags.clone()),
            slugs: self.slug.clone().map(|slug| vec![slug]),
            skus: self.sku.clone().map(|sku| vec![sku]),
            references: self.external_reference.clone().map(|reference| vec![reference]),
            statuses: (!self.status.is_empty()).then(|| self.status.clone()),
            channels: ids(&self.channels, |named| {
                let known = named.id().and_then(|id| settings.channel_by_id(id));
                Some(known.or_else(|| settings.channel(&named.0))?.id)
            }),
            created_after: self.created_after,
            updated_after: self.updated_after,
            and: all(&self.and),
            or: all(&self.or),
            not: self.not.iter().map(|filter| filter.resolve(taxonomy, settings)).collect(),
            ..search::Filter::default()
        }
    }
}

fn ids<I>(named: &[Ref], find: impl Fn(&Ref) -> Option<I>) -> Option<Vec<I>> {
    (!named.is_empty()).then(|| named.iter().filter_map(find).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_time_of_the_last_change_makes_a_sync() {
        let sync = StaffProductFilter { updated_after: Some(Timestamp::UNIX_EPOCH), ..StaffProductFilter::default() };
        assert!(sync.is_sync() && StaffProductFilter::default().is_sync());
        assert!(!StaffProductFilter { sku: Some("A".to_owned()), ..sync.clone() }.is_sync());
        assert!(!StaffProductFilter { and: vec![sync], ..StaffProductFilter::default() }.is_sync());
    }
}
