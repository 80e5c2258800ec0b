//! The products of the demo shop that have no facts of their own: believable, and the same for every size of the shop.

use model::{
    Currency, GlobalId, InvalidSlug, Locale, Money, Slug, Timestamp,
    catalog::{
        Media, Metafield, Price, Product, ProductOption, Publication, SelectedOption, Seo, Translation, Variant,
    },
    ids::{CategoryId, ChannelId, MediaId, ProductId, ProductTypeId, VariantId},
};

use super::{
    attributes,
    kinds::{Axes, LEAVES, Leaf},
    names::{self, Naming},
    random::{self, Random},
    words::COLORS,
};

/// What the demo shop counts its time from; products are created a minute apart.
pub const EPOCH: i64 = 1_735_689_600;

/// The moment, so many minutes after the beginning of the demo shop.
pub fn minute(number: usize) -> Timestamp {
    let seconds = i64::try_from(number).unwrap_or(0).saturating_mul(60);
    Timestamp::from_timestamp(EPOCH + seconds, 0).unwrap_or_default()
}

/// The id of a thing of the demo shop that exists from its beginning.
pub fn id<I: GlobalId>(name: &str) -> I {
    random::id(name, minute(0))
}

/// Units of a variant at each location that has some.
pub type Stock = Vec<(String, &'static str, i64)>;

/// The channels with their currencies.
pub const SALES: [(&str, Currency); 3] = [("eu", Currency::EUR), ("us", Currency::USD), ("jp", Currency::JPY)];

/// One product with the stock of its variants.
pub struct Goods {
    /// The product.
    pub product: Product,
    /// What lies where.
    pub stock: Stock,
}

/// The `number`th product, from 0.
///
/// # Errors
/// A name that makes no slug, which no name in the lists does.
pub fn product(number: usize) -> Result<Goods, InvalidSlug> {
    let leaf = LEAVES.get(number % LEAVES.len()).unwrap_or(&LEAVES[0]);
    let nth = number / LEAVES.len();
    let naming = names::naming(leaf, nth);
    let sku = format!("{}-{:05}", leaf.sku, nth + 1);
    let mut random = Random::of(&sku);
    let created_at = minute(number + 1);
    let vendor = random.pick(leaf.vendors).unwrap_or_default();
    let sketch = Sketch::draw(leaf, &mut random);
    let price = base_price(leaf, &mut random);
    let is_reduced = random.percent(18);
    let variants = sketch.variants(leaf, &sku, price, is_reduced, created_at, &mut random);
    let stock = stock(&variants, leaf, &mut random);
    let product = Product {
        id: random::id::<ProductId>(&sku, created_at),
        version: 1,
        product_type: id::<ProductTypeId>(leaf.kind),
        slug: names::slugify(&naming.name).parse::<Slug>()?,
        former_slugs: Vec::new(),
        description: names::description(leaf, &naming, vendor, &mut random),
        vendor: Some(vendor.to_owned()),
        tags: tags(is_reduced, &mut random),
        tax_class: if leaf.kind == "printed-book" { "books" } else { "standard" }.to_owned(),
        attributes: attributes::of(leaf, &naming, &sketch, &mut random),
        options: sketch.options(),
        media: pictures(&naming, &sketch, &sku, created_at),
        categories: vec![id::<CategoryId>(leaf.path)],
        publications: SALES
            .iter()
            .map(|(channel, _)| Publication { channel: id::<ChannelId>(channel), publish_at: created_at })
            .collect(),
        seo: Seo::default(),
        translations: german(naming.german.clone()),
        metafields: care(leaf, &mut random),
        external_reference: None,
        created_at,
        updated_at: created_at,
        name: naming.name,
        variants,
    };
    Ok(Goods { product, stock })
}

/// What the variants of one product differ in.
pub struct Sketch {
    /// Colours, as shown and as in article numbers.
    pub colors: Vec<(&'static str, &'static str)>,
    /// Sizes; none where there is only one.
    pub sizes: Vec<&'static str>,
}

const CLOTHES: [&str; 5] = ["XS", "S", "M", "L", "XL"];

impl Sketch {
    fn draw(leaf: &Leaf, random: &mut Random) -> Self {
        let sizes = match leaf.axes {
            Axes::SizeAndColor => {
                let count = random.between(2, 4) as usize;
                random.some(&CLOTHES, count)
            }
            Axes::Size(sizes) => {
                let count = random.between(1, u32::try_from(sizes.len()).unwrap_or(1)) as usize;
                random.some(sizes, count)
            }
            Axes::Color | Axes::None => Vec::new(),
        };
        let colors = match leaf.axes {
            Axes::SizeAndColor => random.between(1, 3),
            Axes::Color => random.between(1, 5),
            Axes::Size(_) | Axes::None => u32::from(has_color(leaf)),
        };
        Self { colors: random.some(&COLORS, colors as usize), sizes }
    }

    fn has_color_axis(&self) -> bool {
        self.colors.len() > 1
    }

    fn options(&self) -> Vec<ProductOption> {
        let option = |name: &str, values: Vec<String>| ProductOption { name: name.to_owned(), values };
        let sizes =
            (!self.sizes.is_empty()).then(|| option("Size", self.sizes.iter().map(|&size| size.to_owned()).collect()));
        let colors = self
            .has_color_axis()
            .then(|| option("Color", self.colors.iter().map(|(color, _)| (*color).to_owned()).collect()));
        sizes.into_iter().chain(colors).collect()
    }

    /// All combinations: sizes in their order, and in each the colours.
    fn variants(
        &self,
        leaf: &Leaf,
        sku: &str,
        price: i64,
        is_reduced: bool,
        at: Timestamp,
        random: &mut Random,
    ) -> Vec<Variant> {
        let sizes: Vec<Option<&str>> =
            if self.sizes.is_empty() { vec![None] } else { self.sizes.iter().copied().map(Some).collect() };
        let colors: Vec<Option<(&str, &str)>> =
            if self.has_color_axis() { self.colors.iter().copied().map(Some).collect() } else { vec![None] };
        let weight = leaf.weight.map(|(low, high)| random.between(low, high));
        let mut variants = Vec::with_capacity(sizes.len() * colors.len());
        for (step, size) in (0_i64..).zip(&sizes) {
            // Larger formats cost more; sizes of clothes do not.
            let step = if leaf.axes == Axes::SizeAndColor { 0 } else { step };
            for color in &colors {
                let suffix: String = size
                    .map(|size| format!("-{}", names::slugify(size).to_uppercase()))
                    .into_iter()
                    .chain(color.map(|(_, code)| format!("-{code}")))
                    .collect();
                let selected = [("Size", *size), ("Color", color.map(|(color, _)| color))];
                let selected: Vec<SelectedOption> = selected
                    .into_iter()
                    .filter_map(|(name, value)| {
                        Some(SelectedOption { name: name.to_owned(), value: value?.to_owned() })
                    })
                    .collect();
                let sku = format!("{sku}{suffix}");
                variants.push(Variant {
                    id: random::id::<VariantId>(&sku, at),
                    name: variant_name(&selected),
                    sku,
                    selected_options: selected,
                    weight_grams: weight,
                    requires_shipping: leaf.weight.is_some(),
                    prices: prices(price + price * step * 3 / 10, is_reduced),
                    components: Vec::new(),
                });
            }
        }
        variants
    }
}

/// The name of a variant, of its options: `M / navy`.
pub fn variant_name(selected: &[SelectedOption]) -> String {
    let values: Vec<&str> = selected.iter().map(|option| option.value.as_str()).collect();
    if values.is_empty() { "Default".to_owned() } else { values.join(" / ") }
}

fn has_color(leaf: &Leaf) -> bool {
    !matches!(leaf.kind, "print" | "printed-book" | "recording")
}

/// A price in cents that ends as prices do.
fn base_price(leaf: &Leaf, random: &mut Random) -> i64 {
    let euros = i64::from(random.between(leaf.price.0, leaf.price.1));
    let less = random.pick(&[0, 10, 10, 50, 100]).unwrap_or(0);
    (euros * 100 - less).max(100)
}

/// Prices in the three currencies of an amount in euro cents.
fn prices(cents: i64, is_reduced: bool) -> Vec<Price> {
    let amount = |cents: i64, currency: Currency| match currency {
        Currency::USD => Money::new((cents * 110 / 100 + 25) / 50 * 50, currency),
        Currency::JPY => Money::new(((cents * 150 / 100 + 50) / 100 * 100).max(100), currency),
        _ => Money::new((cents + 5) / 10 * 10, currency),
    };
    let price = |(channel, currency): &(&str, Currency)| Price {
        channel: id::<ChannelId>(channel),
        amount: amount(cents, *currency),
        compare_at: is_reduced.then(|| amount(cents * 5 / 4 + 100, *currency)),
    };
    SALES.iter().map(price).collect()
}

fn stock(variants: &[Variant], leaf: &Leaf, random: &mut Random) -> Stock {
    let is_sold_out = random.percent(5);
    let mut stock = Stock::new();
    for variant in variants {
        for (location, most) in [("berlin", 140), ("lyon", 60), ("oakland", 90), ("osaka", 70)] {
            let units = match leaf.weight {
                None if location == "lyon" => 0,
                None => 100_000,
                Some(_) if is_sold_out => 0,
                Some(_) => i64::from(random.between(0, most)),
            };
            if units > 0 || location == "berlin" {
                stock.push((variant.sku.clone(), location, units));
            }
        }
    }
    stock
}

fn tags(is_reduced: bool, random: &mut Random) -> Vec<String> {
    let drawn = [("new", 10), ("bestseller", 6), ("handmade", 12), ("repairable", 15)];
    let mut tags: Vec<String> =
        drawn.iter().filter(|(_, chance)| random.percent(*chance)).map(|(tag, _)| (*tag).to_owned()).collect();
    tags.extend(is_reduced.then(|| "sale".to_owned()));
    tags
}

/// One picture, or one for each of the first colours.
fn pictures(naming: &Naming, sketch: &Sketch, sku: &str, at: Timestamp) -> Vec<Media> {
    let colors: Vec<&str> = sketch.colors.iter().map(|(color, _)| *color).take(3).collect();
    let colors = if colors.is_empty() { vec!["stone"] } else { colors };
    let picture = |color: &str| Media {
        id: random::id::<MediaId>(&format!("{sku}/{color}"), at),
        url: picture_url(&names::slugify(&naming.name), color),
        alt: Some(format!("{} in {color}", naming.name)),
        width: 1200,
        height: 1200,
    };
    colors.into_iter().map(picture).collect()
}

/// Where the picture of a product in a colour is.
pub fn picture_url(slug: &str, color: &str) -> String {
    format!("/media/{slug}-{color}.svg")
}

/// A German name.
pub fn german(name: String) -> std::collections::BTreeMap<Locale, Translation> {
    let locale = "de".parse::<Locale>().ok();
    locale.map(|locale| (locale, Translation { name: Some(name), ..Translation::default() })).into_iter().collect()
}

fn care(leaf: &Leaf, random: &mut Random) -> Vec<Metafield> {
    let value = match leaf.kind {
        "garment" | "accessory" | "textile" => "Wash at 30 °C, do not tumble dry.",
        "tableware" => "Wash by hand to keep the glaze.",
        "bag" | "camping-gear" => "Air after use, store dry.",
        _ => return Vec::new(),
    };
    let field = |value: &str| Metafield {
        namespace: "shop".to_owned(),
        key: "care".to_owned(),
        kind: "text".to_owned(),
        value: value.to_owned(),
    };
    random.percent(40).then(|| field(value)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ten_thousand_products_differ_in_slug_and_article_numbers_and_have_three_variants_on_average() {
        let goods: Vec<Goods> = (0..10_000).map(|number| product(number).unwrap()).collect();
        let slugs: HashSet<_> = goods.iter().map(|goods| &goods.product.slug).collect();
        let skus: HashSet<_> = goods.iter().flat_map(|goods| &goods.product.variants).map(|v| &v.sku).collect();
        let variants: usize = goods.iter().map(|goods| goods.product.variants.len()).sum();
        assert_eq!((slugs.len(), skus.len()), (10_000, variants));
        assert!((28_000..=32_000).contains(&variants), "{variants}");
        assert!(goods.iter().all(|goods| (1..=12).contains(&goods.product.variants.len())));
    }

    #[test]
    fn a_product_is_complete_and_always_the_same() {
        for number in [0, 1, 33, 34, 4_711] {
            let goods = product(number).unwrap();
            assert_eq!(goods.product, product(number).unwrap().product);
            for variant in &goods.product.variants {
                assert_eq!(variant.prices.len(), 3);
                assert!(variant.prices.iter().all(|price| price.amount.minor > 0));
                assert!(variant.prices.iter().all(|p| p.compare_at.is_none_or(|was| was.minor > p.amount.minor)));
                assert_eq!(variant.selected_options.len(), goods.product.options.len());
                assert!(goods.stock.iter().any(|(sku, ..)| *sku == variant.sku));
            }
            assert!(!goods.product.media.is_empty() && !goods.product.description.is_empty());
        }
    }
}
