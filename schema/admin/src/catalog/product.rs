//! Products as staff see them: every channel, language and price.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::{catalog, ids::VariantId};
use schema_shared::{Connection, ConnectionArgs, Metafield, Money, RequestExt, connection_fields, nullable, to_id};

use super::{
    Category, Collection, ProductType,
    options::{ProductOption, SelectedOption},
    parts::{self, ChannelLink, Publication, Seo, Translation},
};

/// A product with its variants, published or not.
#[derive(Clone)]
pub struct Product(pub Arc<catalog::Product>);

/// A product with its variants, published or not.
#[connection_fields]
#[Object]
impl Product {
    /// Global id of the product.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Version of the product: starts at 1 and increases with each change. Send it as `expectedVersion` to reject a
    /// lost update.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// Status of the product: a draft until it is published in a channel, and archived until it is restored.
    fn status(&self) -> catalog::ProductStatus {
        self.0.status()
    }

    /// Slug for URLs, unique in each channel that the product is published in.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Earlier slugs, which still lead to the product.
    fn former_slugs(&self) -> Vec<&str> {
        self.0.former_slugs.iter().map(|former| former.slug.as_str()).collect()
    }

    /// Name in the default language.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Description in the default language, plain text or Markdown.
    fn description(&self) -> &str {
        &self.0.description
    }

    /// Manufacturer or brand; null if none is set.
    fn vendor(&self) -> Option<&str> {
        self.0.vendor.as_deref()
    }

    /// Free-form labels of the product.
    fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// Tax class, which determines the tax rate.
    fn tax_class(&self) -> &str {
        &self.0.tax_class
    }

    /// Delivery profile: only delivery methods that list it carry the product. Null for the profile `standard`.
    fn delivery_profile(&self) -> Option<&str> {
        self.0.delivery_profile.as_ref().map(model::Slug::as_str)
    }

    /// Product type, which defines the attributes; null if the type was deleted.
    async fn product_type(&self, ctx: &Context<'_>) -> Option<Result<ProductType>> {
        nullable(async {
            let taxonomy = ctx.request()?.back_office()?.taxonomy().await?;
            Ok(taxonomy.product_types.get(&self.0.product_type).cloned().map(ProductType))
        })
        .await
    }

    /// Values of the attributes of the product.
    fn attributes(&self) -> Vec<AttributeValue<'_>> {
        self.0.attributes.iter().map(AttributeValue).collect()
    }

    /// Options that distinguish the variants, such as size and color.
    fn options(&self) -> Vec<ProductOption<'_>> {
        self.0.options.iter().map(ProductOption).collect()
    }

    /// Variants of the product in display order.
    fn variants(&self, args: ConnectionArgs) -> Result<Connection<ProductVariant>> {
        let page = args.page::<VariantId>()?;
        Ok(Connection::of_slice(
            &page,
            &self.0.variants,
            |one| one.id,
            |one| ProductVariant(one.clone(), self.0.clone()),
        )?)
    }

    /// Images of the product in display order.
    fn media(&self) -> Vec<Image<'_>> {
        self.0.media.iter().map(Image).collect()
    }

    /// Categories of the product, the main category first.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<Category>> {
        let taxonomy = ctx.request()?.back_office()?.taxonomy().await?;
        Ok(self.0.categories.iter().filter_map(|id| taxonomy.categories.get(id)).cloned().map(Category).collect())
    }

    /// Collections that contain the product.
    async fn collections(&self, ctx: &Context<'_>) -> Result<Vec<Collection>> {
        let taxonomy = ctx.request()?.back_office()?.taxonomy().await?;
        let ids = taxonomy.collections_of(self.0.id);
        Ok(ids.iter().filter_map(|id| taxonomy.collections.get(id)).cloned().map(Collection).collect())
    }

    /// Channels in which the product is published, with the time of publication.
    async fn publications(&self, ctx: &Context<'_>) -> Result<Vec<Publication>> {
        let settings = ctx.request()?.back_office()?.settings().await?;
        let publication = |one: &catalog::Publication| {
            let channel = parts::channel_link(&settings, one.channel)?;
            Some(Publication { channel, publish_at: one.publish_at })
        };
        Ok(self.0.publications.iter().filter_map(publication).collect())
    }

    /// Title and description for search engines.
    fn seo(&self) -> Seo {
        (&self.0.seo).into()
    }

    /// Translations of its texts into other languages.
    fn translations(&self) -> Vec<Translation> {
        parts::translations(&self.0.translations)
    }

    /// Metafields of the product, private ones included.
    fn metafields(&self) -> Vec<Metafield<'_>> {
        self.0.metafields.iter().map(Metafield).collect()
    }

    /// The metafield of a namespace and key, private or not; null if the product does not have it.
    async fn metafield(
        &self,
        #[graphql(desc = "Namespace of the metafield.")] namespace: String,
        #[graphql(desc = "Key in the namespace.")] key: String,
    ) -> Option<Metafield<'_>> {
        self.0.metafield(&namespace, &key).map(Metafield)
    }

    /// Reference in an external system, unique among products; null if none is set.
    fn external_reference(&self) -> Option<&str> {
        self.0.external_reference.as_deref()
    }

    /// Time from which the product is archived: neither sold nor listed, but still readable. Null if it is not archived.
    fn archived_at(&self) -> Option<DateTime<Utc>> {
        self.0.archived_at
    }

    /// Time at which the product was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Time of the last change.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// A variant of a product that can be bought.
pub struct ProductVariant(pub catalog::Variant, pub Arc<catalog::Product>);

/// A variant of a product that can be bought.
#[Object]
impl ProductVariant {
    /// Global id of the variant.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Product that the variant belongs to.
    async fn product(&self) -> Product {
        Product(self.1.clone())
    }

    /// Stock keeping unit, unique in the shop.
    fn sku(&self) -> &str {
        &self.0.sku
    }

    /// Name of the variant, composed of its options unless it has its own name.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Value of the variant for each option of the product.
    fn selected_options(&self) -> Vec<SelectedOption<'_>> {
        self.0.selected_options.iter().map(SelectedOption).collect()
    }

    /// Number under the barcode, a GTIN; null if it is not set.
    fn barcode(&self) -> Option<&str> {
        self.0.barcode.as_ref().map(catalog::Gtin::as_str)
    }

    /// Reference in an external system, unique among variants; null if none is set.
    fn external_reference(&self) -> Option<&str> {
        self.0.external_reference.as_deref()
    }

    /// True if stock is counted and can run out.
    async fn is_tracked(&self, ctx: &Context<'_>) -> Result<bool> {
        let item = ctx.request()?.loaders().inventory_items().load(self.0.id).await?;
        // Without an item, nothing has been set yet.
        Ok(item.map_or(self.0.requires_shipping, |item| item.is_tracked))
    }

    /// True if the variant can be sold when no stock is left.
    async fn allows_backorder(&self, ctx: &Context<'_>) -> Result<bool> {
        let item = ctx.request()?.loaders().inventory_items().load(self.0.id).await?;
        Ok(item.is_some_and(|item| item.allows_backorder))
    }

    /// Weight in grams; null if it is not set.
    fn weight_grams(&self) -> Option<u32> {
        self.0.weight_grams
    }

    /// True if the variant is delivered; false for downloads.
    fn requires_shipping(&self) -> bool {
        self.0.requires_shipping
    }

    /// Prices of the variant per channel and currency.
    async fn prices(&self, ctx: &Context<'_>) -> Result<Vec<VariantPrice>> {
        let settings = ctx.request()?.back_office()?.settings().await?;
        let price = |price: &catalog::Price| {
            let channel = parts::channel_link(&settings, price.channel)?;
            Some(VariantPrice { channel, amount: Money(price.amount), compare_at: price.compare_at.map(Money) })
        };
        Ok(self.0.prices.iter().filter_map(price).collect())
    }

    /// Components of a bundle; empty for a variant that is not a bundle.
    fn components(&self) -> Vec<BundleComponent<'_>> {
        self.0.components.iter().map(BundleComponent).collect()
    }
}

/// The price of a variant in one channel and currency.
#[derive(SimpleObject)]
pub struct VariantPrice {
    /// Channel in which the price applies.
    channel: ChannelLink,
    /// Price of one unit, with or without tax as the channel defines.
    amount: Money,
    /// Former price that the merchant compares with; null if there is none.
    compare_at: Option<Money>,
}

/// A component of a bundle.
pub struct BundleComponent<'a>(&'a catalog::BundleComponent);

/// A component of a bundle.
#[Object]
impl BundleComponent<'_> {
    /// Global id of the variant inside the bundle.
    fn variant_id(&self) -> ID {
        to_id(self.0.variant_id)
    }

    /// SKU of the variant at the time the bundle was defined.
    fn sku(&self) -> &str {
        &self.0.sku
    }

    /// Number of units in one bundle.
    fn quantity(&self) -> u32 {
        self.0.quantity
    }
}

/// An image of a product.
pub struct Image<'a>(&'a catalog::Media);

/// An image of a product.
#[Object]
impl Image<'_> {
    /// Global id of the image.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// URL of the original image.
    fn url(&self) -> &str {
        &self.0.url
    }

    /// Alternative text for people who cannot see the image; null if none is set.
    fn alt(&self) -> Option<&str> {
        self.0.alt.as_deref()
    }

    /// Width of the original image in pixels.
    fn width(&self) -> u32 {
        self.0.width
    }

    /// Height of the original image in pixels.
    fn height(&self) -> u32 {
        self.0.height
    }
}

/// The values of one attribute of a product.
pub struct AttributeValue<'a>(&'a catalog::AttributeValue);

/// The values of one attribute of a product.
#[Object]
impl AttributeValue<'_> {
    /// Slug of the attribute in the product type.
    fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Values of the attribute as text.
    fn values(&self) -> &[String] {
        &self.0.values
    }
}
