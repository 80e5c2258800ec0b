//! Inputs of catalog changes. An absent field stays unchanged, or gets its default in a new object.

use std::collections::BTreeMap;

use model::{
    Currency, Locale, Timestamp,
    catalog::{Attribute, AttributeValue, Metafield, SelectedOption, Seo, TermTranslation, VariantKey},
    ids::{CategoryId, VariantId},
};

use super::Ref;

/// The input of a product.
#[derive(Debug, Clone, Default)]
pub struct ProductInput {
    /// The product type; required for a new product, fixed afterwards.
    pub product_type: Option<Ref>,
    /// The slug; required for a new product.
    pub slug: Option<String>,
    /// The name; required for a new product.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The vendor; `Some(None)` removes it.
    pub vendor: Option<Option<String>>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// The tax class: the standard class or one that has a rate.
    pub tax_class: Option<String>,
    /// The delivery profile; `Some(None)` removes it.
    pub delivery_profile: Option<Option<String>>,
    /// Attribute values.
    pub attributes: Option<Vec<AttributeValue>>,
    /// Options, such as size and color.
    pub options: Option<Vec<OptionInput>>,
    /// Categories, the primary one first.
    pub categories: Option<Vec<Ref>>,
    /// Channels in which it is published now; publications that exist keep their date.
    pub channels: Option<Vec<Ref>>,
    /// Variants to change, found by id, SKU or selected options, or to create. All others stay unless `replace_variants`.
    pub variants: Option<Vec<VariantInput>>,
    /// True if `variants` lists all variants in display order, so that others are removed.
    pub replace_variants: bool,
    /// All images in display order.
    pub media: Option<Vec<MediaInput>>,
    /// The texts for search engines.
    pub seo: Option<Seo>,
    /// All translations.
    pub translations: Option<Vec<TranslationInput>>,
    /// All metafields.
    pub metafields: Option<Vec<Metafield>>,
    /// The id in an external system; `Some(None)` removes it.
    pub external_reference: Option<Option<String>>,
}

/// The input of a variant.
#[derive(Debug, Clone, Default)]
pub struct VariantInput {
    /// The variant; without one it is found by its SKU, and else by its selected options.
    pub id: Option<VariantId>,
    /// Stock keeping unit; required for a new variant.
    pub sku: Option<String>,
    /// The name; composed of the option values for a new variant or `Some(None)`.
    pub name: Option<Option<String>>,
    /// One value per option.
    pub selected_options: Option<Vec<SelectedOption>>,
    /// The barcode, a GTIN; `Some(None)` removes it.
    pub barcode: Option<Option<String>>,
    /// The id in an external system; `Some(None)` removes it.
    pub external_reference: Option<Option<String>>,
    /// The weight in grams; `Some(None)` removes it.
    pub weight_grams: Option<Option<u32>>,
    /// True if it is delivered; the default is true.
    pub requires_shipping: Option<bool>,
    /// True if stock is tracked; the default is the value of `requires_shipping`.
    pub is_tracked: Option<bool>,
    /// True if it can be sold when out of stock; the default is false.
    pub allows_backorder: Option<bool>,
    /// All prices.
    pub prices: Option<Vec<PriceInput>>,
    /// Units on hand.
    pub stock: Vec<StockInput>,
    /// The components of a bundle, which cannot be bundles themselves.
    pub components: Option<Vec<ComponentInput>>,
}

impl VariantInput {
    /// The parts that say which variant it means.
    pub(super) fn key(&self) -> VariantKey<'_> {
        VariantKey { id: self.id, sku: self.sku.as_deref(), selected_options: self.selected_options.as_deref() }
    }

    /// True if it has components.
    pub(super) fn is_bundle(&self) -> bool {
        self.components.as_ref().is_some_and(|parts| !parts.is_empty())
    }

    /// True if it sets stock or inventory flags.
    pub(super) const fn concerns_stock(&self) -> bool {
        !self.stock.is_empty() || self.is_tracked.is_some() || self.allows_backorder.is_some()
    }
}

/// An option of a product.
#[derive(Debug, Clone, Default)]
pub struct OptionInput {
    /// The name.
    pub name: String,
    /// The values in display order.
    pub values: Vec<String>,
    /// The name and values in other languages; if absent, an option of the same name keeps its translations.
    pub translations: Option<BTreeMap<Locale, TermTranslation>>,
}

/// A price in one channel and currency.
#[derive(Debug, Clone)]
pub struct PriceInput {
    /// The channel.
    pub channel: Ref,
    /// The currency.
    pub currency: Currency,
    /// The price as a decimal in the currency.
    pub amount: String,
    /// The original price as a decimal in the currency.
    pub compare_at: Option<String>,
}

/// Units on hand at a location.
#[derive(Debug, Clone)]
pub struct StockInput {
    /// The location.
    pub location: Ref,
    /// The number of units.
    pub on_hand: i64,
}

/// A component of a bundle.
#[derive(Debug, Clone)]
pub struct ComponentInput {
    /// The SKU of the component.
    pub sku: String,
    /// Units of the component per bundle.
    pub quantity: u32,
}

/// An image.
#[derive(Debug, Clone)]
pub struct MediaInput {
    /// The URL.
    pub url: String,
    /// The alternative text.
    pub alt: Option<String>,
    /// Width of the original in pixels.
    pub width: u32,
    /// Height of the original in pixels.
    pub height: u32,
}

/// Texts in one language.
#[derive(Debug, Clone)]
pub struct TranslationInput {
    /// The language.
    pub locale: Locale,
    /// The name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The texts for search engines.
    pub seo: Seo,
}

/// The input of a publication.
#[derive(Debug, Clone)]
pub struct Publish {
    /// The channels.
    pub channels: Vec<Ref>,
    /// The time of publication; the default is now.
    pub publish_at: Option<Timestamp>,
}

/// The input of a product type.
#[derive(Debug, Clone, Default)]
pub struct ProductTypeInput {
    /// The slug; required for a new product type.
    pub slug: Option<String>,
    /// The name; required for a new product type.
    pub name: Option<String>,
    /// The names in other languages.
    pub translations: Option<BTreeMap<Locale, String>>,
    /// All attributes.
    pub attributes: Option<Vec<AttributeInput>>,
}

/// An attribute of a product type.
#[derive(Debug, Clone)]
pub struct AttributeInput {
    /// The attribute without translations.
    pub definition: Attribute,
    /// The name and choices in other languages; if absent, an attribute of the same slug keeps its translations.
    pub translations: Option<BTreeMap<Locale, TermTranslation>>,
}

/// The input of a category.
#[derive(Debug, Clone, Default)]
pub struct CategoryInput {
    /// The last segment of its path, unique among its siblings, or a full path that begins with the parent's; required
    /// for a new category.
    pub slug: Option<String>,
    /// The name; required for a new object.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The parent of a new category; without one it is a root.
    pub parent: Option<Ref>,
    /// The order among its siblings.
    pub position: Option<i32>,
    /// All translations.
    pub translations: Option<Vec<TranslationInput>>,
    /// The texts for search engines.
    pub seo: Option<Seo>,
}

/// The input of a category move.
#[derive(Debug, Clone)]
pub struct CategoryMove {
    /// The category.
    pub id: CategoryId,
    /// The new parent; `None` makes it a root.
    pub parent: Option<Ref>,
    /// The order among its siblings; the default is unchanged.
    pub position: Option<i32>,
}

/// The input of a collection.
#[derive(Debug, Clone, Default)]
pub struct CollectionInput {
    /// The slug; required for a new collection.
    pub slug: Option<String>,
    /// The name; required for a new object.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// Channels in which it is visible.
    pub channels: Option<Vec<Ref>>,
    /// All translations.
    pub translations: Option<Vec<TranslationInput>>,
    /// All metafields.
    pub metafields: Option<Vec<Metafield>>,
    /// The texts for search engines.
    pub seo: Option<Seo>,
}
