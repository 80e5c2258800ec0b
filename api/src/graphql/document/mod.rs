//! Documents: scanned, parsed, measured and priced once, then kept.

mod cost;
mod index;
mod introspection;
mod known;
mod scan;
mod shape;
mod variables;

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Name, Positioned, Variables,
    parser::types::{
        DocumentOperations, ExecutableDocument, FragmentDefinition, OperationDefinition, OperationType, Selection,
        SelectionSet,
    },
};

pub use self::{index::SchemaIndex, shape::MAX_HEIGHT};
use super::{limits::Limits, rejection::Rejection};

/// What the memory of a parsed document is to the length of its text, roughly.
const WEIGHT_PER_BYTE: u32 = 24;

/// The valid documents that were seen lately, by their text.
pub struct Documents {
    known: moka::sync::Cache<Arc<str>, Arc<Document>>,
    index: SchemaIndex,
    introspection_budget: u64,
}

/// A document within the limits.
pub struct Document {
    operations: Vec<Arc<Operation>>,
}

/// One operation of a document, ready to be executed.
pub struct Operation {
    /// Its name, if it has one.
    pub name: Option<Arc<str>>,
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// The operation alone with the fragments that it uses.
    pub executable: ExecutableDocument,
    cost: cost::Cost,
    introspection: u64,
}

impl Documents {
    /// An empty cache for a schema.
    pub fn new(index: SchemaIndex, limits: &Limits) -> Self {
        let known = moka::sync::Cache::builder()
            .weigher(|text: &Arc<str>, _| u32::try_from(text.len()).unwrap_or(u32::MAX).saturating_mul(WEIGHT_PER_BYTE))
            .max_capacity(limits.document_cache_bytes)
            .build();
        let introspection_budget = introspection::budget(index.types());
        Self { known, index, introspection_budget }
    }

    /// The document with this text. One that is not known comes with its syntax: validate it, then keep it.
    ///
    /// # Errors
    /// When it is beyond the limits or no GraphQL.
    pub fn get(&self, text: &str, limits: &Limits) -> Result<(Arc<Document>, Option<ExecutableDocument>), Rejection> {
        if let Some(document) = self.known.get(text) {
            return Ok((document, None));
        }
        let (document, syntax) = self.compile(text, limits)?;
        Ok((Arc::new(document), Some(syntax)))
    }

    /// Keeps a document that has proven valid.
    pub fn keep(&self, text: &str, document: &Arc<Document>) {
        self.known.insert(Arc::from(text), Arc::clone(document));
    }

    /// Checks variables and cost of an operation; the answer is its cost.
    pub fn admit(&self, operation: &Operation, variables: &Variables, limits: &Limits) -> Result<u64, Rejection> {
        let definition = operation.executable.operations.iter().next();
        if let Some((_, definition)) = definition {
            variables::check(&definition.node.variable_definitions, variables, &self.index)?;
        }
        if operation.introspection > 0 && !limits.introspection {
            return Err(Rejection::input("introspection is disabled"));
        }
        if operation.introspection > self.introspection_budget {
            return Err(Rejection::too_complex("the schema is asked about itself too deeply"));
        }
        let cost = operation.cost.evaluate(variables);
        if cost > limits.cost {
            let message = format!("the operation costs {cost}, at most {} are allowed", limits.cost);
            return Err(Rejection::too_complex(message).cost(cost, limits.cost));
        }
        Ok(cost)
    }

    fn compile(&self, text: &str, limits: &Limits) -> Result<(Document, ExecutableDocument), Rejection> {
        scan::scan(text, limits)?;
        let syntax = async_graphql::parser::parse_query(text)
            .map_err(|error| Rejection::from_errors(super::rejection::ErrorCode::BadUserInput, vec![error.into()]))?;
        shape::check(&syntax, limits)?;
        known::check(&syntax, &self.index)?;
        let operations = syntax
            .operations
            .iter()
            .map(|(name, operation)| Arc::new(self.operation(name, operation, &syntax)))
            .collect();
        Ok((Document { operations }, syntax))
    }

    fn operation(
        &self,
        name: Option<&Name>,
        operation: &Positioned<OperationDefinition>,
        document: &ExecutableDocument,
    ) -> Operation {
        let set = &operation.node.selection_set.node;
        Operation {
            name: name.map(|name| Arc::from(name.as_str())),
            kind: operation.node.ty,
            cost: cost::compile(&operation.node, &document.fragments, &self.index),
            introspection: introspection::weight(set, &document.fragments, self.index.types()),
            executable: executable(operation, &document.fragments),
        }
    }
}

impl Document {
    /// The operation that is meant.
    ///
    /// # Errors
    /// When there is no such operation, or several and no name.
    pub fn operation(&self, name: Option<&str>) -> Result<Arc<Operation>, Rejection> {
        let found = match (name, self.operations.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => return Err(Rejection::input("the document has several operations, name one of them")),
            (Some(name), operations) => operations.iter().find(|operation| operation.name.as_deref() == Some(name)),
        };
        found.cloned().ok_or_else(|| Rejection::input("the document has no operation of that name"))
    }
}

/// The operation alone with the fragments that it uses. The root fields of a subscription are taken out of their
/// fragments, because the engine looks for them at the root only.
fn executable(
    operation: &Positioned<OperationDefinition>,
    fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
) -> ExecutableDocument {
    let mut operation = operation.clone();
    if operation.node.ty == OperationType::Subscription {
        let mut items = Vec::new();
        flatten(&operation.node.selection_set.node, fragments, &mut items);
        operation.node.selection_set.node.items = items;
    }
    let mut used = HashMap::new();
    collect_fragments(&operation.node.selection_set.node, fragments, &mut used);
    ExecutableDocument { operations: DocumentOperations::Single(operation), fragments: used }
}

fn flatten(
    set: &SelectionSet,
    fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
    fields: &mut Vec<Positioned<Selection>>,
) {
    for item in &set.items {
        match &item.node {
            Selection::Field(_) => fields.push(item.clone()),
            Selection::InlineFragment(fragment) => flatten(&fragment.node.selection_set.node, fragments, fields),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                    flatten(&fragment.node.selection_set.node, fragments, fields);
                }
            }
        }
    }
}

fn collect_fragments(
    set: &SelectionSet,
    fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
    used: &mut HashMap<Name, Positioned<FragmentDefinition>>,
) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => collect_fragments(&field.node.selection_set.node, fragments, used),
            Selection::InlineFragment(fragment) => {
                collect_fragments(&fragment.node.selection_set.node, fragments, used);
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if let Some(fragment) = fragments.get(name).filter(|_| !used.contains_key(name)) {
                    used.insert(name.clone(), fragment.clone());
                    collect_fragments(&fragment.node.selection_set.node, fragments, used);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use serde_json::json;

    use super::*;

    /// The operations that clients rely on, with the largest pages that they ask for.
    #[test]
    fn contract_operations_are_within_the_limits() {
        let schemas = [
            ("storefront", schema_storefront::builder().finish().sdl()),
            ("admin", schema_admin::builder().finish().sdl()),
        ];
        let limits = Limits::default();
        let variables = Variables::from_json(json!({ "first": 100 }));
        for (name, sdl) in schemas {
            let documents = Documents::new(SchemaIndex::from_sdl(&sdl).unwrap(), &limits);
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/checks/operations").join(name);
            for file in fs::read_dir(folder).unwrap() {
                let text = fs::read_to_string(file.unwrap().path()).unwrap();
                let (document, _) =
                    documents.get(&text, &limits).unwrap_or_else(|refused| panic!("{text}: {refused:?}"));
                for operation in &document.operations {
                    let cost = operation.cost.evaluate(&variables);
                    assert!(cost <= limits.cost, "{name}: {:?} costs {cost}", operation.name);
                }
            }
        }
    }

    #[test]
    fn a_kept_document_is_not_read_again() {
        let sdl = schema_storefront::builder().finish().sdl();
        let limits = Limits::default();
        let documents = Documents::new(SchemaIndex::from_sdl(&sdl).unwrap(), &limits);
        let (first, syntax) = documents.get("{ __typename }", &limits).unwrap();
        assert!(syntax.is_some());
        documents.keep("{ __typename }", &first);
        let (again, syntax) = documents.get("{ __typename }", &limits).unwrap();
        assert!(Arc::ptr_eq(&first, &again) && syntax.is_none());
        assert!(documents.get("{ __typename  }", &limits).unwrap().1.is_some());
    }
}
