//! Compares the manifests with the dependency table of ARCHITECTURE.md.

mod contexts;
mod imports;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// Each package with its folder and its permitted dependencies outside of tests.
const MAY_USE: &[(&str, &str, &[&str])] = &[
    ("model", "domain/model", &[]),
    ("persistence", "persistence", &["model"]),
    ("services", "domain/services", &["model", "persistence"]),
    ("schema-macros", "schema/macros", &[]),
    ("schema-shared", "schema/shared", &["model", "services", "schema-macros"]),
    ("schema-storefront", "schema/storefront", &["model", "services", "schema-shared"]),
    ("schema-admin", "schema/admin", &["model", "services", "schema-shared"]),
    ("graphql-http", "graphql-http", &[]),
    ("demo", "demo", &["model", "services"]),
    ("sandbox-gateway", "sandbox-gateway", &["model", "services"]),
    (
        "api",
        "api",
        &[
            "model",
            "persistence",
            "services",
            "schema-shared",
            "schema-storefront",
            "schema-admin",
            "graphql-http",
            "sandbox-gateway",
            "demo",
        ],
    ),
    ("testkit", "testkit", &["model", "persistence", "services"]),
    ("benches", "benches", &["model"]),
    ("fuzz", "fuzz", &[]),
];

/// Crates that a layer must not depend on.
const NEVER: &[(&str, &[&str])] = &[
    ("domain/model", &["tokio", "diesel", "diesel-async", "mongodb", "async-graphql", "axum", "reqwest"]),
    ("persistence", &["async-graphql", "axum", "reqwest"]),
    ("domain/services", &["diesel", "diesel-async", "mongodb", "async-graphql", "axum"]),
    ("schema/shared", &["diesel", "diesel-async", "mongodb", "axum"]),
    ("schema/storefront", &["diesel", "diesel-async", "mongodb", "axum"]),
    ("schema/admin", &["diesel", "diesel-async", "mongodb", "axum"]),
    ("demo", &["diesel", "diesel-async", "mongodb", "async-graphql", "axum", "tokio"]),
    ("sandbox-gateway", &["diesel", "diesel-async", "mongodb", "async-graphql"]),
    ("graphql-http", &["diesel", "diesel-async", "mongodb", "reqwest"]),
];

fn manifest(folder: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(folder).join("Cargo.toml")).unwrap()
}

/// The dependencies of a package outside of tests; manifests list them in one table and in no other form.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let is_header = |line: &&str| line.starts_with('[');
    let other = manifest.lines().find(|line| line.starts_with("[dependencies.") || line.starts_with("[target."));
    assert_eq!(other, None, "dependencies stand in one table");
    let body =
        manifest.lines().skip_while(|line| *line != "[dependencies]").skip(1).take_while(|line| !is_header(line));
    let name = |line: &str| line.split(['.', '=', ' ']).next().unwrap_or_default().replace('_', "-");
    body.map(name).filter(|name| !name.is_empty() && !name.starts_with('#')).collect()
}

#[test]
fn dependencies_point_one_way() {
    let packages: BTreeSet<String> = MAY_USE.iter().map(|(name, ..)| (*name).to_owned()).collect();
    for (name, folder, allowed) in MAY_USE {
        let uses = dependencies(&manifest(folder));
        assert!(!uses.is_empty() || *name == "benches", "{name}: no dependencies were read");
        let allowed: BTreeSet<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let forbidden: Vec<_> = uses.intersection(&packages).filter(|used| !allowed.contains(*used)).collect();
        assert!(forbidden.is_empty(), "{name} must not depend on {forbidden:?}");
    }
}

#[test]
fn every_workspace_package_is_in_the_table() {
    let workspace = manifest(".");
    let members = workspace.lines().find(|line| line.starts_with("members")).unwrap();
    let members: BTreeSet<&str> = members.split('"').skip(1).step_by(2).collect();
    assert_eq!(members, MAY_USE.iter().map(|(_, folder, _)| *folder).collect());
}

#[test]
fn layers_do_not_depend_on_forbidden_crates() {
    for (folder, forbidden) in NEVER {
        let manifest = manifest(folder);
        let mut uses = dependencies(&manifest);
        if *folder == "domain/model" && manifest.contains("\ngraphql = [\"dep:async-graphql\"]\n") {
            uses.remove("async-graphql");
        }
        let known: Vec<_> = forbidden.iter().filter(|name| uses.contains(**name)).collect();
        assert!(known.is_empty(), "{folder} must not depend on {known:?}");
    }
}

#[test]
fn only_schema_crates_enable_the_graphql_feature_of_the_model() {
    let optional = "\nasync-graphql = { workspace = true, optional = true }\n";
    assert!(manifest("domain/model").contains(optional));
    let enables =
        |folder| manifest(folder).lines().any(|line| line.starts_with("model ") && line.contains("\"graphql\""));
    for (name, folder, _) in MAY_USE.iter().filter(|(name, ..)| !name.starts_with("schema-")) {
        assert!(!enables(folder), "{name}");
    }
}

#[test]
fn only_tests_depend_on_the_testkit() {
    for (name, folder, _) in MAY_USE.iter().filter(|(name, ..)| *name != "testkit") {
        assert!(!dependencies(&manifest(folder)).contains("testkit"), "{name}");
    }
}

#[test]
fn only_the_testkit_opens_the_parts_of_the_application() {
    let enables =
        |folder| manifest(folder).lines().any(|line| line.starts_with("services ") && line.contains("\"testing\""));
    assert!(enables("testkit"));
    for (name, folder, _) in MAY_USE.iter().filter(|(name, ..)| *name != "testkit") {
        assert!(!enables(folder), "{name}");
    }
}

/// The Rust files below a folder of the workspace.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                found.push(entry);
            }
        }
    }
    found
}

#[test]
fn resolvers_do_not_authorize() {
    for folder in ["schema/admin/src", "schema/storefront/src"] {
        for file in sources(folder) {
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(!text.contains(".require(") && !text.contains(".require_"), "{}", file.display());
        }
    }
}

/// The licenses that deny.toml allows.
fn allowed_licenses() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("deny.toml")).unwrap();
    let list = text.lines().skip_while(|line| *line != "allow = [").skip(1).take_while(|line| *line != "]");
    list.map(|line| line.trim().trim_matches(['"', ',']).to_owned()).collect()
}

/// True if the allowed licenses satisfy an SPDX expression: one alternative of each required part.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let plain = expression.replace('/', " OR ").replace(['(', ')'], "");
    let can_be_met = |part: &str| part.split(" OR ").any(|license| allowed.contains(license.trim()));
    if expression.contains('(') || !expression.contains(" OR ") {
        return plain.split(" AND ").all(can_be_met);
    }
    plain.split(" OR ").any(|alternative| alternative.split(" AND ").all(|part| allowed.contains(part.trim())))
}

#[test]
fn license_expressions_are_evaluated() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned()]);
    for good in
        ["MIT", "GPL-2.0 OR MIT", "MIT/GPL-2.0", "MIT AND ISC", "ISC AND (GPL-2.0 OR MIT)", "GPL-2.0 OR MIT AND ISC"]
    {
        assert!(is_allowed(good, &allowed), "{good}");
    }
    for bad in ["GPL-2.0", "MIT AND GPL-2.0", "ISC AND (GPL-2.0 OR AGPL-3.0)", "GPL-2.0 OR AGPL-3.0", ""] {
        assert!(!is_allowed(bad, &allowed), "{bad}");
    }
}

/// `make check` also runs cargo-deny if it is installed; this test always runs.
#[test]
fn every_dependency_has_an_allowed_license() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform"])
        .arg("x86_64-unknown-linux-gnu")
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "{}", packages.len());
    let allowed = allowed_licenses();
    let refused: Vec<String> = packages
        .iter()
        .map(|package| (package["name"].as_str().unwrap(), package["license"].as_str().unwrap_or_default()))
        .filter(|(_, license)| !is_allowed(license, &allowed))
        .map(|(name, license)| format!("{name}: {license}"))
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
}

/// `make check` also runs cargo-deny if it is installed; this test always runs.
#[test]
fn the_binary_links_one_crypto_provider() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--workspace", "--prefix", "none", "--format", "{p}"])
        .args(["--edges", "normal,dev,build", "--target", "x86_64-unknown-linux-gnu"])
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains("aws-lc-rs") && names.contains("rustls"), "{}", tree.len());
    let others: Vec<_> =
        ["ring", "openssl-sys", "native-tls"].into_iter().filter(|name| names.contains(name)).collect();
    assert!(others.is_empty(), "{others:?}");
}
