//! The data of a request that every resolver finds in its context.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::Context;
use model::{
    access::{AccessError, Actor},
    cart::Cart,
    channels::RequestContext,
    ids::{CartId, SessionId},
};
use services::{App, BackOffice, Storefront, identity::Client};

use crate::{BadUserInput, CurrentLoaders, Loaders, TooComplex};

/// The maximum number of different carts that the queries of one request read. Each can have 500 lines.
const MAX_CARTS: usize = 25;

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
    /// The carts that queries have asked for.
    carts: Mutex<HashSet<CartId>>,
}

impl RequestData {
    /// The data of a request, with new loaders.
    #[must_use]
    pub fn new(app: App, actor: Actor, context: Option<RequestContext>, request_id: String) -> Self {
        let current_loaders = CurrentLoaders::new(app.clone(), actor.clone());
        let carts = Mutex::default();
        Self { app, actor, session: None, client: Client::default(), context, current_loaders, request_id, carts }
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

    /// The cart of an id, read once per request; `None` if the actor sees no such cart.
    ///
    /// # Errors
    /// [`TooComplex`] if the request has asked for too many other carts, or the failure of a store.
    pub async fn cart(&self, id: CartId) -> async_graphql::Result<Option<Arc<Cart>>> {
        self.count_cart(id)?;
        self.loaders().carts().load(id).await
    }

    fn count_cart(&self, id: CartId) -> Result<(), TooComplex> {
        let mut known = self.carts.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_CARTS && !known.contains(&id) {
            return Err(TooComplex(format!("a request reads at most {MAX_CARTS} carts")));
        }
        known.insert(id);
        Ok(())
    }

    /// Adds the client and its session. Mails that the client causes are in the language of the request.
    #[must_use]
    pub fn from_client(mut self, client: Client, session: Option<SessionId>) -> Self {
        let locale = self.context.as_ref().and_then(|context| context.locales.first().cloned());
        self.client = Client { locale, ..client };
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
