//! What every resolver finds in its context: the application, the actor, the resolved context and the loaders.

use std::sync::Arc;

use async_graphql::Context;
use model::{access::Actor, channels::RequestContext, ids::SessionId};
use services::{App, identity::Client};

use crate::{BadUserInput, CurrentLoaders, Loaders};

/// Everything about one request; put into the GraphQL request's data by the server.
pub struct RequestData {
    /// The stores, caches and edges of the process.
    pub app: App,
    /// Who acts.
    pub actor: Actor,
    /// The session of the actor's access token.
    pub session: Option<SessionId>,
    /// Where the request comes from.
    pub client: Client,
    /// Channel, locales, currency and country; none in the back office of a shop without channels.
    context: Option<RequestContext>,
    /// Batch the relations of this request; carry the actor.
    pub current_loaders: CurrentLoaders,
    /// The request's id, as logged and as sent back.
    pub request_id: String,
}

impl RequestData {
    /// The data of one request, with fresh loaders.
    #[must_use]
    pub fn new(app: App, actor: Actor, context: Option<RequestContext>, request_id: String) -> Self {
        let current_loaders = CurrentLoaders::new(app.clone(), actor.clone());
        Self { app, actor, session: None, client: Client::default(), context, current_loaders, request_id }
    }

    /// Channel, locales, currency and country.
    ///
    /// # Errors
    /// That the shop has no channel yet.
    pub fn context(&self) -> Result<&RequestContext, BadUserInput> {
        self.context.as_ref().ok_or_else(|| BadUserInput("the shop has no channel yet; create one".to_owned()))
    }

    /// The loaders to ask for relations.
    #[must_use]
    pub fn loaders(&self) -> Arc<Loaders> {
        self.current_loaders.get()
    }

    /// The same with what is known of the client and its session.
    #[must_use]
    pub fn from_client(mut self, client: Client, session: Option<SessionId>) -> Self {
        self.client = client;
        self.session = session;
        self
    }
}

/// Shortens the way from a GraphQL context to the request's data.
pub trait RequestExt<'a> {
    /// The request's data.
    ///
    /// # Errors
    /// An internal error when the server did not provide it.
    fn request(&self) -> async_graphql::Result<&'a RequestData>;
}

impl<'a> RequestExt<'a> for Context<'a> {
    fn request(&self) -> async_graphql::Result<&'a RequestData> {
        self.data::<RequestData>()
    }
}
