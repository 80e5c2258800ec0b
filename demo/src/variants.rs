//! Variants of generated products.

use std::collections::BTreeMap;

use model::{
    Currency, Money, Timestamp,
    catalog::{Price, ProductOption, SelectedOption, Variant},
    ids::{ChannelId, VariantId},
};
use services::import::slugify;

use crate::{
    data::{
        catalog::{Axes, Leaf},
        words::Words,
    },
    ids::{id, id_at},
    random::Random,
};

/// The channels with their currencies.
pub const CHANNELS: [(&str, Currency); 3] = [("eu", Currency::EUR), ("us", Currency::USD), ("jp", Currency::JPY)];

/// The option values of the variants of a product.
pub struct Options<'a> {
    /// Colors, with their names in SKUs.
    pub colors: Vec<&'a (String, String)>,
    /// Sizes; empty if the product has one size.
    pub sizes: Vec<&'a String>,
}

impl<'a> Options<'a> {
    /// Chooses option values for a product.
    pub fn choose(words: &'a Words, leaf: &'a Leaf, random: &mut Random) -> Self {
        let sizes = match &leaf.axes {
            Axes::SizeAndColor => {
                let count = random.between(2, 4) as usize;
                random.some(&words.clothing_sizes, count)
            }
            Axes::Size(sizes) => {
                // A handful of sizes.
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
        Self { colors: random.some(&words.colors, colors as usize), sizes }
    }

    fn has_color_option(&self) -> bool {
        self.colors.len() > 1
    }

    /// The options of the product.
    pub fn options(&self) -> Vec<ProductOption> {
        let option = |name: &str, values: Vec<String>| ProductOption {
            name: name.to_owned(),
            values,
            translations: BTreeMap::new(),
        };
        let sizes =
            (!self.sizes.is_empty()).then(|| option("Size", self.sizes.iter().map(|size| (*size).clone()).collect()));
        let colors = self
            .has_color_option()
            .then(|| option("Color", self.colors.iter().map(|(color, _)| color.clone()).collect()));
        sizes.into_iter().chain(colors).collect()
    }

    /// All combinations: the sizes in their order, and the colors within each size.
    pub fn variants(
        &self,
        leaf: &Leaf,
        sku: &str,
        price: BasePrice,
        created_at: Timestamp,
        random: &mut Random,
    ) -> Vec<Variant> {
        let sizes: Vec<Option<&str>> = if self.sizes.is_empty() {
            vec![None]
        } else {
            self.sizes.iter().map(|size| Some(size.as_str())).collect()
        };
        let colors: Vec<Option<&(String, String)>> =
            if self.has_color_option() { self.colors.iter().copied().map(Some).collect() } else { vec![None] };
        let weight = leaf.weight.map(|(low, high)| random.between(low, high));
        let mut variants = Vec::with_capacity(sizes.len() * colors.len());
        for (step, size) in (0_i64..).zip(&sizes) {
            // Larger formats cost more; larger clothes do not.
            let step = if leaf.axes == Axes::SizeAndColor { 0 } else { step };
            let cents = price.cents + price.cents * step * 3 / 10;
            for color in &colors {
                let selected = selected(*size, color.map(|(color, _)| color.as_str()));
                let size = size.map(|size| format!("-{}", slugify(size).to_uppercase())).unwrap_or_default();
                let color = color.map(|(_, code)| format!("-{code}")).unwrap_or_default();
                let sku = format!("{sku}{size}{color}");
                variants.push(Variant {
                    id: id_at::<VariantId>(&sku, created_at),
                    name: variant_name(&selected),
                    sku,
                    selected_options: selected,
                    barcode: None,
                    external_reference: None,
                    weight_grams: weight,
                    requires_shipping: leaf.weight.is_some(),
                    prices: prices(cents, price.is_reduced),
                    components: Vec::new(),
                });
            }
        }
        variants
    }
}

fn selected(size: Option<&str>, color: Option<&str>) -> Vec<SelectedOption> {
    [("Size", size), ("Color", color)]
        .into_iter()
        .filter_map(|(name, value)| Some(SelectedOption { name: name.to_owned(), value: value?.to_owned() }))
        .collect()
}

/// The name of a variant, from its option values: `M / navy`.
pub fn variant_name(selected: &[SelectedOption]) -> String {
    let values: Vec<&str> = selected.iter().map(|option| option.value.as_str()).collect();
    if values.is_empty() { "Default".to_owned() } else { values.join(" / ") }
}

fn has_color(leaf: &Leaf) -> bool {
    !matches!(leaf.product_type.as_str(), "print" | "printed-book" | "recording")
}

/// The price of the smallest variant in euro cents.
#[derive(Clone, Copy)]
pub struct BasePrice {
    /// Euro cents.
    pub cents: i64,
    /// True if the price is reduced.
    pub is_reduced: bool,
}

impl BasePrice {
    /// Chooses a price with a typical ending, such as 19.90.
    pub fn choose(leaf: &Leaf, random: &mut Random) -> Self {
        let euros = i64::from(random.between(leaf.price.0, leaf.price.1));
        let less = random.pick(&[0, 10, 10, 50, 100]).copied().unwrap_or(0);
        Self { cents: (euros * 100 - less).max(100), is_reduced: random.percent(18) }
    }
}

/// Prices in the three currencies for an amount in euro cents.
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
    CHANNELS.iter().map(price).collect()
}
