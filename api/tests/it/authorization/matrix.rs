//! The outcome of every root field for every actor.

use std::fmt;

use serde_json::Value;
use testkit::GraphqlClient;

use super::api::{Api, Call, Things};

/// Calls every root field except subscriptions and returns the outcomes.
pub async fn walk(api: &Api, client: &GraphqlClient, things: &Things) -> Vec<(Call, String)> {
    let mut outcomes = Vec::new();
    for call in api.calls(things).into_iter().filter(|call| !call.is_subscription) {
        let answer = client.gql(&call.query, call.variables.clone()).await;
        let outcome = outcome(&call.field, &answer.body);
        let is_sound = !["BAD_USER_INPUT", "QUERY_TOO_COMPLEX", "INTERNAL", "UNAVAILABLE"]
            .iter()
            .any(|unwanted| outcome.contains(unwanted));
        assert!(is_sound, "{call:?}: {}", answer.body);
        outcomes.push((call, outcome));
    }
    outcomes
}

/// `ok`, `absent` for null, or the error code; combined if a nested field was refused.
pub fn outcome(field: &str, body: &Value) -> String {
    let found = &body["data"][field];
    let errors = body["errors"].as_array().map_or(&[] as &[Value], Vec::as_slice);
    let code = errors.first().map(|error| error["extensions"]["code"].as_str().unwrap_or("an error").to_owned());
    let refused = found["userErrors"][0]["code"].as_str().map(str::to_owned);
    match code {
        Some(code) if is_nothing(found) => code,
        Some(code) => format!("ok but {code}"),
        None if is_nothing(found) => "absent".to_owned(),
        None => refused.unwrap_or_else(|| "ok".to_owned()),
    }
}

fn is_nothing(found: &Value) -> bool {
    let is_list_of_nulls = found.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_null));
    found.is_null() || is_list_of_nulls
}

/// Access by field (rows) and actor (columns).
#[derive(Default)]
pub struct Matrix {
    people: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

impl Matrix {
    /// Adds the column of an actor; outcomes must be in the same order as in the other columns.
    pub fn add(&mut self, who: &str, outcomes: impl IntoIterator<Item = (String, String)>) {
        self.people.push(who.to_owned());
        for (at, (field, outcome)) in outcomes.into_iter().enumerate() {
            if self.people.len() == 1 {
                self.rows.push((field.clone(), Vec::new()));
            }
            assert_eq!(self.rows[at].0, field);
            self.rows[at].1.push(outcome);
        }
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.rows.iter().map(|(field, _)| field.len()).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.rows.iter().map(|(_, cells)| cells[column].len());
            cells.chain([self.people[column].len()]).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..self.people.len()).map(width).collect();
        let head = (String::new(), self.people.clone());
        for (field, cells) in [&head].into_iter().chain(&self.rows) {
            let cells = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            let line = format!("{field:first$} | {}", cells.collect::<Vec<_>>().join(" | "));
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
