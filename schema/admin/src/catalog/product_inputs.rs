//! Inputs of products.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use model::{
    catalog::{self, CatalogErrorCode, Violation},
    ids::ProductId,
};
use schema_shared::{CurrencyCode, Decimal, parse_id};
use services::catalog::{self as service, CatalogError, CatalogResult, Ref};

use super::inputs::{MetafieldInput, SeoInput, TranslationInput, emptied, patch, refs, seo, translations};

/// A new product.
#[derive(InputObject)]
pub struct ProductCreateInput {
    /// Its type, by slug or global id.
    product_type: String,
    /// The readable part of its link; unique in every channel it is published in.
    slug: String,
    /// Name in the default language.
    name: String,
    /// Its variants, in display order; at least one.
    variants: Vec<ProductVariantInput>,
    #[graphql(flatten)]
    fields: ProductFields,
}

/// A change of a product; what is absent stays, and null as well unless said otherwise.
#[derive(InputObject)]
pub struct ProductUpdateInput {
    /// Which product.
    pub(super) id: ID,
    /// The version the change was decided on; another one is refused.
    pub(super) expected_version: Option<i64>,
    /// Its type, by slug or global id: a product keeps its type, so only the present one is taken.
    product_type: Option<String>,
    /// The readable part of its link. The old one still leads to the product.
    slug: Option<String>,
    /// Name in the default language.
    name: Option<String>,
    /// All its variants: those with a known id or SKU are changed, others created, the rest removed.
    variants: Option<Vec<ProductVariantInput>>,
    #[graphql(flatten)]
    fields: ProductFields,
}

/// What a product may have.
#[derive(InputObject, Default)]
pub struct ProductFields {
    /// Description in the default language, plain text or Markdown; null to empty it.
    description: MaybeUndefined<String>,
    /// Maker or brand; null to forget it.
    vendor: MaybeUndefined<String>,
    /// Free labels.
    tags: Option<Vec<String>>,
    /// Values of the attributes of its type.
    attributes: Option<Vec<AttributeValueInput>>,
    /// The class that decides the tax rate: `standard`, as for a new product, or one that a rate is for.
    tax_class: Option<String>,
    /// The axes that make its variants.
    options: Option<Vec<ProductOptionInput>>,
    /// Categories by slug or global id, the main one first.
    categories: Option<Vec<String>>,
    /// Channels it is sold in from now on, by slug or global id; those it is in already keep their date.
    channels: Option<Vec<String>>,
    /// All its pictures, in display order.
    media: Option<Vec<MediaInput>>,
    /// All its metafields.
    metafields: Option<Vec<MetafieldInput>>,
    /// All its texts in other languages.
    translations: Option<Vec<TranslationInput>>,
    /// What search engines show; null to forget it.
    seo: MaybeUndefined<SeoInput>,
    /// What another system calls it; unique; null to forget it.
    external_reference: MaybeUndefined<String>,
}

/// A buyable unit of a product.
#[derive(InputObject)]
pub struct ProductVariantInput {
    /// Which variant, where its SKU changes.
    id: Option<ID>,
    /// Stock keeping unit; unique in the shop.
    sku: String,
    /// Name; composed of its options for a new variant, and where null.
    name: MaybeUndefined<String>,
    /// One value for each option of the product.
    selected_options: Option<Vec<SelectedOptionInput>>,
    /// Weight in grams; null to forget it.
    weight_grams: MaybeUndefined<u32>,
    /// Whether there is something to deliver; true for a new variant.
    requires_shipping: Option<bool>,
    /// Whether it can run out; for a new variant, what is delivered can. Needs `INVENTORY_WRITE`.
    is_tracked: Option<bool>,
    /// Whether it may be sold although nothing is left; false for a new variant. Needs `INVENTORY_WRITE`.
    allows_backorder: Option<bool>,
    /// All its prices.
    prices: Option<Vec<PriceInput>>,
    /// Units on hand by location. Needs `INVENTORY_WRITE`.
    stock: Option<Vec<StockInput>>,
    /// What it is made of, for a bundle: other variants, themselves no bundles. A part of a bundle cannot be one.
    components: Option<Vec<BundleComponentInput>>,
}

/// The values of one attribute.
#[derive(InputObject)]
pub struct AttributeValueInput {
    /// The attribute's slug in the product type.
    slug: String,
    /// Its values as text: `320`, `1.5`, `true`, `2026-01-31`.
    values: Vec<String>,
}

/// An axis that makes variants.
#[derive(InputObject)]
pub struct ProductOptionInput {
    /// Name of the axis.
    name: String,
    /// Its values, in display order.
    values: Vec<String>,
}

/// The value of a variant on one axis.
#[derive(InputObject)]
pub struct SelectedOptionInput {
    /// Name of the axis.
    name: String,
    /// The value.
    value: String,
}

/// A price in one channel and currency.
#[derive(InputObject)]
pub struct PriceInput {
    /// The channel, by slug or global id.
    channel: String,
    /// The currency.
    currency_code: CurrencyCode,
    /// What one unit costs, with or without tax as the channel says.
    amount: Decimal,
    /// The merchant's was-price; above the amount.
    compare_at: Option<Decimal>,
}

/// Units at a location.
#[derive(InputObject)]
pub struct StockInput {
    /// The stock location, by slug or global id.
    location: String,
    /// Units on hand.
    on_hand: i64,
}

/// A part of a bundle.
#[derive(InputObject)]
pub struct BundleComponentInput {
    /// The SKU of the variant inside.
    sku: String,
    /// How many of it.
    quantity: u32,
}

/// A picture.
#[derive(InputObject)]
pub struct MediaInput {
    /// Where it is: an `https://` address, or a path below `/media/`.
    url: String,
    /// What it shows, for those who cannot see it.
    alt: Option<String>,
    /// Width of the original in pixels.
    width: u32,
    /// Height of the original in pixels.
    height: u32,
}

/// The deletion of a product.
#[derive(InputObject)]
pub struct ProductDeleteInput {
    /// Which product.
    pub(super) id: ID,
}

/// Where and when a product is sold.
#[derive(InputObject)]
pub struct ProductPublishInput {
    /// Which product.
    pub(super) id: ID,
    /// The channels, by slug or global id.
    pub(super) channels: Vec<String>,
    /// When it becomes visible; now where absent.
    pub(super) publish_at: Option<DateTime<Utc>>,
}

/// Where a product is sold no more.
#[derive(InputObject)]
pub struct ProductUnpublishInput {
    /// Which product.
    pub(super) id: ID,
    /// The channels, by slug or global id.
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
            ..self.fields.into_input()?
        })
    }
}

impl ProductFields {
    fn into_input(self) -> CatalogResult<service::ProductInput> {
        let attribute = |one: AttributeValueInput| catalog::AttributeValue { slug: one.slug, values: one.values };
        let option = |one: ProductOptionInput| catalog::ProductOption { name: one.name, values: one.values };
        let media =
            |one: MediaInput| service::MediaInput { url: one.url, alt: one.alt, width: one.width, height: one.height };
        Ok(service::ProductInput {
            description: emptied(self.description),
            vendor: patch(self.vendor),
            tags: self.tags,
            tax_class: self.tax_class,
            attributes: self.attributes.map(|all| all.into_iter().map(attribute).collect()),
            options: self.options.map(|all| all.into_iter().map(option).collect()),
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

fn variants(inputs: Vec<ProductVariantInput>) -> CatalogResult<Vec<service::VariantInput>> {
    inputs.into_iter().enumerate().map(|(at, input)| variant(at, input)).collect()
}

fn variant(at: usize, input: ProductVariantInput) -> CatalogResult<service::VariantInput> {
    let id = input.id.as_ref().map(parse_id).transpose().map_err(|error| {
        let path = format!("variants.{at}.id");
        CatalogError::Invalid(vec![Violation::at(CatalogErrorCode::Invalid, &path, error.to_string())])
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
        weight_grams: patch(input.weight_grams),
        requires_shipping: input.requires_shipping,
        is_tracked: input.is_tracked,
        allows_backorder: input.allows_backorder,
        prices: input.prices.map(|all| all.into_iter().map(price).collect()),
        stock: input.stock.unwrap_or_default().into_iter().map(stock).collect(),
        components: input.components.map(|all| all.into_iter().map(part).collect()),
    })
}

/// The id of a product; one that is no product's names none.
pub(super) fn product_id(id: &ID) -> CatalogResult<ProductId> {
    super::inputs::known_id(id, "product")
}
