//! Former paths of categories and former slugs of collections.

use std::collections::HashMap;

use super::{Category, Collection};
use crate::{
    Slug, Timestamp,
    ids::{CategoryId, CollectionId},
};

/// A place in the tree: a parent and a segment.
type Place = (Option<CategoryId>, String);

/// The former paths of categories and the former slugs of collections. If several objects had the same one, the last one
/// that had it is found.
#[derive(Debug, Clone, Default)]
pub(super) struct FormerPaths {
    /// Categories by a complete former path, which is found although the parent was deleted.
    by_path: HashMap<Slug, CategoryId>,
    /// Categories by a former place, which is found although ancestors moved.
    by_place: HashMap<Place, CategoryId>,
    collections: HashMap<Slug, CollectionId>,
}

impl FormerPaths {
    pub fn set_categories<'a>(&mut self, categories: impl Iterator<Item = &'a Category>) {
        let places = categories.flat_map(|category| category.former_places.iter().map(|place| (category.id, place)));
        for (id, place) in latest_last(places, |(id, place)| (place.left_at, *id)) {
            self.by_path.insert(place.path.clone(), id);
            self.by_place.insert((place.parent, place.segment().to_owned()), id);
        }
    }

    pub fn set_collections<'a>(&mut self, collections: impl Iterator<Item = &'a Collection>) {
        let names = collections.flat_map(|collection| collection.former_slugs.iter().map(|name| (collection.id, name)));
        for (id, name) in latest_last(names, |(id, name)| (name.left_at, *id)) {
            self.collections.insert(name.slug.clone(), id);
        }
    }

    /// The collection that had a slug.
    pub fn collection(&self, slug: &str) -> Option<CollectionId> {
        self.collections.get(slug).copied()
    }

    /// The category that had a complete path.
    pub fn category(&self, path: &str) -> Option<CategoryId> {
        self.by_path.get(path).copied()
    }

    /// The category that had a segment below a parent.
    pub fn child(&self, parent: CategoryId, segment: &str) -> Option<CategoryId> {
        self.by_place.get(&(Some(parent), segment.to_owned())).copied()
    }
}

fn latest_last<T, I: Ord>(all: impl Iterator<Item = T>, key: impl Fn(&T) -> (Timestamp, I)) -> Vec<T> {
    let mut all: Vec<T> = all.collect();
    all.sort_by_key(key);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{catalog::Taxonomy, fixtures};

    fn category(slug: &str, parent: Option<CategoryId>) -> Category {
        fixtures::category(slug.parse().unwrap(), parent)
    }

    fn slug(text: &str) -> Slug {
        text.parse().unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).unwrap()
    }

    /// Moves a category in a new snapshot of the tree.
    fn moved(
        mut all: Vec<Category>,
        id: CategoryId,
        parent: Option<CategoryId>,
        to: &str,
        seconds: i64,
    ) -> Vec<Category> {
        let before = Taxonomy::new(Vec::new(), all.clone(), Vec::new());
        let category = all.iter_mut().find(|category| category.id == id).unwrap();
        category.relocate(parent, slug(to), before.categories[&id].slug.clone(), at(seconds));
        all
    }

    #[test]
    fn former_paths_lead_to_the_category_and_its_descendants() {
        let (home, clothing) = (category("home", None), category("clothing", None));
        let tops = category("clothing/tops", Some(clothing.id));
        let tees = category("clothing/tops/tees", Some(tops.id));
        let ids = [home.id, clothing.id, tops.id, tees.id];
        let all = vec![home, clothing, tops, tees];
        let find = |all: &[Category], path: &str| {
            let taxonomy = Taxonomy::new(Vec::new(), all.to_vec(), Vec::new());
            taxonomy.category_by_any_slug(path).map(|found| found.slug.to_string())
        };
        let all = moved(all, ids[2], Some(ids[0]), "home/tops", 1);
        assert_eq!(find(&all, "clothing/tops").as_deref(), Some("home/tops"));
        assert_eq!(find(&all, "clothing/tops/tees").as_deref(), Some("home/tops/tees"));
        // The ancestor is renamed, and the descendant moves on.
        let all = moved(all, ids[0], None, "living", 2);
        let mut all = moved(all, ids[3], None, "tees", 3);
        for path in ["clothing/tops/tees", "home/tops/tees", "living/tops/tees"] {
            assert_eq!(find(&all, path).as_deref(), Some("tees"), "{path}");
        }
        // The former parent is deleted.
        all.retain(|category| category.id != ids[1]);
        assert_eq!(find(&all, "clothing/tops").as_deref(), Some("living/tops"));
        assert_eq!(find(&all, "clothing"), None);
        // A new category at a former path has it.
        all.push(category("home", None));
        assert_eq!(find(&all, "home").as_deref(), Some("home"));
        // A move back forgets the former place.
        let all = moved(all, ids[3], Some(ids[2]), "living/tops/tees", 4);
        assert_eq!(find(&all, "tees").as_deref(), Some("living/tops/tees"));
        let places = &all.iter().find(|category| category.id == ids[3]).unwrap().former_places;
        assert_eq!(places.iter().map(|place| place.path.as_str()).collect::<Vec<_>>(), ["tees"]);
    }

    #[test]
    fn the_last_category_that_left_a_path_is_found() {
        let (a, b) = (category("a", None), category("b", None));
        let ids = [a.id, b.id];
        let all = moved(vec![a, b], ids[0], None, "c", 1);
        let all = moved(all, ids[1], None, "a", 2);
        let all = moved(all, ids[1], None, "d", 3);
        let taxonomy = Taxonomy::new(Vec::new(), all, Vec::new());
        assert_eq!(taxonomy.category_by_any_slug("a").map(|found| found.id), Some(ids[1]));
        assert_eq!(taxonomy.category_by_any_slug("b").map(|found| found.id), Some(ids[1]));
    }
}
