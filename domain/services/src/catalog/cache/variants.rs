//! Which product a variant belongs to: a fact that never changes, so it is kept as long as there is room.

use std::collections::HashMap;

use model::ids::{ProductId, VariantId};
use moka::sync::Cache;
use persistence::{Db, inventory};

use crate::ServiceResult;

const MOST: u64 = 500_000;

pub(super) struct Variants {
    db: Db,
    held: Cache<VariantId, ProductId>,
}

impl Variants {
    pub(super) fn new(db: Db) -> Self {
        Self { db, held: Cache::new(MOST) }
    }

    pub(super) async fn products(&self, variants: &[VariantId]) -> ServiceResult<HashMap<VariantId, ProductId>> {
        let mut found = HashMap::with_capacity(variants.len());
        let mut missing = Vec::new();
        for variant in variants {
            match self.held.get(variant) {
                Some(product) => drop(found.insert(*variant, product)),
                None => missing.push(*variant),
            }
        }
        if !missing.is_empty() {
            let items = inventory::items_by_variant(&mut *self.db.read().await?, &missing).await?;
            for (variant, item) in items {
                self.held.insert(variant, item.product_id);
                found.insert(variant, item.product_id);
            }
        }
        Ok(found)
    }
}
