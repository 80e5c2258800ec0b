//! Products whose data documentation, examples and checks rely on.

use model::{
    Money,
    catalog::{BundleComponent, Media, Price, Product, ProductOption, Publication, SelectedOption, Variant},
    ids::{CategoryId, ChannelId, MediaId, ProductId, ProductTypeId, StockLocationId, VariantId},
};
use services::import::{OpeningStock, StockedProduct};

use crate::{
    SeedError,
    data::products::{NamedProduct, NamedProducts, NamedVariant},
    ids::{id, minute},
    products::{german, picture_url},
    variants::{CHANNELS, variant_name},
};

/// All of them, in the order in which they were created.
pub fn all(named: &NamedProducts) -> Result<Vec<StockedProduct>, SeedError> {
    named.products.iter().map(product).collect()
}

fn product(row: &NamedProduct) -> Result<StockedProduct, SeedError> {
    let created_at = minute(0);
    let variants = variants(row);
    let mut channels: Vec<ChannelId> = row.variant.prices.keys().map(|channel| id::<ChannelId>(channel)).collect();
    channels.sort_unstable();
    channels.retain(|_| row.is_published);
    let mut translations = german(row.name.1.clone());
    for translation in translations.values_mut() {
        translation.description.clone_from(&row.german_description);
    }
    let stock = row.stock.iter().flat_map(|(location, units)| {
        let location = id::<StockLocationId>(location);
        variants.iter().map(move |variant| OpeningStock { sku: variant.sku.clone(), location, units: *units })
    });
    let stock = stock.collect();
    let product = Product {
        id: id::<ProductId>(&row.slug),
        version: 1,
        product_type: id::<ProductTypeId>(&row.product_type),
        slug: row.slug.parse()?,
        former_slugs: Vec::new(),
        name: row.name.0.clone(),
        description: row.description.clone(),
        vendor: Some(row.vendor.clone()),
        tags: row.tags.clone(),
        tax_class: row.tax_class.clone(),
        delivery_profile: None,
        attributes: row.attributes.clone(),
        options: row.options.clone(),
        variants,
        media: pictures(row),
        categories: vec![id::<CategoryId>(&row.category)],
        publications: channels.into_iter().map(|channel| Publication { channel, publish_at: created_at }).collect(),
        seo: row.seo.clone(),
        translations,
        metafields: row.metafields.clone(),
        external_reference: None,
        archived_at: None,
        created_at,
        updated_at: created_at,
    };
    Ok(StockedProduct { product, stock })
}

/// One variant for each combination of option values; one variant if there are no options.
fn variants(row: &NamedProduct) -> Vec<Variant> {
    let extend = |selections: Vec<Vec<SelectedOption>>, option: &ProductOption| {
        let values = |selected: Vec<SelectedOption>| {
            let value = move |value: &String| {
                let added = SelectedOption { name: option.name.clone(), value: value.clone() };
                [selected.as_slice(), &[added]].concat()
            };
            option.values.iter().map(value).collect::<Vec<_>>()
        };
        selections.into_iter().flat_map(values).collect()
    };
    let selections = row.options.iter().fold(vec![Vec::new()], extend);
    selections.into_iter().map(|selected| variant(&row.variant, selected)).collect()
}

fn variant(row: &NamedVariant, selected_options: Vec<SelectedOption>) -> Variant {
    let values = selected_options.iter().map(|option| option.value.to_uppercase());
    let sku = std::iter::once(row.sku.clone()).chain(values).collect::<Vec<_>>().join("-");
    let component = |(sku, quantity): &(String, u32)| BundleComponent {
        variant_id: id::<VariantId>(sku),
        sku: sku.clone(),
        quantity: *quantity,
    };
    Variant {
        id: id::<VariantId>(&sku),
        sku,
        name: row.name.clone().unwrap_or_else(|| variant_name(&selected_options)),
        selected_options,
        barcode: None,
        external_reference: None,
        weight_grams: row.weight_grams,
        requires_shipping: row.requires_shipping,
        prices: prices(row),
        components: row.components.iter().map(component).collect(),
    }
}

fn prices(row: &NamedVariant) -> Vec<Price> {
    let priced = CHANNELS.iter().filter_map(|(channel, currency)| {
        let money = |minor: &i64| Money::new(*minor, *currency);
        let amount = row.prices.get(*channel).map(money)?;
        let compare_at = row.compare_at.get(*channel).map(money);
        Some(Price { channel: id::<ChannelId>(channel), amount, compare_at })
    });
    priced.collect()
}

/// A picture for each color; one picture if the product has no colors to choose from.
fn pictures(row: &NamedProduct) -> Vec<Media> {
    let picture = |what: &str, alt: String| Media {
        id: id::<MediaId>(&format!("{}/{what}", row.slug)),
        url: picture_url(&row.slug, what),
        alt: Some(alt),
        width: 1200,
        height: 1200,
    };
    match row.options.iter().find(|option| option.name == "Color") {
        Some(colors) => {
            colors.values.iter().map(|color| picture(color, format!("{} in {color}", row.name.0))).collect()
        }
        None => vec![picture("1", row.name.0.clone())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MIN_PRODUCTS, data::Data, products};

    #[test]
    fn the_facts_of_the_demo_hold() {
        let all = all(&Data::load().unwrap().named).unwrap();
        assert_eq!(all.len(), MIN_PRODUCTS);
        let find = |slug: &str| all.iter().find(|goods| goods.product.slug.as_str() == slug).unwrap();
        let tee = &find("classic-tee").product;
        assert_eq!(tee.variants.len(), 12);
        assert_eq!(tee.variants[0].sku, "TEE-S-BLACK");
        let was = tee.variants[11].prices[0].compare_at.map(Money::to_decimal);
        assert_eq!(
            (tee.variants[11].prices[0].amount.to_decimal(), was),
            ("19.90".to_owned(), Some("24.90".to_owned()))
        );
        let kit = &find("camping-kit").product.variants[0];
        let parts: Vec<_> = kit.components.iter().map(|part| (part.sku.as_str(), part.quantity)).collect();
        assert_eq!(parts, [("TENT", 1), ("MAT", 2), ("STOVE", 1)]);
        for part in &kit.components {
            assert!(all.iter().any(|goods| goods.product.variant(part.variant_id).is_some()));
        }
        let print: i64 = find("limited-print").stock.iter().map(|stock| stock.units).sum();
        assert_eq!(print, 100);
        assert!(find("secret-sample").product.publications.is_empty());
    }

    #[test]
    fn no_other_product_takes_their_slugs_or_article_numbers() {
        let data = Data::load().unwrap();
        let named = all(&data.named).unwrap();
        for number in 0..2_000 {
            let other = products::product(&data, number).unwrap().product;
            for goods in &named {
                assert_ne!(goods.product.slug, other.slug);
                assert_ne!(goods.product.variants[0].sku, other.variants[0].sku);
            }
        }
    }
}
