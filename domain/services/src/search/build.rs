//! Builds the indexed form of a product from its document, taxonomy, channels, stock and sales.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::{
    Currency, Locale,
    catalog::{Category, Localized, Product, Taxonomy, TermTranslation},
    channels::Channel,
    ids::{ProductId, VariantId},
    inventory::VariantStock,
    pricing::{PriceContext, price_range, resolve},
    settings::Settings,
};
use persistence::search::{ChannelEntry, IndexedProduct, UNTRANSLATED};

/// The state of the shop around the products that are indexed: settings, taxonomy, stock and units sold.
pub(super) struct Shop<'a> {
    pub settings: &'a Settings,
    pub taxonomy: &'a Taxonomy,
    pub stock: &'a HashMap<VariantId, VariantStock>,
    pub units: &'a HashMap<ProductId, i64>,
}

/// The name of a language chain in the index.
pub(super) fn chain(locales: &[Locale]) -> String {
    let tags: Vec<&str> = locales.iter().map(Locale::as_str).collect();
    tags.join("_")
}

/// The indexed form of a product.
pub(super) fn indexed(product: &Product, shop: &Shop<'_>) -> IndexedProduct {
    let mut channels: Vec<(&Channel, ChannelEntry)> = Vec::new();
    for publication in product.publications.iter().filter(|_| !product.is_archived()) {
        let Some(channel) = shop.settings.channel_by_id(publication.channel) else { continue };
        let available = channel.currencies.iter().copied();
        let available = available.filter(|currency| is_available(product, channel, *currency, shop)).collect();
        let entry = ChannelEntry { channel: channel.id, publish_at: publication.publish_at, available };
        channels.push((channel, entry));
    }
    let prices = channels.iter().flat_map(|(channel, _)| {
        let lowest = |currency| {
            let context = PriceContext { channel: channel.id, currency };
            price_range(product, context).map(|(lowest, _)| (channel.id, lowest))
        };
        channel.currencies.iter().copied().filter_map(lowest)
    });
    IndexedProduct {
        id: product.id,
        slug: product.slug.as_str().to_owned(),
        skus: product.variants.iter().map(|variant| variant.sku.clone()).collect(),
        reference: product.external_reference.clone(),
        status: product.status(),
        prices: prices.collect(),
        names: names(product),
        keywords: keywords(product, shop.taxonomy),
        descriptions: descriptions(product),
        product_type: product.product_type,
        vendor: product.vendor.clone(),
        tags: product.tags.clone(),
        categories: categories(product, shop.taxonomy).map(|category| category.id).collect(),
        collections: collections(product, shop.taxonomy),
        attributes: attributes(product, shop.taxonomy),
        sort_names: sort_names(product, channels.iter().map(|(channel, _)| *channel)),
        created_at: product.created_at,
        updated_at: product.updated_at,
        // A product without counted sales has sold nothing.
        units_sold: shop.units.get(&product.id).copied().unwrap_or(0),
        channels: channels.into_iter().map(|(_, entry)| entry).collect(),
    }
}

/// True if a variant with a price in the channel and currency is available there.
fn is_available(product: &Product, channel: &Channel, currency: Currency, shop: &Shop<'_>) -> bool {
    product.variants.iter().any(|variant| {
        let is_priced = resolve(variant, PriceContext { channel: channel.id, currency }).is_some();
        is_priced && shop.stock.get(&variant.id).is_some_and(|stock| stock.is_available_in(channel))
    })
}

fn names(product: &Product) -> Vec<String> {
    let translated = product.translations.values().filter_map(|texts| texts.name.clone());
    distinct(std::iter::once(product.name.clone()).chain(translated))
}

fn descriptions(product: &Product) -> Vec<String> {
    let translated = product.translations.values().filter_map(|texts| texts.description.clone());
    distinct(std::iter::once(product.description.clone()).chain(translated))
}

/// Vendor, tags, SKUs, barcodes, type, categories, and the values of attributes and options, in all languages.
fn keywords(product: &Product, taxonomy: &Taxonomy) -> Vec<String> {
    let kind = taxonomy.product_types.get(&product.product_type);
    let kind_names = kind.into_iter().flat_map(|kind| std::iter::once(&kind.name).chain(kind.translations.values()));
    let category_names = categories(product, taxonomy).flat_map(|category| {
        let translated = category.translations.values().filter_map(|texts| texts.name.clone());
        std::iter::once(category.name.clone()).chain(translated)
    });
    let values = product.attributes.iter().flat_map(|given| {
        let known = kind.and_then(|kind| kind.attribute(&given.slug));
        with_translations(&given.values, known.map(|attribute| &attribute.translations))
    });
    let options =
        product.options.iter().flat_map(|option| with_translations(&option.values, Some(&option.translations)));
    let barcodes = product.variants.iter().filter_map(|variant| variant.barcode.clone().map(String::from));
    let skus = product.variants.iter().map(|variant| variant.sku.clone()).chain(barcodes);
    let own = product.vendor.iter().chain(&product.tags).cloned();
    distinct(own.chain(kind_names.cloned()).chain(category_names).chain(values).chain(options).chain(skus))
}

/// Values, and their texts in other languages.
fn with_translations(values: &[String], translations: Option<&BTreeMap<Locale, TermTranslation>>) -> Vec<String> {
    let texts = translations
        .into_iter()
        .flat_map(BTreeMap::values)
        .flat_map(|texts| values.iter().filter_map(|value| texts.values.get(value)));
    values.iter().chain(texts).cloned().collect()
}

/// Its categories and their ancestors, each once.
fn categories<'a>(product: &Product, taxonomy: &'a Taxonomy) -> impl Iterator<Item = &'a Category> {
    let ids: BTreeSet<_> = product.categories.iter().flat_map(|id| taxonomy.ancestors(*id)).collect();
    ids.into_iter().filter_map(|id| taxonomy.categories.get(&id))
}

/// Its collections, with its position in each.
fn collections(product: &Product, taxonomy: &Taxonomy) -> Vec<(model::ids::CollectionId, i64)> {
    let position = |id: &model::ids::CollectionId| {
        let collection = taxonomy.collections.get(id)?;
        let at = collection.products.iter().position(|member| *member == product.id)?;
        // A position always fits; one that did not would be last.
        Some((*id, i64::try_from(at).unwrap_or(i64::MAX)))
    };
    taxonomy.collections_of(product.id).iter().filter_map(position).collect()
}

/// The values of its filterable attributes.
fn attributes(product: &Product, taxonomy: &Taxonomy) -> Vec<(String, Vec<String>)> {
    let Some(kind) = taxonomy.product_types.get(&product.product_type) else { return Vec::new() };
    let is_filterable = |slug: &str| kind.attributes.iter().any(|known| known.slug == slug && known.is_filterable);
    let wanted = product.attributes.iter().filter(|attribute| is_filterable(&attribute.slug));
    wanted.map(|attribute| (attribute.slug.clone(), attribute.values.clone())).collect()
}

/// The untranslated name, and the displayed name for each language chain of the channels.
fn sort_names<'a>(product: &Product, channels: impl Iterator<Item = &'a Channel>) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = vec![(UNTRANSLATED.to_owned(), product.name.clone())];
    for locale in channels.flat_map(|channel| channel.locales.iter().map(|locale| channel.locale_chain(Some(locale)))) {
        let chain = chain(&locale);
        if names.iter().all(|(known, _)| *known != chain) {
            names.push((chain, product.name_in(&locale).to_owned()));
        }
    }
    names
}

fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    texts.filter(|text| !text.is_empty() && seen.insert(text.clone())).collect()
}
