//! The entry point for staff and API tokens, for reads that need no particular permission.

use std::sync::Arc;

use model::{
    access::{AccessError, Actor, Permissions},
    catalog::Taxonomy,
    ids::{ChannelId, StaffUserId},
    settings::Settings,
};

use crate::{App, ServiceResult};

/// The shop as a staff user or an API token sees it.
#[derive(Clone, Copy)]
pub struct BackOffice<'a> {
    app: &'a App,
    actor: &'a Actor,
}

impl<'a> BackOffice<'a> {
    /// The back office of one request.
    ///
    /// # Errors
    /// [`AccessError`] if the actor is neither staff nor an API token.
    pub fn enter(app: &'a App, actor: &'a Actor) -> Result<Self, AccessError> {
        actor.require_back_office()?;
        Ok(Self { app, actor })
    }

    /// The staff user who is logged in; `None` for an API token.
    #[must_use]
    pub fn staff_user(&self) -> Option<StaffUserId> {
        match self.actor {
            Actor::Staff { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// The permissions of the login or API token in a channel; without one, those that hold in any channel.
    #[must_use]
    pub fn permissions(&self, channel: Option<ChannelId>) -> Permissions {
        self.actor.permissions_in(channel)
    }

    /// Channels, locations, taxes, delivery methods and promotions.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the database is unavailable and no snapshot is cached.
    pub async fn settings(&self) -> ServiceResult<Arc<Settings>> {
        self.app.settings().await
    }

    /// Product types, categories and collections, in every channel.
    ///
    /// # Errors
    /// [`crate::ServiceError`] if the document store is unavailable and no snapshot is cached.
    pub async fn taxonomy(&self) -> ServiceResult<Arc<Taxonomy>> {
        self.app.catalog.taxonomy().await
    }
}
