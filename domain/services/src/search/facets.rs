//! Facets with names in the shopper's language instead of ids. Names are resolved on reading, so that requests can
//! share the counts.

use std::{borrow::Cow, sync::Arc};

use model::{
    GlobalId, Locale,
    catalog::{Attribute, AttributeKind, Localized, Taxonomy},
};
use persistence::search::{FacetCounts, FacetKey, ValueCount};
use uuid::Uuid;

/// The facets of a list, in a chain of languages.
#[derive(Debug, Clone, Default)]
pub struct Facets {
    pub(super) counts: Arc<Vec<FacetCounts>>,
    pub(super) taxonomy: Arc<Taxonomy>,
    pub(super) locales: Vec<Locale>,
}

/// A facet with the values that occur in the list.
#[derive(Clone, Copy)]
pub struct Facet<'a> {
    facets: &'a Facets,
    counts: &'a FacetCounts,
    /// The attribute, if a product type defines it.
    attribute: Option<&'a Attribute>,
}

/// A value with its number of products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue<'a> {
    /// The value for filters.
    pub value: &'a str,
    /// The displayed value.
    pub label: Cow<'a, str>,
    /// The number of products of the list that have it.
    pub count: u64,
}

impl Facets {
    /// The facets in display order.
    pub fn iter(&self) -> impl Iterator<Item = Facet<'_>> {
        self.counts.iter().map(|counts| {
            let attribute = match &counts.key {
                FacetKey::Attribute(slug) => attribute(&self.taxonomy, slug),
                _ => None,
            };
            Facet { facets: self, counts, attribute }
        })
    }
}

impl<'a> Facet<'a> {
    /// The name for filters: `category`, `product_type`, `vendor`, or the attribute's slug.
    #[must_use]
    pub fn slug(&self) -> &'a str {
        match &self.counts.key {
            FacetKey::Category => "category",
            FacetKey::ProductType => "product_type",
            FacetKey::Vendor => "vendor",
            FacetKey::Attribute(slug) => slug,
        }
    }

    /// The displayed name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        match &self.counts.key {
            FacetKey::Category => self.built_in(["Category", "Kategorie", "Catégorie", "カテゴリー"]),
            FacetKey::ProductType => self.built_in(["Product type", "Produktart", "Type de produit", "商品タイプ"]),
            FacetKey::Vendor => self.built_in(["Vendor", "Hersteller", "Fabricant", "メーカー"]),
            FacetKey::Attribute(slug) => {
                self.attribute.map_or(slug.as_str(), |attribute| attribute.name_in(&self.facets.locales))
            }
        }
    }

    /// The text in the first of the languages that it exists in: English, German, French and Japanese.
    fn built_in(&self, [english, german, french, japanese]: [&'static str; 4]) -> &'static str {
        let text = |locale: &Locale| match locale.language() {
            "en" => Some(english),
            "de" => Some(german),
            "fr" => Some(french),
            "ja" => Some(japanese),
            _ => None,
        };
        self.facets.locales.iter().find_map(text).unwrap_or(english)
    }

    /// The values in display order.
    pub fn values(&self) -> impl Iterator<Item = FacetValue<'a>> {
        self.counts.values.iter().filter_map(|counted| self.value(counted))
    }

    fn value(&self, counted: &'a ValueCount) -> Option<FacetValue<'a>> {
        let Facets { taxonomy, locales, .. } = self.facets;
        let own = counted.value.as_str();
        let (value, label) = match &self.counts.key {
            FacetKey::Category => {
                let category = taxonomy.categories.get(&restore(own)?)?;
                let label = category.name_in(locales);
                (category.slug.as_str(), Cow::Borrowed(label))
            }
            FacetKey::ProductType => {
                let kind = taxonomy.product_types.get(&restore(own)?)?;
                (kind.slug.as_str(), Cow::Borrowed(kind.name_in(locales)))
            }
            FacetKey::Vendor => (own, Cow::Borrowed(own)),
            FacetKey::Attribute(_) => (own, self.label(own)),
        };
        Some(FacetValue { value, label, count: counted.count })
    }

    /// The displayed value of an attribute.
    fn label(&self, value: &'a str) -> Cow<'a, str> {
        match self.attribute {
            Some(Attribute { kind: AttributeKind::Boolean, .. }) if value == "true" => {
                self.built_in(["Yes", "Ja", "Oui", "はい"]).into()
            }
            Some(Attribute { kind: AttributeKind::Boolean, .. }) if value == "false" => {
                self.built_in(["No", "Nein", "Non", "いいえ"]).into()
            }
            Some(attribute) => {
                let text = attribute.value_in(value, &self.facets.locales);
                attribute.unit.as_ref().map_or_else(|| text.into(), |unit| format!("{text} {unit}").into())
            }
            None => value.into(),
        }
    }
}

/// The attribute with a slug, as defined by the first product type that has it.
fn attribute<'a>(taxonomy: &'a Taxonomy, slug: &str) -> Option<&'a Attribute> {
    let defined = taxonomy.product_types.values().filter_map(|kind| {
        let attribute = kind.attributes.iter().find(|attribute| attribute.slug == slug)?;
        Some((&kind.slug, attribute))
    });
    defined.min_by_key(|(kind, _)| *kind).map(|(_, attribute)| attribute)
}

fn restore<I: GlobalId>(value: &str) -> Option<I> {
    Uuid::try_parse(value).ok().map(I::restore)
}
