//! What callers say of objects of the catalog. What is absent stays as it is, or gets its default in a new object.

use model::{
    Currency, Locale, Timestamp,
    catalog::{Attribute, AttributeValue, Metafield, ProductOption, SelectedOption, Seo},
    ids::{CategoryId, VariantId},
};

use super::Ref;

/// What is said of a product.
#[derive(Debug, Clone, Default)]
pub struct ProductInput {
    /// Its type; needed for a new product, fixed afterwards.
    pub product_type: Option<Ref>,
    /// The readable part of its link; needed for a new product.
    pub slug: Option<String>,
    /// Its name; needed for a new product.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its maker; some none to forget it.
    pub vendor: Option<Option<String>>,
    /// Free labels.
    pub tags: Option<Vec<String>>,
    /// The class that decides the tax rate: the standard one, or one that has a rate.
    pub tax_class: Option<String>,
    /// Values of the attributes of its type.
    pub attributes: Option<Vec<AttributeValue>>,
    /// Axes that make variants.
    pub options: Option<Vec<ProductOption>>,
    /// Categories, the main one first.
    pub categories: Option<Vec<Ref>>,
    /// Channels it is sold in from now on; those it is in already keep their date.
    pub channels: Option<Vec<Ref>>,
    /// All its variants, in display order; those with a known id or SKU are changed, others created, the rest removed.
    pub variants: Option<Vec<VariantInput>>,
    /// All its pictures, in display order.
    pub media: Option<Vec<MediaInput>>,
    /// What search engines show.
    pub seo: Option<Seo>,
    /// All its texts in other languages.
    pub translations: Option<Vec<TranslationInput>>,
    /// All its metafields.
    pub metafields: Option<Vec<Metafield>>,
    /// What another system calls it; some none to forget it.
    pub external_reference: Option<Option<String>>,
}

/// What is said of a variant.
#[derive(Debug, Clone, Default)]
pub struct VariantInput {
    /// Which one, where the SKU changes.
    pub id: Option<VariantId>,
    /// Stock keeping unit.
    pub sku: String,
    /// Its name; composed of its options for a new one, and where it is some none.
    pub name: Option<Option<String>>,
    /// One value for each option.
    pub selected_options: Option<Vec<SelectedOption>>,
    /// Weight in grams; some none to forget it.
    pub weight_grams: Option<Option<u32>>,
    /// Whether there is something to deliver; true for a new one.
    pub requires_shipping: Option<bool>,
    /// Whether it can run out; what is delivered can, for a new one.
    pub is_tracked: Option<bool>,
    /// Whether it may be sold although nothing is left; false for a new one.
    pub allows_backorder: Option<bool>,
    /// All its prices.
    pub prices: Option<Vec<PriceInput>>,
    /// Units on hand.
    pub stock: Vec<StockInput>,
    /// What a bundle is made of; no bundles.
    pub components: Option<Vec<ComponentInput>>,
}

impl VariantInput {
    /// Whether it says how many there are, or whether the variant can run out.
    pub(super) const fn concerns_stock(&self) -> bool {
        !self.stock.is_empty() || self.is_tracked.is_some() || self.allows_backorder.is_some()
    }
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
    /// The merchant's was-price as a decimal in the currency.
    pub compare_at: Option<String>,
}

/// Units on hand at a location.
#[derive(Debug, Clone)]
pub struct StockInput {
    /// The location.
    pub location: Ref,
    /// How many.
    pub on_hand: i64,
}

/// A part of a bundle.
#[derive(Debug, Clone)]
pub struct ComponentInput {
    /// The SKU of the variant inside.
    pub sku: String,
    /// How many of it.
    pub quantity: u32,
}

/// A picture.
#[derive(Debug, Clone)]
pub struct MediaInput {
    /// Where it is.
    pub url: String,
    /// What it shows.
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
    /// The name in it.
    pub name: Option<String>,
    /// The description in it.
    pub description: Option<String>,
    /// What search engines show in it.
    pub seo: Seo,
}

/// Channels and when a product becomes visible there.
#[derive(Debug, Clone)]
pub struct Publish {
    /// The channels.
    pub channels: Vec<Ref>,
    /// From when on; now where absent.
    pub publish_at: Option<Timestamp>,
}

/// What is said of a product type.
#[derive(Debug, Clone, Default)]
pub struct ProductTypeInput {
    /// What systems call it; needed for a new one.
    pub slug: Option<String>,
    /// What staff call it; needed for a new one.
    pub name: Option<String>,
    /// All its attributes.
    pub attributes: Option<Vec<Attribute>>,
}

/// What is said of a category.
#[derive(Debug, Clone, Default)]
pub struct CategoryInput {
    /// What it is called among its siblings: one word of its path; needed for a new one. A whole path is taken as well,
    /// if what comes before is the parent's.
    pub slug: Option<String>,
    /// Its name; needed for a new one.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// The category above, for a new one; a root where absent.
    pub parent: Option<Ref>,
    /// Order among its siblings.
    pub position: Option<i32>,
    /// All its texts in other languages.
    pub translations: Option<Vec<TranslationInput>>,
    /// What search engines show.
    pub seo: Option<Seo>,
}

/// Where a category goes.
#[derive(Debug, Clone)]
pub struct CategoryMove {
    /// Which one.
    pub id: CategoryId,
    /// The category above; none for a root.
    pub parent: Option<Ref>,
    /// Order among its siblings; as it was where absent.
    pub position: Option<i32>,
}

/// What is said of a collection.
#[derive(Debug, Clone, Default)]
pub struct CollectionInput {
    /// The readable part of its link; needed for a new one.
    pub slug: Option<String>,
    /// Its name; needed for a new one.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Channels it shows in.
    pub channels: Option<Vec<Ref>>,
    /// All its texts in other languages.
    pub translations: Option<Vec<TranslationInput>>,
    /// All its metafields.
    pub metafields: Option<Vec<Metafield>>,
    /// What search engines show.
    pub seo: Option<Seo>,
}
