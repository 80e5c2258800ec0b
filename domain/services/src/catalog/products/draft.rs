//! Applies an input to a product.

use model::{
    Money, Timestamp,
    catalog::{
        AttributeValue, BundleComponent, CatalogErrorCode, Media, Price, Product, Publication, Variant, Violation,
        media_url,
    },
    ids::{MediaId, ProductId, VariantId},
    inventory::{AdjustmentReason, StockChange, StockTarget, is_stock},
    tax::STANDARD_CLASS,
};

use super::context::Context;
use crate::catalog::{
    CatalogRefused, CatalogResult, ComponentInput, MediaInput, PriceInput, ProductInput, VariantInput,
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
    let mut product = Product {
        id: ProductId::new(),
        version: 1,
        product_type,
        slug,
        former_slugs: Vec::new(),
        name,
        description: String::new(),
        vendor: None,
        tags: Vec::new(),
        tax_class: STANDARD_CLASS.to_owned(),
        attributes: Vec::new(),
        options: Vec::new(),
        variants: Vec::new(),
        media: Vec::new(),
        categories: Vec::new(),
        publications: Vec::new(),
        seo: model::catalog::Seo::default(),
        translations: std::collections::BTreeMap::new(),
        metafields: Vec::new(),
        external_reference: None,
        created_at: now,
        updated_at: now,
    };
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
        Self { context, resolver, stock: Vec::new(), flags: Vec::new() }
    }

    pub(super) fn violations(&self) -> Vec<Violation> {
        self.resolver.violations.clone()
    }

    /// The rows that the product needs in Postgres.
    pub(super) fn into_claim(self, product: &Product, reason: AdjustmentReason) -> Claim {
        Claim::new(product, &self.flags, self.stock, reason)
    }

    fn apply(&mut self, input: &ProductInput, product: &mut Product, now: Timestamp) {
        set(&mut product.description, input.description.as_ref());
        set(&mut product.vendor, input.vendor.as_ref());
        set(&mut product.tags, input.tags.as_ref());
        set(&mut product.options, input.options.as_ref());
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
        self.publish(input, product, now);
        if let Some(inputs) = &input.variants {
            let old = std::mem::take(&mut product.variants);
            let variants = inputs.iter().enumerate();
            product.variants = variants.map(|(at, input)| self.variant(at, input, &old, &product.name)).collect();
        }
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

    fn variant(&mut self, at: usize, input: &VariantInput, old: &[Variant], product_name: &str) -> Variant {
        let path = format!("variants.{at}");
        let before = match input.id {
            Some(id) => old.iter().find(|variant| variant.id == id),
            None => old.iter().find(|variant| variant.sku == input.sku),
        };
        if input.id.is_some() && before.is_none() {
            let message = "the product has no such variant; omit the id to create one";
            self.resolver.violate(CatalogErrorCode::UnknownReference, &format!("{path}.id"), message);
        }
        let mut variant = before.cloned().unwrap_or_else(|| Variant {
            id: VariantId::new(),
            sku: String::new(),
            name: String::new(),
            selected_options: Vec::new(),
            weight_grams: None,
            requires_shipping: true,
            prices: Vec::new(),
            components: Vec::new(),
        });
        variant.sku.clone_from(&input.sku);
        set(&mut variant.selected_options, input.selected_options.as_ref());
        set(&mut variant.weight_grams, input.weight_grams.as_ref());
        variant.requires_shipping = input.requires_shipping.unwrap_or(variant.requires_shipping);
        variant.name = match &input.name {
            Some(Some(name)) => name.clone(),
            Some(None) => name_of(&variant, product_name),
            None if input.selected_options.is_some() || variant.name.is_empty() => name_of(&variant, product_name),
            None => variant.name,
        };
        if let Some(prices) = &input.prices {
            variant.prices = self.prices(&format!("{path}.prices"), prices);
        }
        if let Some(components) = &input.components {
            variant.components = self.components(&format!("{path}.components"), components);
        }
        self.flags.push((variant.id, Flags { is_tracked: input.is_tracked, allows_backorder: input.allows_backorder }));
        for (place, stock) in input.stock.iter().enumerate() {
            let path = format!("{path}.stock.{place}");
            // Check now: stock is set after the document is written, when it is too late to reject.
            if !is_stock(stock.on_hand) {
                self.resolver.violate(
                    CatalogErrorCode::Invalid,
                    &path,
                    "a stock level must be between 0 and 1,000,000,000 units",
                );
            }
            if let Some(location_id) = self.resolver.location(&format!("{path}.location"), &stock.location) {
                let target = StockTarget::OnHand(stock.on_hand);
                self.stock.push((StockChange { variant_id: variant.id, location_id, target }, path));
            }
        }
        variant
    }

    fn prices(&mut self, path: &str, inputs: &[PriceInput]) -> Vec<Price> {
        let mut prices = Vec::with_capacity(inputs.len());
        for (at, input) in inputs.iter().enumerate() {
            let channel = self.resolver.channel(&format!("{path}.{at}.channel"), &input.channel);
            let amount = self.money(&format!("{path}.{at}.amount"), &input.amount, input);
            let was = input.compare_at.as_ref();
            let compare_at = was.and_then(|was| self.money(&format!("{path}.{at}.compareAt"), was, input));
            let (Some(channel), Some(amount)) = (channel, amount) else { continue };
            let is_sold = self.context.settings.channel_by_id(channel);
            if is_sold.is_some_and(|channel| !channel.currencies.contains(&input.currency)) {
                let message = format!("the channel does not sell in {}", input.currency);
                self.resolver.violate(CatalogErrorCode::Invalid, &format!("{path}.{at}.currencyCode"), message);
            }
            prices.push(Price { channel, amount, compare_at });
        }
        prices
    }

    fn money(&mut self, path: &str, text: &str, input: &PriceInput) -> Option<Money> {
        Money::parse(text, input.currency)
            .inspect_err(|error| self.resolver.violate(CatalogErrorCode::Invalid, path, error.to_string()))
            .ok()
    }

    fn components(&mut self, path: &str, inputs: &[ComponentInput]) -> Vec<BundleComponent> {
        let mut components = Vec::with_capacity(inputs.len());
        for (at, input) in inputs.iter().enumerate() {
            match self.context.bundles.items.get(&input.sku) {
                Some(item) => components.push(BundleComponent {
                    variant_id: item.variant_id,
                    sku: item.sku.clone(),
                    quantity: input.quantity,
                }),
                None => self.resolver.violate(
                    CatalogErrorCode::UnknownReference,
                    &format!("{path}.{at}.sku"),
                    format!("there is no variant {}", input.sku),
                ),
            }
        }
        components
    }
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

/// The option values such as `S / black`, or the product's name without options.
fn name_of(variant: &Variant, product_name: &str) -> String {
    if variant.selected_options.is_empty() {
        return product_name.to_owned();
    }
    let values: Vec<&str> = variant.selected_options.iter().map(|selected| selected.value.as_str()).collect();
    values.join(" / ")
}
