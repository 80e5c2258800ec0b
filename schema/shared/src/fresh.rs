//! A mutation root whose fields do not reuse data that earlier fields loaded.

use std::borrow::Cow;

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult, Value,
    parser::types::Field, registry::Registry,
};

use crate::RequestExt as _;

/// The root of mutations. Each field starts with new loaders, because the field before may have changed loaded data.
#[derive(Default)]
pub struct Fresh<M>(M);

impl<M: ContainerType> ContainerType for Fresh<M> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        if let Ok(request) = ctx.request() {
            request.current_loaders.renew();
        }
        self.0.resolve_field(ctx).await
    }
}

impl<M: OutputType> OutputType for Fresh<M> {
    fn type_name() -> Cow<'static, str> {
        M::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        M::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

impl<M: ObjectType> ObjectType for Fresh<M> {}
