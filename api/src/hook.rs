//! Prepares each GraphQL operation: authenticates and charges the caller, and resolves the channel, language and currency.

mod admission;
mod origin;

use std::time::Duration;

use async_graphql::{Request, ServerError, parser::types::OperationType};
use axum::http::{
    HeaderName,
    header::{ACCEPT_LANGUAGE, AUTHORIZATION, USER_AGENT},
};
use futures_util::future::{BoxFuture, FutureExt as _};
use graphql_http::{Caller, ErrorCode, Held, Hook, OperationInfo, Permit, Rejection};
use model::{Network, access::Actor, ids::SessionId};
use schema_shared::RequestData;
use services::{
    App, ServiceError,
    error::Failure,
    identity::{self, Audience, AuthError},
};

use self::{admission::Admission, origin::Origin};
use crate::{
    client::{self, FORWARDED_FOR},
    context,
    state::Server,
};

/// Puts the application, the actor and the request's context into each operation.
pub struct ShopHook {
    app: App,
    admission: Admission,
    /// The logins that the API accepts.
    audience: Audience,
    /// True if requests are rejected while the shop has no channel. The admin API must work then, to create one.
    needs_channel: bool,
    /// Mutations that are executed even if the access token has expired.
    public_mutations: &'static [&'static str],
}

impl ShopHook {
    /// The hook of the storefront API.
    pub fn storefront(server: &Server) -> Self {
        Self {
            app: server.app.clone(),
            admission: Admission::storefront(server),
            audience: Audience::Customers,
            needs_channel: true,
            public_mutations: schema_storefront::PUBLIC_MUTATIONS,
        }
    }

    /// The hook of the admin API.
    pub fn admin(server: &Server) -> Self {
        Self {
            app: server.app.clone(),
            admission: Admission::admin(server),
            audience: Audience::Staff,
            needs_channel: false,
            public_mutations: schema_admin::PUBLIC_MUTATIONS,
        }
    }

    /// The actor and session of the bearer token; anonymous without a token. An invalid token is rejected, so that the
    /// client learns about it; a public mutation is executed as anonymous, since clients send their expired token with
    /// a login or a token refresh, too.
    async fn actor(
        &self,
        caller: Caller<'_>,
        origin: &Origin,
        operation: Option<&OperationInfo>,
    ) -> Result<(Actor, Option<SessionId>), Rejection> {
        let token = bearer(caller)?.filter(|_| !origin.is_anonymous);
        let Some(token) = token else { return Ok((Actor::Anonymous, None)) };
        let identified = match self.admission.identify(origin.payer, &token).await? {
            Ok(identified) if !self.audience.admits(&identified.actor) => Err(AuthError::InvalidToken),
            other => other,
        };
        match identified {
            Ok(identified) => {
                let network = origin.address.map(Network::of);
                Ok((identified.actor.from_network(network), identified.session))
            }
            Err(AuthError::InvalidToken) if operation.is_some_and(|operation| self.is_public(operation)) => {
                let session = identity::session_of(&self.app, self.audience, &token).await;
                Ok((Actor::Anonymous, session.map_err(|error| rejection(&error))?))
            }
            Err(AuthError::Service(error)) => Err(rejection(&error)),
            Err(error @ AuthError::InvalidToken) => Err(Rejection::unauthenticated(error.to_string())),
        }
    }

    /// True if the operation consists of one public mutation.
    fn is_public(&self, operation: &OperationInfo) -> bool {
        let field = operation.only_field.as_ref();
        operation.kind == OperationType::Mutation
            && field.is_some_and(|field| self.public_mutations.contains(&field.as_str()))
    }
}

impl Hook for ShopHook {
    fn receive<'a>(&'a self, caller: Caller<'a>, bytes: usize) -> BoxFuture<'a, Result<(), Rejection>> {
        self.admission.receive(caller, bytes).boxed()
    }

    fn hold<'a>(&'a self, caller: Caller<'a>, held: Held) -> BoxFuture<'a, Result<Permit, Rejection>> {
        self.admission.hold(caller, held).boxed()
    }

    /// Closes a websocket with an invalid token at once, instead of rejecting each of its operations.
    fn connect<'a>(&'a self, caller: Caller<'a>) -> BoxFuture<'a, Result<(), Rejection>> {
        async move {
            let origin = self.admission.origin(caller).await?;
            self.actor(caller, &origin, None).await.map(drop)
        }
        .boxed()
    }

    /// Charges each result like an operation of its own.
    fn result<'a>(&'a self, caller: Caller<'a>, operation: &'a OperationInfo) -> BoxFuture<'a, Result<(), Rejection>> {
        async move {
            let origin = self.admission.origin(caller).await?;
            let (actor, _) = self.actor(caller, &origin, None).await?;
            self.admission.charge(&origin, &actor, operation.cost)
        }
        .boxed()
    }

    fn prepare<'a>(
        &'a self,
        caller: Caller<'a>,
        operation: &'a OperationInfo,
        request: Request,
    ) -> BoxFuture<'a, Result<Request, Rejection>> {
        async move {
            let origin = self.admission.origin(caller).await?;
            let (actor, session) = self.actor(caller, &origin, Some(operation)).await?;
            self.admission.charge(&origin, &actor, operation.cost)?;
            if operation.is_restricted && !matches!(actor, Actor::Staff { .. } | Actor::Token { .. }) {
                return Err(Rejection::forbidden("introspection is limited to staff and API tokens"));
            }
            let settings = self.app.settings().await.map_err(|error| rejection(&error))?;
            let context = match context::resolve(&settings, caller.parts.uri.query(), &caller.parts.headers) {
                Ok(context) => Some(context),
                Err(_) if settings.channels.is_empty() && !self.needs_channel => None,
                Err(error) => return Err(Rejection::input(error.to_string())),
            };
            let data = RequestData::new(self.app.clone(), actor, context, caller.request_id.to_owned());
            Ok(request.data(data.from_client(client::client(origin.address, caller.parts), session)))
        }
        .boxed()
    }

    fn reads(&self, header: &HeaderName) -> bool {
        header.as_str().starts_with("mercator-")
            || [AUTHORIZATION, ACCEPT_LANGUAGE, USER_AGENT].contains(header)
            || *header == FORWARDED_FOR
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
        schema_shared::ErrorCode::RateLimited => ErrorCode::RateLimited,
        schema_shared::ErrorCode::QueryTooComplex => ErrorCode::QueryTooComplex,
        schema_shared::ErrorCode::Unavailable => ErrorCode::Unavailable,
        schema_shared::ErrorCode::Internal => ErrorCode::Internal,
    }
}

/// The token of the `Authorization` header; without the header, of the websocket's connection parameters.
fn bearer(caller: Caller<'_>) -> Result<Option<String>, Rejection> {
    let malformed = || Rejection::unauthenticated("the authorization header must be `Bearer <token>`");
    let credentials = match caller.parts.headers.get(AUTHORIZATION) {
        Some(header) => Some(header.to_str().map_err(|_| malformed())?),
        None => caller
            .connection_params
            .and_then(|params| params.get("authorization").or_else(|| params.get("Authorization"))?.as_str()),
    };
    let Some(credentials) = credentials else { return Ok(None) };
    match credentials.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim().to_owned())),
        _ => Err(malformed()),
    }
}

/// The time to wait after a rate limit whose end is not known.
const RETRY_AFTER: Duration = Duration::from_mins(1);

/// The rejection of a request whose preparation failed.
fn rejection(error: &ServiceError) -> Rejection {
    match error.failure() {
        Failure::Unavailable => {
            tracing::warn!(error = %error.chain(), "cannot prepare a request");
            Rejection::unavailable()
        }
        Failure::RateLimited => Rejection::rate_limited(RETRY_AFTER),
        Failure::Unauthenticated => Rejection::unauthenticated(error.to_string()),
        Failure::Forbidden => Rejection::forbidden(error.to_string()),
        Failure::Internal => {
            tracing::error!(error = %error.chain(), "cannot prepare a request");
            Rejection::internal()
        }
    }
}
