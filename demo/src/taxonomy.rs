//! Product types, categories and collections of the demo shop.

use std::collections::BTreeMap;

use model::{
    InvalidSlug, Slug,
    catalog::{Attribute, Category, Collection, ProductType, Seo},
    ids::{CategoryId, ChannelId, CollectionId, ProductId, ProductTypeId},
};

use crate::{
    data::catalog::{AttributeRow, Catalog, CollectionRow, TypeRow},
    ids::{id, minute},
    products::german,
    random::Random,
    variants::CHANNELS,
};

/// The most products of a collection.
const MAX_MEMBERS: usize = 200;

/// The product types.
pub fn product_types(catalog: &Catalog) -> Result<Vec<ProductType>, InvalidSlug> {
    let product_type = |row: &TypeRow| {
        Ok(ProductType {
            id: id::<ProductTypeId>(&row.slug),
            version: 1,
            slug: row.slug.parse::<Slug>()?,
            name: row.name.clone(),
            translations: BTreeMap::new(),
            attributes: row.attributes.iter().map(|row| attribute(catalog, row)).collect(),
            created_at: minute(0),
            updated_at: minute(0),
        })
    };
    catalog.product_types.iter().map(product_type).collect()
}

fn attribute(catalog: &Catalog, row: &AttributeRow) -> Attribute {
    Attribute {
        slug: row.slug.clone(),
        name: row.name.clone(),
        kind: row.kind,
        is_filterable: row.is_filterable,
        is_required: false,
        choices: catalog.choices_of(&row.slug).to_vec(),
        unit: row.unit.clone(),
        translations: BTreeMap::new(),
    }
}

/// The categories, parents first.
pub fn categories(catalog: &Catalog) -> Result<Vec<Category>, InvalidSlug> {
    let branches = catalog.branches.iter().map(|(path, name, german_name)| (path, name, german_name));
    let leaves = catalog.leaves.iter().map(|leaf| (&leaf.path, &leaf.name.0, &leaf.name.1));
    let category = |(position, (path, name, german_name)): (i32, (&String, &String, &String))| {
        Ok(Category {
            id: id::<CategoryId>(path),
            version: 1,
            slug: path.parse::<Slug>()?,
            name: name.clone(),
            description: String::new(),
            parent: path.rsplit_once('/').map(|(above, _)| id::<CategoryId>(above)),
            former_places: Vec::new(),
            is_closing: false,
            position,
            translations: german(german_name.clone()),
            seo: Seo::default(),
            created_at: minute(0),
            updated_at: minute(0),
        })
    };
    (0..).zip(branches.chain(leaves)).map(category).collect()
}

/// The collections, whose members are chosen from these products.
pub fn collections(catalog: &Catalog, products: &[(Slug, ProductId)]) -> Result<Vec<Collection>, InvalidSlug> {
    let collection = |row: &CollectionRow| {
        let is_member = |(product, _): &&(Slug, ProductId)| {
            product.as_str() == "classic-tee" || Random::of(&format!("{}/{product}", row.slug)).percent(row.percent)
        };
        Ok(Collection {
            id: id::<CollectionId>(&row.slug),
            version: 1,
            slug: row.slug.parse::<Slug>()?,
            former_slugs: Vec::new(),
            name: row.name.0.clone(),
            description: row.description.clone(),
            channels: CHANNELS.iter().map(|(channel, _)| id::<ChannelId>(channel)).collect(),
            products: products.iter().filter(is_member).map(|(_, id)| *id).take(MAX_MEMBERS).collect(),
            translations: german(row.name.1.clone()),
            metafields: Vec::new(),
            seo: Seo::default(),
            created_at: minute(0),
            updated_at: minute(0),
        })
    };
    catalog.collections.iter().map(collection).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{data::Data, named, products};

    #[test]
    fn the_tree_has_three_levels_and_no_gaps() {
        let categories = categories(&Data::load().unwrap().catalog).unwrap();
        let ids: HashSet<_> = categories.iter().map(|category| category.id).collect();
        assert_eq!(ids.len(), categories.len());
        assert!(categories.iter().all(|category| category.parent.is_none_or(|parent| ids.contains(&parent))));
        let depth = |category: &Category| category.slug.as_str().split('/').count();
        assert_eq!(categories.iter().map(depth).max(), Some(3));
    }

    #[test]
    fn products_have_the_attributes_and_choices_of_their_type() {
        let data = Data::load().unwrap();
        let types = product_types(&data.catalog).unwrap();
        assert_eq!(types.len(), 10);
        let products = (0..200).map(|number| products::product(&data, number).unwrap().product);
        let named = named::all(&data.named).unwrap().into_iter().map(|goods| goods.product);
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
