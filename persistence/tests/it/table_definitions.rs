//! Compares every `table!` of the source with the table in a migrated database.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use diesel::{QueryableByName, sql_types::Text};
use diesel_async::RunQueryDsl;
use testkit::TestDatabase;

/// Columns by name; a type is written as in `table!`.
type Columns = BTreeMap<String, String>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    of: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// Every column of the database with its type as `table!` writes it.
const COLUMNS: &str = "
    SELECT table_name::text AS of, column_name::text AS name,
        CASE WHEN is_nullable = 'YES' THEN format('Nullable<%s>', written) ELSE written END AS kind
    FROM information_schema.columns CROSS JOIN LATERAL (SELECT CASE udt_name
        WHEN 'uuid' THEN 'Uuid' WHEN 'text' THEN 'Text' WHEN 'bool' THEN 'Bool' WHEN 'jsonb' THEN 'Jsonb'
        WHEN 'bytea' THEN 'Bytea' WHEN 'timestamptz' THEN 'Timestamptz' WHEN 'date' THEN 'Date'
        WHEN 'int2' THEN 'SmallInt' WHEN 'int4' THEN 'Integer' WHEN 'int8' THEN 'BigInt' WHEN 'float8' THEN 'Double'
        WHEN '_text' THEN 'Array<Text>' WHEN '_uuid' THEN 'Array<Uuid>'
        ELSE udt_name END AS written) AS type
    WHERE table_schema = 'public'";

fn source_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { source_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The tables in the `table!` blocks of a source file.
fn declared(source: &str) -> BTreeMap<String, Columns> {
    let blocks = source.split("diesel::table! {").skip(1).map(|rest| rest.split("\n}").next().unwrap());
    let table = |block: &str| {
        let code: Vec<&str> =
            block.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).collect();
        let head = code.iter().find(|line| line.ends_with('{')).expect("a table has a head");
        let name = head.split('(').next().unwrap().trim().to_owned();
        let columns = code.iter().filter_map(|line| line.trim_end_matches(',').split_once(" -> "));
        (name, columns.map(|(column, kind)| (column.to_owned(), kind.to_owned())).collect())
    };
    blocks.map(table).collect()
}

/// The differences between a declared table and the database.
fn differences(table: &str, declared: &Columns, stored: &BTreeMap<String, Columns>) -> Vec<String> {
    let Some(stored) = stored.get(table) else { return vec![format!("{table} is not in the database")] };
    let names = declared.keys().chain(stored.keys().filter(|name| !declared.contains_key(*name)));
    names
        .filter(|name| declared.get(*name) != stored.get(*name))
        .map(|name| format!("{table}.{name}: declared {:?}, stored {:?}", declared.get(name), stored.get(name)))
        .collect()
}

#[tokio::test]
async fn every_declared_table_matches_the_database() {
    let test = TestDatabase::new().await;
    let columns: Vec<Column> = diesel::sql_query(COLUMNS).load(&mut *test.db.read().await.unwrap()).await.unwrap();
    let mut stored: BTreeMap<String, Columns> = BTreeMap::new();
    for Column { of, name, kind } in columns {
        stored.entry(of).or_default().insert(name, kind);
    }
    let sources = source_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let declared: Vec<_> = sources.iter().flat_map(|path| declared(&fs::read_to_string(path).unwrap())).collect();
    assert!(declared.len() > 40, "only {} tables found in the source", declared.len());
    let found: Vec<String> =
        declared.iter().flat_map(|(table, columns)| differences(table, columns, &stored)).collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn differences_of_tables_are_found() {
    let source = "diesel::table! {\n    /// Carts.\n    carts (id) {\n        /// Id.\n        id -> Uuid,\n        note -> Nullable<Text>,\n    }\n}\n";
    let declared = &declared(source)["carts"];
    let stored = |columns: &[(&str, &str)]| {
        let columns = columns.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned())).collect();
        BTreeMap::from([("carts".to_owned(), columns)])
    };
    assert!(differences("carts", declared, &stored(&[("id", "Uuid"), ("note", "Nullable<Text>")])).is_empty());
    assert_eq!(differences("carts", declared, &stored(&[("id", "Uuid")])).len(), 1, "the database lacks a column");
    assert_eq!(differences("carts", declared, &stored(&[("id", "Uuid"), ("note", "Text")])).len(), 1, "nullability");
    let wider = stored(&[("id", "Uuid"), ("note", "Nullable<Text>"), ("token", "Text")]);
    assert_eq!(differences("carts", declared, &wider).len(), 1, "the declaration lacks a column");
    assert_eq!(differences("carts", declared, &BTreeMap::new()).len(), 1, "no such table");
}
