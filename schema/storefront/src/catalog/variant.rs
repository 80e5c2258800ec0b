//! Variants of products.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{Context, ID, Object, Result};
use model::{catalog, ids::VariantId};
use schema_shared::{ErrorCode, Money, ReadyList, ReadyObject, RequestExt, coded, nullable, to_id};

use super::{Product, options::SelectedOption, product::stock_of_product};

/// A variant of a product that can be bought.
pub struct ProductVariant {
    product: Arc<catalog::Product>,
    id: VariantId,
    at: usize,
}

impl ProductVariant {
    /// The variant of an id, if the product has it.
    #[must_use]
    pub fn of(product: &Arc<catalog::Product>, id: VariantId) -> Option<Self> {
        let at = product.variants.iter().position(|variant| variant.id == id)?;
        Some(Self { product: product.clone(), id, at })
    }

    /// All variants of a product in display order.
    pub(super) fn all(product: &Arc<catalog::Product>) -> impl Iterator<Item = Self> {
        let places = product.variants.iter().enumerate();
        places.map(|(at, variant)| Self { product: product.clone(), id: variant.id, at })
    }

    pub(super) const fn variant_id(&self) -> VariantId {
        self.id
    }

    fn variant(&self) -> Result<&catalog::Variant> {
        self.product.variants.get(self.at).ok_or_else(|| coded(ErrorCode::Internal, "the variant does not exist"))
    }

    fn price_here(&self, ctx: &Context<'_>) -> Result<Option<&catalog::Price>> {
        Ok(ctx.request()?.storefront()?.price_of(self.variant()?))
    }
}

/// A variant of a product that can be bought.
#[Object]
impl ProductVariant {
    /// Global id of the variant.
    pub async fn id(&self) -> ID {
        to_id(self.id)
    }

    /// Stock keeping unit, unique in the shop.
    fn sku(&self) -> Result<&str> {
        Ok(&self.variant()?.sku)
    }

    /// Name of the variant: composed of its options in the language of the request, unless it has its own name.
    fn name<'a>(&'a self, ctx: &Context<'_>) -> Result<Cow<'a, str>> {
        let locales = &ctx.request()?.context()?.locales;
        Ok(self.variant()?.name_in(&self.product, locales))
    }

    /// Product that the variant belongs to.
    fn product(&self) -> Product {
        Product(self.product.clone())
    }

    /// Value of the variant for each option of the product.
    fn selected_options(&self) -> Result<ReadyList<SelectedOption<'_>>> {
        let options = &self.product.options;
        let selected = self.variant()?.selected_options.iter();
        Ok(selected
            .map(|selected| SelectedOption {
                option: options.iter().find(|option| option.name == selected.name),
                selected,
            })
            .collect())
    }

    /// True if the variant can be bought now: it has a price and is in stock.
    async fn is_available(&self, ctx: &Context<'_>) -> Result<bool> {
        let variant = self.variant()?;
        let request = ctx.request()?;
        let storefront = request.storefront()?;
        // Without a price, the answer needs no stock.
        if storefront.price_of(variant).is_none() {
            return Ok(false);
        }
        let stock = stock_of_product(request, self.product.id).await?;
        Ok(storefront.is_available(variant, stock.as_ref()))
    }

    /// Units available now; null if stock is not tracked. May lag by a second; stock is only guaranteed at
    /// `cartComplete`.
    async fn quantity_available(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        nullable(async {
            let variant = self.variant()?;
            let request = ctx.request()?;
            let stock = stock_of_product(request, self.product.id).await?;
            let available = request.storefront()?.quantity_available(variant, stock.as_ref());
            // Below `VariantStock::UNLIMITED`, the largest quantity of a line, which fits.
            Ok(available.map(|available| i32::try_from(available).unwrap_or(i32::MAX)))
        })
        .await
    }

    /// Price of one unit, with or without tax as the channel defines; null if the variant is not sold in the currency.
    fn price(&self, ctx: &Context<'_>) -> Option<Result<ReadyObject<Money>>> {
        self.price_here(ctx).map(|price| price.map(|price| ReadyObject(Money(price.amount)))).transpose()
    }

    /// Former price that the merchant compares with, higher than the price; null if there is none.
    fn compare_at_price(&self, ctx: &Context<'_>) -> Option<Result<ReadyObject<Money>>> {
        let was = self.price_here(ctx).map(|price| price.and_then(|price| price.compare_at));
        was.map(|was| was.map(|was| ReadyObject(Money(was)))).transpose()
    }

    /// Weight in grams; null if it is not set.
    fn weight_grams(&self) -> Option<Result<u32>> {
        self.variant().map(|variant| variant.weight_grams).transpose()
    }

    /// Components of a bundle; empty for a variant that is not a bundle.
    fn components(&self) -> Result<Vec<BundleComponent<'_>>> {
        Ok(self.variant()?.components.iter().map(BundleComponent).collect())
    }

    /// True if the variant is delivered; false for downloads.
    fn requires_shipping(&self) -> Result<bool> {
        Ok(self.variant()?.requires_shipping)
    }
}

/// A component of a bundle.
pub struct BundleComponent<'a>(&'a catalog::BundleComponent);

/// A component of a bundle.
#[Object]
impl BundleComponent<'_> {
    /// Number of units of the variant in one bundle.
    async fn quantity(&self) -> u32 {
        self.0.quantity
    }

    /// Variant inside the bundle; null if the channel does not show its product.
    async fn variant(&self, ctx: &Context<'_>) -> Option<Result<ProductVariant>> {
        nullable(async {
            let request = ctx.request()?;
            let id = self.0.variant_id;
            let Some(product) = request.loaders().products_of_variants().load(id).await? else { return Ok(None) };
            let key = request.storefront()?.key(product);
            let product = request.loaders().visible_products().load(key).await?;
            Ok(product.and_then(|product| ProductVariant::of(&product, id)))
        })
        .await
    }
}
