//! Objects whose data is already loaded. async-graphql allocates a boxed future for each field, so that fields can wait
//! for data concurrently. The fields of these objects never wait, so they are resolved one after the other without one.

use std::{borrow::Cow, future::Future, pin::Pin};

use async_graphql::{
    ContainerType, ContextSelectionSet, Name, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection, SelectionSet},
    registry::Registry,
};

/// An object whose fields never wait. Using it for an object whose fields read from a store is correct but slow: the
/// reads are no longer batched.
#[derive(Debug, Clone, Copy)]
pub struct ReadyObject<T>(pub T);

/// A list of objects whose fields never wait, except the named ones.
#[derive(Debug, Clone)]
pub struct ReadyList<T> {
    objects: Vec<T>,
    waiting: &'static [&'static str],
}

impl<T> ReadyList<T> {
    /// Names fields that read from a store. If a query selects one of them, the objects are resolved concurrently.
    #[must_use]
    pub fn except(self, waiting: &'static [&'static str]) -> Self {
        Self { waiting, ..self }
    }
}

impl<T> FromIterator<T> for ReadyList<T> {
    fn from_iter<I: IntoIterator<Item = T>>(objects: I) -> Self {
        Self { objects: objects.into_iter().collect(), waiting: &[] }
    }
}

impl<T: ContainerType> OutputType for ReadyObject<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let mut fields = Fields::with_capacity(ctx.item.node.items.len());
        if collect::<T>(ctx, ctx.item, &mut fields) {
            boxed(&self.0, ctx, &fields).await
        } else {
            Box::pin(self.0.resolve(ctx, field)).await
        }
    }
}

impl<T: ContainerType> OutputType for ReadyList<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let mut fields = Fields::with_capacity(ctx.item.node.items.len());
        let is_ready = collect::<T>(ctx, ctx.item, &mut fields)
            && fields.values().all(|field| !self.waiting.contains(&field.node.name.node.as_str()));
        if !is_ready {
            return Box::pin(self.objects.resolve(ctx, field)).await;
        }
        let mut answers = Vec::with_capacity(self.objects.len());
        for (at, object) in self.objects.iter().enumerate() {
            let entry = ctx.with_index(at);
            answers.push(boxed(object, &entry, &fields).await.map_err(|error| entry.set_error_path(error))?);
        }
        Ok(Value::List(answers))
    }
}

/// Selected fields by their response keys.
type Fields<'a> = IndexMap<&'a Name, &'a Positioned<Field>>;

/// Boxed per object: objects can nest recursively, and the future of the enclosing field stays small.
fn boxed<'a, T: ContainerType>(
    object: &'a T,
    ctx: &'a ContextSelectionSet<'a>,
    fields: &'a Fields<'a>,
) -> Pin<Box<dyn Future<Output = ServerResult<Value>> + Send + 'a>> {
    Box::pin(answer(object, ctx, fields))
}

/// Resolves the fields in order.
async fn answer<T: ContainerType>(
    object: &T,
    ctx: &ContextSelectionSet<'_>,
    fields: &Fields<'_>,
) -> ServerResult<Value> {
    let mut answers: IndexMap<Name, Value> = IndexMap::with_capacity(fields.len());
    for (key, field) in fields {
        let answer = if field.node.name.node == "__typename" {
            Value::String(object.introspection_type_name().into_owned())
        } else {
            object.resolve_field(&ctx.with_field(field)).await?.unwrap_or_default()
        };
        answers.insert(Name::clone(key), answer);
    }
    Ok(Value::Object(answers))
}

/// Collects the selected fields, including those of fragments on exactly this type. Returns false, before anything is
/// resolved, if async-graphql has to resolve the selection: directives, fragments on an interface, and a response key
/// that occurs twice, whose selections have to be merged.
fn collect<'a, T: ContainerType>(
    ctx: &ContextSelectionSet<'a>,
    set: &'a Positioned<SelectionSet>,
    fields: &mut Fields<'a>,
) -> bool {
    set.node.items.iter().all(|item| match &item.node {
        Selection::Field(field) => {
            let is_new = fields.insert(&field.node.response_key().node, field).is_none();
            is_new && field.node.directives.is_empty()
        }
        Selection::InlineFragment(fragment) => {
            let fragment = &fragment.node;
            let is_here = fragment.type_condition.as_ref().is_none_or(|on| on.node.on.node == *T::type_name());
            is_here && fragment.directives.is_empty() && collect::<T>(ctx, &fragment.selection_set, fields)
        }
        Selection::FragmentSpread(spread) => {
            let Some(fragment) = ctx.query_env.fragments.get(&spread.node.fragment_name.node) else { return false };
            let fragment = &fragment.node;
            let is_here = fragment.type_condition.node.on.node == *T::type_name();
            is_here && spread.node.directives.is_empty() && collect::<T>(ctx, &fragment.selection_set, fields)
        }
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::{
        EmptyMutation, EmptySubscription, Interface, Object, Request, Response, Result, Schema,
        futures_util::FutureExt as _,
    };

    use super::*;

    struct Leaf(i32);

    #[Object]
    impl Leaf {
        async fn size(&self) -> i32 {
            self.0
        }

        async fn name(&self) -> Option<Result<String>> {
            Some(if self.0 == 2 { Err("no name".into()) } else { Ok(format!("leaf {}", self.0)) })
        }

        fn even(&self) -> Result<i32> {
            if self.0 % 2 == 0 { Ok(self.0) } else { Err("odd".into()) }
        }

        fn below(&self) -> ReadyList<Self> {
            (1..self.0).map(Self).collect()
        }
    }

    #[derive(Interface)]
    #[graphql(field(name = "size", ty = "i32"))]
    enum Measured {
        Leaf(Leaf),
    }

    struct Query;

    #[Object]
    impl Query {
        async fn direct(&self) -> ReadyObject<Leaf> {
            ReadyObject(Leaf(4))
        }

        async fn engine(&self) -> Leaf {
            Leaf(4)
        }

        async fn direct_two(&self) -> ReadyObject<Leaf> {
            ReadyObject(Leaf(2))
        }

        async fn engine_two(&self) -> Leaf {
            Leaf(2)
        }

        async fn readies(&self) -> ReadyList<Leaf> {
            (1..4).map(Leaf).collect()
        }

        async fn engines(&self) -> Vec<Leaf> {
            (1..4).map(Leaf).collect()
        }

        async fn waiting(&self) -> ReadyList<Leaf> {
            (1..4).map(Leaf).collect::<ReadyList<_>>().except(&["below"])
        }

        async fn maybe(&self) -> Option<Result<ReadyList<Leaf>>> {
            Some(Ok((1..4).map(Leaf).collect()))
        }

        async fn measured(&self) -> Measured {
            Measured::Leaf(Leaf(1))
        }
    }

    fn ask(query: &str) -> Response {
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        schema.execute(Request::new(query)).now_or_never().expect("no field waits")
    }

    /// Data and errors of the response, without the name of its root field.
    fn response(field: &str, selection: &str) -> String {
        let of_type = "fragment F on Leaf { c: name ...G } fragment G on Leaf { d: size below { size } }";
        let of_interface = "fragment S on Measured { e: size }";
        let used =
            [("...F", of_type), ("...S", of_interface)].into_iter().filter(|(spread, _)| selection.contains(spread));
        let fragments: String = used.map(|(_, fragment)| fragment).collect();
        let answer = ask(&format!("{{ it: {field} {{ {selection} }} }} {fragments}"));
        serde_json::to_string(&(&answer.data, answer.errors)).unwrap().replace(field, "")
    }

    #[test]
    fn resolves_like_async_graphql() {
        let selections = [
            "size __typename",
            "a: size b: size",
            "... on Leaf { size } ... { name }",
            "... on Measured { size name: __typename }",
            "size @skip(if: true) name @include(if: true)",
            "below { size } below { name }",
            "below { below { size } }",
            "name even",
            "size even",
            "below { even }",
        ];
        let fragments = ["", "...F", "...F ...S"];
        for (selection, spreads) in selections.iter().flat_map(|one| fragments.map(|spreads| (one, spreads))) {
            let selection = format!("{selection} {spreads}");
            assert_eq!(response("direct", &selection), response("engine", &selection), "{selection}");
            assert_eq!(response("readies", &selection), response("engines", &selection), "{selection}");
            assert_eq!(response("waiting", &selection), response("engines", &selection), "{selection}");
        }
    }

    #[test]
    fn resolves_nothing_before_falling_back_to_async_graphql() {
        for selection in ["name size size", "name size @include(if: true)"] {
            assert_eq!(response("directTwo", selection), response("engineTwo", selection), "{selection}");
        }
    }

    #[test]
    fn errors_carry_their_path_and_null_only_the_nearest_nullable_field() {
        let answer = ask("{ readies { name } maybe { even } }");
        let data = serde_json::to_value(&answer.data).unwrap();
        assert_eq!(
            data,
            serde_json::json!({
                "readies": [{ "name": "leaf 1" }, { "name": null }, { "name": "leaf 3" }], "maybe": null
            })
        );
        let paths: Vec<String> =
            answer.errors.iter().map(|error| serde_json::to_string(&error.path).unwrap()).collect();
        assert_eq!(paths, [r#"["readies",1,"name"]"#, r#"["maybe",0]"#]);
    }
}
