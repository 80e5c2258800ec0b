//! Which variants of a product an input means, and the variants after it.

use std::collections::BTreeSet;

use super::{SelectedOption, Variant};
use crate::ids::VariantId;

/// The parts of an input that say which variant it means.
#[derive(Debug, Clone, Copy, Default)]
pub struct VariantKey<'a> {
    /// The id of a variant of the product.
    pub id: Option<VariantId>,
    /// The SKU.
    pub sku: Option<&'a str>,
    /// One value for each option of the product.
    pub selected_options: Option<&'a [SelectedOption]>,
}

/// The index of the variant that each key means; None for a new variant. The id decides, else the SKU, else the selected
/// options, by which only a variant is found that no id or SKU means.
#[must_use]
pub fn match_variants(known: &[Variant], keys: &[VariantKey<'_>]) -> Vec<Option<usize>> {
    let named = |key: &VariantKey<'_>| match (key.id, key.sku) {
        (Some(id), _) => known.iter().position(|variant| variant.id == id),
        (None, Some(sku)) => known.iter().position(|variant| variant.sku == sku),
        (None, None) => None,
    };
    let mut found: Vec<Option<usize>> = keys.iter().map(named).collect();
    let mut used: BTreeSet<usize> = found.iter().copied().flatten().collect();
    for (key, place) in keys.iter().zip(&mut found) {
        let Some(options) = key.selected_options.filter(|_| key.id.is_none() && place.is_none()) else { continue };
        let wanted = combination(options);
        let is_meant =
            |(at, variant): &(usize, &Variant)| !used.contains(at) && combination(&variant.selected_options) == wanted;
        *place = known.iter().enumerate().find(is_meant).map(|(at, _)| at);
        used.extend(*place);
    }
    found
}

fn combination(options: &[SelectedOption]) -> BTreeSet<(&str, &str)> {
    options.iter().map(|option| (option.name.as_str(), option.value.as_str())).collect()
}

/// The variants after a change, and the index of the input that each comes from, None for one that was not mentioned.
/// `mentioned` are the variants of the input with the index of the known variant that each replaces. Variants that are not
/// mentioned keep their place, and new ones follow.
#[must_use]
pub fn merge_variants(
    known: Vec<Variant>,
    mentioned: Vec<(Option<usize>, Variant)>,
) -> (Vec<Variant>, Vec<Option<usize>>) {
    let mut merged: Vec<(Variant, Option<usize>)> = known.into_iter().map(|variant| (variant, None)).collect();
    for (at, (place, variant)) in mentioned.into_iter().enumerate() {
        match place.and_then(|place| merged.get_mut(place)) {
            Some(entry) => *entry = (variant, Some(at)),
            None => merged.push((variant, Some(at))),
        }
    }
    merged.into_iter().unzip()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures;

    fn size(value: &str) -> Vec<SelectedOption> {
        vec![SelectedOption { name: "Size".to_owned(), value: value.to_owned() }]
    }

    fn variant(sku: &str, value: &str) -> Variant {
        Variant { selected_options: size(value), ..fixtures::variant(sku) }
    }

    #[test]
    fn variants_are_found_by_id_sku_and_options() {
        let known = vec![variant("A", "S"), variant("B", "M"), variant("C", "L")];
        let (small, medium, huge) = (size("S"), size("M"), size("XL"));
        let by_id = VariantKey { id: Some(known[2].id), sku: Some("A"), ..VariantKey::default() };
        let by_sku = VariantKey { sku: Some("B"), selected_options: Some(&huge), ..VariantKey::default() };
        let by_options = VariantKey { sku: Some("NEW"), selected_options: Some(&small), ..VariantKey::default() };
        let new = VariantKey { sku: Some("D"), selected_options: Some(&medium), ..VariantKey::default() };
        let unknown =
            VariantKey { id: Some(VariantId::new()), selected_options: Some(&small), ..VariantKey::default() };
        // B is meant by its SKU, so that its options mean a new variant.
        assert_eq!(match_variants(&known, &[by_id, by_sku, by_options, new]), [Some(2), Some(1), Some(0), None]);
        assert_eq!(match_variants(&known, &[unknown, VariantKey::default()]), [None, None]);
        assert_eq!(match_variants(&known, &[by_options, by_options]), [Some(0), None]);
    }

    proptest! {
        #[test]
        fn variants_that_are_not_mentioned_stay(
            names in prop::collection::btree_set("[A-H]", 0..6),
            keys in prop::collection::vec((prop::option::of("[A-H]"), prop::option::of("[A-H]")), 0..6),
        ) {
            let known: Vec<Variant> = names.iter().map(|name| variant(name, name)).collect();
            let options: Vec<_> = keys.iter().map(|(_, value)| value.as_deref().map(size)).collect();
            let keys: Vec<VariantKey<'_>> = keys.iter().zip(&options)
                .map(|((sku, _), options)| VariantKey { id: None, sku: sku.as_deref(), selected_options: options.as_deref() })
                .collect();
            let found = match_variants(&known, &keys);
            for (key, place) in keys.iter().zip(&found) {
                if let Some(variant) = place.map(|place| &known[place]) {
                    let has_options = key.selected_options.is_some_and(|options| options == variant.selected_options);
                    prop_assert!(key.sku == Some(variant.sku.as_str()) || has_options);
                } else {
                    prop_assert!(key.sku.is_none_or(|sku| !names.contains(sku)));
                }
            }
            let mentioned = found.iter().enumerate().map(|(at, place)| (*place, variant(&format!("new-{at}"), "new")));
            let (merged, from) = merge_variants(known.clone(), mentioned.collect());
            prop_assert_eq!(merged.len(), from.len());
            for (at, old) in known.iter().enumerate() {
                let is_kept = !found.contains(&Some(at));
                prop_assert_eq!(merged[at] == *old, is_kept);
                prop_assert_eq!(from[at].is_none(), is_kept);
            }
            let new = found.iter().filter(|place| place.is_none()).count();
            prop_assert_eq!(merged.len(), known.len() + new);
        }
    }
}
