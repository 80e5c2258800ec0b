//! Facts on their way: published in order by the relay, applied in every process by the follower.

pub mod consumer;
pub mod follower;
pub mod relay;

use model::events::DomainEvent;

use crate::{App, ServiceResult, bus::Topic};

/// Drops what the fact made stale in this process. Safe to repeat; events of one object come in their order.
///
/// # Errors
/// A store's error; the event is applied again.
pub async fn apply(app: &App, event: &DomainEvent) -> ServiceResult<()> {
    match event {
        DomainEvent::SettingsChanged { .. } => {
            app.settings.invalidate();
            app.gateways.invalidate();
        }
        DomainEvent::InventoryChanged { products, .. } => app.availability.invalidate(products),
        DomainEvent::ProductChanged { id } | DomainEvent::ProductDeleted { id } => {
            app.catalog.invalidate_product(*id);
            // Its variants may be others now.
            app.availability.invalidate(&[*id]);
        }
        DomainEvent::TaxonomyChanged { .. } => app.catalog.invalidate_taxonomy(),
        // Every process hears of it, so each wakes its own subscribers.
        DomainEvent::OrderPlaced { id } | DomainEvent::OrderUpdated { id } => app.bus.wake(Topic::Order(*id)),
        DomainEvent::CustomerUpdated { id } => app.identity.forget_customer(*id),
        DomainEvent::PaymentUpdated { .. } | DomainEvent::CustomerRegistered { .. } => {}
    }
    Ok(())
}

/// Drops everything that an unseen event could have made stale, after events were missed.
///
/// # Errors
/// A store's error; it is called again.
pub async fn drop_caches(app: &App) -> ServiceResult<()> {
    app.settings.invalidate();
    app.gateways.invalidate();
    app.identity.forget_actors();
    app.availability.invalidate_all();
    app.catalog.invalidate_all();
    Ok(())
}
