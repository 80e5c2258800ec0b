//! Products as shoppers see them: in the channel, language and currency of the request.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use model::{
    catalog::{self, Localized},
    ids::{CollectionId, MediaId, ProductId, VariantId},
};
use schema_shared::{
    Connection, ConnectionArgs, Metafield, Money, ReadyList, ReadyObject, RequestData, RequestExt, connection_fields,
    nullable, to_id,
};
use services::inventory::ProductStock;

use super::{
    Category, Collection, Image, Media, MetafieldIdentifier, ProductVariant, metafield, options::ProductOption,
    seo::Seo,
};

/// The stock of a product's variants, from the cache or loaded in one batch with other products.
pub(super) async fn stock_of_product(request: &RequestData, id: ProductId) -> Result<Option<ProductStock>> {
    match request.storefront()?.stock_of(id) {
        Some(stock) => Ok(Some(stock)),
        None => Box::pin(request.loaders().stock().load(id)).await,
    }
}

/// A product with its variants.
pub struct Product(pub Arc<catalog::Product>);

impl Product {
    /// The visible product of an id; counted as a view.
    pub(crate) async fn by_id(request: &RequestData, id: ProductId) -> Result<Option<Self>> {
        let key = request.storefront()?.key(id);
        Ok(request.loaders().viewed_products().load(key).await?.map(Self))
    }

    /// The stock of its variants, loaded in one batch with other products.
    pub(super) async fn stock(&self, ctx: &Context<'_>) -> Result<Option<ProductStock>> {
        stock_of_product(ctx.request()?, self.0.id).await
    }
}

/// A product with its variants, as shown in the request's channel, language and currency.
#[connection_fields]
#[Object]
impl Product {
    /// Global id of the product.
    pub async fn id(&self) -> ID {
        to_id(self.0.id)
    }

    /// Slug for URLs, unique in the channel. If it differs from the requested slug, that is a former one: redirect to
    /// the new one.
    fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// Name in the language of the request.
    fn name<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        Ok(self.0.name_in(&ctx.request()?.context()?.locales))
    }

    /// Description in the language of the request, plain text or Markdown.
    fn description<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        Ok(self.0.description_in(&ctx.request()?.context()?.locales))
    }

    /// Manufacturer or brand; null if none is set.
    fn vendor(&self) -> Option<&str> {
        self.0.vendor.as_deref()
    }

    /// Free-form labels of the product.
    fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// Product type, which defines the attributes; null if the type was deleted.
    async fn product_type(&self, ctx: &Context<'_>) -> Option<Result<ReadyObject<ProductType>>> {
        nullable(async {
            let taxonomy = ctx.request()?.storefront()?.taxonomy().await?;
            let is_known = taxonomy.product_types.contains_key(&self.0.product_type);
            Ok(is_known.then(|| ReadyObject(ProductType { taxonomy, id: self.0.product_type })))
        })
        .await
    }

    /// True if at least one variant can be bought now.
    async fn is_available(&self, ctx: &Context<'_>) -> Result<bool> {
        let stock = self.stock(ctx).await?;
        let storefront = ctx.request()?.storefront()?;
        Ok(self.0.variants.iter().any(|variant| storefront.is_available(variant, stock.as_ref())))
    }

    /// Title and description for search engines.
    fn seo<'a>(&'a self, ctx: &Context<'_>) -> Result<ReadyObject<Seo<'a>>> {
        Ok(ReadyObject(Seo::of(&*self.0, &ctx.request()?.context()?.locales)))
    }

    /// Images of the product in display order.
    fn media(&self, args: ConnectionArgs) -> Result<Connection<Media>> {
        let page = args.page::<MediaId>()?;
        let places = self.0.media.iter().enumerate();
        let pictures = places.filter_map(|(at, media)| Some((media.id, Image::of(&self.0, at)?.into())));
        Ok(Connection::of_list(&page, pictures.collect())?)
    }

    /// First image of the product; null if it has none.
    fn featured_image(&self) -> Option<Image> {
        Image::of(&self.0, 0)
    }

    /// Options that distinguish the variants, such as size and color.
    fn options(&self) -> ReadyList<ProductOption<'_>> {
        self.0.options.iter().map(ProductOption).collect()
    }

    /// Values of the attributes of the product.
    async fn attributes(&self, ctx: &Context<'_>) -> Result<ReadyList<Attribute>> {
        let taxonomy = ctx.request()?.storefront()?.taxonomy().await?;
        let kind = taxonomy.product_types.get(&self.0.product_type);
        let described = |at: usize, value: &catalog::AttributeValue| {
            let known = kind.and_then(|kind| kind.attributes.iter().position(|known| known.slug == value.slug))?;
            Some(Attribute { product: self.0.clone(), at, taxonomy: taxonomy.clone(), known })
        };
        Ok(self.0.attributes.iter().enumerate().filter_map(|(at, value)| described(at, value)).collect())
    }

    /// Lowest and highest price of the variants; null if none has a price in the request's channel and currency.
    fn price_range(&self, ctx: &Context<'_>) -> Option<Result<ReadyObject<PriceRange>>> {
        let read = || {
            let range = ctx.request()?.storefront()?.price_range(&self.0);
            Ok(range.map(|(min, max)| ReadyObject(PriceRange { min, max })))
        };
        read().transpose()
    }

    /// Variants of the product in display order.
    fn variants(&self, args: ConnectionArgs) -> Result<Connection<ProductVariant>> {
        let page = args.page::<VariantId>()?;
        let variants = ProductVariant::all(&self.0).map(|variant| (variant.variant_id(), variant));
        Ok(Connection::of_list(&page, variants.collect())?)
    }

    /// Categories of the product, the main category first.
    async fn categories(&self, ctx: &Context<'_>) -> Result<ReadyList<Category>> {
        let taxonomy = ctx.request()?.storefront()?.taxonomy().await?;
        let known = self.0.categories.iter().filter(|id| taxonomy.categories.contains_key(id));
        Ok(Category::list(known.map(|id| Category::new(&taxonomy, *id))))
    }

    /// Collections of the channel that contain the product.
    async fn collections(&self, ctx: &Context<'_>, args: ConnectionArgs) -> Result<Connection<Collection>> {
        let page = args.page::<CollectionId>()?;
        let storefront = ctx.request()?.storefront()?;
        let taxonomy = storefront.taxonomy().await?;
        let ids = taxonomy.collections_of(self.0.id).iter();
        let visible = ids.filter_map(|id| Some((*id, Collection::visible(&storefront, &taxonomy, *id)?)));
        Ok(Connection::of_list(&page, visible.collect())?)
    }

    /// The metafield of a namespace and key; null if the product does not have it or it is private.
    async fn metafield(
        &self,
        #[graphql(desc = "Namespace of the metafield.")] namespace: String,
        #[graphql(desc = "Key in the namespace.")] key: String,
    ) -> Option<ReadyObject<Metafield<'_>>> {
        metafield::find(&self.0.metafields, &namespace, &key).map(ReadyObject)
    }

    /// Metafields in the order of the identifiers; null for each one that the product does not have or that is private.
    async fn metafields(
        &self,
        #[graphql(desc = "Identifiers of the metafields, at most 50.", validator(max_items = 50))] identifiers: Vec<
            MetafieldIdentifier,
        >,
    ) -> Vec<Option<Metafield<'_>>> {
        metafield::find_all(&self.0.metafields, &identifiers)
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

/// A product type, which defines the attributes of its products.
pub struct ProductType {
    taxonomy: Arc<catalog::Taxonomy>,
    id: model::ids::ProductTypeId,
}

impl ProductType {
    fn kind(&self) -> Option<&catalog::ProductType> {
        self.taxonomy.product_types.get(&self.id)
    }
}

/// A product type, which defines the attributes of its products.
#[Object]
impl ProductType {
    /// Global id of the product type.
    fn id(&self) -> ID {
        to_id(self.id)
    }

    /// Unique slug for integrations.
    fn slug(&self) -> &str {
        self.kind().map_or("", |kind| kind.slug.as_str())
    }

    /// Name of the product type in the language of the request.
    fn name<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        let locales = &ctx.request()?.context()?.locales;
        Ok(self.kind().map_or("", |kind| kind.name_in(locales)))
    }
}

/// The values of one attribute of a product.
pub struct Attribute {
    product: Arc<catalog::Product>,
    at: usize,
    taxonomy: Arc<catalog::Taxonomy>,
    /// Its index in the product type.
    known: usize,
}

impl Attribute {
    fn definition(&self) -> Option<&catalog::Attribute> {
        self.taxonomy.product_types.get(&self.product.product_type)?.attributes.get(self.known)
    }

    fn stored(&self) -> &[String] {
        self.product.attributes.get(self.at).map_or(&[], |value| &value.values)
    }
}

/// The values of one attribute of a product.
#[Object]
impl Attribute {
    /// Slug of the attribute for filters.
    fn slug(&self) -> &str {
        self.definition().map_or("", |definition| &definition.slug)
    }

    /// Name of the attribute for people, in the language of the request.
    fn name<'a>(&'a self, ctx: &Context<'_>) -> Result<&'a str> {
        let locales = &ctx.request()?.context()?.locales;
        Ok(self.definition().map_or("", |definition| definition.name_in(locales)))
    }

    /// Values of the attribute for people, in the language of the request; numbers have a decimal point.
    fn values<'a>(&'a self, ctx: &Context<'_>) -> Result<Vec<&'a str>> {
        let locales = &ctx.request()?.context()?.locales;
        let shown = |value: &'a String| {
            self.definition().map_or(value.as_str(), |definition| definition.value_in(value, locales))
        };
        Ok(self.stored().iter().map(shown).collect())
    }

    /// The same values for filters, in the same order: they do not depend on the language.
    fn filter_values(&self) -> &[String] {
        self.stored()
    }

    /// Unit of numbers, such as `g`; null if there is none.
    fn unit(&self) -> Option<&str> {
        self.definition().and_then(|definition| definition.unit.as_deref())
    }
}

/// The range of prices of a product's variants.
pub struct PriceRange {
    min: model::Money,
    max: model::Money,
}

/// The range of prices of a product's variants.
#[Object]
impl PriceRange {
    /// Lowest price of a variant.
    fn min(&self) -> ReadyObject<Money> {
        ReadyObject(Money(self.min))
    }

    /// Highest price of a variant.
    fn max(&self) -> ReadyObject<Money> {
        ReadyObject(Money(self.max))
    }
}
