//! Changes that apply to many products alike.

use serde::{Deserialize, Serialize};

use super::{CatalogErrorCode, Product, Publication, Violation, rules};
use crate::{
    Timestamp,
    ids::{CategoryId, ChannelId},
};

/// A change of products. Applying it twice changes nothing more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductChange {
    /// Channels in which the products are published.
    #[serde(default)]
    pub publish: Vec<ChannelId>,
    /// Time of publication; if None, publications that exist keep their time, and new ones have `requested_at`.
    #[serde(default)]
    pub publish_at: Option<Timestamp>,
    /// Channels from which the products are removed.
    #[serde(default)]
    pub unpublish: Vec<ChannelId>,
    /// Tags that the products get.
    #[serde(default)]
    pub add_tags: Vec<String>,
    /// Tags that the products lose.
    #[serde(default)]
    pub remove_tags: Vec<String>,
    /// Categories that list the products.
    #[serde(default)]
    pub add_categories: Vec<CategoryId>,
    /// Categories that no longer list the products.
    #[serde(default)]
    pub remove_categories: Vec<CategoryId>,
    /// True archives the products, false restores them; None changes nothing.
    #[serde(default)]
    pub archive: Option<bool>,
    /// Time of the request.
    pub requested_at: Timestamp,
}

impl ProductChange {
    /// A change of nothing, requested at a time.
    #[must_use]
    pub const fn none(requested_at: Timestamp) -> Self {
        Self {
            publish: Vec::new(),
            publish_at: None,
            unpublish: Vec::new(),
            add_tags: Vec::new(),
            remove_tags: Vec::new(),
            add_categories: Vec::new(),
            remove_categories: Vec::new(),
            archive: None,
            requested_at,
        }
    }

    /// The violations of the change itself: it must change something, and must not add and remove the same thing.
    #[must_use]
    pub fn check(&self) -> Vec<Violation> {
        let contradicts = |path: &str| {
            Violation::at(CatalogErrorCode::Duplicate, path, "the same entry cannot be added and removed at once")
        };
        let mut violations = rules::check_tags("addTags", &self.add_tags);
        violations.extend(rules::check_tags("removeTags", &self.remove_tags));
        violations.extend(overlaps(&self.publish, &self.unpublish).then(|| contradicts("unpublish")));
        violations.extend(overlaps(&self.add_tags, &self.remove_tags).then(|| contradicts("removeTags")));
        let categories = overlaps(&self.add_categories, &self.remove_categories);
        violations.extend(categories.then(|| contradicts("removeCategories")));
        if *self == (Self { publish_at: self.publish_at, ..Self::none(self.requested_at) }) {
            violations.push(Violation::at(CatalogErrorCode::Required, "", "name at least one change"));
        }
        violations
    }

    /// Applies the change to a product, and returns the limits that the product would exceed.
    #[must_use]
    pub fn apply(&self, product: &mut Product) -> Vec<Violation> {
        product.publications.retain(|publication| !self.unpublish.contains(&publication.channel));
        for channel in &self.publish {
            self.publish_in(*channel, product);
        }
        product.tags.retain(|tag| !self.remove_tags.contains(tag));
        add_missing(&mut product.tags, &self.add_tags);
        product.categories.retain(|category| !self.remove_categories.contains(category));
        add_missing(&mut product.categories, &self.add_categories);
        match self.archive {
            Some(true) => drop(product.archived_at.get_or_insert(self.requested_at)),
            Some(false) => product.archived_at = None,
            None => {}
        }
        rules::check_product_lists(product)
    }

    fn publish_in(&self, channel: ChannelId, product: &mut Product) {
        if let Some(publication) = product.publications.iter_mut().find(|publication| publication.channel == channel) {
            publication.publish_at = self.publish_at.unwrap_or(publication.publish_at);
        } else {
            let publish_at = self.publish_at.unwrap_or(self.requested_at);
            product.publications.push(Publication { channel, publish_at });
        }
    }
}

fn overlaps<T: PartialEq>(some: &[T], others: &[T]) -> bool {
    some.iter().any(|one| others.contains(one))
}

fn add_missing<T: Clone + PartialEq>(list: &mut Vec<T>, added: &[T]) {
    for one in added {
        if !list.contains(one) {
            list.push(one.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).unwrap()
    }

    fn product() -> Product {
        Product { tags: vec!["old".to_owned()], ..fixtures::product("tee".parse().unwrap()) }
    }

    #[test]
    fn a_change_can_be_repeated() {
        let (eu, us, category) = (ChannelId::new(), ChannelId::new(), CategoryId::new());
        let change = ProductChange {
            publish: vec![eu],
            unpublish: vec![us],
            add_tags: vec!["new".to_owned(), "old".to_owned()],
            remove_tags: vec!["gone".to_owned()],
            add_categories: vec![category],
            archive: Some(true),
            ..ProductChange::none(at(5))
        };
        let mut product = product();
        product.publications = vec![Publication { channel: us, publish_at: at(1) }];
        assert_eq!(change.apply(&mut product), []);
        assert_eq!(product.publications, [Publication { channel: eu, publish_at: at(5) }]);
        assert_eq!(product.tags, ["old", "new"]);
        assert_eq!((product.categories.as_slice(), product.archived_at), (&[category][..], Some(at(5))));
        assert!(!product.is_published(eu, at(9)), "archived");
        let once = product.clone();
        let later = ProductChange { requested_at: at(7), ..change };
        assert_eq!(later.apply(&mut product), []);
        assert_eq!(product, once);

        let restore = ProductChange {
            archive: Some(false),
            publish: vec![eu],
            publish_at: Some(at(8)),
            ..ProductChange::none(at(7))
        };
        assert_eq!(restore.apply(&mut product), []);
        assert_eq!((product.archived_at, product.publications[0].publish_at), (None, at(8)));
    }

    #[test]
    fn contradictions_and_empty_changes_are_refused() {
        let codes = |change: &ProductChange| change.check().iter().map(|found| found.code).collect::<Vec<_>>();
        let none = ProductChange::none(at(1));
        assert_eq!(codes(&none), [CatalogErrorCode::Required]);
        assert_eq!(codes(&ProductChange { publish_at: Some(at(2)), ..none.clone() }), [CatalogErrorCode::Required]);
        let tags = vec!["a".to_owned()];
        let both = ProductChange { add_tags: tags.clone(), remove_tags: tags, ..none };
        assert_eq!(codes(&both), [CatalogErrorCode::Duplicate]);
        assert_eq!(both.check()[0].field, ["removeTags"]);
    }

    #[test]
    fn a_product_keeps_its_limits() {
        let tags = (0..250).map(|tag| tag.to_string()).collect();
        let change = ProductChange { add_tags: tags, ..ProductChange::none(at(1)) };
        let found = change.apply(&mut product());
        assert_eq!(found.iter().map(|one| one.code).collect::<Vec<_>>(), [CatalogErrorCode::TooMany]);
    }
}
