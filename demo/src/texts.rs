//! Descriptions of generated products.

use crate::{
    data::{
        catalog::{Leaf, Title},
        words::Texts,
    },
    names::Naming,
    random::Random,
};

/// Two sentences about a product. None if the tables have no sentences for its product type.
pub fn description(
    texts: &Texts,
    leaf: &Leaf,
    naming: &Naming<'_>,
    vendor: &str,
    random: &mut Random,
) -> Option<String> {
    let openings = match leaf.title {
        Title::Made(_) => &texts.openings.made,
        Title::Motif(_) => &texts.openings.motif,
        Title::Pattern(_) if leaf.product_type == "printed-book" => &texts.openings.book,
        Title::Pattern(_) => &texts.openings.recording,
    };
    let is_for = |types: &[String]| types.is_empty() || types.contains(&leaf.product_type);
    let closings = texts.closings.iter().find(|closing| is_for(&closing.product_types))?;
    let (opening, closing) = (random.pick(openings)?, random.pick(&closings.texts)?);
    let opening = opening.replace("{name}", &naming.name).replace("{matter}", &naming.matter.to_lowercase());
    Some(format!("{} {closing}", opening.replace("{vendor}", vendor)))
}

/// The care instruction of a product type; none for those that need no care.
pub fn care<'a>(texts: &'a Texts, product_type: &str) -> Option<&'a str> {
    let care = texts.care.iter().find(|care| care.product_types.iter().any(|known| known == product_type));
    care.map(|care| care.text.as_str())
}
