//! Products as staff sees them: every channel, language and price.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use model::{catalog, ids::VariantId};
use schema_shared::{
    Connection, ConnectionArgs, Money, ProductOption, RequestExt, SelectedOption, connection_fields, nullable, to_id,
};

use super::{
    Category, Collection, ProductType,
    parts::{self, ChannelLink, Metafield, Publication, Seo, Translation},
};

/// A sellable idea with its buyable variants.
#[derive(Clone)]
pub struct Product(pub Arc<catalog::Product>);

/// A sellable idea with its buyable variants, published or not.
#[connection_fields]
#[Object]
impl Product {
    /// Global id.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Counts the changes, from 1; give it as `expectedVersion` to refuse a lost update.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// The readable part of its link; unique in every channel it is published in.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Earlier slugs, which still lead here.
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

    /// Maker or brand.
    fn vendor(&self) -> Option<&str> {
        self.0.vendor.as_deref()
    }

    /// Free labels.
    fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// The class that decides the tax rate.
    fn tax_class(&self) -> &str {
        &self.0.tax_class
    }

    /// The type that describes its attributes; null for a type that was deleted.
    async fn product_type(&self, ctx: &Context<'_>) -> Option<Result<ProductType>> {
        nullable(async {
            let taxonomy = ctx.request()?.app.catalog.taxonomy().await?;
            Ok(taxonomy.product_types.get(&self.0.product_type).cloned().map(ProductType))
        })
        .await
    }

    /// The values of its attributes.
    fn attributes(&self) -> Vec<AttributeValue<'_>> {
        self.0.attributes.iter().map(AttributeValue).collect()
    }

    /// The axes that make its variants.
    fn options(&self) -> Vec<ProductOption<'_>> {
        self.0.options.iter().map(ProductOption).collect()
    }

    /// The units that are bought, in display order.
    fn variants(&self, args: ConnectionArgs) -> Result<Connection<ProductVariant>> {
        let page = args.page::<VariantId>()?;
        let variants = self.0.variants.iter();
        Ok(Connection::of_list(&page, variants.map(|one| (one.id, ProductVariant(one.clone()))).collect())?)
    }

    /// Pictures, in display order.
    fn media(&self) -> Vec<Image<'_>> {
        self.0.media.iter().map(Image).collect()
    }

    /// The categories it is listed in, the main one first.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Vec<Category>> {
        let taxonomy = ctx.request()?.app.catalog.taxonomy().await?;
        Ok(self.0.categories.iter().filter_map(|id| taxonomy.categories.get(id)).cloned().map(Category).collect())
    }

    /// The collections that hold it.
    async fn collections(&self, ctx: &Context<'_>) -> Result<Vec<Collection>> {
        let taxonomy = ctx.request()?.app.catalog.taxonomy().await?;
        let ids = taxonomy.collections_of(self.0.id);
        Ok(ids.iter().filter_map(|id| taxonomy.collections.get(id)).cloned().map(Collection).collect())
    }

    /// Where it is sold, and from when.
    async fn publications(&self, ctx: &Context<'_>) -> Result<Vec<Publication>> {
        let app = &ctx.request()?.app;
        let settings = app.settings.current(&app.db).await?;
        let publication = |one: &catalog::Publication| {
            let channel = parts::channel_link(&settings, one.channel)?;
            Some(Publication { channel, publish_at: one.publish_at })
        };
        Ok(self.0.publications.iter().filter_map(publication).collect())
    }

    /// What search engines show.
    fn seo(&self) -> Seo {
        (&self.0.seo).into()
    }

    /// Texts in other languages.
    fn translations(&self) -> Vec<Translation> {
        parts::translations(&self.0.translations)
    }

    /// Facts of integrations and themes, private ones too.
    fn metafields(&self) -> Vec<Metafield> {
        self.0.metafields.iter().map(Metafield::from).collect()
    }

    /// A fact of an integration or theme, private or not.
    async fn metafield(
        &self,
        #[graphql(desc = "Whose fact it is.")] namespace: String,
        #[graphql(desc = "Its name in the namespace.")] key: String,
    ) -> Option<Metafield> {
        self.0.metafield(&namespace, &key).map(Metafield::from)
    }

    /// What another system calls it; unique.
    fn external_reference(&self) -> Option<&str> {
        self.0.external_reference.as_deref()
    }

    /// When it was created.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// A buyable unit of a product.
pub struct ProductVariant(pub catalog::Variant);

/// A buyable unit of a product.
#[Object]
impl ProductVariant {
    /// Global id.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Stock keeping unit; unique in the shop.
    fn sku(&self) -> &str {
        &self.0.sku
    }

    /// Name, composed of its options unless it has one of its own.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Its value on each axis of the product.
    fn selected_options(&self) -> Vec<SelectedOption<'_>> {
        self.0.selected_options.iter().map(SelectedOption).collect()
    }

    /// Weight in grams.
    fn weight_grams(&self) -> Option<u32> {
        self.0.weight_grams
    }

    /// Whether there is something to deliver; false for downloads.
    fn requires_shipping(&self) -> bool {
        self.0.requires_shipping
    }

    /// What it costs where.
    async fn prices(&self, ctx: &Context<'_>) -> Result<Vec<VariantPrice>> {
        let app = &ctx.request()?.app;
        let settings = app.settings.current(&app.db).await?;
        let price = |price: &catalog::Price| {
            let channel = parts::channel_link(&settings, price.channel)?;
            Some(VariantPrice { channel, amount: Money(price.amount), compare_at: price.compare_at.map(Money) })
        };
        Ok(self.0.prices.iter().filter_map(price).collect())
    }

    /// What it is made of, when it is a bundle.
    fn components(&self) -> Vec<BundleComponent<'_>> {
        self.0.components.iter().map(BundleComponent).collect()
    }
}

/// A price of a variant in one channel and currency.
#[derive(SimpleObject)]
pub struct VariantPrice {
    /// The channel.
    channel: ChannelLink,
    /// What one unit costs, with or without tax as the channel says.
    amount: Money,
    /// The merchant's was-price.
    compare_at: Option<Money>,
}

/// A part of a bundle.
pub struct BundleComponent<'a>(&'a catalog::BundleComponent);

/// A part of a bundle.
#[Object]
impl BundleComponent<'_> {
    /// Global id of the variant inside.
    fn variant_id(&self) -> ID {
        to_id(self.0.variant_id)
    }

    /// Its stock keeping unit when the bundle was put together.
    fn sku(&self) -> &str {
        &self.0.sku
    }

    /// How many of it.
    fn quantity(&self) -> u32 {
        self.0.quantity
    }
}

/// A picture.
pub struct Image<'a>(&'a catalog::Media);

/// A picture.
#[Object]
impl Image<'_> {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Where the original is.
    fn url(&self) -> &str {
        &self.0.url
    }

    /// What it shows, for those who cannot see it.
    fn alt(&self) -> Option<&str> {
        self.0.alt.as_deref()
    }

    /// Width of the original in pixels.
    fn width(&self) -> u32 {
        self.0.width
    }

    /// Height of the original in pixels.
    fn height(&self) -> u32 {
        self.0.height
    }
}

/// The values of one attribute.
pub struct AttributeValue<'a>(&'a catalog::AttributeValue);

/// The values of one attribute.
#[Object]
impl AttributeValue<'_> {
    /// The attribute's slug in the product type.
    fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its values as text.
    fn values(&self) -> &[String] {
        &self.0.values
    }
}
