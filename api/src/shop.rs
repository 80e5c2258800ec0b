//! The shop behind the GraphQL layer: who asks, in which channel, and who counts the answers.

use std::sync::Arc;

use async_graphql::{Request, ServerError, parser::types::OperationType};
use axum::http::header::AUTHORIZATION;
use futures_util::future::{BoxFuture, FutureExt as _};
use graphql_http::{Caller, Endpoint, ErrorCode, Hook, Observer, OperationInfo, Rejection};
use model::{access::Actor, ids::SessionId};
use schema_shared::RequestData;
use services::{
    App, ServiceError,
    error::Failure,
    identity::{self, AuthError},
};

use crate::{
    client::Proxies,
    context, graphiql,
    server::{Server, Settings},
};

/// Both APIs at their paths, and the console at `/`.
///
/// # Errors
/// A schema whose SDL cannot be read, which is a bug.
pub fn router(server: &Server) -> Result<axum::Router, async_graphql::parser::Error> {
    let Settings { limits, proxies, .. } = &server.settings;
    let observer: Arc<dyn Observer> = server.metrics.clone();
    let storefront = Endpoint::new("storefront", limits.clone(), schema_storefront::builder)?.root_costs(&SEARCHES);
    let admin = Endpoint::new("admin", limits.clone(), schema_admin::builder)?;
    let ready = |endpoint: Endpoint, needs_channel| {
        let hook = Arc::new(Shop { app: server.app.clone(), proxies: *proxies, needs_channel });
        let endpoint = endpoint.page("/").vary(VARY);
        Arc::new(endpoint.hook(hook).observer(observer.clone()).work(server.work.clone()))
    };
    let (storefront, admin) = (ready(storefront, true), ready(admin, false));
    let endpoints = [("/graphql", storefront), ("/admin/graphql", admin)];
    Ok(graphiql::router().merge(graphql_http::router(endpoints, &server.stop)))
}

/// The request headers that an answer depends on.
const VARY: &str = "accept, accept-language, mercator-channel, mercator-currency, mercator-country, authorization";

/// The root fields that search the index, with their cost.
const SEARCHES: [(&str, u64); 3] = [("products", 10), ("search", 10), ("suggest", 10)];

/// What needs no login, because it begins one, goes on with one or ends it: a client sends it with its access token as
/// it sends everything, also when that has expired.
const FOR_NOBODY: [&str; 12] = [
    "customerRegister",
    "customerEmailVerify",
    "customerLogin",
    "sessionRefresh",
    "customerLogout",
    "customerPasswordResetRequest",
    "customerPasswordReset",
    "staffLogin",
    "staffSessionRefresh",
    "staffLogout",
    "staffPasswordResetRequest",
    "staffPasswordReset",
];

/// Puts the application, the actor and the resolved context into each request.
struct Shop {
    app: App,
    proxies: Proxies,
    /// Whether requests are answered only when the shop has a channel; the back office must work before, to create one.
    needs_channel: bool,
}

impl Hook for Shop {
    /// A token that is not valid closes a websocket at once, instead of failing each of its operations.
    fn connect<'a>(&'a self, caller: Caller<'a>) -> BoxFuture<'a, Result<(), Rejection>> {
        async move { self.actor(caller, None).await.map(drop) }.boxed()
    }

    fn prepare<'a>(
        &'a self,
        caller: Caller<'a>,
        operation: &'a OperationInfo,
        request: Request,
    ) -> BoxFuture<'a, Result<Request, Rejection>> {
        async move {
            let (actor, session) = self.actor(caller, Some(operation)).await?;
            let settings = self.app.settings.current(&self.app.db).await.map_err(|error| refused(&error))?;
            let context = match context::resolve(&settings, caller.parts.uri.query(), &caller.parts.headers) {
                Ok(context) => Some(context),
                Err(_) if settings.channels.is_empty() && !self.needs_channel => None,
                Err(error) => return Err(Rejection::input(error.to_string())),
            };
            let data = RequestData::new(self.app.clone(), actor, context, caller.request_id.to_owned());
            Ok(request.data(data.from_client(self.proxies.client(caller.parts), session)))
        }
        .boxed()
    }

    fn error_code(&self, error: &ServerError) -> Option<ErrorCode> {
        schema_shared::code_of(error).map(transport_code)
    }

    fn log_message(&self, error: &ServerError) -> String {
        schema_shared::full_message(error)
    }
}

/// The transport's code for a code of the schemas.
const fn transport_code(code: schema_shared::ErrorCode) -> ErrorCode {
    match code {
        schema_shared::ErrorCode::Unauthenticated => ErrorCode::Unauthenticated,
        schema_shared::ErrorCode::Forbidden => ErrorCode::Forbidden,
        schema_shared::ErrorCode::BadUserInput => ErrorCode::BadUserInput,
        schema_shared::ErrorCode::Unavailable => ErrorCode::Unavailable,
        schema_shared::ErrorCode::Internal => ErrorCode::Internal,
    }
}

impl Shop {
    /// Whoever the bearer token names; nobody, without one. A token that is not valid is refused, so that its client
    /// learns of it, but where a session begins, goes on or ends it stands for nobody.
    async fn actor(
        &self,
        caller: Caller<'_>,
        operation: Option<&OperationInfo>,
    ) -> Result<(Actor, Option<SessionId>), Rejection> {
        let Some(token) = bearer(caller)? else { return Ok((Actor::Anonymous, None)) };
        match identity::identify(&self.app, &token).await {
            Ok(identified) => Ok((identified.actor, identified.session)),
            Err(AuthError::InvalidToken) if operation.is_some_and(is_for_nobody) => {
                let session = identity::session_of(&self.app, &token).await.map_err(|error| refused(&error))?;
                Ok((Actor::Anonymous, session))
            }
            Err(AuthError::Service(error)) => Err(refused(&error)),
            Err(error @ AuthError::InvalidToken) => Err(Rejection::unauthenticated(error.to_string())),
        }
    }
}

/// Whether an operation is one of [`FOR_NOBODY`] and nothing else.
fn is_for_nobody(operation: &OperationInfo) -> bool {
    let field = operation.only_field.as_ref();
    operation.kind == OperationType::Mutation && field.is_some_and(|field| FOR_NOBODY.contains(&field.as_str()))
}

/// The token of the `Authorization` header; of the connection's parameters, for a websocket that has no header.
fn bearer(caller: Caller<'_>) -> Result<Option<String>, Rejection> {
    let header = caller.parts.headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    let of_connection = || {
        let params = caller.connection_params?;
        params.get("authorization").or_else(|| params.get("Authorization"))?.as_str()
    };
    let Some(credentials) = header.or_else(of_connection) else { return Ok(None) };
    match credentials.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim().to_owned())),
        _ => Err(Rejection::unauthenticated("the authorization header has to read `Bearer <token>`")),
    }
}

/// A failure before anything was executed.
fn refused(error: &ServiceError) -> Rejection {
    match error.failure() {
        Failure::Unavailable => {
            tracing::warn!(%error, "a request cannot be prepared");
            Rejection::unavailable()
        }
        Failure::Unauthenticated => Rejection::unauthenticated(error.to_string()),
        Failure::Forbidden => Rejection::forbidden(error.to_string()),
        Failure::Internal => {
            tracing::error!(%error, "a request cannot be prepared");
            Rejection::internal()
        }
    }
}
