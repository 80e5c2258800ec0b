//! Names, slugs and descriptions of the demo shop's products.

use persistence::search::text;

use super::{
    kinds::{Leaf, Title},
    random::Random,
    words::{LINES, Word},
};

/// Steps through the combinations of words, so that neighbours in the list are not neighbours in name.
const STRIDE: usize = 7_919;

/// What a product is called.
#[derive(Debug, Clone)]
pub struct Naming {
    /// In English.
    pub name: String,
    /// In German.
    pub german: String,
    /// The material or subject in the name.
    pub matter: Word,
}

/// The name of the `number`th product of a leaf; each is different.
pub fn naming(leaf: &Leaf, number: usize) -> Naming {
    let matters = match leaf.title {
        Title::Made(words) | Title::Motif(words) | Title::Pattern(words) => words,
    };
    let combinations = LINES.len() * matters.len() * leaf.nouns.len();
    let at = (number * STRIDE) % combinations;
    let line = LINES.get(at % LINES.len()).copied().unwrap_or_default();
    let matter = matters.get(at / LINES.len() % matters.len()).copied().unwrap_or_default();
    let noun = leaf.nouns.get(at / LINES.len() / matters.len()).copied().unwrap_or_default();
    let (name, german) = match leaf.title {
        Title::Made(_) => (format!("{line} {} {}", matter.0, noun.0), format!("{} {line}, {}", noun.1, matter.1)),
        Title::Motif(_) => (format!("{line} {} {}", matter.0, noun.0), format!("{} {}, {line}", noun.1, matter.1)),
        Title::Pattern(_) => (fill(noun.0, line, matter.0), fill(noun.1, line, matter.1)),
    };
    let again = |name: String| match number / combinations {
        0 => name,
        round => format!("{name} No. {}", round + 1),
    };
    Naming { name: again(name), german: again(german), matter }
}

fn fill(pattern: &str, line: &str, subject: &str) -> String {
    pattern.replace("{line}", line).replace("{subject}", subject)
}

/// The readable part of a link, made of a name.
pub fn slugify(name: &str) -> String {
    let parts = text::words(&name.replace('&', " and "));
    parts.join("-")
}

/// Some sentences about a product.
pub fn description(leaf: &Leaf, naming: &Naming, vendor: &str, random: &mut Random) -> String {
    let name = &naming.name;
    let matter = naming.matter.0.to_lowercase();
    let opening = match leaf.title {
        Title::Made(_) => random.pick(&[
            "{name} is made of {matter} by {vendor}, to be used every day and repaired when it has to be.",
            "{vendor} makes {name} in small batches. The {matter} gets better with the years.",
            "Plain on the outside, careful in the details: {name} by {vendor}, in {matter}.",
            "A quiet companion in {matter}. {vendor} has made it for more than ten years.",
        ]),
        Title::Motif(_) => random.pick(&[
            "{name} shows {matter} in calm colours, printed with pigments that do not fade.",
            "An open edition by {vendor}: {matter}, drawn on site and printed to order.",
        ]),
        Title::Pattern(_) if leaf.kind == "printed-book" => random.pick(&[
            "A book about {matter}, written for readers who like to take their time. Published by {vendor}.",
            "{name} collects twenty chapters on {matter}, with maps and a careful index.",
        ]),
        Title::Pattern(_) => random.pick(&[
            "{name}, recorded in three days and mastered without haste. Released by {vendor}.",
            "Pieces for {matter}, played by a small ensemble. Released by {vendor}.",
        ]),
    };
    let closing = match leaf.kind {
        "garment" | "accessory" | "textile" => random.pick(&[
            "Wash cold, dry in the shade.",
            "Runs true to size.",
            "Cut and sewn in Europe.",
            "Buttons and seams can be replaced free of charge for five years.",
        ]),
        "bag" | "camping-gear" => random.pick(&[
            "Tested through a winter in the north.",
            "Spare parts are kept for ten years.",
            "Packs small and dries fast.",
        ]),
        "lamp" | "tableware" => random.pick(&[
            "Each piece differs a little from the next.",
            "Delivered with everything that is needed to set it up.",
            "Goes well with what you have already.",
        ]),
        _ => random.pick(&["A good present.", "Ships flat and well protected.", "From a catalogue that grows slowly."]),
    };
    let opening = opening.unwrap_or_default().replace("{name}", name).replace("{matter}", &matter);
    format!("{} {}", opening.replace("{vendor}", vendor), closing.unwrap_or_default())
}
