//! The tables of the demo shop, from the TOML files in `data/`.

pub mod catalog;
pub mod products;
pub mod shop;
pub mod words;

use serde::de::DeserializeOwned;

use self::{
    catalog::Catalog,
    products::NamedProducts,
    shop::Shop,
    words::{Texts, Words},
};
use crate::SeedError;

/// A word in English and in German.
pub type Word = (String, String);

/// All tables.
pub struct Data {
    /// Settings and accounts.
    pub shop: Shop,
    /// Product types, categories and collections.
    pub catalog: Catalog,
    /// The products that documentation and checks rely on.
    pub named: NamedProducts,
    /// The words of product names.
    pub words: Words,
    /// The sentences of descriptions.
    pub texts: Texts,
}

impl Data {
    /// Parses the tables.
    pub fn load() -> Result<Self, SeedError> {
        Ok(Self {
            shop: parse("shop.toml", include_str!("../data/shop.toml"))?,
            catalog: parse("catalog.toml", include_str!("../data/catalog.toml"))?,
            named: parse("products.toml", include_str!("../data/products.toml"))?,
            words: parse("words.toml", include_str!("../data/words.toml"))?,
            texts: parse("texts.toml", include_str!("../data/texts.toml"))?,
        })
    }
}

fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, SeedError> {
    toml::from_str(text).map_err(|error| SeedError::Data(format!("{file}: {error}")))
}
