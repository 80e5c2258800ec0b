//! Words and sentences.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Word;

/// The words that product names are made of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Names of product lines.
    pub lines: Vec<String>,
    /// Colors, with their names in SKUs.
    pub colors: Vec<(String, String)>,
    /// Sizes of clothes, smallest first.
    pub clothing_sizes: Vec<String>,
    /// Given names of authors and artists.
    pub given_names: Vec<String>,
    /// Family names of authors and artists.
    pub family_names: Vec<String>,
    /// Materials and subjects, by the name of the list.
    pub subjects: BTreeMap<String, Vec<Word>>,
    /// Vendors, by the name of the list.
    pub vendors: BTreeMap<String, Vec<String>>,
}

/// The sentences that descriptions are made of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// First sentences.
    pub openings: Openings,
    /// Last sentences.
    pub closings: Vec<Closing>,
    /// Care instructions.
    pub care: Vec<Care>,
}

/// First sentences, by the kind of product.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Openings {
    /// Of products that are named after a material.
    pub made: Vec<String>,
    /// Of prints.
    pub motif: Vec<String>,
    /// Of books.
    pub book: Vec<String>,
    /// Of music.
    pub recording: Vec<String>,
}

/// Last sentences of some product types; of all, if no type is listed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// Slugs of product types.
    pub product_types: Vec<String>,
    /// The sentences to choose from.
    pub texts: Vec<String>,
}

/// The care instruction of some product types.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Care {
    /// Slugs of product types.
    pub product_types: Vec<String>,
    /// The instruction.
    pub text: String,
}
