//! The lists of field names that the schema crates export name fields of their schemas.

use std::collections::BTreeSet;

/// The fields of each type of an SDL, as `Type.field`.
fn fields(sdl: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut ty = None;
    for line in sdl.lines() {
        if let Some(rest) = line.strip_prefix("type ") {
            ty = rest.split(' ').next();
        } else if line.starts_with('}') {
            ty = None;
        } else if let (Some(ty), Some(field)) = (ty, line.strip_prefix('\t')) {
            let name: String = field.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
            found.insert(format!("{ty}.{name}"));
        }
    }
    found
}

fn check<'a>(sdl: &str, listed: impl IntoIterator<Item = (&'a str, &'a [&'a str])>, costs: &[(&str, u64)]) {
    let fields = fields(sdl);
    assert!(fields.contains("Query.node") && !fields.contains("Mutation.unknown"));
    let listed = listed.into_iter().flat_map(|(ty, names)| names.iter().map(move |name| format!("{ty}.{name}")));
    let costly = costs.iter().map(|(name, _)| (*name).to_owned());
    let unknown: Vec<String> = listed.chain(costly).filter(|name| !fields.contains(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn the_storefront_has_the_fields_that_it_lists() {
    use schema_storefront::{
        BUYER_QUERIES, CHECKOUT_MUTATIONS, FIELD_COSTS, PUBLIC_MUTATIONS, SINGLE_MUTATIONS, builder,
    };
    let mutations = [PUBLIC_MUTATIONS, SINGLE_MUTATIONS, CHECKOUT_MUTATIONS].map(|names| ("Mutation", names));
    check(&builder().finish().sdl(), mutations.into_iter().chain([("Query", BUYER_QUERIES)]), &FIELD_COSTS.concat());
}

#[test]
fn the_admin_api_has_the_fields_that_it_lists() {
    use schema_admin::{FIELD_COSTS, PUBLIC_MUTATIONS, SINGLE_MUTATIONS, builder};
    let mutations = [PUBLIC_MUTATIONS, SINGLE_MUTATIONS].map(|names| ("Mutation", names));
    check(&builder().finish().sdl(), mutations, &FIELD_COSTS.concat());
}
