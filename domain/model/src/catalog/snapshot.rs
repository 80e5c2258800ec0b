//! The snapshot of product types, categories and collections.

use std::collections::{HashMap, HashSet};

use super::{Category, Collection, ProductType, former::FormerPaths};
use crate::{
    Slug,
    ids::{CategoryId, CollectionId, ProductId, ProductTypeId},
};

/// All product types, categories and collections. They are few, so every process caches the whole snapshot.
#[derive(Debug, Clone, Default)]
pub struct Taxonomy {
    /// Product types by id.
    pub product_types: HashMap<ProductTypeId, ProductType>,
    /// Categories by id.
    pub categories: HashMap<CategoryId, Category>,
    /// Child categories of each category, and the root categories (`None`), in display order.
    pub children: HashMap<Option<CategoryId>, Vec<CategoryId>>,
    /// Collections by id.
    pub collections: HashMap<CollectionId, Collection>,
    types_by_slug: HashMap<Slug, ProductTypeId>,
    categories_by_slug: HashMap<Slug, CategoryId>,
    collections_by_slug: HashMap<Slug, CollectionId>,
    collections_of: HashMap<ProductId, Vec<CollectionId>>,
    former: FormerPaths,
}

impl Taxonomy {
    /// Builds the snapshot. A category becomes a root if its parent is unknown or if concurrent moves left it in a
    /// cycle.
    #[must_use]
    pub fn new(types: Vec<ProductType>, categories: Vec<Category>, collections: Vec<Collection>) -> Self {
        let mut taxonomy = Self {
            types_by_slug: types.iter().map(|kind| (kind.slug.clone(), kind.id)).collect(),
            product_types: types.into_iter().map(|kind| (kind.id, kind)).collect(),
            categories: categories.into_iter().map(|category| (category.id, category)).collect(),
            ..Self::default()
        };
        taxonomy.build_tree();
        taxonomy.former.set_categories(taxonomy.categories.values());
        taxonomy.former.set_collections(collections.iter());
        taxonomy.index_collections(collections);
        taxonomy
    }

    /// Computes the children of each category and the slug paths.
    fn build_tree(&mut self) {
        self.break_cycles();
        let mut ordered: Vec<&Category> = self.categories.values().collect();
        ordered.sort_by(|a, b| (a.position, &a.slug, a.id).cmp(&(b.position, &b.slug, b.id)));
        let mut children: HashMap<Option<CategoryId>, Vec<CategoryId>> = HashMap::new();
        for category in ordered {
            children.entry(category.parent).or_default().push(category.id);
        }
        let mut waiting: Vec<(CategoryId, Option<Slug>)> =
            children.get(&None).into_iter().flatten().map(|root| (*root, None)).collect();
        while let Some((id, above)) = waiting.pop() {
            let Some(category) = self.categories.get_mut(&id) else { continue };
            let path =
                above.map_or_else(|| category.segment().to_owned(), |above| format!("{above}/{}", category.segment()));
            // If the path exceeds the maximum length of a slug, keep the stored one.
            category.slug = path.parse().unwrap_or_else(|_| category.slug.clone());
            self.categories_by_slug.insert(category.slug.clone(), id);
            let below = children.get(&Some(id)).into_iter().flatten();
            waiting.extend(below.map(|child| (*child, Some(category.slug.clone()))));
        }
        self.children = children;
    }

    /// Makes a root of one category in each cycle and of categories without a known parent.
    fn break_cycles(&mut self) {
        let mut rooted: HashSet<CategoryId> = HashSet::new();
        let mut ids: Vec<CategoryId> = self.categories.keys().copied().collect();
        ids.sort_unstable();
        for id in ids {
            let path = self.ancestors(id);
            let top = path.iter().find(|id| rooted.contains(id)).or(path.last()).copied();
            if let Some(top) = top.and_then(|top| self.categories.get_mut(&top)).filter(|top| !rooted.contains(&top.id))
            {
                top.parent = None;
            }
            rooted.extend(path);
        }
    }

    fn index_collections(&mut self, mut collections: Vec<Collection>) {
        collections.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        for collection in &collections {
            self.collections_by_slug.insert(collection.slug.clone(), collection.id);
            for product in &collection.products {
                self.collections_of.entry(*product).or_default().push(collection.id);
            }
        }
        self.collections = collections.into_iter().map(|collection| (collection.id, collection)).collect();
    }

    /// Finds a category by its slug path.
    #[must_use]
    pub fn category_by_slug(&self, slug: &str) -> Option<&Category> {
        self.categories.get(self.categories_by_slug.get(slug)?)
    }

    /// Finds a category by its present path or a former one: its own, or the one that moves of its ancestors gave it.
    #[must_use]
    pub fn category_by_any_slug(&self, path: &str) -> Option<&Category> {
        // A valid path is short, so that this does not descend deep.
        path.parse::<Slug>().ok()?;
        self.resolve_category(path)
    }

    fn resolve_category(&self, path: &str) -> Option<&Category> {
        let known = self.category_by_slug(path);
        if let Some(found) = known.or_else(|| self.categories.get(&self.former.category(path)?)) {
            return Some(found);
        }
        let (above, segment) = path.rsplit_once('/')?;
        let parent = self.resolve_category(above)?.id;
        let child = self.children_of(Some(parent)).find(|child| child.segment() == segment);
        child.or_else(|| self.categories.get(&self.former.child(parent, segment)?))
    }

    /// Finds a collection by its present slug or a former one.
    #[must_use]
    pub fn collection_by_any_slug(&self, slug: &str) -> Option<&Collection> {
        self.collection_by_slug(slug).or_else(|| self.collections.get(&self.former.collection(slug)?))
    }

    /// Finds a collection by its slug.
    #[must_use]
    pub fn collection_by_slug(&self, slug: &str) -> Option<&Collection> {
        self.collections.get(self.collections_by_slug.get(slug)?)
    }

    /// Finds a product type by its slug.
    #[must_use]
    pub fn product_type_by_slug(&self, slug: &str) -> Option<&ProductType> {
        self.product_types.get(self.types_by_slug.get(slug)?)
    }

    /// The collections that contain a product, sorted by name.
    #[must_use]
    pub fn collections_of(&self, product: ProductId) -> &[CollectionId] {
        self.collections_of.get(&product).map_or(&[], Vec::as_slice)
    }

    /// The child categories of a category, or the roots, in display order.
    pub fn children_of(&self, parent: Option<CategoryId>) -> impl Iterator<Item = &Category> {
        self.children.get(&parent).into_iter().flatten().filter_map(|id| self.categories.get(id))
    }

    /// The category and its ancestors, nearest first. Stops when it reaches a category twice.
    #[must_use]
    pub fn ancestors(&self, id: CategoryId) -> Vec<CategoryId> {
        let mut path = Vec::new();
        let mut next = Some(id);
        while let Some(category) = next.filter(|id| !path.contains(id)).and_then(|id| self.categories.get(&id)) {
            path.push(category.id);
            next = category.parent;
        }
        path
    }

    /// True if a category is `ancestor` or one of its descendants.
    #[must_use]
    pub fn is_in(&self, id: CategoryId, ancestor: CategoryId) -> bool {
        self.ancestors(id).contains(&ancestor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn category(slug: &str, parent: Option<CategoryId>) -> Category {
        fixtures::category(slug.parse().unwrap(), parent)
    }

    #[test]
    fn moving_a_category_changes_the_paths_of_descendants() {
        let home = category("home", None);
        let clothing = category("clothing", Some(home.id));
        let tops = category("clothing/tops", Some(clothing.id));
        let (clothing_id, tops_id) = (clothing.id, tops.id);
        let taxonomy = Taxonomy::new(Vec::new(), vec![tops, clothing, home], Vec::new());
        assert_eq!(taxonomy.category_by_slug("home/clothing/tops").map(|found| found.id), Some(tops_id));
        assert!(taxonomy.category_by_slug("clothing/tops").is_none());
        assert!(taxonomy.is_in(tops_id, clothing_id));
        assert!(!taxonomy.is_in(clothing_id, tops_id));
    }

    #[test]
    fn categories_in_a_cycle_stay_reachable_from_a_root() {
        let (mut a, mut b) = (category("a", None), category("b", None));
        (a.parent, b.parent) = (Some(b.id), Some(a.id));
        let lost = category("lost", Some(CategoryId::new()));
        let taxonomy = Taxonomy::new(Vec::new(), vec![a, b, lost], Vec::new());
        let roots: Vec<_> = taxonomy.children_of(None).collect();
        assert_eq!(roots.len(), 2);
        let below: usize = roots.iter().map(|root| taxonomy.children_of(Some(root.id)).count()).sum();
        assert_eq!(below, 1);
    }
}
