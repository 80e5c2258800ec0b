//! Values of the attributes of the demo shop's products.

use model::catalog::AttributeValue;

use super::{
    kinds::{CHOICES, Leaf},
    names::Naming,
    products::Sketch,
    random::Random,
    words::{FAMILY, GIVEN},
};

/// The attributes of one product, as its type asks for them.
pub fn of(leaf: &Leaf, naming: &Naming, sketch: &Sketch, random: &mut Random) -> Vec<AttributeValue> {
    let mut values = Values(Vec::new());
    let material = naming.matter.0;
    if !matches!(leaf.kind, "print" | "printed-book" | "recording") {
        values.put("color", sketch.colors.iter().map(|(color, _)| (*color).to_owned()).collect());
        values.put("material", vec![material.to_owned()]);
    }
    match leaf.kind {
        "garment" => {
            values.sizes("size", sketch);
            values.choice("fit", random);
            values.choice("season", random);
            values.flag("organic", random.percent(45));
        }
        "textile" => {
            values.sizes("size", sketch);
            values.choice("season", random);
            values.flag("organic", random.percent(45));
        }
        "accessory" => {
            values.sizes("size", sketch);
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
            values.sizes("size", sketch);
            values.put("artist", vec![person(random)]);
            values.choice("paper", random);
            values.flag("framed", random.percent(25));
        }
        "printed-book" => {
            values.put("author", vec![person(random)]);
            values.number("pages", random.between(8, 80) * 8);
            values.choice("language", random);
            values.choice("binding", random);
            let (year, month, day) = (random.between(2008, 2024), random.between(1, 12), random.between(1, 28));
            values.put("published", vec![format!("{year}-{month:02}-{day:02}")]);
        }
        _ => {
            values.put("artist", vec![person(random)]);
            values.choice("genre", random);
            values.sizes("format", sketch);
            values.number("tracks", random.between(6, 16));
        }
    }
    values.0
}

fn person(random: &mut Random) -> String {
    let given = random.pick(&GIVEN).unwrap_or_default();
    format!("{given} {}", random.pick(&FAMILY).unwrap_or_default())
}

struct Values(Vec<AttributeValue>);

impl Values {
    fn put(&mut self, slug: &str, values: Vec<String>) {
        if !values.is_empty() {
            self.0.push(AttributeValue { slug: slug.to_owned(), values });
        }
    }

    fn sizes(&mut self, slug: &str, sketch: &Sketch) {
        self.put(slug, sketch.sizes.iter().map(|&size| size.to_owned()).collect());
    }

    fn number(&mut self, slug: &str, number: u32) {
        self.put(slug, vec![number.to_string()]);
    }

    fn flag(&mut self, slug: &str, flag: bool) {
        self.put(slug, vec![flag.to_string()]);
    }

    fn choice(&mut self, slug: &str, random: &mut Random) {
        let choices = CHOICES.iter().find(|(name, _)| *name == slug).map_or(&[][..], |(_, choices)| choices);
        self.put(slug, random.pick(choices).map(str::to_owned).into_iter().collect());
    }
}
