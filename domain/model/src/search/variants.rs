//! Lists of variants, for staff.

use serde::{Deserialize, Serialize};

use crate::{Direction, Timestamp, ids::VariantId};

/// Conditions on variants that must all hold; an empty list is no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VariantFilter {
    /// Stock keeping units; one must match.
    pub skus: Vec<String>,
    /// References in an external system; one must match.
    pub external_references: Vec<String>,
    /// Words in SKU, references and names; the last one may be incomplete.
    pub query: Option<String>,
    /// Only variants of products that changed after this time.
    pub updated_after: Option<Timestamp>,
    /// Only variants whose units are counted and of which fewer are available.
    pub below_quantity: Option<i64>,
}

/// The order of a list of variants. Equal keys are ordered by variant id in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariantSort {
    /// Sort key.
    pub key: VariantSortKey,
    /// Sort direction.
    pub direction: Direction,
}

/// The sort key of a list of variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariantSortKey {
    /// Stock keeping unit, by its bytes.
    Sku,
    /// Time of the last change of the product.
    UpdatedAt,
}

/// A position in a list of variants. Opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum VariantCursor {
    /// In a list by SKU.
    #[serde(rename = "s")]
    Sku(String, VariantId),
    /// In a list by time of the last change.
    #[serde(rename = "u")]
    UpdatedAt(Timestamp, VariantId),
}

impl VariantCursor {
    /// The variant of the position.
    #[must_use]
    pub const fn id(&self) -> VariantId {
        let (Self::Sku(_, id) | Self::UpdatedAt(_, id)) = self;
        *id
    }

    /// True if the cursor belongs to a list with this sort key.
    #[must_use]
    pub const fn belongs_to(&self, sort: VariantSortKey) -> bool {
        matches!((self, sort), (Self::Sku(..), VariantSortKey::Sku) | (Self::UpdatedAt(..), VariantSortKey::UpdatedAt))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_lists_with_its_key() {
        let cursor = VariantCursor::Sku("TEE".to_owned(), VariantId::new());
        assert!(cursor.belongs_to(VariantSortKey::Sku) && !cursor.belongs_to(VariantSortKey::UpdatedAt));
        let text = serde_json::to_string(&cursor).unwrap();
        assert_eq!(serde_json::from_str::<VariantCursor>(&text).unwrap(), cursor);
    }
}
