//! Applies an input to a product.

mod variants;

use std::collections::BTreeMap;

use model::{
    Slug, Timestamp,
    catalog::{AttributeValue, CatalogErrorCode, Media, Product, ProductOption, Publication, Violation, media_url},
    ids::{MediaId, VariantId},
    inventory::{AdjustmentReason, StockChange},
    tax::STANDARD_CLASS,
};

use super::{context::Context, locator::Locator};
use crate::catalog::{
    CatalogRefused, CatalogResult, MediaInput, OptionInput, ProductInput,
    product_types::still_valid,
    reference::Resolver,
    skus::{Claim, Flags},
    write,
};

/// The results of applying an input besides the product: violations, stock changes and inventory flags.
pub(super) struct Draft<'a> {
    context: &'a Context,
    resolver: Resolver<'a>,
    stock: Vec<(StockChange, String)>,
    flags: Vec<(VariantId, Flags)>,
    /// The index in the input of each variant of the product; empty if the input has no variants.
    sources: Vec<Option<usize>>,
}

/// Creates a product from an input.
pub(super) fn create<'a>(
    context: &'a Context,
    input: &ProductInput,
    now: Timestamp,
) -> CatalogResult<(Product, Draft<'a>)> {
    let mut draft = Draft::new(context);
    let violations = &mut draft.resolver.violations;
    let slug = write::require(input.slug.as_deref(), "slug", violations);
    let slug = slug.and_then(|slug| write::parse_slug(slug, violations));
    let name = write::require(input.name.clone(), "name", violations);
    let kind = write::require(input.product_type.as_ref(), "productType", violations);
    let kind = kind.and_then(|kind| draft.resolver.product_type("productType", kind));
    let (Some(slug), Some(name), Some(product_type)) = (slug, name, kind) else {
        return Err(CatalogRefused(draft.resolver.violations).into());
    };
    let mut product = Product::new(product_type, slug, name, STANDARD_CLASS, now);
    draft.apply(input, &mut product, now);
    Ok((product, draft))
}

/// Applies an input to a product.
pub(super) fn update<'a>(
    context: &'a Context,
    input: &ProductInput,
    product: &mut Product,
    now: Timestamp,
) -> Draft<'a> {
    let mut draft = Draft::new(context);
    if let Some(slug) = input.slug.as_deref().and_then(|slug| write::parse_slug(slug, &mut draft.resolver.violations)) {
        product.rename(slug);
    }
    if let Some(kind) = &input.product_type {
        let found = draft.resolver.product_type("productType", kind);
        if found.is_some_and(|found| found != product.product_type) {
            let message = "a product keeps its type; create another product";
            draft.resolver.violate(CatalogErrorCode::Invalid, "productType", message);
        }
    }
    product.name = input.name.clone().unwrap_or_else(|| std::mem::take(&mut product.name));
    draft.apply(input, product, now);
    draft
}

/// Replaces a value if the input has a new one.
fn set<T: Clone>(place: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        place.clone_from(value);
    }
}

impl<'a> Draft<'a> {
    fn new(context: &'a Context) -> Self {
        let resolver = Resolver::new(&context.settings, &context.taxonomy);
        Self { context, resolver, stock: Vec::new(), flags: Vec::new(), sources: Vec::new() }
    }

    pub(super) fn violations(&self) -> Vec<Violation> {
        self.resolver.violations.clone()
    }

    /// Converts paths of the product to paths of the input.
    pub(super) fn locator(&self, product: &Product) -> Locator {
        Locator::new(&self.sources, product)
    }

    /// The rows that the product needs in Postgres.
    pub(super) fn into_claim(self, product: &Product, reason: AdjustmentReason) -> Claim {
        Claim::new(product, &self.flags, self.stock, reason)
    }

    fn apply(&mut self, input: &ProductInput, product: &mut Product, now: Timestamp) {
        set(&mut product.description, input.description.as_ref());
        set(&mut product.vendor, input.vendor.as_ref());
        set(&mut product.tags, input.tags.as_ref());
        if let Some(inputs) = &input.options {
            product.options = options(inputs, &product.options);
        }
        set(&mut product.seo, input.seo.as_ref());
        set(&mut product.metafields, input.metafields.as_ref());
        set(&mut product.external_reference, input.external_reference.as_ref());
        // An empty text removes the value.
        product.vendor.take_if(|vendor| vendor.trim().is_empty());
        product.external_reference.take_if(|reference| reference.trim().is_empty());
        set(&mut product.attributes, input.attributes.as_ref());
        // An attribute without values is removed.
        product.attributes.retain(|attribute: &AttributeValue| !attribute.values.is_empty());
        if let Some(inputs) = &input.translations {
            product.translations = write::translations(inputs, &mut self.resolver.violations);
        }
        if let Some(named) = &input.categories {
            let found = named.iter().enumerate();
            let find = |(at, named)| self.resolver.category(&format!("categories.{at}"), named);
            product.categories = found.filter_map(find).collect();
        }
        if let Some(inputs) = &input.media {
            product.media = media(inputs, &product.media);
        }
        if let Some(class) = input.tax_class.as_deref().and_then(|class| self.resolver.tax_class("taxClass", class)) {
            product.tax_class = class;
        }
        if let Some(profile) = &input.delivery_profile {
            product.delivery_profile = self.delivery_profile(profile.as_deref());
        }
        self.publish(input, product, now);
        if let Some(inputs) = &input.variants {
            self.set_variants(inputs, input.replace_variants, product);
        }
    }

    /// The delivery profile of an input. It need not exist anywhere else: products without a method that carries them are
    /// not delivered.
    fn delivery_profile(&mut self, given: Option<&str>) -> Option<Slug> {
        let parsed = given.map(str::trim).filter(|profile| !profile.is_empty())?.parse::<Slug>();
        let profile = parsed.ok().filter(|profile| !profile.as_str().contains('/'));
        if profile.is_none() {
            let message = "a delivery profile has 1 to 200 lower-case letters, digits and single hyphens";
            self.resolver.violate(CatalogErrorCode::Invalid, "deliveryProfile", message);
        }
        profile
    }

    /// Publishes in the channels of the input; publications that exist keep their date.
    fn publish(&mut self, input: &ProductInput, product: &mut Product, now: Timestamp) {
        let Some(named) = &input.channels else { return };
        let mut publications = Vec::with_capacity(named.len());
        for (at, named) in named.iter().enumerate() {
            let Some(channel) = self.resolver.channel(&format!("channels.{at}"), named) else { continue };
            let before = product.publications.iter().find(|publication| publication.channel == channel);
            publications.push(before.cloned().unwrap_or(Publication { channel, publish_at: now }));
        }
        product.publications = publications;
    }
}

/// The options of an input. Those whose translations it does not name keep the ones that still apply.
fn options(inputs: &[OptionInput], before: &[ProductOption]) -> Vec<ProductOption> {
    let option = |input: &OptionInput| {
        let known = before.iter().find(|known| known.name == input.name);
        let kept = || known.map_or_else(BTreeMap::new, |known| still_valid(&known.translations, &input.values));
        let translations = input.translations.clone().unwrap_or_else(kept);
        ProductOption { name: input.name.clone(), values: input.values.clone(), translations }
    };
    inputs.iter().map(option).collect()
}

/// The images of an input. An image with a known URL keeps its id; a duplicate gets a new one.
fn media(inputs: &[MediaInput], old: &[Media]) -> Vec<Media> {
    let mut left: Vec<&Media> = old.iter().collect();
    let one = |input: &MediaInput| {
        // A URL without a normal form is reported by the rules of products.
        let url = media_url(&input.url).unwrap_or_else(|| input.url.clone());
        let id = left.iter().find(|media| media.url == url).map_or_else(MediaId::new, |media| media.id);
        left.retain(|media| media.id != id);
        Media { id, url, alt: input.alt.clone(), width: input.width, height: input.height }
    };
    inputs.iter().map(one).collect()
}
