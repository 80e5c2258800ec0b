//! Products as shoppers see them: in the channel, language and currency of the request.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::{
    catalog,
    ids::{CollectionId, MediaId, ProductId, VariantId},
};
use schema_shared::{
    Connection, ConnectionArgs, Money, ProductOption, ReadyList, ReadyObject, RequestData, RequestExt,
    connection_fields, nullable, to_id,
};
use services::inventory::ProductStock;

use super::{
    Category, Collection, Image, Media, Metafield, MetafieldIdentifier, ProductVariant, metafield,
    variant::{self, offer},
};

/// The stock of a product's variants: as this process knows it, else asked for together with that of other products.
pub(super) async fn stock_of_product(request: &RequestData, id: ProductId) -> Result<Option<ProductStock>> {
    match request.app.availability.held(id) {
        Some(stock) => Ok(Some(stock)),
        None => Box::pin(request.loaders().stock().load(id)).await,
    }
}

/// A sellable idea with its buyable variants.
pub struct Product(pub Arc<catalog::Product>);

impl Product {
    /// The stock of its variants, asked for together with that of other products.
    pub(super) async fn stock(&self, ctx: &Context<'_>) -> Result<Option<ProductStock>> {
        stock_of_product(ctx.request()?, self.0.id).await
    }
}

/// A sellable idea with its buyable variants, as the channel, language and currency of the request show it.
#[connection_fields]
#[Object]
impl Product {
    /// Global id.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// The readable part of its link; unique in the channel. It differs from the one asked for when that is a former
    /// slug: then redirect.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name.
    fn name<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        Ok(self.0.name_in(&ctx.request()?.context()?.locales))
    }

    /// Description, plain text or Markdown.
    fn description<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        Ok(self.0.description_in(&ctx.request()?.context()?.locales))
    }

    /// Maker or brand.
    fn vendor(&self) -> Option<&str> {
        self.0.vendor.as_deref()
    }

    /// Free labels.
    fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// The type that describes its attributes; null for a type that was deleted.
    async fn product_type(&self, ctx: &Context<'_>) -> Option<Result<ReadyObject<ProductType>>> {
        nullable(async {
            let taxonomy = ctx.request()?.app.catalog.taxonomy().await?;
            let is_known = taxonomy.product_types.contains_key(&self.0.product_type);
            Ok(is_known.then(|| ReadyObject(ProductType { taxonomy, id: self.0.product_type })))
        })
        .await
    }

    /// Whether at least one variant can be bought now.
    async fn is_available(&self, ctx: &Context<'_>) -> Result<bool> {
        let stock = self.stock(ctx).await?;
        let context = ctx.request()?.context()?;
        let is_available = |variant: &catalog::Variant| {
            offer(variant, context).is_some() && variant::is_in_stock(stock.as_ref(), variant.id, context)
        };
        Ok(self.0.variants.iter().any(is_available))
    }

    /// What search engines show.
    fn seo(&self) -> ReadyObject<Seo<'_>> {
        ReadyObject(Seo { product: &self.0 })
    }

    /// Pictures, in display order.
    fn media(&self, args: ConnectionArgs) -> Result<Connection<Media>> {
        let page = args.page::<MediaId>()?;
        let places = self.0.media.iter().enumerate();
        let pictures = places.filter_map(|(at, media)| Some((media.id, Image::of(&self.0, at)?.into())));
        Ok(Connection::of_list(&page, pictures.collect())?)
    }

    /// The first picture.
    fn featured_image(&self) -> Option<Image> {
        Image::of(&self.0, 0)
    }

    /// The axes that make its variants.
    fn options(&self) -> ReadyList<ProductOption<'_>> {
        self.0.options.iter().map(ProductOption).collect()
    }

    /// The values of its attributes.
    async fn attributes(&self, ctx: &Context<'_>) -> Result<ReadyList<Attribute>> {
        let taxonomy = ctx.request()?.app.catalog.taxonomy().await?;
        let kind = taxonomy.product_types.get(&self.0.product_type);
        let described = |at: usize, value: &catalog::AttributeValue| {
            let known = kind.and_then(|kind| kind.attributes.iter().position(|known| known.slug == value.slug))?;
            Some(Attribute { product: self.0.clone(), at, taxonomy: taxonomy.clone(), known })
        };
        Ok(self.0.attributes.iter().enumerate().filter_map(|(at, value)| described(at, value)).collect())
    }

    /// The lowest and the highest price of its variants; null when it has none in this channel and currency.
    fn price_range(&self, ctx: &Context<'_>) -> Option<Result<ReadyObject<PriceRange>>> {
        let read = || {
            let context = ctx.request()?.context()?;
            let range = self.0.price_range(context.channel.id, context.currency);
            Ok(range.map(|(min, max)| ReadyObject(PriceRange { min, max })))
        };
        read().transpose()
    }

    /// The units that are bought, in display order.
    fn variants(&self, args: ConnectionArgs) -> Result<Connection<ProductVariant>> {
        let page = args.page::<VariantId>()?;
        let variants = ProductVariant::all(&self.0).map(|variant| (variant.variant_id(), variant));
        Ok(Connection::of_list(&page, variants.collect())?)
    }

    /// The categories it is listed in, the main one first.
    async fn categories(&self, ctx: &Context<'_>) -> Result<ReadyList<Category>> {
        let taxonomy = ctx.request()?.app.catalog.taxonomy().await?;
        let known = self.0.categories.iter().filter(|id| taxonomy.categories.contains_key(id));
        Ok(Category::list(known.map(|id| Category::new(&taxonomy, *id))))
    }

    /// The collections of the channel that hold it.
    async fn collections(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Collection>> {
        let page = args.page::<CollectionId>()?;
        let request = ctx.request()?;
        let taxonomy = request.app.catalog.taxonomy().await?;
        let ids = taxonomy.collections_of(self.0.id).iter();
        let channel = request.context()?.channel.id;
        let shown = ids.filter_map(|id| Some((*id, Collection::shown(&taxonomy, *id, channel)?)));
        Ok(Connection::of_list(&page, shown.collect())?)
    }

    /// A fact of an integration or theme; null when it has none, or a private one.
    async fn metafield(
        &self,
        #[graphql(desc = "Whose fact it is.")] namespace: String,
        #[graphql(desc = "Its name in the namespace.")] key: String,
    ) -> Option<ReadyObject<Metafield>> {
        metafield::find(&self.0.metafields, &namespace, &key).map(ReadyObject)
    }

    /// Facts of integrations and themes, in the order asked for; null for those it does not have.
    async fn metafields(
        &self,
        #[graphql(desc = "Which ones, at most 50.", validator(max_items = 50))] identifiers: Vec<MetafieldIdentifier>,
    ) -> Vec<Option<Metafield>> {
        metafield::find_all(&self.0.metafields, &identifiers)
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

/// A typed description of products.
pub struct ProductType {
    taxonomy: Arc<catalog::Taxonomy>,
    id: model::ids::ProductTypeId,
}

impl ProductType {
    fn kind(&self) -> Option<&catalog::ProductType> {
        self.taxonomy.product_types.get(&self.id)
    }
}

/// A typed description of products.
#[Object]
impl ProductType {
    /// Global id.
    fn id(&self) -> ID {
        to_id(self.id)
    }

    /// What systems call it.
    fn slug(&self) -> &str {
        self.kind().map_or("", |kind| kind.slug.as_str())
    }

    /// Name.
    fn name(&self) -> &str {
        self.kind().map_or("", |kind| &kind.name)
    }
}

/// What search engines show.
pub struct Seo<'a> {
    product: &'a catalog::Product,
}

/// What search engines show.
#[Object]
impl Seo<'_> {
    /// Title of the page; the name where nothing else is said.
    fn title(&self, ctx: &Context<'_>) -> Result<&str> {
        let locales = &ctx.request()?.context()?.locales;
        let translated = self.product.translated(locales, |text| text.seo.title.as_deref());
        let own = || self.product.seo.title.as_deref();
        Ok(translated.or_else(own).unwrap_or_else(|| self.product.name_in(locales)))
    }

    /// Summary of the page; the description where nothing else is said.
    fn description(&self, ctx: &Context<'_>) -> Result<&str> {
        let locales = &ctx.request()?.context()?.locales;
        let translated = self.product.translated(locales, |text| text.seo.description.as_deref());
        let own = || self.product.seo.description.as_deref();
        Ok(translated.or_else(own).unwrap_or_else(|| self.product.description_in(locales)))
    }
}

/// The values of one attribute of a product.
pub struct Attribute {
    product: Arc<catalog::Product>,
    at: usize,
    taxonomy: Arc<catalog::Taxonomy>,
    /// Its place in the product type.
    known: usize,
}

impl Attribute {
    fn definition(&self) -> Option<&catalog::Attribute> {
        self.taxonomy.product_types.get(&self.product.product_type)?.attributes.get(self.known)
    }
}

/// The values of one attribute of a product.
#[Object]
impl Attribute {
    /// Its name in filters.
    fn slug(&self) -> &str {
        self.definition().map_or("", |definition| &definition.slug)
    }

    /// Its name for people.
    fn name(&self) -> &str {
        self.definition().map_or("", |definition| &definition.name)
    }

    /// Its values as text, numbers with a decimal point.
    fn values(&self) -> &[String] {
        self.product.attributes.get(self.at).map_or(&[], |value| &value.values)
    }

    /// The unit of its numbers, such as `g`.
    fn unit(&self) -> Option<&str> {
        self.definition().and_then(|definition| definition.unit.as_deref())
    }
}

/// From the lowest to the highest price.
pub struct PriceRange {
    min: model::Money,
    max: model::Money,
}

/// From the lowest to the highest price.
#[Object]
impl PriceRange {
    /// The lowest price.
    fn min(&self) -> ReadyObject<Money> {
        ReadyObject(Money(self.min))
    }

    /// The highest price.
    fn max(&self) -> ReadyObject<Money> {
        ReadyObject(Money(self.max))
    }
}
