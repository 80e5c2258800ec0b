//! Checks the shape of a document: depth, aliases, directives, values, fragment cycles and fragment bombs. Each fragment is
//! measured once, and counts saturate, so that the work is proportional to the length of the text.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{Directive, ExecutableDocument, Field, FragmentDefinition, OperationType, Selection, SelectionSet},
};
use async_graphql_value::Value;

use crate::{limits::Limits, rejection::Rejection};

/// The maximum depth of nested selections and fragments; `Limits::depth` limits nested fields.
pub const MAX_HEIGHT: u32 = 60;

/// The number of bytes of a string that count as one value.
const BYTES_PER_VALUE: usize = 64;

/// The measures of a selection set, counting a fragment once per spread.
#[derive(Debug, Clone, Copy, Default)]
struct Measure {
    fields: u64,
    values: u64,
    aliases: u64,
    depth: u32,
    height: u32,
}

/// Rejects a document whose shape exceeds a limit. Returns the number of fields, counting a fragment once per spread.
pub fn check(document: &ExecutableDocument, limits: &Limits) -> Result<u64, Rejection> {
    let mut meter = Meter { fragments: &document.fragments, known: HashMap::new(), directives: 0, limits };
    let most_values = u64::try_from(limits.tokens).unwrap_or(u64::MAX);
    let (mut fields, mut values) = (0_u64, 0_u64);
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        let set = &operation.selection_set;
        if operation.ty == OperationType::Subscription {
            single_root_field(document, &set.node)?;
        }
        meter.count_directives(&operation.directives)?;
        for variable in &operation.variable_definitions {
            meter.count_directives(&variable.node.directives)?;
        }
        let measure = meter.selection_set(set, 0)?;
        fields = fields.saturating_add(measure.fields);
        values = values.saturating_add(measure.values);
        reject_beyond(measure.depth, limits.depth, "fields are nested more than", "levels deep", set)?;
        reject_beyond(measure.aliases, limits.aliases, "the operation has more than", "aliases", set)?;
        reject_beyond(fields, limits.fields, "the document selects more than", "fields", set)?;
        reject_beyond(values, most_values, "the document has more than", "values", set)?;
    }
    // Validation visits unused fragments, too.
    for name in document.fragments.keys() {
        let measure = meter.fragment(name, 0)?;
        fields = fields.saturating_add(measure.fields);
    }
    if fields > limits.fields.saturating_mul(2) {
        return Err(Rejection::too_complex("the fragments of the document are too large"));
    }
    Ok(fields)
}

fn reject_beyond<T: PartialOrd + std::fmt::Display + Copy>(
    value: T,
    limit: T,
    what: &str,
    unit: &str,
    set: &Positioned<SelectionSet>,
) -> Result<(), Rejection> {
    if value > limit {
        return Err(Rejection::too_complex(format!("{what} {limit} {unit}")).at(set.pos));
    }
    Ok(())
}

struct Meter<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// `None` while a fragment is being measured: a spread of it is a cycle.
    known: HashMap<&'a str, Option<Measure>>,
    directives: usize,
    limits: &'a Limits,
}

impl<'a> Meter<'a> {
    fn selection_set(&mut self, set: &'a Positioned<SelectionSet>, level: u32) -> Result<Measure, Rejection> {
        if level > MAX_HEIGHT {
            return Err(too_high().at(set.pos));
        }
        let mut total = Measure::default();
        for selection in &set.node.items {
            let measure = self.selection(&selection.node, level)?;
            total.fields = total.fields.saturating_add(measure.fields);
            total.values = total.values.saturating_add(measure.values);
            total.aliases = total.aliases.saturating_add(measure.aliases);
            total.depth = total.depth.max(measure.depth);
            total.height = total.height.max(measure.height.saturating_add(1));
        }
        if total.height.saturating_add(level) > MAX_HEIGHT {
            return Err(too_high().at(set.pos));
        }
        Ok(total)
    }

    fn selection(&mut self, selection: &'a Selection, level: u32) -> Result<Measure, Rejection> {
        match selection {
            Selection::Field(field) => {
                self.count_directives(&field.node.directives)?;
                let inner = self.selection_set(&field.node.selection_set, level + 1)?;
                Ok(Measure {
                    fields: inner.fields.saturating_add(1),
                    values: inner.values.saturating_add(values_of(&field.node)),
                    aliases: inner.aliases.saturating_add(u64::from(field.node.alias.is_some())),
                    depth: inner.depth.saturating_add(1),
                    height: inner.height,
                })
            }
            Selection::InlineFragment(fragment) => {
                self.count_directives(&fragment.node.directives)?;
                // An empty fragment costs a visit, too.
                let inner = self.selection_set(&fragment.node.selection_set, level + 1)?;
                Ok(Measure { fields: inner.fields.saturating_add(1), ..inner })
            }
            Selection::FragmentSpread(spread) => {
                self.count_directives(&spread.node.directives)?;
                let inner = self.fragment(spread.node.fragment_name.node.as_str(), level + 1)?;
                Ok(Measure { fields: inner.fields.saturating_add(1), ..inner })
            }
        }
    }

    fn fragment(&mut self, name: &'a str, level: u32) -> Result<Measure, Rejection> {
        match self.known.get(name) {
            Some(Some(measure)) => return Ok(*measure),
            Some(None) => return Err(Rejection::input(format!("fragment \"{name}\" contains itself"))),
            None => {}
        }
        let Some(fragment) = self.fragments.get(name) else {
            return Err(Rejection::input(format!("there is no fragment \"{name}\"")));
        };
        self.known.insert(name, None);
        self.count_directives(&fragment.node.directives)?;
        let measure = self.selection_set(&fragment.node.selection_set, level)?;
        self.known.insert(name, Some(measure));
        Ok(measure)
    }

    fn count_directives(&mut self, directives: &[Positioned<Directive>]) -> Result<(), Rejection> {
        self.directives += directives.len();
        if self.directives > self.limits.directives {
            let message = format!("the document has more than {} directives", self.limits.directives);
            return Err(Rejection::too_complex(message));
        }
        Ok(())
    }
}

/// The number of values in the arguments of a field.
fn values_of(field: &Field) -> u64 {
    field.arguments.iter().fold(0, |sum: u64, (_, value)| sum.saturating_add(values(&value.node)))
}

fn values(value: &Value) -> u64 {
    let inner = match value {
        Value::String(text) => u64::try_from(text.len() / BYTES_PER_VALUE).unwrap_or(u64::MAX),
        Value::List(items) => items.iter().map(values).sum(),
        Value::Object(fields) => fields.values().map(values).sum(),
        _ => 0,
    };
    inner.saturating_add(1)
}

fn too_high() -> Rejection {
    Rejection::too_complex(format!("selections and fragments are nested more than {MAX_HEIGHT} levels deep"))
}

/// Rejects a subscription unless it has exactly one root field, which can be in a fragment.
fn single_root_field(document: &ExecutableDocument, set: &SelectionSet) -> Result<(), Rejection> {
    let fields = root_fields(document, set, 0);
    if fields == 1 {
        return Ok(());
    }
    Err(Rejection::input("a subscription must select exactly one root field"))
}

fn root_fields(document: &ExecutableDocument, set: &SelectionSet, level: u32) -> u32 {
    if level > 3 {
        return 0;
    }
    set.items
        .iter()
        .take(3)
        .map(|item| match &item.node {
            Selection::Field(_) => 1,
            Selection::InlineFragment(fragment) => root_fields(document, &fragment.node.selection_set.node, level + 1),
            Selection::FragmentSpread(spread) => document
                .fragments
                .get(&spread.node.fragment_name.node)
                .map_or(0, |fragment| root_fields(document, &fragment.node.selection_set.node, level + 1)),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejection(text: &str) -> Option<String> {
        let document = async_graphql::parser::parse_query(text).unwrap();
        check(&document, &Limits::default()).err().map(|rejection| rejection.errors[0].message.clone())
    }

    /// A document that spreads the first of many fragments; the last has a field.
    fn fragments(count: usize, fragment: fn(usize) -> String) -> String {
        let all: Vec<String> = (0..count).map(fragment).collect();
        format!("{{ ...F0 }} {} fragment F{count} on Q {{ a }}", all.concat())
    }

    #[test]
    fn depth_counts_fields_and_not_fragments() {
        assert_eq!(rejection(&format!("{}{{ a }}{}", "{ a".repeat(19), "}".repeat(19))), None);
        assert!(rejection(&format!("{}{{ a }}{}", "{ a".repeat(20), "}".repeat(20))).is_some());
        assert_eq!(rejection("{ ...F } fragment F on Q { ... on Q { ... on Q { a } } }"), None);
    }

    #[test]
    fn fragment_cycles_are_found() {
        let cycle = "{ ...A } fragment A on Q { a { ...B } } fragment B on Q { ...A }";
        assert_eq!(rejection(cycle), Some("fragment \"A\" contains itself".into()));
        let unused = "{ a } fragment A on Q { ...A }";
        assert_eq!(rejection(unused), Some("fragment \"A\" contains itself".into()));
    }

    #[test]
    fn fragment_bombs_are_measured_without_exploding() {
        let bomb =
            fragments(40, |level| format!("fragment F{level} on Q {{ {} }}", format!("...F{} ", level + 1).repeat(10)));
        assert!(rejection(&bomb).is_some_and(|message| message.contains("selects more than 10000 fields")));
    }

    #[test]
    fn long_fragment_chains_do_not_recurse_far() {
        let chain = fragments(1500, |level| format!("fragment F{level} on Q {{ ...F{} }}", level + 1));
        assert!(rejection(&chain).is_some_and(|message| message.contains("levels deep")));
    }

    #[test]
    fn aliases_and_directives_are_counted() {
        assert!(
            rejection(&format!("{{ {} }}", "b: a ".repeat(101))).is_some_and(|message| message.contains("100 aliases"))
        );
        let hidden = format!("{{ ...F ...F }} fragment F on Q {{ {} }}", "b: a ".repeat(51));
        assert!(rejection(&hidden).is_some_and(|message| message.contains("100 aliases")));
        let directives = format!("{{ a {} }}", "@skip(if: false) ".repeat(101));
        assert!(rejection(&directives).is_some_and(|message| message.contains("100 directives")));
    }

    #[test]
    fn values_are_counted_each_time_their_fragment_is_spread() {
        let document = |value: &str, operations: usize| {
            let operations: Vec<String> = (0..operations).map(|number| format!("query Q{number} {{ ...F }}")).collect();
            format!("{} fragment F on Q {{ a(b: {value}) }}", operations.join(" "))
        };
        let list = format!("[{}]", "\"x\" ".repeat(1_000));
        assert_eq!(rejection(&document(&list, 9)), None);
        assert!(rejection(&document(&list, 10)).is_some_and(|message| message.contains("more than 10000 values")));
        let text = format!("\"{}\"", "x".repeat(64_000));
        assert_eq!(rejection(&document(&text, 9)), None);
        assert!(rejection(&document(&text, 10)).is_some_and(|message| message.contains("more than 10000 values")));
    }

    #[test]
    fn subscriptions_have_one_root_field() {
        assert_eq!(rejection("subscription { a }"), None);
        assert_eq!(rejection("subscription { ...F } fragment F on S { a { b } }"), None);
        assert!(rejection("subscription { a b }").is_some());
        assert!(rejection("subscription { a ...F } fragment F on S { b }").is_some());
    }
}
