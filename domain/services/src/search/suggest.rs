//! Suggestions while a shopper types: products, categories and search texts.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use model::{
    Direction, PageRequest,
    catalog::{Category, Localized, Product, Taxonomy},
    channels::RequestContext,
    ids::CategoryId,
};
use persistence::search::text::{fold, searched_words, words};

use super::{
    filter::{ProductFilter, shortened},
    list::{ListProducts, SearchError, list_products},
};
use crate::{App, catalog::visible_products};

/// Number of product names that are searched for completions.
const SAMPLE: usize = 50;

/// Suggestions for an incomplete text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Suggestions {
    /// Search texts that match products.
    pub queries: Vec<String>,
    /// Matching products, the best match first.
    pub products: Vec<Arc<Product>>,
    /// Categories whose names contain the words, in the order of the tree.
    pub categories: Vec<CategoryId>,
}

/// Suggests up to `limit` results of each kind; none for an empty text.
pub(crate) async fn suggest(
    app: &App,
    context: &RequestContext,
    prefix: &str,
    limit: usize,
) -> Result<Suggestions, SearchError> {
    let prefix = shortened(prefix);
    let typed = searched_words(&prefix);
    let Some((last, finished)) = typed.split_last() else { return Ok(Suggestions::default()) };
    let input = ListProducts {
        text: Some(prefix),
        category: None,
        collection: None,
        filter: ProductFilter::default(),
        sort: None,
        page: PageRequest { size: SAMPLE.max(limit), cursor: None, direction: Direction::Ascending },
        wants_facets: false,
    };
    let matching = list_products(app, context, input).await?;
    let ids: Vec<_> = matching.hits.iter().map(|hit| hit.id).collect();
    // The index lags behind, so it may contain products that were just unpublished.
    let mut found = visible_products(app, context.channel.id, &ids).await?;
    let names = found.values().map(|product| Product::name_in(product, &context.locales));
    let taxonomy = app.catalog.taxonomy().await?;
    Ok(Suggestions {
        queries: completions(names, finished, last, limit),
        products: ids.iter().filter_map(|id| found.remove(id)).take(limit).collect(),
        categories: categories(&taxonomy, &typed, context, limit),
    })
}

/// The complete words followed by each completion of the last one, the most frequent first.
fn completions<'a>(names: impl Iterator<Item = &'a str>, finished: &[String], last: &str, limit: usize) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in names {
        for word in name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| fold(word).starts_with(last)) {
            *counts.entry(word.to_lowercase()).or_default() += 1;
        }
    }
    let mut ordered: Vec<(Reverse<usize>, String)> =
        counts.into_iter().map(|(word, count)| (Reverse(count), word)).collect();
    ordered.sort();
    let whole = |word: &str| finished.iter().map(String::as_str).chain([word]).collect::<Vec<_>>().join(" ");
    ordered.into_iter().take(limit).map(|(_, word)| whole(&word)).collect()
}

/// Categories whose names contain all words, of which the last may be incomplete.
fn categories(taxonomy: &Taxonomy, typed: &[String], context: &RequestContext, limit: usize) -> Vec<CategoryId> {
    let Some((last, finished)) = typed.split_last() else { return Vec::new() };
    let matches = |category: &&Category| {
        let name = words(category.name_in(&context.locales));
        finished.iter().all(|word| name.contains(word)) && name.iter().any(|word| word.starts_with(last.as_str()))
    };
    let mut found: Vec<&Category> = taxonomy.categories.values().filter(matches).collect();
    found.sort_by(|a, b| (a.slug.as_str().len(), &a.slug).cmp(&(b.slug.as_str().len(), &b.slug)));
    found.into_iter().take(limit).map(|category| category.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_names_complete_what_was_typed() {
        let names = ["Alder Linen Shirt", "Elbe Linen Shorts", "Alder Linen Shirt No. 2", "Süße Socke"];
        let complete = |finished: &[&str], last| {
            let finished: Vec<String> = finished.iter().map(|&word| word.to_owned()).collect();
            completions(names.into_iter(), &finished, last, 2)
        };
        assert_eq!(complete(&["linen"], "sh"), ["linen shirt", "linen shorts"]);
        assert_eq!(complete(&[], "sus"), ["süße"]);
        assert_eq!(complete(&[], "x"), Vec::<String>::new());
    }
}
