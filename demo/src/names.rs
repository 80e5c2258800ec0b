//! Names of generated products.

use crate::data::{
    Word,
    catalog::{Leaf, Title},
    words::Words,
};

/// Steps through the combinations of words, so that consecutive products have different names.
const STRIDE: usize = 7_919;

/// The name of a product.
#[derive(Debug, Clone)]
pub struct Naming<'a> {
    /// The English name.
    pub name: String,
    /// The German name.
    pub german: String,
    /// The English material or subject in the name.
    pub matter: &'a str,
}

/// The name of the `number`th product of a leaf; each is different. None if a list of words is empty or missing.
pub fn naming<'a>(words: &'a Words, leaf: &'a Leaf, number: usize) -> Option<Naming<'a>> {
    let matters = words.subjects.get(leaf.title.list())?;
    let combinations = words.lines.len() * matters.len() * leaf.nouns.len();
    let at = (number * STRIDE).checked_rem(combinations)?;
    let line = words.lines.get(at % words.lines.len())?;
    let matter: &Word = matters.get(at / words.lines.len() % matters.len())?;
    let noun = leaf.nouns.get(at / words.lines.len() / matters.len())?;
    let (name, german) = match leaf.title {
        Title::Made(_) => (format!("{line} {} {}", matter.0, noun.0), format!("{} {line}, {}", noun.1, matter.1)),
        Title::Motif(_) => (format!("{line} {} {}", matter.0, noun.0), format!("{} {}, {line}", noun.1, matter.1)),
        Title::Pattern(_) => (fill(&noun.0, line, &matter.0), fill(&noun.1, line, &matter.1)),
    };
    // When all combinations are used, the names repeat with a number.
    let numbered = |name: String| match number / combinations {
        0 => name,
        round => format!("{name} No. {}", round + 1),
    };
    Some(Naming { name: numbered(name), german: numbered(german), matter: &matter.0 })
}

fn fill(pattern: &str, line: &str, subject: &str) -> String {
    pattern.replace("{line}", line).replace("{subject}", subject)
}
