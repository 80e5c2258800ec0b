//! Text matching: every word must occur in a name, a keyword or a description.
//!
//! The score of a product depends only on the product and the words, so cursors in a list sorted by relevance stay
//! valid while other products change. Each word counts with its best match; the lowest weights are reserved for
//! approximate matches.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError,
    postings::TermInfo,
    query::{EnableScoring, Explanation, Query, Scorer, Weight},
    schema::{Field, IndexRecordOption, Term},
};

use super::{fields::Fields, text};

/// The weights of a word in one field.
#[derive(Debug, Clone, Copy)]
struct Tier {
    field: Field,
    whole: u8,
    beginning: u8,
}

/// Matches products with all the words; the last word may be a prefix.
#[derive(Debug, Clone)]
pub(super) struct TextQuery {
    words: Vec<String>,
    tiers: [Tier; 3],
}

impl TextQuery {
    /// Parses a text; none if it contains no word.
    pub fn parse(fields: &Fields, text: &str) -> Option<Self> {
        let words = text::searched_words(text);
        let tiers = [
            Tier { field: fields.name, whole: 100, beginning: 60 },
            Tier { field: fields.keywords, whole: 40, beginning: 25 },
            Tier { field: fields.description, whole: 12, beginning: 6 },
        ];
        (!words.is_empty()).then_some(Self { words, tiers })
    }

    /// The score of each product of the segment; 0 for products that lack a word.
    fn scores(&self, segment: &SegmentReader) -> tantivy::Result<Vec<u16>> {
        let mut scores: Vec<u16> = Vec::new();
        let last = self.words.len() - 1;
        for (at, word) in self.words.iter().enumerate() {
            let found = self.find(segment, word, at == last)?;
            if scores.is_empty() {
                scores = found.into_iter().map(u16::from).collect();
            } else {
                for (sum, score) in scores.iter_mut().zip(found) {
                    *sum = if *sum == 0 || score == 0 { 0 } else { *sum + u16::from(score) };
                }
            }
        }
        Ok(scores)
    }

    /// The score of a word in each product.
    fn find(&self, segment: &SegmentReader, word: &str, may_be_unfinished: bool) -> tantivy::Result<Vec<u8>> {
        let mut scores = vec![0_u8; segment.max_doc() as usize];
        for tier in self.tiers {
            let index = segment.inverted_index(tier.field)?;
            let mut mark = |term: &TermInfo, score: u8| -> tantivy::Result<()> {
                let mut block = index.read_block_postings_from_terminfo(term, IndexRecordOption::Basic)?;
                while !block.docs().is_empty() {
                    for doc in block.docs() {
                        if let Some(best) = scores.get_mut(*doc as usize) {
                            *best = (*best).max(score);
                        }
                    }
                    block.advance();
                }
                Ok(())
            };
            if let Some(term) = index.get_term_info(&Term::from_field_text(tier.field, word))? {
                mark(&term, tier.whole)?;
            }
            if may_be_unfinished {
                let mut stream = index.terms().range().ge(word).into_stream()?;
                while stream.advance() && stream.key().starts_with(word.as_bytes()) {
                    mark(stream.value(), tier.beginning)?;
                }
            }
        }
        Ok(scores)
    }
}

impl Query for TextQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for TextQuery {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let scores = self.scores(segment)?;
        let matches = (0..).zip(scores).filter(|(_, score)| *score > 0).collect();
        Ok(Box::new(TextScorer { matches, at: 0, boost }))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        match self.scores(segment)?.get(doc as usize) {
            Some(score) if *score > 0 => Ok(Explanation::new("words found", Score::from(*score))),
            _ => Err(TantivyError::InvalidArgument(format!("document {doc} does not match"))),
        }
    }
}

struct TextScorer {
    matches: Vec<(DocId, u16)>,
    at: usize,
    boost: Score,
}

impl DocSet for TextScorer {
    fn advance(&mut self) -> DocId {
        self.at = (self.at + 1).min(self.matches.len());
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = self.matches.get(self.at..).unwrap_or_default();
        self.at += rest.partition_point(|(doc, _)| *doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.matches.get(self.at).map_or(TERMINATED, |(doc, _)| *doc)
    }

    fn size_hint(&self) -> u32 {
        u32::try_from(self.matches.len()).unwrap_or(u32::MAX)
    }
}

impl Scorer for TextScorer {
    fn score(&mut self) -> Score {
        self.matches.get(self.at).map_or(0.0, |(_, score)| Score::from(*score)) * self.boost
    }
}
