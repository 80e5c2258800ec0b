//! Every mutation of the admin API writes an entry of the audit log, and every change the changed values.
//!
//! Each mutation has an example in [`shop`] or [`accounts`] that succeeds. A mutation without an example fails the test.

mod accounts;
mod examples;
mod shop;

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::{
    parse_schema,
    types::{TypeKind, TypeSystemDefinition},
};
use serde_json::{Value, json};
use testkit::GraphqlClient;

/// Mutations that only start, continue or end the caller's session. Their entries have the names of security events, which
/// `staff/audit.rs` tests.
const SESSIONS: &[&str] = &["staffLogin", "staffSessionRefresh", "staffLogout"];

/// Mutations that change no value of an object: they send, read, prove, start work or end sessions. Their entries have
/// details at most.
const WITHOUT_CHANGES: &[&str] = &[
    "customerDataExport",
    "customerErase",
    "customerInvite",
    "orderConfirmationSend",
    // The job that it starts writes the entries with changes.
    "productsBulkUpdate",
    "staffDelete",
    "staffEmailChange",
    "staffPasswordChange",
    "staffPasswordReset",
    "staffPasswordResetRequest",
    "staffRecoveryCodesRegenerate",
    "staffSessionEnd",
    "staffSessionsEnd",
    "staffStepUp",
    "staffTotpConfirm",
    "staffTotpEnroll",
    "staffTotpRemove",
    "staffTotpReset",
    "staffUserSessionsEnd",
];

/// A call of a mutation that succeeds.
struct Example {
    mutation: &'static str,
    /// The input; a text such as `$role` stands for a kept value.
    input: Value,
    /// Part of the payload to select besides the user errors.
    select: &'static str,
    /// Values for later examples: name and JSON pointer in the payload.
    keep: &'static [(&'static str, &'static str)],
}

fn example(mutation: &'static str, input: Value) -> Example {
    Example { mutation, input, select: "", keep: &[] }
}

impl Example {
    fn keeping(self, select: &'static str, keep: &'static [(&'static str, &'static str)]) -> Self {
        Self { select, keep, ..self }
    }
}

/// The mutations whose entries were found, and the problems of the others.
#[derive(Default)]
struct Report {
    seen: BTreeSet<String>,
    problems: Vec<String>,
}

/// Runs examples in their order and checks the log after each of them.
struct Runner<'a> {
    /// The client of most examples.
    staff: &'a GraphqlClient,
    /// A client that reads the log.
    reader: &'a GraphqlClient,
    kept: BTreeMap<String, Value>,
    report: &'a mut Report,
}

impl Runner<'_> {
    async fn run(&mut self, examples: Vec<Example>) {
        for example in examples {
            self.call(self.staff.clone(), example).await;
        }
    }

    /// Runs one example as a client.
    async fn call(&mut self, client: GraphqlClient, example: Example) {
        let Example { mutation, input, select, keep } = example;
        let name = format!("{}{}", mutation[..1].to_uppercase(), &mutation[1..]);
        let query = format!(
            "mutation($i: {name}Input!) {{ {mutation}(input: $i) {{ {select} userErrors {{ code message }} }} }}"
        );
        let before = self.entries(mutation).await.len();
        let Some(input) = self.filled(&input) else {
            self.report.problems.push(format!("{mutation} needs a value that is not kept: {input}"));
            return;
        };
        let answer = client.gql(&query, json!({ "i": input })).await;
        let payload = &answer.body["data"][mutation];
        if payload["userErrors"] != json!([]) {
            self.report.problems.push(format!("{mutation} is refused: {}", answer.body));
            return;
        }
        for (name, pointer) in keep {
            let value = payload.pointer(pointer).cloned().unwrap_or_default();
            self.kept.insert((*name).to_owned(), value);
        }
        self.report.seen.insert(mutation.to_owned());
        let entries = self.entries(mutation).await;
        let Some(entry) = entries.first().filter(|_| entries.len() > before) else {
            self.report.problems.push(format!("{mutation} writes no entry"));
            return;
        };
        let has_changes = entry["changes"] != json!([]);
        if !has_changes && !WITHOUT_CHANGES.contains(&mutation) {
            self.report.problems.push(format!("{mutation} writes an entry without changes: {entry}"));
        }
    }

    /// The entries of an action, newest first.
    async fn entries(&self, action: &str) -> Vec<Value> {
        let log = "query($a: String) { auditLog(first: 100, filter: { action: $a }) {
            nodes { actor object details changes { path from to } } } }";
        let answer = self.reader.gql(log, json!({ "a": action })).await.ok();
        answer.at("/auditLog/nodes").as_array().unwrap().clone()
    }

    /// The input with kept values in the place of their names. None if a value is absent.
    fn filled(&self, input: &Value) -> Option<Value> {
        Some(match input {
            Value::String(text) => match text.strip_prefix('$') {
                Some(name) => self.kept.get(name)?.clone(),
                None => input.clone(),
            },
            Value::Array(list) => list.iter().map(|value| self.filled(value)).collect::<Option<_>>()?,
            Value::Object(fields) => {
                let filled = fields.iter().map(|(name, value)| Some((name.clone(), self.filled(value)?)));
                Value::Object(filled.collect::<Option<_>>()?)
            }
            other => other.clone(),
        })
    }
}

/// The mutations of the admin API, read from its SDL.
fn mutations() -> Vec<String> {
    let sdl = parse_schema(include_str!("../../../schema/admin.graphql")).unwrap();
    let types = sdl.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(found) if found.node.name.node == "Mutation" => Some(found.node.kind),
        _ => None,
    });
    types
        .flat_map(|kind| match kind {
            TypeKind::Object(object) => object.fields,
            _ => Vec::new(),
        })
        .map(|field| field.node.name.node.to_string())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_admin_mutation_is_recorded() {
    let mut report = Report::default();
    shop::run(&mut report).await;
    accounts::run(&mut report).await;
    let missing: Vec<String> = mutations()
        .into_iter()
        .filter(|mutation| !report.seen.contains(mutation) && !SESSIONS.contains(&mutation.as_str()))
        .filter(|mutation| !report.problems.iter().any(|problem| problem.starts_with(&format!("{mutation} "))))
        .collect();
    assert!(missing.is_empty(), "add an example of these mutations: {missing:?}");
    assert!(report.problems.is_empty(), "{:#?}", report.problems);
}
