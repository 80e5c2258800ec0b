//! Generated products: plausible, and the same for every size of the shop.

use std::collections::BTreeMap;

use model::{
    Locale, Slug, Timestamp,
    catalog::{Media, Metafield, Product, Publication, Seo, Translation, Variant},
    ids::{CategoryId, ChannelId, MediaId, ProductId, ProductTypeId, StockLocationId},
};
use services::import::{OpeningStock, StockedProduct, slugify};

use crate::{
    SeedError, attributes,
    data::{Data, catalog::Leaf, words::Texts},
    ids::{id, id_at, minute},
    names::{self, Naming},
    random::Random,
    texts,
    variants::{BasePrice, CHANNELS, Options},
};

/// The stock locations, with the most units of a variant that each holds.
const STOCK: [(&str, u32); 4] = [("berlin", 140), ("lyon", 60), ("oakland", 90), ("osaka", 70)];

/// The `number`th generated product, from 0.
pub fn product(data: &Data, number: usize) -> Result<StockedProduct, SeedError> {
    let wrong = |what: &str| SeedError::Data(format!("{what} of product {number}"));
    let leaves = &data.catalog.leaves;
    let leaf = number.checked_rem(leaves.len()).and_then(|at| leaves.get(at)).ok_or_else(|| wrong("leaf"))?;
    let nth = number / leaves.len();
    let naming = names::naming(&data.words, leaf, nth).ok_or_else(|| wrong("name"))?;
    let sku = format!("{}-{:05}", leaf.sku, nth + 1);
    // The order of the random choices below decides the data of every demo shop: do not change it.
    let random = &mut Random::of(&sku);
    let created_at = minute(number + 1);
    let vendors = data.words.vendors.get(&leaf.vendors).ok_or_else(|| wrong("vendors"))?;
    let vendor = random.pick(vendors).ok_or_else(|| wrong("vendor"))?;
    let options = Options::choose(&data.words, leaf, random);
    let price = BasePrice::choose(leaf, random);
    let variants = options.variants(leaf, &sku, price, created_at, random);
    let stock = stock(&variants, leaf, random);
    let description =
        texts::description(&data.texts, leaf, &naming, vendor, random).ok_or_else(|| wrong("description"))?;
    let tags = tags(price.is_reduced, random);
    let attributes = attributes::of(data, leaf, &naming, &options, random);
    let product = Product {
        id: id_at::<ProductId>(&sku, created_at),
        version: 1,
        product_type: id::<ProductTypeId>(&leaf.product_type),
        slug: slugify(&naming.name).parse::<Slug>()?,
        former_slugs: Vec::new(),
        description,
        vendor: Some(vendor.clone()),
        tags,
        tax_class: if leaf.product_type == "printed-book" { "books" } else { "standard" }.to_owned(),
        delivery_profile: None,
        attributes,
        options: options.options(),
        media: pictures(&naming, &options, &sku, created_at),
        categories: vec![id::<CategoryId>(&leaf.path)],
        publications: CHANNELS
            .iter()
            .map(|(channel, _)| Publication { channel: id::<ChannelId>(channel), publish_at: created_at })
            .collect(),
        seo: Seo::default(),
        translations: german(naming.german.clone()),
        metafields: care(&data.texts, leaf, random),
        external_reference: None,
        archived_at: None,
        created_at,
        updated_at: created_at,
        name: naming.name,
        variants,
    };
    Ok(StockedProduct { product, stock })
}

fn stock(variants: &[Variant], leaf: &Leaf, random: &mut Random) -> Vec<OpeningStock> {
    let is_sold_out = random.percent(5);
    let mut stock = Vec::new();
    for variant in variants {
        for (location, most) in STOCK {
            let units = match leaf.weight {
                None if location == "lyon" => 0,
                None => 100_000,
                Some(_) if is_sold_out => 0,
                Some(_) => i64::from(random.between(0, most)),
            };
            if units > 0 || location == "berlin" {
                let location = id::<StockLocationId>(location);
                stock.push(OpeningStock { sku: variant.sku.clone(), location, units });
            }
        }
    }
    stock
}

fn tags(is_reduced: bool, random: &mut Random) -> Vec<String> {
    let chances = [("new", 10), ("bestseller", 6), ("handmade", 12), ("repairable", 15)];
    let mut tags: Vec<String> =
        chances.iter().filter(|(_, chance)| random.percent(*chance)).map(|(tag, _)| (*tag).to_owned()).collect();
    tags.extend(is_reduced.then(|| "sale".to_owned()));
    tags
}

/// One picture for each of the first colors; one picture if there are none.
fn pictures(naming: &Naming<'_>, options: &Options<'_>, sku: &str, at: Timestamp) -> Vec<Media> {
    let colors: Vec<&str> = options.colors.iter().map(|(color, _)| color.as_str()).take(3).collect();
    let colors = if colors.is_empty() { vec!["stone"] } else { colors };
    let picture = |color: &str| Media {
        id: id_at::<MediaId>(&format!("{sku}/{color}"), at),
        url: picture_url(&slugify(&naming.name), color),
        alt: Some(format!("{} in {color}", naming.name)),
        width: 1200,
        height: 1200,
    };
    colors.into_iter().map(picture).collect()
}

/// The URL of the picture of a product in a color.
pub fn picture_url(slug: &str, color: &str) -> String {
    format!("/media/{slug}-{color}.svg")
}

/// A translation with a German name.
pub fn german(name: String) -> BTreeMap<Locale, Translation> {
    let locale = "de".parse::<Locale>().ok();
    locale.map(|locale| (locale, Translation { name: Some(name), ..Translation::default() })).into_iter().collect()
}

fn care(texts: &Texts, leaf: &Leaf, random: &mut Random) -> Vec<Metafield> {
    let Some(value) = texts::care(texts, &leaf.product_type) else { return Vec::new() };
    let field = || Metafield {
        namespace: "shop".to_owned(),
        key: "care".to_owned(),
        kind: "text".to_owned(),
        value: value.to_owned(),
    };
    random.percent(40).then(field).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ten_thousand_products_differ_and_have_three_variants_on_average() {
        let data = Data::load().unwrap();
        let goods: Vec<StockedProduct> = (0..10_000).map(|number| product(&data, number).unwrap()).collect();
        let slugs: HashSet<_> = goods.iter().map(|goods| &goods.product.slug).collect();
        let skus: HashSet<_> = goods.iter().flat_map(|goods| &goods.product.variants).map(|v| &v.sku).collect();
        let variants: usize = goods.iter().map(|goods| goods.product.variants.len()).sum();
        assert_eq!((slugs.len(), skus.len()), (10_000, variants));
        assert!((28_000..=32_000).contains(&variants), "{variants}");
        assert!(goods.iter().all(|goods| (1..=12).contains(&goods.product.variants.len())));
    }

    #[test]
    fn a_product_is_complete_and_always_the_same() {
        let data = Data::load().unwrap();
        for number in [0, 1, 33, 34, 4_711] {
            let goods = product(&data, number).unwrap();
            assert_eq!(goods.product, product(&data, number).unwrap().product);
            for variant in &goods.product.variants {
                assert_eq!(variant.prices.len(), 3);
                assert!(variant.prices.iter().all(|price| price.amount.minor > 0));
                assert!(variant.prices.iter().all(|p| p.compare_at.is_none_or(|was| was.minor > p.amount.minor)));
                assert_eq!(variant.selected_options.len(), goods.product.options.len());
                assert!(goods.stock.iter().any(|stock| stock.sku == variant.sku));
            }
            assert!(!goods.product.media.is_empty() && !goods.product.description.is_empty());
        }
    }
}
