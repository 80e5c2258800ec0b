//! Suggestions while a shopper types: products, categories, and what to search for.

use std::{cmp::Reverse, collections::BTreeMap};

use model::{
    Direction, PageRequest,
    access::Actor,
    catalog::{Category, Localized, Product, Taxonomy},
    channels::RequestContext,
    ids::{CategoryId, ProductId},
};
use persistence::search::text::{fold, searched_words, words};

use super::{
    filter::{ProductFilter, shortened},
    list::{ListProducts, SearchError, list_products},
};
use crate::{App, catalog::published_products};

/// How many products' names are looked through for words.
const SAMPLE: usize = 50;

/// What a shopper may mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// Texts to search for, which find something.
    pub queries: Vec<String>,
    /// Products that match, best first.
    pub products: Vec<ProductId>,
    /// Categories whose name has the words, in the order of the tree.
    pub categories: Vec<CategoryId>,
}

/// Suggests up to `limit` of each kind for what was typed so far; nothing for an empty text.
///
/// # Errors
/// A store's error.
pub async fn suggest(
    app: &App,
    actor: &Actor,
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
    let matching = list_products(app, actor, context, input).await?;
    let ids: Vec<ProductId> = matching.hits.iter().map(|hit| hit.id).collect();
    // The index lags behind: what was unpublished a moment ago may still be in it.
    let found = published_products(app, &context.channel, &ids).await?;
    let names = found.values().map(|product| Product::name_in(product, &context.locales));
    let taxonomy = app.catalog.taxonomy().await?;
    Ok(Suggestions {
        queries: completions(names, finished, last, limit),
        products: ids.into_iter().filter(|id| found.contains_key(id)).take(limit).collect(),
        categories: categories(&taxonomy, &typed, context, limit),
    })
}

/// The finished words with each word that goes on as the last one does, the most frequent first.
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

/// Categories with all the words in their name, the last of which may be unfinished.
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
