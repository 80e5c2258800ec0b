//! Inputs of products.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use model::{
    catalog::{self, CatalogErrorCode, Violation},
    ids::ProductId,
};
use schema_shared::{CurrencyCode, Decimal, parse_id};
use services::catalog::{self as service, CatalogError, CatalogRefused, CatalogResult, Ref};

use super::{
    inputs::{MetafieldInput, SeoInput, TranslationInput, emptied, patch, refs, seo, translations},
    translations::{TermTranslationInput, terms},
};

/// Input of `productCreate`.
#[derive(InputObject)]
pub struct ProductCreateInput {
    /// Product type, by slug or global id.
    product_type: String,
    /// Slug for URLs, unique in each channel that the product is published in.
    slug: String,
    /// New name in the default language.
    name: String,
    /// Variants in display order; at least one.
    variants: Vec<ProductVariantInput>,
    #[graphql(flatten)]
    fields: ProductFields,
}

/// Input of `productUpdate`. Absent fields stay unchanged, and so do fields set to null unless stated otherwise.
#[derive(InputObject)]
pub struct ProductUpdateInput {
    /// Global id of the product.
    pub(super) id: ID,
    /// Version that the change is based on. The change is rejected if the product has another version.
    pub(super) expected_version: Option<i64>,
    /// Product type, by slug or global id. A product keeps its type, so only the present type is accepted.
    product_type: Option<String>,
    /// New slug for URLs. The old slug still leads to the product.
    slug: Option<String>,
    /// Name in the default language.
    name: Option<String>,
    /// Variants to change or create. A variant is found by its id, else by its SKU, else by its selected options; of a
    /// variant that exists only the fields given are changed. Variants that are not listed stay.
    variants: Option<Vec<ProductVariantInput>>,
    /// True if `variants` lists all variants in display order: those that are not listed are deleted.
    #[graphql(default)]
    replace_variants: bool,
    #[graphql(flatten)]
    fields: ProductFields,
}

/// Fields of a product that creation and update share.
#[derive(InputObject, Default)]
pub struct ProductFields {
    /// Description in the default language, plain text or Markdown; null clears it.
    description: MaybeUndefined<String>,
    /// Manufacturer or brand; null clears it.
    vendor: MaybeUndefined<String>,
    /// Free-form labels of the product; they replace the present ones.
    tags: Option<Vec<String>>,
    /// Values of the attributes that the product type defines.
    attributes: Option<Vec<AttributeValueInput>>,
    /// Tax class, which determines the tax rate: `standard`, the default of a new product, or a class that has a rate.
    tax_class: Option<String>,
    /// Delivery profile, a slug such as `bulky`: only delivery methods that list it carry the product. Null removes it; a
    /// product without one has the profile `standard`.
    delivery_profile: MaybeUndefined<String>,
    /// Options that distinguish the variants, such as size and color.
    options: Option<Vec<ProductOptionInput>>,
    /// Categories by slug path or global id, the main category first.
    categories: Option<Vec<String>>,
    /// Channels in which the product is published, by slug or global id. It keeps the publication time in channels
    /// where it is published already.
    channels: Option<Vec<String>>,
    /// All images in display order; they replace the present ones.
    media: Option<Vec<MediaInput>>,
    /// All metafields of the product; they replace the present ones.
    metafields: Option<Vec<MetafieldInput>>,
    /// All translations of the product; they replace the present ones.
    translations: Option<Vec<TranslationInput>>,
    /// Title and description for search engines; null clears them.
    seo: MaybeUndefined<SeoInput>,
    /// Reference in an external system, unique among products; null clears it.
    external_reference: MaybeUndefined<String>,
}

/// A variant of a product that can be bought.
#[derive(InputObject)]
pub struct ProductVariantInput {
    /// Global id of an existing variant.
    id: Option<ID>,
    /// Stock keeping unit, unique in the shop; required for a new variant.
    sku: Option<String>,
    /// Name of the variant. It is composed of the options for a new variant, and if null.
    name: MaybeUndefined<String>,
    /// One value for each option of the product.
    selected_options: Option<Vec<SelectedOptionInput>>,
    /// Number under the barcode: a GTIN of 8, 12, 13 or 14 digits with a correct check digit; null clears it.
    barcode: MaybeUndefined<String>,
    /// Reference in an external system, unique among variants; null clears it.
    external_reference: MaybeUndefined<String>,
    /// Weight in grams; null clears it.
    weight_grams: MaybeUndefined<u32>,
    /// True if the variant is delivered. The default of a new variant is true.
    requires_shipping: Option<bool>,
    /// True if stock is counted and can run out. The default of a new variant is true if it is delivered. Needs
    /// `INVENTORY_WRITE`.
    is_tracked: Option<bool>,
    /// True if the variant can be sold when no stock is left. The default of a new variant is false. Needs
    /// `INVENTORY_WRITE`.
    allows_backorder: Option<bool>,
    /// All prices of the variant; they replace the present ones.
    prices: Option<Vec<PriceInput>>,
    /// Units on hand per stock location. Needs `INVENTORY_WRITE`.
    stock: Option<Vec<StockInput>>,
    /// Components of a bundle: other variants that are not bundles. A component cannot become a bundle.
    components: Option<Vec<BundleComponentInput>>,
}

/// The values of one attribute of a product.
#[derive(InputObject)]
pub struct AttributeValueInput {
    /// Slug of the attribute in the product type.
    slug: String,
    /// Values as text, such as `320`, `1.5`, `true` or `2026-01-31`.
    values: Vec<String>,
}

/// An option that distinguishes the variants of a product, such as size.
#[derive(InputObject)]
pub struct ProductOptionInput {
    /// Name of the option in the default language.
    name: String,
    /// Values of the option in display order, in the default language.
    values: Vec<String>,
    /// All names and values in other languages; they replace the present ones. If absent, an option of the same name keeps
    /// its translations.
    translations: Option<Vec<TermTranslationInput>>,
}

/// The value of a variant for one option.
#[derive(InputObject)]
pub struct SelectedOptionInput {
    /// Name of the option.
    name: String,
    /// Value of the variant.
    value: String,
}

/// A price of a variant in one channel and currency.
#[derive(InputObject)]
pub struct PriceInput {
    /// Channel, by slug or global id.
    channel: String,
    /// Currency of the price.
    currency_code: CurrencyCode,
    /// Price of one unit, with or without tax as the channel defines.
    amount: Decimal,
    /// Former price that the merchant compares with; must be higher than the amount.
    compare_at: Option<Decimal>,
}

/// Units of a variant at one stock location.
#[derive(InputObject)]
pub struct StockInput {
    /// Stock location, by slug or global id.
    location: String,
    /// Number of units on hand.
    on_hand: i64,
}

/// A component of a bundle.
#[derive(InputObject)]
pub struct BundleComponentInput {
    /// SKU of the variant inside the bundle.
    sku: String,
    /// Number of units in one bundle.
    quantity: u32,
}

/// An image of a product.
#[derive(InputObject)]
pub struct MediaInput {
    /// URL of the image: an `https://` address without user name and password, or a path below `/media/`. It is stored in
    /// its normal form.
    url: String,
    /// Alternative text for people who cannot see the image.
    alt: Option<String>,
    /// Width of the original image in pixels.
    width: u32,
    /// Height of the original image in pixels.
    height: u32,
}

/// Input of `productDelete`.
#[derive(InputObject)]
pub struct ProductDeleteInput {
    /// Global id of the product.
    pub(super) id: ID,
}

/// Input of `productPublish`.
#[derive(InputObject)]
pub struct ProductPublishInput {
    /// Global id of the product.
    pub(super) id: ID,
    /// Channels in which the product is published, by slug or global id.
    pub(super) channels: Vec<String>,
    /// Time from which the product is visible; now if absent.
    pub(super) publish_at: Option<DateTime<Utc>>,
}

/// Input of `productUnpublish`.
#[derive(InputObject)]
pub struct ProductUnpublishInput {
    /// Global id of the product.
    pub(super) id: ID,
    /// Channels from which the product is removed, by slug or global id.
    pub(super) channels: Vec<String>,
}

impl ProductCreateInput {
    pub(super) fn into_input(self) -> CatalogResult<service::ProductInput> {
        Ok(service::ProductInput {
            product_type: Some(Ref(self.product_type)),
            slug: Some(self.slug),
            name: Some(self.name),
            variants: Some(variants(self.variants)?),
            ..self.fields.into_input()?
        })
    }
}

impl ProductUpdateInput {
    pub(super) fn into_input(self) -> CatalogResult<service::ProductInput> {
        Ok(service::ProductInput {
            product_type: self.product_type.map(Ref),
            slug: self.slug,
            name: self.name,
            variants: self.variants.map(variants).transpose()?,
            replace_variants: self.replace_variants,
            ..self.fields.into_input()?
        })
    }
}

impl ProductFields {
    fn into_input(self) -> CatalogResult<service::ProductInput> {
        let attribute = |one: AttributeValueInput| catalog::AttributeValue { slug: one.slug, values: one.values };
        let media =
            |one: MediaInput| service::MediaInput { url: one.url, alt: one.alt, width: one.width, height: one.height };
        Ok(service::ProductInput {
            description: emptied(self.description),
            vendor: patch(self.vendor),
            tags: self.tags,
            tax_class: self.tax_class,
            delivery_profile: patch(self.delivery_profile),
            attributes: self.attributes.map(|all| all.into_iter().map(attribute).collect()),
            options: self.options.map(options).transpose()?,
            categories: self.categories.map(refs),
            channels: self.channels.map(refs),
            media: self.media.map(|all| all.into_iter().map(media).collect()),
            seo: emptied(self.seo.map_value(seo)),
            translations: self.translations.map(translations).transpose()?,
            metafields: self.metafields.map(|all| all.into_iter().map(Into::into).collect()),
            external_reference: patch(self.external_reference),
            ..service::ProductInput::default()
        })
    }
}

fn options(inputs: Vec<ProductOptionInput>) -> CatalogResult<Vec<service::OptionInput>> {
    let option = |(at, one): (usize, ProductOptionInput)| {
        let path = format!("options.{at}.translations");
        let translations = one.translations.map(|all| terms(&path, all)).transpose()?;
        Ok(service::OptionInput { name: one.name, values: one.values, translations })
    };
    inputs.into_iter().enumerate().map(option).collect()
}

fn variants(inputs: Vec<ProductVariantInput>) -> CatalogResult<Vec<service::VariantInput>> {
    inputs.into_iter().enumerate().map(|(at, input)| variant(at, input)).collect()
}

fn variant(at: usize, input: ProductVariantInput) -> CatalogResult<service::VariantInput> {
    let id = input.id.as_ref().map(parse_id).transpose().map_err(|error| {
        let path = format!("variants.{at}.id");
        CatalogError::Rule(CatalogRefused(vec![Violation::at(CatalogErrorCode::Invalid, &path, error.to_string())]))
    })?;
    let option = |one: SelectedOptionInput| catalog::SelectedOption { name: one.name, value: one.value };
    let price = |one: PriceInput| service::PriceInput {
        channel: Ref(one.channel),
        currency: one.currency_code.0,
        amount: one.amount.0.into_owned(),
        compare_at: one.compare_at.map(|was| was.0.into_owned()),
    };
    let stock = |one: StockInput| service::StockInput { location: Ref(one.location), on_hand: one.on_hand };
    let part = |one: BundleComponentInput| service::ComponentInput { sku: one.sku, quantity: one.quantity };
    Ok(service::VariantInput {
        id,
        sku: input.sku,
        name: patch(input.name),
        selected_options: input.selected_options.map(|all| all.into_iter().map(option).collect()),
        barcode: patch(input.barcode),
        external_reference: patch(input.external_reference),
        weight_grams: patch(input.weight_grams),
        requires_shipping: input.requires_shipping,
        is_tracked: input.is_tracked,
        allows_backorder: input.allows_backorder,
        prices: input.prices.map(|all| all.into_iter().map(price).collect()),
        stock: input.stock.unwrap_or_default().into_iter().map(stock).collect(),
        components: input.components.map(|all| all.into_iter().map(part).collect()),
    })
}

/// The id of a product. An id of another type becomes the id of no product.
pub(super) fn product_id(id: &ID) -> CatalogResult<ProductId> {
    super::inputs::known_id(id, "product")
}
