//! Documents: scanned, parsed, measured and checked once, then cached.

mod conflicts;
mod cost;
mod index;
mod introspection;
mod known;
mod literals;
mod root;
mod scan;
mod shape;
mod variable_use;
mod variables;

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Name, Positioned, Variables,
    parser::types::{
        DocumentOperations, ExecutableDocument, FragmentDefinition, OperationDefinition, OperationType, Selection,
        SelectionSet,
    },
};

use self::introspection::IntrospectionCost;
pub use self::{index::SchemaIndex, shape::MAX_HEIGHT};
use crate::{
    limits::{Introspection, Limits},
    rejection::Rejection,
};

/// The approximate size of a cached document besides its text, tokens and fields, in bytes.
const WEIGHT: usize = 2048;
/// The approximate size of a parsed token, and of the cost and fragments of an operation for each field, in bytes.
const WEIGHT_PER_TOKEN: usize = 256;

/// The maximum number of bytes of variables that the engine copies during an operation: it copies a variable for each use.
const MAX_COPIED: u64 = 64 * 1024 * 1024;

/// The recently used valid documents, by text.
pub struct Documents {
    known: moka::sync::Cache<Arc<str>, Arc<Document>>,
    index: SchemaIndex,
    introspection: IntrospectionCost,
}

/// A document within the limits.
pub struct Document {
    syntax: Arc<ExecutableDocument>,
    operations: Vec<Arc<Operation>>,
    weight: u32,
}

/// One operation of a document.
pub struct Operation {
    /// The name; none if the operation is anonymous.
    pub name: Option<Arc<str>>,
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// The document, with all operations and fragments.
    syntax: Arc<ExecutableDocument>,
    cost: cost::Cost,
    introspection: u64,
}

impl Documents {
    /// An empty cache for a schema.
    pub fn new(index: SchemaIndex, limits: &Limits) -> Self {
        let known = moka::sync::Cache::builder()
            .weigher(|_, document: &Arc<Document>| document.weight)
            .max_capacity(limits.document_cache_bytes)
            .build();
        let introspection = IntrospectionCost::new(index.sizes(), limits.cost);
        Self { known, index, introspection }
    }

    /// Sets the cost of fields, by `Type.field`. Known documents keep their cost.
    pub fn with_field_costs(mut self, costs: &[(&str, u64)]) -> Self {
        self.index.set_field_costs(costs);
        self
    }

    /// The cached document with this text.
    pub fn find(&self, text: &str) -> Option<Arc<Document>> {
        self.known.get(text)
    }

    /// Caches a valid document.
    pub fn insert(&self, text: &str, document: &Arc<Document>) {
        self.known.insert(Arc::from(text), Arc::clone(document));
    }

    /// Completes and checks the variables, checks the cost of an operation and returns it.
    pub fn admit(&self, operation: &Operation, variables: &mut Variables, limits: &Limits) -> Result<u64, Rejection> {
        if let Some(definition) = operation.definition() {
            variables::complete(&definition.node.variable_definitions, variables);
            variables::check(&definition.node.variable_definitions, variables, &self.index)?;
        }
        if operation.introspection > 0 && limits.introspection == Introspection::Off {
            return Err(Rejection::input("introspection is disabled"));
        }
        let introspection = self.introspection.cost(operation.introspection);
        let cost = operation.cost.evaluate(variables).saturating_add(introspection);
        if cost > limits.cost {
            let message = format!("the operation costs {cost}, at most {} are allowed", limits.cost);
            return Err(Rejection::too_complex(message).cost(cost, limits.cost));
        }
        if operation.cost.copied(variables) > MAX_COPIED {
            return Err(Rejection::too_complex("the operation uses large variables too often"));
        }
        Ok(cost)
    }

    /// Parses a document that is not cached and checks its limits. The caller validates it against the schema.
    ///
    /// # Errors
    /// The document exceeds a limit or is not GraphQL.
    pub fn parse(&self, text: &str, limits: &Limits) -> Result<Document, Rejection> {
        let tokens = scan::scan(text, limits)?;
        let syntax = async_graphql::parser::parse_query(text)
            .map_err(|error| Rejection::from_errors(crate::error_code::ErrorCode::BadUserInput, vec![error.into()]))?;
        let fields = shape::check(&syntax, limits)?;
        conflicts::check(&syntax)?;
        known::check(&syntax, &self.index)?;
        literals::check(&syntax, &self.index)?;
        variables::check_types(&syntax, &self.index)?;
        let syntax = Arc::new(syntax);
        let operations = syntax
            .operations
            .iter()
            .map(|(name, operation)| Arc::new(self.operation(name, operation, &syntax)))
            .collect();
        // Limits keep all of these far below the maximum of `usize` and `u32`.
        let parts = tokens.saturating_add(usize::try_from(fields).unwrap_or(usize::MAX));
        let weight = parts.saturating_mul(WEIGHT_PER_TOKEN).saturating_add(text.len()).saturating_add(WEIGHT);
        Ok(Document { syntax, operations, weight: u32::try_from(weight).unwrap_or(u32::MAX) })
    }

    fn operation(
        &self,
        name: Option<&Name>,
        operation: &Positioned<OperationDefinition>,
        document: &Arc<ExecutableDocument>,
    ) -> Operation {
        let set = &operation.node.selection_set.node;
        Operation {
            name: name.map(|name| Arc::from(name.as_str())),
            kind: operation.node.ty,
            cost: cost::compile(&operation.node, &document.fragments, &self.index),
            introspection: introspection::weight(set, &document.fragments, self.index.sizes()),
            syntax: Arc::clone(document),
        }
    }
}

impl Document {
    /// The parsed document, for validation.
    pub fn syntax(&self) -> ExecutableDocument {
        ExecutableDocument::clone(&self.syntax)
    }

    /// The operation of this name; without a name, the only operation.
    ///
    /// # Errors
    /// There is no such operation, or there are several and no name is given.
    pub fn operation(&self, name: Option<&str>) -> Result<Arc<Operation>, Rejection> {
        let found = match (name, self.operations.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => return Err(Rejection::input("the document has several operations, name one of them")),
            (Some(name), operations) => operations.iter().find(|operation| operation.name.as_deref() == Some(name)),
        };
        found.cloned().ok_or_else(|| Rejection::input("the document has no operation of that name"))
    }
}

impl Operation {
    /// A document of this operation and the fragments that it uses, for execution. It is built per request and not cached,
    /// because a document can have many operations that share a large fragment.
    ///
    /// # Errors
    /// Different root fields have the same response key.
    pub fn executable(&self, variables: &Variables) -> Result<ExecutableDocument, Rejection> {
        let Some(definition) = self.definition() else { return Err(Rejection::internal()) };
        let fragments = &self.syntax.fragments;
        let set = &definition.node.selection_set.node;
        let mut operation = definition.clone();
        if self.kind != OperationType::Query && root::only_field(set).is_none() {
            operation.node.selection_set.node.items = root::fields(set, fragments, variables)?;
        }
        let mut used = HashMap::new();
        collect_fragments(&operation.node.selection_set.node, fragments, &mut used);
        Ok(ExecutableDocument { operations: DocumentOperations::Single(operation), fragments: used })
    }

    /// True if the operation introspects the schema.
    pub const fn introspects(&self) -> bool {
        self.introspection > 0
    }

    /// The root field if the operation has exactly one selection, and it is a field.
    pub fn only_field(&self) -> Option<&Name> {
        root::only_field(&self.definition()?.node.selection_set.node)
    }

    fn definition(&self) -> Option<&Positioned<OperationDefinition>> {
        match (&self.syntax.operations, &self.name) {
            (DocumentOperations::Single(operation), _) => Some(operation),
            (DocumentOperations::Multiple(operations), Some(name)) => operations.get(&**name),
            (DocumentOperations::Multiple(_), None) => None,
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

    /// An empty cache for one of the schemas that this repository serves.
    fn documents_of(schema: &str) -> Documents {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../schema/{schema}.graphql"));
        let sdl = fs::read_to_string(path).unwrap();
        Documents::new(SchemaIndex::from_sdl(&sdl).unwrap(), &Limits::default())
    }

    /// The operations of the contract, with the largest pages.
    #[test]
    fn contract_operations_are_within_the_limits() {
        let limits = Limits::default();
        let given = Variables::from_json(json!({ "first": 100 }));
        for name in ["storefront", "admin"] {
            let documents = documents_of(name);
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/checks/operations").join(name);
            for file in fs::read_dir(folder).unwrap() {
                let text = fs::read_to_string(file.unwrap().path()).unwrap();
                let document =
                    documents.parse(&text, &limits).unwrap_or_else(|rejected| panic!("{text}: {rejected:?}"));
                for operation in &document.operations {
                    let mut variables = given.clone();
                    variables::complete(&operation.definition().unwrap().node.variable_definitions, &mut variables);
                    let cost = operation.cost.evaluate(&variables);
                    assert!(cost <= limits.cost, "{name}: {:?} costs {cost}", operation.name);
                }
            }
        }
    }

    #[test]
    fn copies_of_large_variables_are_limited() {
        let documents = documents_of("storefront");
        let is_admitted = |text: &str, variables: serde_json::Value| {
            let document = documents.parse(text, &Limits::default()).unwrap();
            let mut variables = Variables::from_json(variables);
            documents.admit(&document.operations[0], &mut variables, &Limits::default()).is_ok()
        };
        let long = "x".repeat(1_000_000);
        let many = format!("query($s: ID!) {{ nodes(ids: [{}]) {{ __typename }} }}", "$s ".repeat(100));
        assert!(is_admitted(&many, json!({ "s": "gid" })));
        assert!(!is_admitted(&many, json!({ "s": long })));
        let once = "query($s: ID!) { nodes(ids: [$s]) { __typename } }";
        assert!(is_admitted(once, json!({ "s": long })));
        let per_entry =
            "query($s: String!, $n: Int!) { products(first: $n) { nodes { metafield(namespace: $s, key: $s) {
            value } } } }";
        assert!(is_admitted(per_entry, json!({ "s": long, "n": 10 })));
        assert!(!is_admitted(per_entry, json!({ "s": long, "n": 100 })));
        let spread = format!(
            "query($s: ID!) {{ {} }} fragment F on Query {{ node(id: $s) {{ __typename }} }}",
            "...F ".repeat(90)
        );
        assert!(!is_admitted(&spread, json!({ "s": long })));
    }

    #[test]
    fn a_cached_document_is_not_parsed_again() {
        let limits = Limits::default();
        let documents = documents_of("storefront");
        assert!(documents.find("{ __typename }").is_none());
        let parsed = Arc::new(documents.parse("{ __typename }", &limits).unwrap());
        documents.insert("{ __typename }", &parsed);
        assert!(documents.find("{ __typename }").is_some_and(|again| Arc::ptr_eq(&parsed, &again)));
        assert!(documents.find("{ __typename  }").is_none());
    }

    #[test]
    fn the_weight_of_a_document_reflects_its_size() {
        let limits = Limits::default();
        let documents = documents_of("storefront");
        let weight = |text: &str| usize::try_from(documents.parse(text, &limits).unwrap().weight).unwrap();
        assert!(weight("{ __typename }") > WEIGHT);
        let list = format!("{{ products(filter: {{ query: [{}] }}) {{ totalCount }} }}", "\"x\" ".repeat(7_900));
        assert!(weight(&list) > 7_900 * WEIGHT_PER_TOKEN);
    }

    #[test]
    fn an_operation_is_executed_with_its_own_fragments_only() {
        let limits = Limits::default();
        let documents = documents_of("storefront");
        let text = "query A { ...F } query B { ...G } fragment F on Query { ...H } fragment G on Query { __typename }
            fragment H on Query { __typename }";
        let document = documents.parse(text, &limits).unwrap();
        let operation = document.operation(Some("A")).unwrap();
        let executable = operation.executable(&Variables::default()).unwrap();
        let mut used: Vec<&str> = executable.fragments.keys().map(Name::as_str).collect();
        used.sort_unstable();
        assert_eq!((used, executable.operations.iter().count()), (vec!["F", "H"], 1));
        assert!(document.operation(None).is_err() && document.operation(Some("C")).is_err());
    }
}
