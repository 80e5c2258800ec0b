//! The order of contexts in model, persistence and services, and cycles between their files.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::{Uses, of_crate};

const CRATES: [(&str, &str); 3] =
    [("model", "domain/model/src"), ("persistence", "persistence/src"), ("services", "domain/services/src")];

/// Every context, lowest first. A context may use those before it, in each crate; see ARCHITECTURE.md.
const ORDER: &[&str] = &[
    // Shared by all contexts.
    "shared",
    "error",
    "statements",
    "db",
    "prefix",
    "keyset",
    "json",
    "locks",
    "migrate",
    "maintenance",
    "shop_meta",
    "audit",
    "clock",
    "telemetry",
    "cache",
    "bus",
    "budgets",
    "secrets",
    "idempotency",
    "webhook_signature",
    "vat_ids",
    // Work in the background, and mail.
    "jobs",
    "mail",
    // People and places of sale.
    "access",
    "scope",
    "customers",
    "staff",
    "api_tokens",
    "login_throttle",
    "counters",
    "abuse",
    "one_time_tokens",
    "signing_keys",
    "sessions",
    "identity",
    "channels",
    "media",
    // Goods, and what changes their price.
    "inventory",
    "documents",
    "catalog",
    "events",
    "tax",
    "shipping",
    "promotions",
    "settings",
    // Shopping.
    "cart",
    "carts",
    "pricing",
    "search",
    "product_lists",
    "consumers",
    "outbox",
    // Selling. Only `checkout` composes carts, orders and payments.
    "ledger",
    "orders",
    "sales",
    "payments",
    "checkout",
    "privacy",
    "opening",
    // Entry points of shoppers and staff, and processes.
    "storefront",
    "back_office",
    "background",
    "worker",
    "import",
    // Values for other crates and tests.
    "enum_names",
    "fixtures",
];

/// Modules that are not ordered. `lib.rs` only declares and re-exports. `App` is the root of the services: every use case
/// takes it, and it holds the parts of all contexts (caches, keys, gateways), which are leaf types.
const EXEMPT: [&str; 2] = ["", "app"];

/// Uses against the order that stay, with the reason: crate, context, used context.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    // An order's status derives from its payment, which is plain data in the model.
    ("model", "orders", "payments"),
];

/// Cycles between files that stay, with the reason: crate and files.
const KNOWN_CYCLES: &[(&str, &[&str])] = &[
    // The rows of a customer need the table, which the root of the context declares.
    ("persistence", &["customers", "customers::rows"]),
    // References are parsed with the same helpers as input, and report the errors of writes.
    ("services", &["catalog::input", "catalog::reference", "catalog::write"]),
    // A refresh reads units sold since a first day; a new day refreshes the products that were sold.
    ("services", &["search::refresh", "search::sales"]),
];

fn context(module: &str) -> &str {
    module.split("::").next().unwrap_or_default()
}

/// The uses between contexts.
fn contexts(uses: &Uses) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut contexts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (module, used) in uses {
        let targets = used.iter().map(|used| context(used)).filter(|target| *target != context(module));
        contexts.entry(context(module)).or_default().extend(targets);
    }
    contexts.retain(|name, _| !EXEMPT.contains(name));
    for targets in contexts.values_mut() {
        targets.retain(|name| !EXEMPT.contains(name));
    }
    contexts
}

#[test]
fn contexts_use_only_those_before_them() {
    let rank = |name: &str| ORDER.iter().position(|known| *known == name);
    let mut against = BTreeSet::new();
    for (package, folder) in CRATES {
        let uses = of_crate(folder);
        assert!(uses.len() > 50, "{package}: no modules were read");
        for (name, targets) in contexts(&uses) {
            let own = rank(name).unwrap_or_else(|| panic!("{package}: give the context {name} a place in ORDER"));
            against.extend(
                targets
                    .into_iter()
                    .filter(|target| rank(target).is_none_or(|used| used > own))
                    .map(|target| (package.to_owned(), name.to_owned(), target.to_owned())),
            );
        }
    }
    let known = EXCEPTIONS
        .iter()
        .map(|(package, name, target)| ((*package).to_owned(), (*name).to_owned(), (*target).to_owned()));
    assert_eq!(
        against,
        known.collect(),
        "left: what the code does; right: the exceptions (package, context, used context)"
    );
}

#[test]
fn every_context_of_the_order_exists() {
    let existing: BTreeSet<String> = CRATES
        .iter()
        .flat_map(|(_, folder)| of_crate(folder).into_keys().collect::<Vec<_>>())
        .map(|module| context(&module).to_owned())
        .collect();
    let gone: Vec<_> = ORDER.iter().filter(|name| !existing.contains(**name)).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

/// Every module that can be reached from one, itself only through a cycle.
fn reachable<'a>(uses: &'a Uses, from: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut next: Vec<&str> = uses.get(from).into_iter().flatten().map(String::as_str).collect();
    while let Some(module) = next.pop() {
        if !EXEMPT.contains(&context(module)) && seen.insert(module) {
            next.extend(uses.get(module).into_iter().flatten().map(String::as_str));
        }
    }
    seen
}

#[test]
fn files_do_not_use_each_other_in_cycles() {
    for (package, folder) in CRATES {
        let uses = of_crate(folder);
        let mut cycles: BTreeSet<Vec<&str>> = BTreeSet::new();
        let reached: BTreeMap<&str, BTreeSet<&str>> = uses
            .keys()
            .filter(|module| !EXEMPT.contains(&context(module)))
            .map(|module| (module.as_str(), reachable(&uses, module)))
            .collect();
        for (module, targets) in &reached {
            let cycle = targets.iter().filter(|target| reached.get(*target).is_some_and(|back| back.contains(module)));
            let cycle: Vec<&str> = cycle.copied().collect();
            if !cycle.is_empty() {
                cycles.insert(cycle);
            }
        }
        let known = KNOWN_CYCLES.iter().filter(|(name, _)| *name == package).map(|(_, files)| files.to_vec());
        assert_eq!(cycles, known.collect(), "{package}: left: what the code does; right: the known cycles");
    }
}
