//! Two instances of a schema: one validates documents and executes nothing; the other executes valid documents without
//! validating them again and without an extension around each field.

use std::sync::Arc;

use async_graphql::{
    ObjectType, Request, Response, Schema, SchemaBuilder, ServerError, SubscriptionType, ValidationMode,
    ValidationResult,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation},
};
use futures_util::{FutureExt as _, future::BoxFuture, stream::BoxStream};

use crate::{
    document::MAX_HEIGHT,
    limits::{Introspection, Limits},
};

/// A schema of any types.
trait Execute: Send + Sync {
    fn execute(&self, request: Request) -> BoxFuture<'static, Response>;
    fn subscribe(&self, request: Request) -> BoxStream<'static, Response>;
}

impl<Q, M, S> Execute for Schema<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    fn execute(&self, request: Request) -> BoxFuture<'static, Response> {
        let schema = self.clone();
        async move { Self::execute(&schema, request).await }.boxed()
    }

    fn subscribe(&self, request: Request) -> BoxStream<'static, Response> {
        self.execute_stream(request)
    }
}

/// A schema that validates and executes.
pub struct Engine {
    validator: Box<dyn Execute>,
    executor: Box<dyn Execute>,
    sdl: String,
}

impl Engine {
    /// Builds both instances.
    pub fn new<Q, M, S>(limits: &Limits, builder: impl Fn() -> SchemaBuilder<Q, M, S>) -> Self
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        // A constant of two digits.
        let height = usize::try_from(MAX_HEIGHT).unwrap_or(usize::MAX).saturating_add(4);
        let builder = || builder().limit_recursive_depth(height);
        let validator = builder().extension(ValidateOnly);
        // Without public introspection, error messages must not suggest names of the schema either.
        let may_suggest = limits.introspection == Introspection::Public;
        let validator = if may_suggest { validator } else { validator.disable_suggestions() }.finish();
        let sdl = validator.sdl();
        let executor = builder().validation_mode(ValidationMode::Fast).finish();
        Self { validator: Box::new(validator), executor: Box::new(executor), sdl }
    }

    /// The schema's SDL.
    pub fn sdl(&self) -> &str {
        &self.sdl
    }

    /// The validation errors of the request's document.
    pub async fn validate(&self, request: Request) -> Vec<ServerError> {
        self.validator.execute(request).await.errors
    }

    /// Executes a query or a mutation with a valid document.
    pub fn execute(&self, request: Request) -> BoxFuture<'static, Response> {
        self.executor.execute(request)
    }

    /// Executes a subscription with a valid document.
    pub fn subscribe(&self, request: Request) -> BoxStream<'static, Response> {
        self.executor.subscribe(request)
    }
}

/// Stops a request after its validation.
struct ValidateOnly;

impl ExtensionFactory for ValidateOnly {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for ValidateOnly {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        next.run(ctx).await?;
        Err(Vec::new())
    }
}
