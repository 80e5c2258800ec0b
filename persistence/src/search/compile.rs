//! Translates a product query to a query of the index.

use tantivy::{
    Term,
    query::{AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};

use super::{
    document::cut,
    facets::FacetKey,
    fields::{self, Fields},
    filter::Filter,
    predicate,
    query::ProductQuery,
    snapshot::Snapshot,
    text_query::TextQuery,
};
use crate::StoreResult;

/// Maximum number of facet filters that the collector applies, which it needs for counting; the index applies the rest.
const MAX_GROUPS: usize = 32;

/// The execution plan of a list.
pub(super) struct Plan {
    /// The query that the index executes.
    pub query: Box<dyn Query>,
    /// The filters that the collector applies: for each facet one of the values.
    pub groups: Vec<(FacetKey, Vec<String>)>,
}

/// Inputs of the plan besides the query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Demand {
    /// True if facets are counted; then the collector applies their filters.
    pub counts: bool,
    /// True if a publication is scheduled, so that the list changes without a commit.
    pub is_timed: bool,
}

/// Plans a query.
pub(super) fn plan(fields: &Fields, query: &ProductQuery, demand: Demand) -> Plan {
    let compiler = Compiler { fields, query };
    let mut groups = Vec::new();
    let mut clauses = vec![compiler.scope()];
    if let Some(channel) = query.channel.filter(|_| demand.is_timed) {
        let column = fields::published_column(channel);
        clauses.push(predicate::in_range(column, i64::MIN..=query.now.timestamp_micros()));
    }
    clauses.extend(query.category.map(|id| term(fields.keys, &fields::category_key(id))));
    clauses.extend(query.collection.map(|id| term(fields.keys, &fields::collection_key(id))));
    for (facet, values) in facet_filters(&query.filter) {
        let is_free = groups.len() < MAX_GROUPS && groups.iter().all(|(taken, _)| *taken != facet);
        if demand.counts && is_free {
            groups.push((facet, values));
        } else {
            clauses.push(any_of(fields.facets, values.iter().map(|value| facet.term(value))));
        }
    }
    clauses.extend(compiler.other_conditions(&query.filter));
    let mut all: Vec<(Occur, Box<dyn Query>)> = clauses
        .into_iter()
        .map(|clause| (Occur::Must, Box::new(ConstScoreQuery::new(clause, 0.0)) as Box<dyn Query>))
        .collect();
    all.extend(query.text.as_deref().map(|text| (Occur::Must, compiler.text(text))));
    Plan { query: Box::new(BooleanQuery::new(all)), groups }
}

/// True if a product of the query's channel is published later than now.
pub(super) fn is_timed(snapshot: &Snapshot, query: &ProductQuery) -> StoreResult<bool> {
    let Some(channel) = query.channel else { return Ok(false) };
    let column = fields::published_column(channel);
    for segment in &snapshot.columns {
        if segment.number(&column)?.is_some_and(|times| times.max_value() > query.now.timestamp_micros()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The conditions of a filter that are facet filters.
fn facet_filters(filter: &Filter) -> Vec<(FacetKey, Vec<String>)> {
    let types = filter
        .product_types
        .as_ref()
        .map(|ids| (FacetKey::ProductType, ids.iter().map(|id| id.uuid().simple().to_string()).collect()));
    let vendors = filter.vendors.as_ref().map(|names| (FacetKey::Vendor, names.iter().map(cut).collect()));
    let attributes = filter
        .attributes
        .iter()
        .map(|attribute| (FacetKey::Attribute(attribute.slug.clone()), attribute.values.iter().map(cut).collect()));
    types.into_iter().chain(vendors).chain(attributes).collect()
}

struct Compiler<'a> {
    fields: &'a Fields,
    query: &'a ProductQuery,
}

impl Compiler<'_> {
    /// The products that the list is about.
    fn scope(&self) -> Box<dyn Query> {
        match self.query.channel {
            Some(channel) => term(self.fields.keys, &fields::channel_key(channel)),
            None => Box::new(AllQuery),
        }
    }

    /// Products that contain the words; all products for an empty text, none for a text without words.
    fn text(&self, text: &str) -> Box<dyn Query> {
        match TextQuery::parse(self.fields, text) {
            Some(query) => Box::new(query),
            None if text.trim().is_empty() => Box::new(AllQuery),
            None => Box::new(EmptyQuery),
        }
    }

    /// All conditions of a filter.
    fn filter(&self, filter: &Filter) -> Box<dyn Query> {
        let mut clauses: Vec<_> = facet_filters(filter)
            .into_iter()
            .map(|(facet, values)| any_of(self.fields.facets, values.iter().map(|value| facet.term(value))))
            .collect();
        clauses.extend(self.other_conditions(filter));
        all_of(clauses)
    }

    /// The conditions of a filter that are not facet filters.
    fn other_conditions(&self, filter: &Filter) -> Vec<Box<dyn Query>> {
        let keys = self.fields.keys;
        let mut clauses = Vec::new();
        clauses.extend(filter.text.as_deref().map(|text| self.text(text)));
        let categories = filter.categories.as_ref();
        clauses.extend(categories.map(|ids| any_of(keys, ids.iter().map(|id| fields::category_key(*id)))));
        let collections = filter.collections.as_ref();
        clauses.extend(collections.map(|ids| any_of(keys, ids.iter().map(|id| fields::collection_key(*id)))));
        clauses
            .extend(filter.tags.as_ref().map(|tags| any_of(keys, tags.iter().map(|tag| fields::tag_key(&cut(tag))))));
        clauses.extend(self.staff_conditions(filter));
        clauses.extend(self.market_conditions(filter));
        clauses.extend(filter.and.iter().map(|part| self.filter(part)));
        if !filter.or.is_empty() {
            clauses.push(union(filter.or.iter().map(|part| self.filter(part)).collect()));
        }
        if !filter.not.is_empty() {
            clauses.push(none_of(filter.not.iter().map(|part| self.filter(part)).collect()));
        }
        clauses
    }
}

impl Compiler<'_> {
    /// The conditions on price and availability, which need a channel.
    fn market_conditions(&self, filter: &Filter) -> Vec<Box<dyn Query>> {
        let Some(channel) = self.query.channel else {
            let is_impossible = filter.price.is_some() || filter.is_available == Some(true);
            return if is_impossible { vec![Box::new(EmptyQuery)] } else { Vec::new() };
        };
        let price = filter.price.map(|range| {
            let column = fields::price_column(channel, self.query.currency);
            predicate::in_range(column, range.min.unwrap_or(i64::MIN)..=range.max.unwrap_or(i64::MAX))
        });
        let availability = filter.is_available.map(|wanted| {
            let available = term(self.fields.keys, &fields::available_key(channel, self.query.currency));
            if wanted { available } else { none_of(vec![available]) }
        });
        price.into_iter().chain(availability).collect()
    }

    /// The conditions that only staff use.
    fn staff_conditions(&self, filter: &Filter) -> Vec<Box<dyn Query>> {
        let keys = self.fields.keys;
        let mut clauses = Vec::new();
        let slugs = filter.slugs.as_ref();
        clauses.extend(slugs.map(|slugs| any_of(keys, slugs.iter().map(|slug| fields::slug_key(slug)))));
        let skus = filter.skus.as_ref();
        clauses.extend(skus.map(|skus| any_of(keys, skus.iter().map(|sku| fields::sku_key(sku)))));
        let references = filter.references.as_ref();
        clauses.extend(references.map(|known| any_of(keys, known.iter().map(|known| fields::reference_key(known)))));
        let statuses = filter.statuses.as_ref();
        clauses.extend(statuses.map(|known| any_of(keys, known.iter().map(|status| fields::status_key(*status)))));
        let channels = filter.channels.as_ref();
        clauses.extend(channels.map(|ids| any_of(keys, ids.iter().map(|id| fields::channel_key(*id)))));
        let times = [("created_at", filter.created_after), ("updated_at", filter.updated_after)];
        clauses.extend(
            times.into_iter().filter_map(|(field, after)| Some(predicate::is_after(field, after?.timestamp_micros()))),
        );
        clauses
    }
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

fn any_of(field: Field, terms: impl Iterator<Item = String>) -> Box<dyn Query> {
    union(terms.map(|text| term(field, &text)).collect())
}

fn union(clauses: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    if clauses.is_empty() { Box::new(EmptyQuery) } else { Box::new(BooleanQuery::union(clauses)) }
}

fn all_of(clauses: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    if clauses.is_empty() { Box::new(AllQuery) } else { Box::new(BooleanQuery::intersection(clauses)) }
}

fn none_of(clauses: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    let mut all: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(AllQuery))];
    all.extend(clauses.into_iter().map(|clause| (Occur::MustNot, clause)));
    Box::new(BooleanQuery::new(all))
}
