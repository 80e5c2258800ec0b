//! Inventory items. SKUs are unique here and nowhere else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Bool, Nullable, Uuid as SqlUuid},
    upsert::excluded,
};
use diesel_async::RunQueryDsl;
use model::{
    ids::{ProductId, VariantId},
    inventory::{BundlePart, InventoryItem},
};
use uuid::Uuid;

use super::{inventory_components, inventory_items};
use crate::{Conn, StoreResult};

/// An item whose flags were changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagChange {
    /// The item with its new flags.
    pub item: InventoryItem,
    /// True if its stock was tracked before.
    pub was_tracked: bool,
    /// True if it was sold beyond its stock before.
    pub was_backorder: bool,
}

#[derive(QueryableByName)]
struct FlagRow {
    #[diesel(embed)]
    item: ItemRow,
    #[diesel(sql_type = Bool)]
    was_tracked: bool,
    #[diesel(sql_type = Bool)]
    was_backorder: bool,
}

#[derive(Queryable, QueryableByName, Selectable)]
#[diesel(table_name = inventory_items, check_for_backend(diesel::pg::Pg))]
struct ItemRow {
    variant_id: Uuid,
    product_id: Uuid,
    sku: String,
    is_tracked: bool,
    allows_backorder: bool,
}

/// True if there is an inventory item.
///
/// # Errors
/// [`crate::StoreError`] if the query fails.
pub async fn has_items(conn: &mut Conn) -> StoreResult<bool> {
    Ok(diesel::select(diesel::dsl::exists(inventory_items::table.select(inventory_items::variant_id)))
        .get_result(conn)
        .await?)
}

/// Inserts or updates the items of variants and the components of bundles, at most 5,000 at once, in three statements.
/// Two variants may swap their SKUs.
///
/// # Errors
/// `inventory_items_sku_key` if another variant has one of the SKUs.
pub async fn claim_skus(conn: &mut Conn, items: &[InventoryItem], bundles: &[BundlePart]) -> StoreResult<()> {
    if items.is_empty() {
        return Ok(());
    }
    // Write in one order, so that two writers of the same variants cannot deadlock.
    let mut sorted: Vec<&InventoryItem> = items.iter().collect();
    sorted.sort_unstable_by_key(|item| item.variant_id);
    let rows: Vec<_> = sorted
        .into_iter()
        .map(|item| {
            (
                inventory_items::variant_id.eq(item.variant_id.uuid()),
                inventory_items::product_id.eq(item.product_id.uuid()),
                inventory_items::sku.eq(&item.sku),
                inventory_items::is_tracked.eq(item.is_tracked),
                inventory_items::allows_backorder.eq(item.allows_backorder),
            )
        })
        .collect();
    diesel::insert_into(inventory_items::table)
        .values(rows)
        .on_conflict(inventory_items::variant_id)
        .do_update()
        .set((
            inventory_items::product_id.eq(excluded(inventory_items::product_id)),
            inventory_items::sku.eq(excluded(inventory_items::sku)),
            inventory_items::is_tracked.eq(excluded(inventory_items::is_tracked)),
            inventory_items::allows_backorder.eq(excluded(inventory_items::allows_backorder)),
        ))
        .execute(conn)
        .await?;
    let variants: Vec<Uuid> = items.iter().map(|item| item.variant_id.uuid()).collect();
    let old_parts = inventory_components::table.filter(inventory_components::bundle_id.eq_any(variants));
    diesel::delete(old_parts).execute(conn).await?;
    insert_parts(conn, bundles).await
}

async fn insert_parts(conn: &mut Conn, bundles: &[BundlePart]) -> StoreResult<()> {
    if bundles.is_empty() {
        return Ok(());
    }
    // Bind one array per column: a product may have more components than a statement may have parameters.
    let insertion = diesel::sql_query(include_str!("insert_parts.sql"))
        .bind::<Array<SqlUuid>, _>(bundles.iter().map(|part| part.bundle_id.uuid()).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(bundles.iter().map(|part| part.component_id.uuid()).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(bundles.iter().map(|part| part.quantity).collect::<Vec<_>>());
    insertion.execute(conn).await?;
    Ok(())
}

/// Deletes items of a product and their levels, so that their SKUs can be used again.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn delete_items(conn: &mut Conn, product: ProductId, variants: &[VariantId]) -> StoreResult<()> {
    let ids: Vec<Uuid> = variants.iter().map(|id| id.uuid()).collect();
    let removed = inventory_items::table
        .filter(inventory_items::product_id.eq(product.uuid()))
        .filter(inventory_items::variant_id.eq_any(ids));
    diesel::delete(removed).execute(conn).await?;
    Ok(())
}

/// Locks the items of a product until the end of the transaction and returns their variants.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn lock_product_items(conn: &mut Conn, product: ProductId) -> StoreResult<Vec<VariantId>> {
    let locked: Vec<Uuid> = inventory_items::table
        .filter(inventory_items::product_id.eq(product.uuid()))
        .order(inventory_items::variant_id)
        .select(inventory_items::variant_id)
        .for_update()
        .load(conn)
        .await?;
    Ok(locked.into_iter().map(VariantId::restore).collect())
}

/// Items by SKU; unknown ones are omitted.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn items_by_sku(conn: &mut Conn, skus: &[&str]) -> StoreResult<HashMap<String, InventoryItem>> {
    let query = inventory_items::table.filter(inventory_items::sku.eq_any(skus));
    let rows: Vec<ItemRow> = query.select(ItemRow::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(InventoryItem::from).map(|item| (item.sku.clone(), item)).collect())
}

/// Items by variant; unknown ones are omitted.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn items_by_variant(
    conn: &mut Conn,
    variants: &[VariantId],
) -> StoreResult<HashMap<VariantId, InventoryItem>> {
    let ids: Vec<Uuid> = variants.iter().map(|id| id.uuid()).collect();
    let query = inventory_items::table.filter(inventory_items::variant_id.eq_any(ids));
    let rows: Vec<ItemRow> = query.select(ItemRow::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(InventoryItem::from).map(|item| (item.variant_id, item)).collect())
}

/// Items by SKU or variant, in one statement; unknown ones are omitted.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn find_items(conn: &mut Conn, skus: &[&str], variants: &[VariantId]) -> StoreResult<Vec<InventoryItem>> {
    let ids: Vec<Uuid> = variants.iter().map(|id| id.uuid()).collect();
    let wanted = inventory_items::sku.eq_any(skus).or(inventory_items::variant_id.eq_any(ids));
    let rows: Vec<ItemRow> = inventory_items::table.filter(wanted).select(ItemRow::as_select()).load(conn).await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Sets the flags of items, in one statement; an absent flag stays unchanged. Returns the items that changed.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn set_flags(
    conn: &mut Conn,
    flags: &BTreeMap<VariantId, (Option<bool>, Option<bool>)>,
) -> StoreResult<Vec<FlagChange>> {
    let rows: Vec<FlagRow> = diesel::sql_query(include_str!("set_flags.sql"))
        .bind::<Array<SqlUuid>, _>(flags.keys().map(|id| id.uuid()).collect::<Vec<_>>())
        .bind::<Array<Nullable<Bool>>, _>(flags.values().map(|(is_tracked, _)| *is_tracked).collect::<Vec<_>>())
        .bind::<Array<Nullable<Bool>>, _>(flags.values().map(|(_, backorder)| *backorder).collect::<Vec<_>>())
        .load(conn)
        .await?;
    let change = |row: FlagRow| FlagChange {
        item: row.item.into(),
        was_tracked: row.was_tracked,
        was_backorder: row.was_backorder,
    };
    Ok(rows.into_iter().map(change).collect())
}

/// The products whose availability depends on variants: their own products and those of bundles that contain them.
///
/// # Errors
/// [`crate::StoreError`] if a statement fails.
pub async fn affected_products(mut conn: &Conn, variants: &[VariantId]) -> StoreResult<BTreeSet<ProductId>> {
    let ids: Vec<Uuid> = variants.iter().map(|id| id.uuid()).collect();
    let own = inventory_items::table
        .filter(inventory_items::variant_id.eq_any(ids.clone()))
        .select(inventory_items::product_id);
    let of_bundles = inventory_items::table
        .inner_join(inventory_components::table.on(inventory_components::bundle_id.eq(inventory_items::variant_id)))
        .filter(inventory_components::component_id.eq_any(ids))
        .select(inventory_items::product_id);
    // Two index lookups; a single query with `OR` would scan all items.
    let products: Vec<Uuid> = own.union(of_bundles).load(&mut conn).await?;
    Ok(products.into_iter().map(ProductId::restore).collect())
}

impl From<ItemRow> for InventoryItem {
    fn from(row: ItemRow) -> Self {
        Self {
            variant_id: VariantId::restore(row.variant_id),
            product_id: ProductId::restore(row.product_id),
            sku: row.sku,
            is_tracked: row.is_tracked,
            allows_backorder: row.allows_backorder,
        }
    }
}
