//! Invalidates the caches of a process, and wakes its subscribers.

use model::events::DomainEvent;

use crate::{App, bus::Topic, events::Observer};

/// The caches of an [`App`].
pub struct Caches(App);

impl Caches {
    /// The caches of `app`.
    #[must_use]
    pub fn of(app: &App) -> Self {
        Self(app.clone())
    }
}

impl Observer for Caches {
    fn on_event(&self, event: &DomainEvent) {
        let Self(app) = self;
        match event {
            DomainEvent::SettingsChanged { .. } => {
                app.settings.invalidate();
                app.gateways.invalidate();
            }
            DomainEvent::InventoryChanged { products, .. } => app.availability.invalidate(products),
            DomainEvent::ProductChanged { id } | DomainEvent::ProductDeleted { id } => {
                app.catalog.invalidate_product(*id);
                // The product may have other variants now.
                app.availability.invalidate(&[*id]);
            }
            DomainEvent::TaxonomyChanged { .. } => app.catalog.invalidate_taxonomy(),
            // Every process follows the events, so each wakes only its own subscribers.
            DomainEvent::OrderPlaced { id } | DomainEvent::OrderUpdated { id } => app.bus.wake(Topic::Order(*id)),
            DomainEvent::CustomerUpdated { id } => app.identity.invalidate_customer(*id),
            DomainEvent::PaymentUpdated { .. } | DomainEvent::CustomerRegistered { .. } => {}
        }
    }

    fn on_events_lost(&self) {
        let Self(app) = self;
        app.settings.invalidate();
        app.gateways.invalidate();
        app.identity.invalidate_actors();
        app.availability.invalidate_all();
        app.catalog.invalidate_all();
    }
}
