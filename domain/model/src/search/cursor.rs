//! Cursors of product lists: sort key and id of a product, so that pages stay stable while products are added or
//! removed.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use super::SortKey;
use crate::{PageError, ids::ProductId};

/// Maximum length of a valid cursor.
const MAX_LENGTH: usize = 1024;

/// A position in a sorted product list. Opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Sort key of the list.
    pub sort: SortKey,
    /// Value of the sort key.
    pub key: CursorKey,
    /// Id of the product.
    pub id: ProductId,
}

/// The value of the sort key of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CursorKey {
    /// The product has no value and comes last.
    Missing,
    /// A price, time, rank or score.
    Number(i64),
    /// A folded name.
    Text(String),
}

impl Cursor {
    /// True if the cursor belongs to a list with this sort key.
    #[must_use]
    pub fn belongs_to(&self, sort: SortKey) -> bool {
        let is_text = matches!(self.key, CursorKey::Text(_));
        self.sort == sort && (self.key == CursorKey::Missing || is_text == (sort == SortKey::Name))
    }

    /// The cursor of the same product at another numeric position.
    #[must_use]
    pub fn moved_to(&self, place: i64) -> Self {
        Self { key: CursorKey::Number(place), ..self.clone() }
    }

    fn plain(&self) -> String {
        let key = match &self.key {
            CursorKey::Missing => "-".to_owned(),
            CursorKey::Number(number) => format!("#{number}"),
            CursorKey::Text(text) => format!("'{text}"),
        };
        format!("{}{}{key}", self.sort.letter(), self.id.uuid().simple())
    }

    fn read(plain: &str) -> Option<Self> {
        let (sort, rest) = plain.split_at_checked(1)?;
        let (id, key) = rest.split_at_checked(32)?;
        let (kind, value) = key.split_at_checked(1)?;
        let key = match kind {
            "-" if value.is_empty() => CursorKey::Missing,
            "#" => CursorKey::Number(value.parse().ok()?),
            "'" => CursorKey::Text(value.to_owned()),
            _ => return None,
        };
        Some(Self { sort: SortKey::from_letter(sort)?, key, id: ProductId::restore(Uuid::try_parse(id).ok()?) })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits =
            |byte: u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default());
        f.write_str(&self.plain().bytes().flat_map(digits).collect::<String>())
    }
}

impl FromStr for Cursor {
    type Err = PageError;
    fn from_str(text: &str) -> Result<Self, PageError> {
        if text.len() > MAX_LENGTH {
            return Err(PageError::Cursor);
        }
        let digits: Option<Vec<u8>> =
            text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
        let bytes: Option<Vec<u8>> = digits.and_then(|digits| {
            let (pairs, rest) = digits.as_chunks::<2>();
            rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
        });
        bytes
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|plain| Self::read(&plain))
            .ok_or(PageError::Cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_parses_back_to_itself() {
        for (sort, key) in [
            (SortKey::Price, CursorKey::Number(-1990)),
            (SortKey::Price, CursorKey::Missing),
            (SortKey::Name, CursorKey::Text("zoë's 定番 'tee'".to_owned())),
        ] {
            let cursor = Cursor { sort, key, id: ProductId::new() };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn foreign_cursors_are_rejected() {
        for text in ["", "zz", "7", "é", "70", "6e27", &"f".repeat(5000)] {
            assert_eq!(text.parse::<Cursor>(), Err(PageError::Cursor), "{text:?}");
        }
        let price = Cursor { sort: SortKey::Price, key: CursorKey::Text("x".to_owned()), id: ProductId::new() };
        assert!(!price.belongs_to(SortKey::Price) && !price.belongs_to(SortKey::Name));
    }
}
