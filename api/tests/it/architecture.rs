//! Holds the manifests to the table of dependencies in ARCHITECTURE.md.

use std::{collections::BTreeSet, path::Path};

/// Each package of the workspace with its folder and the packages it may depend on, outside of tests.
const MAY_USE: &[(&str, &str, &[&str])] = &[
    ("model", "domain/model", &[]),
    ("persistence", "persistence", &["model"]),
    ("services", "domain/services", &["model", "persistence"]),
    ("schema-shared", "schema/shared", &["model", "services"]),
    ("schema-storefront", "schema/storefront", &["model", "services", "schema-shared"]),
    ("schema-admin", "schema/admin", &["model", "services", "schema-shared"]),
    ("api", "api", &["model", "persistence", "services", "schema-shared", "schema-storefront", "schema-admin"]),
    ("testkit", "testkit", &["model", "persistence", "services"]),
    ("benches", "benches", &["model"]),
];

/// What a layer must not know, whoever brings it.
const NEVER: &[(&str, &[&str])] = &[
    ("domain/model", &["tokio", "diesel", "diesel-async", "mongodb", "async-graphql", "axum", "reqwest"]),
    ("persistence", &["async-graphql", "axum", "reqwest"]),
    ("domain/services", &["diesel", "diesel-async", "mongodb", "async-graphql", "axum"]),
    ("schema/shared", &["diesel", "diesel-async", "mongodb", "axum"]),
    ("schema/storefront", &["diesel", "diesel-async", "mongodb", "axum"]),
    ("schema/admin", &["diesel", "diesel-async", "mongodb", "axum"]),
];

fn manifest(folder: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(folder).join("Cargo.toml")).unwrap()
}

/// The names in one section of a manifest.
fn dependencies(manifest: &str, section: &str) -> BTreeSet<String> {
    let is_header = |line: &&str| line.starts_with('[');
    let body = manifest.lines().skip_while(|line| *line != section).skip(1).take_while(|line| !is_header(line));
    let name = |line: &str| line.split(['.', '=', ' ']).next().unwrap_or_default().replace('_', "-");
    body.map(name).filter(|name| !name.is_empty() && !name.starts_with('#')).collect()
}

#[test]
fn dependencies_point_one_way() {
    let packages: BTreeSet<String> = MAY_USE.iter().map(|(name, ..)| (*name).to_owned()).collect();
    for (name, folder, allowed) in MAY_USE {
        let uses = dependencies(&manifest(folder), "[dependencies]");
        assert!(!uses.is_empty() || *name == "benches", "{name}: no dependencies were read");
        let allowed: BTreeSet<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let forbidden: Vec<_> = uses.intersection(&packages).filter(|used| !allowed.contains(*used)).collect();
        assert!(forbidden.is_empty(), "{name} must not depend on {forbidden:?}");
    }
}

#[test]
fn every_package_of_the_workspace_is_in_the_table() {
    let workspace = manifest(".");
    let members = workspace.lines().find(|line| line.starts_with("members")).unwrap();
    let members: BTreeSet<&str> = members.split('"').skip(1).step_by(2).collect();
    assert_eq!(members, MAY_USE.iter().map(|(_, folder, _)| *folder).collect());
}

#[test]
fn each_layer_stays_ignorant_of_what_is_not_its_business() {
    for (folder, forbidden) in NEVER {
        let uses = dependencies(&manifest(folder), "[dependencies]");
        let known: Vec<_> = forbidden.iter().filter(|name| uses.contains(**name)).collect();
        assert!(known.is_empty(), "{folder} must not depend on {known:?}");
    }
}

#[test]
fn the_testkit_is_for_tests_only() {
    for (name, folder, _) in MAY_USE.iter().filter(|(name, ..)| *name != "testkit") {
        assert!(!dependencies(&manifest(folder), "[dependencies]").contains("testkit"), "{name}");
    }
}
