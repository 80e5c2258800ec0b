//! Writes the list of variants.

use diesel::sql_types::{Array, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use model::ids::{ProductId, VariantId};
use uuid::Uuid;

use crate::{Conn, StoreResult, search::text};

/// The maximum number of words of a variant that are searched.
const MAX_WORDS: usize = 60;

/// A variant as staff list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedVariant {
    /// The variant.
    pub id: VariantId,
    /// The product of the variant.
    pub product: ProductId,
    /// The stock keeping unit.
    pub sku: String,
    /// The reference in an external system.
    pub external_reference: Option<String>,
    /// The texts to search in, the most important first.
    pub texts: Vec<String>,
}

impl ListedVariant {
    /// The searched words, separated by spaces.
    fn words(&self) -> String {
        let mut words: Vec<String> = self.texts.iter().flat_map(|text| text::words(text)).take(MAX_WORDS).collect();
        words.sort_unstable();
        words.dedup();
        words.join(" ")
    }
}

/// Replaces the listed variants of products, which must be listed already. The available units of new variants are
/// unknown until [`refresh_available`].
///
/// # Errors
/// [`crate::StoreError`] if the statement fails.
pub async fn record_variants(conn: &mut Conn, products: &[ProductId], variants: &[ListedVariant]) -> StoreResult<()> {
    let reference = |variant: &ListedVariant| variant.external_reference.clone().unwrap_or_default();
    diesel::sql_query(include_str!("record_variants.sql"))
        .bind::<Array<SqlUuid>, _>(variants.iter().map(|variant| variant.id.uuid()).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(variants.iter().map(|variant| variant.product.uuid()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(variants.iter().map(|variant| variant.sku.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(variants.iter().map(reference).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(variants.iter().map(ListedVariant::words).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(uuids(products))
        .execute(conn)
        .await?;
    Ok(())
}

/// Brings the available units of the variants of products up to date.
///
/// # Errors
/// [`crate::StoreError`] if the statement fails.
pub async fn refresh_available(conn: &mut Conn, products: &[ProductId]) -> StoreResult<()> {
    diesel::sql_query(include_str!("refresh_available.sql"))
        .bind::<Array<SqlUuid>, _>(uuids(products))
        .execute(conn)
        .await?;
    Ok(())
}

fn uuids(products: &[ProductId]) -> Vec<Uuid> {
    products.iter().map(|id| id.uuid()).collect()
}
