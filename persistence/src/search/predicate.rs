//! A range condition on a numeric column.

use std::ops::RangeInclusive;

use tantivy::{
    DocId, SegmentReader,
    query::{
        Query,
        doc_predicate_query::{DocPredicateQuery, FunctionPredicate},
    },
};

use super::columns;

/// Matches products whose value in the column is in the range; products without a value do not match.
pub(super) fn in_range(column: String, range: RangeInclusive<i64>) -> Box<dyn Query> {
    let predicate = FunctionPredicate::from(move |segment: &SegmentReader| {
        let column = columns::number(segment.fast_fields(), &column)?;
        let range = range.clone();
        Ok(move |doc: DocId| {
            column.as_ref().and_then(|column| column.first(doc)).is_some_and(|number| range.contains(&number))
        })
    });
    Box::new(DocPredicateQuery::from(predicate))
}

/// Matches products whose value in a field is greater than `start`.
pub(super) fn is_after(field: &'static str, start: i64) -> Box<dyn Query> {
    let predicate = FunctionPredicate::from(move |segment: &SegmentReader| {
        let column = segment.fast_fields().i64(field)?;
        Ok(move |doc: DocId| column.first(doc).is_some_and(|number| number > start))
    });
    Box::new(DocPredicateQuery::from(predicate))
}
