//! The products whose facts documentation, examples and checks rely on. None of them changes lightly.

use model::{
    Currency, InvalidSlug, Locale, Money,
    catalog::{
        AttributeValue, BundleComponent, Media, Metafield, Price, Product, ProductOption, Publication, SelectedOption,
        Seo, Variant,
    },
    ids::{CategoryId, ChannelId, MediaId, ProductId, ProductTypeId, VariantId},
};

use super::{
    names::slugify,
    products::{Goods, german, id, minute, picture_url, variant_name},
};

/// How many there are: the seven of the demo's facts, and the three parts of the bundle among the others.
pub const COUNT: usize = 10;

/// All of them, in the order in which they were created.
///
/// # Errors
/// A slug below that is none.
pub fn all() -> Result<Vec<Goods>, InvalidSlug> {
    Ok(vec![
        classic_tee()?,
        limited_print()?,
        atlas_of_rivers()?,
        field_recordings()?,
        part("tent", "Trail Tent", "Trekkingzelt", "camping/shelter/tents", (17_900, 1_900), 20)?,
        part("mat", "Trail Mat", "Isomatte", "camping/sleeping/mats", (3_900, 480), 60)?,
        part("stove", "Trail Stove", "Gaskocher", "camping/cooking/stoves", (3_500, 210), 5)?,
        camping_kit()?,
        sold_out_lamp()?,
        secret_sample()?,
    ])
}

fn euros(minor: i64) -> (&'static str, Money) {
    ("eu", Money::new(minor, Currency::EUR))
}

fn dollars(minor: i64) -> (&'static str, Money) {
    ("us", Money::new(minor, Currency::USD))
}

fn yen(minor: i64) -> (&'static str, Money) {
    ("jp", Money::new(minor, Currency::JPY))
}

fn price((channel, amount): (&str, Money)) -> Price {
    Price { channel: id::<ChannelId>(channel), amount, compare_at: None }
}

/// A variant whose id follows from its SKU.
fn variant(sku: &str, prices: &[(&str, Money)]) -> Variant {
    Variant {
        id: id::<VariantId>(sku),
        sku: sku.to_owned(),
        name: "Default".to_owned(),
        selected_options: Vec::new(),
        weight_grams: None,
        requires_shipping: true,
        prices: prices.iter().copied().map(price).collect(),
        components: Vec::new(),
    }
}

/// A product that is sold in the channels its variants have prices for.
fn product(slug: &str, name: &str, kind: &str, category: &str, variants: Vec<Variant>) -> Result<Product, InvalidSlug> {
    let created_at = minute(0);
    let mut channels: Vec<ChannelId> =
        variants.iter().flat_map(|variant| variant.prices.iter().map(|price| price.channel)).collect();
    channels.sort_unstable();
    channels.dedup();
    Ok(Product {
        id: id::<ProductId>(slug),
        version: 1,
        product_type: id::<ProductTypeId>(kind),
        slug: slug.parse()?,
        former_slugs: Vec::new(),
        name: name.to_owned(),
        description: String::new(),
        vendor: Some("Plain Goods".to_owned()),
        tags: Vec::new(),
        tax_class: "standard".to_owned(),
        attributes: Vec::new(),
        options: Vec::new(),
        variants,
        media: vec![picture(slug, name, "1")],
        categories: vec![id::<CategoryId>(category)],
        publications: channels.into_iter().map(|channel| Publication { channel, publish_at: created_at }).collect(),
        seo: Seo::default(),
        translations: german(name.to_owned()),
        metafields: Vec::new(),
        external_reference: None,
        created_at,
        updated_at: created_at,
    })
}

fn picture(slug: &str, alt: &str, what: &str) -> Media {
    Media {
        id: id::<MediaId>(&format!("{slug}/{what}")),
        url: picture_url(slug, what),
        alt: Some(alt.to_owned()),
        width: 1200,
        height: 1200,
    }
}

fn attribute(slug: &str, values: &[&str]) -> AttributeValue {
    AttributeValue { slug: slug.to_owned(), values: values.iter().map(|&value| value.to_owned()).collect() }
}

fn at(location: &'static str, units: i64, product: &Product) -> Vec<(String, &'static str, i64)> {
    product.variants.iter().map(|variant| (variant.sku.clone(), location, units)).collect()
}

fn classic_tee() -> Result<Goods, InvalidSlug> {
    let sizes = ["S", "M", "L"];
    let colors = ["black", "white", "sand", "navy"];
    let selected = |name: &str, value: &str| SelectedOption { name: name.to_owned(), value: value.to_owned() };
    let mut variants = Vec::new();
    for size in sizes {
        for color in colors {
            let selected_options = vec![selected("Size", size), selected("Color", color)];
            let mut tee =
                variant(&format!("TEE-{size}-{}", color.to_uppercase()), &[euros(1_990), dollars(2_200), yen(2_900)]);
            for price in tee.prices.iter_mut().filter(|price| price.amount.currency == Currency::EUR) {
                price.compare_at = Some(Money::new(2_490, Currency::EUR));
            }
            variants.push(Variant {
                name: variant_name(&selected_options),
                selected_options,
                weight_grams: Some(180),
                ..tee
            });
        }
    }
    let option = |name: &str, values: &[&str]| ProductOption {
        name: name.to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    let care = Metafield {
        namespace: "shop".to_owned(),
        key: "care".to_owned(),
        kind: "text".to_owned(),
        value: "Wash at 30 °C, inside out. Do not tumble dry.".to_owned(),
    };
    let product = product("classic-tee", "Classic Tee", "garment", "clothing/tops", variants)?;
    let product = Product {
        description:
            "The T-shirt that the other T-shirts are compared with: heavy organic cotton, a straight cut, and \
                      seams that hold. Made to be worn for years."
                .to_owned(),
        vendor: Some("Nordlicht".to_owned()),
        tags: vec!["bestseller".to_owned()],
        attributes: vec![
            attribute("color", &colors),
            attribute("material", &["Cotton"]),
            attribute("size", &sizes),
            attribute("fit", &["regular"]),
            attribute("season", &["all year"]),
            attribute("organic", &["true"]),
        ],
        options: vec![option("Size", &sizes), option("Color", &colors)],
        media: colors.iter().map(|color| picture("classic-tee", &format!("Classic Tee in {color}"), color)).collect(),
        seo: Seo {
            title: Some("Classic Tee in organic cotton".to_owned()),
            description: Some("A heavy T-shirt in four colours, made to last.".to_owned()),
        },
        translations: german_tee(),
        metafields: vec![care],
        ..product
    };
    // 10,000 of each in every channel.
    let stock = ["berlin", "oakland", "osaka"].iter().flat_map(|location| at(location, 10_000, &product)).collect();
    Ok(Goods { product, stock })
}

fn german_tee() -> std::collections::BTreeMap<Locale, model::catalog::Translation> {
    let mut translations = german("Klassisches T-Shirt".to_owned());
    for texts in translations.values_mut() {
        texts.description = Some(
            "Das T-Shirt, an dem sich die anderen messen: schwere Bio-Baumwolle, gerader Schnitt, Nähte, die halten."
                .to_owned(),
        );
    }
    translations
}

fn limited_print() -> Result<Goods, InvalidSlug> {
    let variant = Variant { weight_grams: Some(150), ..variant("LIMITED-PRINT", &[euros(4_900), dollars(5_500)]) };
    let product = product("limited-print", "Limited Print", "print", "prints/art-prints", vec![variant])?;
    let product = Product {
        description: "Harbour at dawn, in an edition of one hundred, numbered and signed.".to_owned(),
        vendor: Some("Signal Prints".to_owned()),
        tags: vec!["limited".to_owned()],
        attributes: vec![
            attribute("size", &["50x70"]),
            attribute("artist", &["Clara Lindqvist"]),
            attribute("paper", &["cotton rag"]),
            attribute("framed", &["false"]),
        ],
        translations: german("Limitierter Druck".to_owned()),
        ..product
    };
    let stock = [at("berlin", 60, &product), at("lyon", 40, &product)].concat();
    Ok(Goods { product, stock })
}

fn atlas_of_rivers() -> Result<Goods, InvalidSlug> {
    let variant = Variant { weight_grams: Some(1_450), ..variant("ATLAS", &[euros(3_500)]) };
    let product = product("atlas-of-rivers", "Atlas of Rivers", "printed-book", "books/non-fiction", vec![variant])?;
    let product = Product {
        description: "Two hundred rivers from source to sea, on maps drawn for this book.".to_owned(),
        vendor: Some("Meridian Press".to_owned()),
        tax_class: "books".to_owned(),
        attributes: vec![
            attribute("author", &["Hanne Brandt"]),
            attribute("pages", &["320"]),
            attribute("language", &["English"]),
            attribute("binding", &["hardcover"]),
            attribute("published", &["2023-09-14"]),
        ],
        translations: german("Atlas der Flüsse".to_owned()),
        ..product
    };
    let stock = [at("berlin", 200, &product), at("lyon", 100, &product)].concat();
    Ok(Goods { product, stock })
}

fn field_recordings() -> Result<Goods, InvalidSlug> {
    let variant = Variant { requires_shipping: false, name: "FLAC".to_owned(), ..variant("FIELD-FLAC", &[euros(900)]) };
    let product = product("field-recordings", "Field Recordings", "recording", "music", vec![variant])?;
    let product = Product {
        description: "An hour of wind, water and railway platforms, to download. Nothing is shipped.".to_owned(),
        vendor: Some("Field Notes Audio".to_owned()),
        tags: vec!["digital".to_owned()],
        attributes: vec![
            attribute("artist", &["Nils Petersen"]),
            attribute("genre", &["ambient"]),
            attribute("format", &["FLAC"]),
            attribute("tracks", &["11"]),
        ],
        translations: german("Feldaufnahmen".to_owned()),
        ..product
    };
    Ok(Goods { product, stock: Vec::new() })
}

/// A part of the camping kit, which is sold alone as well.
fn part(
    slug: &str,
    name: &str,
    german_name: &str,
    category: &str,
    (cents, grams): (i64, u32),
    units: i64,
) -> Result<Goods, InvalidSlug> {
    let variant = Variant { weight_grams: Some(grams), ..variant(&slug.to_uppercase(), &[euros(cents)]) };
    let product = product(slug, name, "camping-gear", category, vec![variant])?;
    let product = Product {
        description: format!("The {} of the camping kit, also sold alone.", slugify(name).replace("trail-", "")),
        vendor: Some("Basecamp Works".to_owned()),
        attributes: vec![attribute("season", &["all year"]), attribute("weight", &[&grams.to_string()])],
        translations: german(german_name.to_owned()),
        ..product
    };
    let stock = at("berlin", units, &product);
    Ok(Goods { product, stock })
}

fn camping_kit() -> Result<Goods, InvalidSlug> {
    let component = |(sku, quantity): (&str, u32)| BundleComponent {
        variant_id: id::<VariantId>(sku),
        sku: sku.to_owned(),
        quantity,
    };
    let variant = Variant {
        weight_grams: Some(3_070),
        components: [("TENT", 1), ("MAT", 2), ("STOVE", 1)].into_iter().map(component).collect(),
        ..variant("CAMPING-KIT", &[euros(24_900)])
    };
    let product = product("camping-kit", "Camping Kit", "camping-gear", "camping", vec![variant])?;
    let product = Product {
        description: "Everything for a night outside for two: a tent, two mats and a stove.".to_owned(),
        vendor: Some("Basecamp Works".to_owned()),
        attributes: vec![attribute("season", &["all year"]), attribute("persons", &["2"])],
        translations: german("Camping-Set".to_owned()),
        ..product
    };
    Ok(Goods { product, stock: Vec::new() })
}

fn sold_out_lamp() -> Result<Goods, InvalidSlug> {
    let variant = Variant { weight_grams: Some(1_800), ..variant("LAMP", &[euros(5_900)]) };
    let product = product("sold-out-lamp", "Sold-out Lamp", "lamp", "home/lamps", vec![variant])?;
    let product = Product {
        description: "A small lamp for the window sill. It is sold out, and will be for a while.".to_owned(),
        vendor: Some("Lichtung".to_owned()),
        attributes: vec![
            attribute("color", &["cream"]),
            attribute("material", &["Glass"]),
            attribute("height", &["35"]),
            attribute("socket", &["E14"]),
            attribute("dimmable", &["true"]),
        ],
        translations: german("Ausverkaufte Lampe".to_owned()),
        ..product
    };
    let stock = at("berlin", 0, &product);
    Ok(Goods { product, stock })
}

fn secret_sample() -> Result<Goods, InvalidSlug> {
    let variant = Variant { weight_grams: Some(100), ..variant("SECRET-SAMPLE", &[euros(1_000)]) };
    let product = product("secret-sample", "Secret Sample", "accessory", "accessories", vec![variant])?;
    let product = Product {
        description: "Not for sale yet.".to_owned(),
        publications: Vec::new(),
        translations: german("Geheimes Muster".to_owned()),
        ..product
    };
    let stock = at("berlin", 10, &product);
    Ok(Goods { product, stock })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::products;

    #[test]
    fn the_facts_of_the_demo_hold() {
        let all = all().unwrap();
        assert_eq!(all.len(), COUNT);
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
        let print: i64 = find("limited-print").stock.iter().map(|(.., units)| units).sum();
        assert_eq!(print, 100);
        assert!(find("secret-sample").product.publications.is_empty());
    }

    #[test]
    fn no_other_product_takes_their_slugs_or_article_numbers() {
        let named = all().unwrap();
        for number in 0..2_000 {
            let other = products::product(number).unwrap().product;
            for goods in &named {
                assert_ne!(goods.product.slug, other.slug);
                assert_ne!(goods.product.variants[0].sku, other.variants[0].sku);
            }
        }
    }
}
