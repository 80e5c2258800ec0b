//! Facets: the values of the products in a list, with the number of products per value.
//!
//! Values of one facet are combined with OR, facets with AND. The counts of a facet therefore ignore its own filter:
//! they are the number of products that another value would add.

use std::{cmp::Reverse, collections::BTreeSet, ops::Range, sync::Arc};

use super::{columns::SegmentColumns, fields::SEPARATOR};

/// Maximum number of facets of a list.
const MAX_FACETS: usize = 16;
/// Maximum number of values of a facet, besides selected values.
const MAX_VALUES: usize = 20;
/// Maximum number of categories in the category facet.
const MAX_CATEGORIES: usize = 100;

/// The key of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FacetKey {
    /// Categories; values are ids without dashes.
    Category,
    /// Product types; values are ids without dashes.
    ProductType,
    /// Vendors.
    Vendor,
    /// The attribute with this slug.
    Attribute(String),
}

/// The counts of one facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCounts {
    /// The facet.
    pub key: FacetKey,
    /// Values by descending count, then by value; categories in the requested order.
    pub values: Vec<ValueCount>,
}

/// The number of products with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// Number of products in the list with the value.
    pub count: u64,
}

impl FacetKey {
    /// The index term of a value.
    pub(super) fn term(&self, value: impl std::fmt::Display) -> String {
        match self {
            Self::Category => format!("c{SEPARATOR}{value}"),
            Self::ProductType => format!("p{SEPARATOR}{value}"),
            Self::Vendor => format!("v{SEPARATOR}{value}"),
            Self::Attribute(slug) => format!("a.{slug}{SEPARATOR}{value}"),
        }
    }

    fn parse(prefix: &str) -> Option<Self> {
        match prefix {
            "c" => Some(Self::Category),
            "p" => Some(Self::ProductType),
            "v" => Some(Self::Vendor),
            other => other.strip_prefix("a.").map(|slug| Self::Attribute(slug.to_owned())),
        }
    }
}

/// All values of all segments in one sorted numbering; the values of a facet are contiguous.
#[derive(Default)]
pub(super) struct FacetValues {
    values: Vec<String>,
    facets: Vec<(FacetKey, Range<usize>)>,
}

impl FacetValues {
    /// Numbers the values of all segments; also returns the number of each value per segment.
    pub fn merge(segments: &[Arc<SegmentColumns>]) -> (Self, Vec<Vec<u32>>) {
        let terms: BTreeSet<&str> =
            segments.iter().flat_map(|segment| &segment.facet_terms).map(String::as_str).collect();
        let terms: Vec<&str> = terms.into_iter().collect();
        let number =
            |term: &String| u32::try_from(terms.partition_point(|known| *known < term.as_str())).unwrap_or(u32::MAX);
        let numbers = segments.iter().map(|segment| segment.facet_terms.iter().map(number).collect()).collect();
        let mut merged = Self::default();
        for (at, term) in terms.into_iter().enumerate() {
            let (prefix, value) = term.split_once(SEPARATOR).unwrap_or((term, ""));
            merged.values.push(value.to_owned());
            let Some(key) = FacetKey::parse(prefix) else { continue };
            match merged.facets.last_mut() {
                Some((last, range)) if *last == key => range.end = at + 1,
                _ => merged.facets.push((key, at..at + 1)),
            }
        }
        (merged, numbers)
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// The range of numbers of a facet's values.
    pub fn range(&self, key: &FacetKey) -> Range<usize> {
        self.facets.iter().find(|(facet, _)| facet == key).map_or(0..0, |(_, range)| range.clone())
    }

    /// The number of a value in the range of its facet.
    pub fn find(&self, range: Range<usize>, value: &str) -> Option<usize> {
        let values = self.values.get(range.clone())?;
        values.binary_search_by(|known| known.as_str().cmp(value)).ok().map(|at| range.start + at)
    }

    /// The result: facets with at least one value, and their most frequent values.
    pub fn answer(
        &self,
        counts: &[u32],
        selected: &[(FacetKey, Vec<String>)],
        categories: &[String],
    ) -> Vec<FacetCounts> {
        let mut answer: Vec<(u64, FacetCounts)> = self
            .facets
            .iter()
            .filter_map(|(key, range)| {
                let values = match key {
                    FacetKey::Category => self.listed(counts, range, categories),
                    _ => self.most_frequent(counts, range, chosen(selected, key)),
                };
                let total = values.iter().map(|value| value.count).sum::<u64>();
                (!values.is_empty()).then(|| (total, FacetCounts { key: key.clone(), values }))
            })
            .collect();
        answer.sort_by(|(a_total, a), (b_total, b)| {
            let place = |facet: &FacetCounts, total: u64| match facet.key {
                FacetKey::Attribute(_) => (true, Reverse(total)),
                _ => (false, Reverse(0)),
            };
            place(a, *a_total).cmp(&place(b, *b_total)).then_with(|| a.key.cmp(&b.key))
        });
        answer.truncate(MAX_FACETS);
        answer.into_iter().map(|(_, facet)| facet).collect()
    }

    fn most_frequent(&self, counts: &[u32], range: &Range<usize>, chosen: &[String]) -> Vec<ValueCount> {
        let mut found: Vec<(Reverse<u32>, usize)> = range
            .clone()
            .filter_map(|at| counts.get(at).filter(|count| **count > 0).map(|count| (Reverse(*count), at)))
            .collect();
        found.sort_unstable();
        let (top, rest) = found.split_at(found.len().min(MAX_VALUES));
        let is_chosen = |at: usize| self.values.get(at).is_some_and(|value| chosen.contains(value));
        let kept = top.iter().chain(rest.iter().filter(|(_, at)| is_chosen(*at)));
        kept.filter_map(|(count, at)| Some(ValueCount { value: self.values.get(*at)?.clone(), count: count.0.into() }))
            .collect()
    }

    fn listed(&self, counts: &[u32], range: &Range<usize>, wanted: &[String]) -> Vec<ValueCount> {
        let count_of = |value: &String| {
            let count = *counts.get(self.find(range.clone(), value)?)?;
            (count > 0).then(|| ValueCount { value: value.clone(), count: count.into() })
        };
        wanted.iter().filter_map(count_of).take(MAX_CATEGORIES).collect()
    }
}

fn chosen<'a>(selected: &'a [(FacetKey, Vec<String>)], key: &FacetKey) -> &'a [String] {
    selected.iter().find(|(facet, _)| facet == key).map_or(&[], |(_, values)| values)
}
