//! Attribute values of generated products.

use model::catalog::AttributeValue;

use crate::{
    data::{
        Data,
        catalog::{Catalog, Leaf},
        words::Words,
    },
    names::Naming,
    random::Random,
    variants::Options,
};

/// The attribute values of a product, as its product type defines them.
#[expect(clippy::too_many_lines, reason = "one arm per product type")]
pub fn of(
    data: &Data,
    leaf: &Leaf,
    naming: &Naming<'_>,
    options: &Options<'_>,
    random: &mut Random,
) -> Vec<AttributeValue> {
    let mut values = Values { catalog: &data.catalog, values: Vec::new() };
    if !matches!(leaf.product_type.as_str(), "print" | "printed-book" | "recording") {
        values.put("color", options.colors.iter().map(|(color, _)| color.clone()).collect());
        values.put("material", vec![naming.matter.to_owned()]);
    }
    match leaf.product_type.as_str() {
        "garment" => {
            values.sizes("size", options);
            values.choice("fit", random);
            values.choice("season", random);
            values.flag("organic", random.percent(45));
        }
        "textile" => {
            values.sizes("size", options);
            values.choice("season", random);
            values.flag("organic", random.percent(45));
        }
        "accessory" => {
            values.sizes("size", options);
            values.choice("season", random);
            values.flag("waterproof", random.percent(20));
        }
        "bag" => {
            values.number("volume", random.between(2, 12) * 5);
            values.number("weight", random.between(2, 18) * 100);
            values.flag("waterproof", random.percent(60));
        }
        "camping-gear" => {
            values.choice("season", random);
            values.number("weight", random.between(1, 40) * 100);
            values.number("persons", random.between(1, 4));
        }
        "lamp" => {
            values.number("height", random.between(4, 36) * 5);
            values.choice("socket", random);
            values.flag("dimmable", random.percent(55));
        }
        "tableware" => {
            values.number("capacity", random.between(2, 20) * 50);
            values.flag("dishwasher-safe", random.percent(70));
        }
        "print" => {
            values.sizes("size", options);
            values.put("artist", vec![person(&data.words, random)]);
            values.choice("paper", random);
            values.flag("framed", random.percent(25));
        }
        "printed-book" => {
            values.put("author", vec![person(&data.words, random)]);
            values.number("pages", random.between(8, 80) * 8);
            values.choice("language", random);
            values.choice("binding", random);
            let (year, month, day) = (random.between(2008, 2024), random.between(1, 12), random.between(1, 28));
            values.put("published", vec![format!("{year}-{month:02}-{day:02}")]);
        }
        _ => {
            values.put("artist", vec![person(&data.words, random)]);
            values.choice("genre", random);
            values.sizes("format", options);
            values.number("tracks", random.between(6, 16));
        }
    }
    values.values
}

/// The name of an author, artist or musician.
fn person(words: &Words, random: &mut Random) -> String {
    let names = (random.pick(&words.given_names), random.pick(&words.family_names));
    match names {
        (Some(given), Some(family)) => format!("{given} {family}"),
        _ => String::new(),
    }
}

struct Values<'a> {
    catalog: &'a Catalog,
    values: Vec<AttributeValue>,
}

impl Values<'_> {
    fn put(&mut self, slug: &str, values: Vec<String>) {
        if !values.is_empty() {
            self.values.push(AttributeValue { slug: slug.to_owned(), values });
        }
    }

    fn sizes(&mut self, slug: &str, options: &Options<'_>) {
        self.put(slug, options.sizes.iter().map(|size| (*size).clone()).collect());
    }

    fn number(&mut self, slug: &str, number: u32) {
        self.put(slug, vec![number.to_string()]);
    }

    fn flag(&mut self, slug: &str, flag: bool) {
        self.put(slug, vec![flag.to_string()]);
    }

    fn choice(&mut self, slug: &str, random: &mut Random) {
        let choice = random.pick(self.catalog.choices_of(slug)).cloned();
        self.put(slug, choice.into_iter().collect());
    }
}
