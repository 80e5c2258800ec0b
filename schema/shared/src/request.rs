//! The data of a request that every resolver finds in its context.

use std::sync::Arc;

use async_graphql::Context;
use model::{
    access::{AccessError, Actor},
    channels::RequestContext,
    ids::SessionId,
};
use services::{App, BackOffice, Storefront, identity::Client};

use crate::{BadUserInput, CurrentLoaders, Loaders};

/// The data of one request; the server adds it to the GraphQL request.
pub struct RequestData {
    /// The application with its stores and caches.
    pub app: App,
    /// The actor of the request.
    pub actor: Actor,
    /// The session of the access token.
    pub session: Option<SessionId>,
    /// The client that sent the request.
    pub client: Client,
    /// The resolved channel, languages, currency and country; none in the admin API of a shop without channels.
    context: Option<RequestContext>,
    /// The data loaders of the request.
    pub current_loaders: CurrentLoaders,
    /// The id of the request for the log and the response.
    pub request_id: String,
}

impl RequestData {
    /// The data of a request, with new loaders.
    #[must_use]
    pub fn new(app: App, actor: Actor, context: Option<RequestContext>, request_id: String) -> Self {
        let current_loaders = CurrentLoaders::new(app.clone(), actor.clone());
        Self { app, actor, session: None, client: Client::default(), context, current_loaders, request_id }
    }

    /// The resolved channel, languages, currency and country.
    ///
    /// # Errors
    /// [`BadUserInput`] if the shop has no channel yet.
    pub fn context(&self) -> Result<&RequestContext, BadUserInput> {
        self.context.as_ref().ok_or_else(|| BadUserInput("the shop has no channel yet; create one".to_owned()))
    }

    /// The shop as the actor sees it in the channel, currency and language of the request.
    ///
    /// # Errors
    /// [`BadUserInput`] if the shop has no channel yet.
    pub fn storefront(&self) -> Result<Storefront<'_>, BadUserInput> {
        Ok(Storefront::new(&self.app, &self.actor, self.context()?))
    }

    /// The shop as staff and API tokens see it.
    ///
    /// # Errors
    /// [`AccessError`] if the actor is neither.
    pub fn back_office(&self) -> Result<BackOffice<'_>, AccessError> {
        BackOffice::enter(&self.app, &self.actor)
    }

    /// The loaders for relations.
    #[must_use]
    pub fn loaders(&self) -> Arc<Loaders> {
        self.current_loaders.get()
    }

    /// Adds the client and its session.
    #[must_use]
    pub fn from_client(mut self, client: Client, session: Option<SessionId>) -> Self {
        self.client = client;
        self.session = session;
        self
    }
}

/// Access to the request's data from a GraphQL context.
pub trait RequestExt<'a> {
    /// The request's data.
    ///
    /// # Errors
    /// An internal error if the server did not add it.
    fn request(&self) -> async_graphql::Result<&'a RequestData>;
}

impl<'a> RequestExt<'a> for Context<'a> {
    fn request(&self) -> async_graphql::Result<&'a RequestData> {
        self.data::<RequestData>()
    }
}
