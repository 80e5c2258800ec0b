//! Events: the relay publishes them in order, followers apply them in every process, and consumers handle each once.

pub mod consumer;
pub mod follower;
pub mod relay;

use model::events::DomainEvent;

/// Reacts to published events in every process, for example by invalidating cached values. An event may come more than
/// once; events of one object come in their order.
pub trait Observer: Send + Sync {
    /// Reacts to an event.
    fn on_event(&self, event: &DomainEvent);

    /// Invalidates everything that a lost event could have made stale.
    fn on_events_lost(&self);
}
