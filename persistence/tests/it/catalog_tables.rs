//! Rules for all tables, checked in the catalog of a migrated database.

use diesel::{QueryableByName, sql_types::Text};
use diesel_async::RunQueryDsl;
use testkit::TestDatabase;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    name: String,
}

async fn find(sql: &str) -> Vec<String> {
    let test = TestDatabase::new().await;
    let mut conn = test.db.read().await.unwrap();
    let rows: Vec<Found> = diesel::sql_query(sql).load(&mut conn).await.unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

#[tokio::test]
async fn every_foreign_key_has_an_index_with_its_columns_first() {
    let without = find(
        "SELECT format('%s (%s)', c.conrelid::regclass, c.conname) AS name FROM pg_constraint c
         WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND NOT EXISTS (
             SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid
             AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
         ORDER BY 1",
    )
    .await;
    assert!(without.is_empty(), "foreign keys without an index: {without:?}");
}

#[tokio::test]
async fn every_money_column_has_a_currency_column() {
    let amounts = "SELECT format('%s.%s', t.oid::regclass, a.attname) AS name FROM pg_class t
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
         AND (a.attname ~ '(^|_)(amount|minor|price|total|balance)$')";
    let wrong_type = find(&format!("{amounts} AND a.atttypid <> 'bigint'::regtype ORDER BY 1")).await;
    assert!(wrong_type.is_empty(), "amounts that are not bigint: {wrong_type:?}");
    let without = find(&format!(
        "{amounts} AND NOT EXISTS (SELECT 1 FROM pg_attribute c WHERE c.attrelid = t.oid AND c.attname ~ 'currency$')
         ORDER BY 1"
    ))
    .await;
    assert!(without.is_empty(), "amounts without a currency: {without:?}");
}

#[tokio::test]
async fn tables_have_a_primary_key_and_at_most_32_columns() {
    let table = "FROM pg_class t WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace AND";
    let wide = find(&format!("SELECT t.relname::text AS name {table} t.relnatts > 32 ORDER BY 1")).await;
    assert!(wide.is_empty(), "tables with more than 32 columns: {wide:?}");
    let keyless = find(&format!(
        "SELECT t.relname::text AS name {table} NOT EXISTS
         (SELECT 1 FROM pg_constraint c WHERE c.conrelid = t.oid AND c.contype = 'p') ORDER BY 1"
    ))
    .await;
    assert!(keyless.is_empty(), "tables without a primary key: {keyless:?}");
}

#[tokio::test]
async fn constraint_names_start_with_the_name_of_their_table() {
    // Names are mapped to errors; generated names end in a number or repeat a column.
    let nameless = find(
        "SELECT format('%s: %s', c.conrelid::regclass, c.conname) AS name FROM pg_constraint c
         WHERE c.contype IN ('c', 'u', 'f') AND c.connamespace = 'public'::regnamespace
         AND (c.conname NOT LIKE c.conrelid::regclass::text || '\\_%' OR c.conname ~ '[0-9]$')
         ORDER BY 1",
    )
    .await;
    assert!(nameless.is_empty(), "constraints without a name of their own: {nameless:?}");
}

#[tokio::test]
async fn jsonb_columns_have_no_statistics() {
    // No query searches the content, and sorting samples of a busy table is expensive.
    let sampled = find(
        "SELECT format('%s.%s', t.oid::regclass, a.attname) AS name FROM pg_class t
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
         AND a.atttypid = 'jsonb'::regtype AND a.attstattarget IS DISTINCT FROM 0 ORDER BY 1",
    )
    .await;
    assert!(sampled.is_empty(), "documents that ANALYZE looks into: {sampled:?}");
}
