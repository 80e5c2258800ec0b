//! Product types, categories and collections of the demo shop.

use model::{
    InvalidSlug, Slug,
    catalog::{Attribute, Category, Collection, ProductType, Seo},
    ids::{CategoryId, ChannelId, CollectionId, ProductId, ProductTypeId},
};

use super::{
    kinds::{AttributeRow, BRANCHES, CHOICES, LEAVES, TYPES},
    products::{SALES, german, id, minute},
    random::Random,
};

/// The most products of one collection.
const MAX_MEMBERS: usize = 200;

/// Collections: slug, name, German name, description, and how many products of a hundred are in it.
const COLLECTIONS: [(&str, &str, &str, &str, u32); 4] = [
    ("new-arrivals", "New arrivals", "Neuheiten", "What came in this month.", 8),
    ("gifts", "Gifts under 50", "Geschenke unter 50", "Small things that are welcome everywhere.", 6),
    ("summer-outdoors", "Summer outdoors", "Sommer draußen", "For long evenings and short nights.", 7),
    ("favourites", "Our favourites", "Unsere Lieblinge", "What we use ourselves.", 3),
];

/// The product types.
///
/// # Errors
/// A slug in the lists that is none.
pub fn product_types() -> Result<Vec<ProductType>, InvalidSlug> {
    let kind = |&(slug, name, attributes): &(&str, &str, &[AttributeRow])| {
        Ok(ProductType {
            id: id::<ProductTypeId>(slug),
            version: 1,
            slug: slug.parse::<Slug>()?,
            name: name.to_owned(),
            attributes: attributes.iter().map(attribute).collect(),
            created_at: minute(0),
            updated_at: minute(0),
        })
    };
    TYPES.iter().map(kind).collect()
}

fn attribute(&(slug, name, kind, is_filterable, unit): &AttributeRow) -> Attribute {
    let choices = CHOICES.iter().find(|(known, _)| *known == slug).map_or(&[][..], |(_, choices)| choices);
    Attribute {
        slug: slug.to_owned(),
        name: name.to_owned(),
        kind,
        is_filterable,
        is_required: false,
        choices: choices.iter().map(|&choice| choice.to_owned()).collect(),
        unit: unit.map(str::to_owned),
    }
}

/// The categories, parents first.
///
/// # Errors
/// A slug in the lists that is none.
pub fn categories() -> Result<Vec<Category>, InvalidSlug> {
    let leaves = LEAVES.iter().map(|leaf| (leaf.path, leaf.name.0, leaf.name.1));
    let category = |(position, (path, name, german_name)): (i32, (&str, &str, &str))| {
        Ok(Category {
            id: id::<CategoryId>(path),
            version: 1,
            slug: path.parse::<Slug>()?,
            name: name.to_owned(),
            description: String::new(),
            parent: path.rsplit_once('/').map(|(above, _)| id::<CategoryId>(above)),
            position,
            translations: german(german_name.to_owned()),
            seo: Seo::default(),
            created_at: minute(0),
            updated_at: minute(0),
        })
    };
    (0..).zip(BRANCHES.into_iter().chain(leaves)).map(category).collect()
}

/// The collections with their members among the first products.
///
/// # Errors
/// A slug in the lists that is none.
pub fn collections(products: &[(Slug, ProductId)]) -> Result<Vec<Collection>, InvalidSlug> {
    let collection = |&(slug, name, german_name, description, chance): &(&str, &str, &str, &str, u32)| {
        let is_member = |(product, _): &&(Slug, ProductId)| {
            product.as_str() == "classic-tee" || Random::of(&format!("{slug}/{product}")).percent(chance)
        };
        Ok(Collection {
            id: id::<CollectionId>(slug),
            version: 1,
            slug: slug.parse::<Slug>()?,
            name: name.to_owned(),
            description: description.to_owned(),
            channels: SALES.iter().map(|(channel, _)| id::<ChannelId>(channel)).collect(),
            products: products.iter().filter(is_member).map(|(_, id)| *id).take(MAX_MEMBERS).collect(),
            translations: german(german_name.to_owned()),
            metafields: Vec::new(),
            seo: Seo::default(),
            created_at: minute(0),
            updated_at: minute(0),
        })
    };
    COLLECTIONS.iter().map(collection).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_tree_has_three_levels_and_no_gaps() {
        let categories = categories().unwrap();
        let ids: HashSet<_> = categories.iter().map(|category| category.id).collect();
        assert_eq!(ids.len(), categories.len());
        assert!(categories.iter().all(|category| category.parent.is_none_or(|parent| ids.contains(&parent))));
        let depth = |category: &Category| category.slug.as_str().split('/').count();
        assert_eq!(categories.iter().map(depth).max(), Some(3));
    }

    #[test]
    fn products_have_the_attributes_of_their_type_and_choices_among_its_choices() {
        let types = product_types().unwrap();
        assert_eq!(types.len(), 10);
        let products = (0..200).map(|number| super::super::products::product(number).unwrap().product);
        let named = super::super::named::all().unwrap().into_iter().map(|goods| goods.product);
        for product in products.chain(named) {
            let kind = types.iter().find(|kind| kind.id == product.product_type).unwrap();
            for value in &product.attributes {
                let attribute = kind.attributes.iter().find(|known| known.slug == value.slug);
                let attribute = attribute.unwrap_or_else(|| panic!("{} has no {}", kind.slug, value.slug));
                let is_choice = |value| attribute.choices.is_empty() || attribute.choices.contains(value);
                assert!(value.values.iter().all(is_choice), "{value:?}");
            }
        }
    }
}
