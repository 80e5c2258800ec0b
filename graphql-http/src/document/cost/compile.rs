//! Compiles the cost of an operation from its selections and the schema.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::Value;

use super::{
    super::{
        index::{FieldShape, SchemaIndex, count, distinct},
        introspection,
        variable_use::{used, written_elements},
    },
    Argument, Cost, Size, of_elements,
};

/// The assumed number of entries of a connection without `first` and `last`.
const DEFAULT_PAGE: u64 = 20;
/// The assumed number of entries of a list of objects that takes no size.
const DEFAULT_LIST: u64 = 5;
/// The same below an object within an object of its own type. A query that goes up a tree and down again reads all
/// siblings again, however many there are.
const RECURSIVE_LIST: u64 = 50;

/// Compiles the cost of an operation. Check the shape of the document first.
pub fn compile(
    operation: &OperationDefinition,
    fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
    index: &SchemaIndex,
) -> Cost {
    let compiler = Compiler { fragments, index };
    let root = index.root(operation.ty);
    let context = Context { parent: root, page: None, list: DEFAULT_LIST };
    compiler.selection_set(&operation.selection_set.node, context)
}

/// The context of a selection set.
#[derive(Clone, Copy)]
struct Context<'a> {
    /// The type that its fields belong to.
    parent: Option<&'a Name>,
    /// The page that it belongs to.
    page: Option<Page<'a>>,
    /// The assumed number of entries of lists that take no size.
    list: u64,
}

/// The size of the lists directly in a connection, or in an object with a size argument.
#[derive(Clone, Copy)]
struct Page<'a> {
    size: &'a Size,
    is_connection: bool,
}

struct Compiler<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    index: &'a SchemaIndex,
}

impl Compiler<'_> {
    fn selection_set(&self, set: &SelectionSet, context: Context<'_>) -> Cost {
        let mut total = Cost::default();
        for selection in &set.items {
            total.add(self.selection(&selection.node, context));
        }
        total
    }

    fn selection(&self, selection: &Selection, context: Context<'_>) -> Cost {
        match selection {
            Selection::Field(field) => self.field(&field.node, context),
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref().map(|condition| &condition.node.on.node);
                let context = Context { parent: condition.or(context.parent), ..context };
                self.selection_set(&fragment.node.selection_set.node, context)
            }
            Selection::FragmentSpread(spread) => {
                let Some(fragment) = self.fragments.get(&spread.node.fragment_name.node) else {
                    return Cost::default();
                };
                let condition = &fragment.node.type_condition.node.on.node;
                self.selection_set(&fragment.node.selection_set.node, Context { parent: Some(condition), ..context })
            }
        }
    }

    fn field(&self, field: &Field, context: Context<'_>) -> Cost {
        if introspection::is_root(field) {
            // The cost of introspection is computed separately.
            return Cost::fixed(1);
        }
        let shape = self.index.field(context.parent, &field.name.node);
        let requested = shape.and_then(|shape| requested(field, shape));
        let named = shape.map(|shape| &shape.named);
        let is_list = shape.is_some_and(|shape| shape.is_list && shape.is_composite);
        let is_page = !is_list && requested.is_some();
        let is_recursive = !is_list && named.is_some() && named == context.parent;
        let page = requested
            .as_ref()
            .filter(|_| is_page)
            .map(|size| Page { size, is_connection: shape.is_some_and(|shape| shape.is_connection) });
        let inside = Context { parent: named, page, list: if is_recursive { RECURSIVE_LIST } else { context.list } };
        let mut cost = self.selection_set(&field.selection_set.node, inside);
        if is_list {
            let of_page = context.page.filter(|page| !page.is_connection || is_entries(&field.name.node));
            let size = requested.or_else(|| of_page.map(|page| page.size.clone())).unwrap_or(Size::Fixed(context.list));
            cost = cost.times(size);
        }
        let elements = of_elements(written_elements(field));
        let own = self.index.own_cost(context.parent, &field.name.node).saturating_add(elements);
        cost.add(Cost { used: used(field), ..Cost::fixed(own) });
        cost
    }
}

/// The number of entries that the arguments of a field request.
fn requested(field: &Field, shape: &FieldShape) -> Option<Size> {
    let arguments: Vec<Argument> = shape
        .sizes
        .iter()
        .filter_map(|(name, default)| match field.get_argument(name) {
            Some(value) => argument(&value.node, *default),
            None => default.map(Argument::Number),
        })
        .collect();
    match arguments.as_slice() {
        [] => shape.is_connection.then_some(Size::Fixed(DEFAULT_PAGE)),
        [Argument::Number(number)] => Some(Size::Fixed(*number)),
        _ => Some(Size::Requested { arguments, absent: DEFAULT_PAGE }),
    }
}

fn argument(value: &Value, default: Option<u64>) -> Option<Argument> {
    match value {
        Value::Variable(name) => Some(Argument::Variable { name: name.clone(), default }),
        Value::List(items) => Some(Argument::Number(distinct(items.iter().map(|item| match item {
            Value::String(text) => Some(text.as_str()),
            _ => None,
        })))),
        value => value.clone().into_const().as_ref().and_then(count).map(Argument::Number),
    }
}

fn is_entries(name: &Name) -> bool {
    matches!(name.as_str(), "nodes" | "edges")
}
