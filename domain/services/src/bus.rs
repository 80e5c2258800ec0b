//! Notifies tasks of this and other processes of changes, without a statement in the request that makes the change.
//! Messages can be lost with a connection; after a reconnect all subscribers are woken.

mod charge;
mod link;
mod topic;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::{Stream, stream};
use tokio::sync::{Notify, broadcast, watch};
use uuid::Uuid;

pub use charge::{Charge, Payer};
pub use link::run;
pub use topic::Topic;

/// The maximum number of topics to send while the database is down; further ones reach only this process.
const MAX_OUTGOING: usize = 10_000;

/// The number of received charges that wait for a slow subscriber; older ones are dropped.
const CHARGES: usize = 2_048;

/// The bus of a process; cheap to clone.
#[derive(Clone)]
pub struct Bus {
    shared: Arc<Shared>,
}

struct Shared {
    /// Identifies this process's own messages.
    origin: Uuid,
    subscribers: Mutex<HashMap<Topic, watch::Sender<Wake>>>,
    /// The number of wakes so far.
    wakes: AtomicU64,
    outgoing: Mutex<HashSet<Topic>>,
    has_outgoing: Notify,
    outgoing_charges: Mutex<Vec<Charge>>,
    charges: broadcast::Sender<Charge>,
}

/// Identifies a wake of a process. Subscribers that get the same one can share what they read after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Wake(u64);

impl Default for Bus {
    /// A bus without subscribers.
    fn default() -> Self {
        let shared = Shared {
            origin: Uuid::new_v4(),
            subscribers: Mutex::default(),
            wakes: AtomicU64::default(),
            outgoing: Mutex::default(),
            has_outgoing: Notify::new(),
            outgoing_charges: Mutex::default(),
            charges: broadcast::channel(CHARGES).0,
        };
        Self { shared: Arc::new(shared) }
    }
}

impl Bus {
    /// Wakes the subscribers of a topic in all processes, asynchronously. Call it after the commit. Several calls for one
    /// topic may wake them once.
    pub fn publish(&self, topic: Topic) {
        self.deliver(topic);
        let mut outgoing = lock(&self.shared.outgoing);
        if outgoing.len() < MAX_OUTGOING && outgoing.insert(topic) {
            self.shared.has_outgoing.notify_one();
        }
    }

    /// Wakes the subscribers of a topic in this process only: for events that reach every process in another way.
    pub fn wake(&self, topic: Topic) {
        self.deliver(topic);
    }

    /// Subscribes to a topic.
    #[must_use]
    pub fn subscribe(&self, topic: Topic) -> Subscription {
        let mut subscribers = lock(&self.shared.subscribers);
        let wakes = subscribers.entry(topic).or_insert_with(|| watch::channel(Wake::default()).0).subscribe();
        Subscription { bus: self.clone(), topic, wakes }
    }

    /// Sends charges to the other processes, asynchronously. They replace charges that could not be sent yet.
    pub fn share(&self, charges: Vec<Charge>) {
        if !charges.is_empty() {
            *lock(&self.shared.outgoing_charges) = charges;
            self.shared.has_outgoing.notify_one();
        }
    }

    /// The charges of other processes.
    #[must_use]
    pub fn charges(&self) -> broadcast::Receiver<Charge> {
        self.shared.charges.subscribe()
    }

    fn deliver(&self, topic: Topic) {
        if let Some(sender) = lock(&self.shared.subscribers).get(&topic) {
            sender.send_replace(self.next_wake());
        }
    }

    fn next_wake(&self) -> Wake {
        Wake(self.shared.wakes.fetch_add(1, Ordering::Relaxed).wrapping_add(1))
    }

    /// Wakes all subscribers, after messages may have been lost.
    fn deliver_to_all(&self) {
        for sender in lock(&self.shared.subscribers).values() {
            sender.send_replace(self.next_wake());
        }
    }

    fn receive(&self, charge: Charge) {
        // Fails if this process has no subscriber.
        let _ = self.shared.charges.send(charge);
    }

    fn take_outgoing(&self) -> HashSet<Topic> {
        std::mem::take(&mut *lock(&self.shared.outgoing))
    }

    fn take_charges(&self) -> Vec<Charge> {
        std::mem::take(&mut *lock(&self.shared.outgoing_charges))
    }

    fn put_back(&self, topics: HashSet<Topic>) {
        lock(&self.shared.outgoing).extend(topics);
    }
}

/// A subscription to one topic; ends when dropped.
pub struct Subscription {
    bus: Bus,
    topic: Topic,
    wakes: watch::Receiver<Wake>,
}

impl Subscription {
    /// Waits for the next wake and returns it; wakes since the last call count as one.
    pub async fn changed(&mut self) -> Wake {
        // The sender lives in the bus as long as this subscription does.
        let _ = self.wakes.changed().await;
        *self.wakes.borrow_and_update()
    }

    /// The wakes as an endless stream.
    pub fn into_stream(self) -> impl Stream<Item = ()> + Send {
        stream::unfold(self, |mut subscription| async move {
            subscription.changed().await;
            Some(((), subscription))
        })
    }
}

impl Drop for Subscription {
    /// Removes the topic with its last subscriber.
    fn drop(&mut self) {
        let mut subscribers = lock(&self.bus.shared.subscribers);
        if subscribers.get(&self.topic).is_some_and(|sender| sender.receiver_count() <= 1) {
            subscribers.remove(&self.topic);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_subscriber_is_woken_by_its_topic_and_by_no_other() {
        let bus = Bus::default();
        let mut events = bus.subscribe(Topic::Events);
        bus.publish(Topic::Jobs);
        assert!(!events.wakes.has_changed().unwrap());
        bus.publish(Topic::Events);
        bus.publish(Topic::Events);
        events.changed().await;
        assert!(!events.wakes.has_changed().unwrap());
    }

    #[test]
    fn a_topic_is_forgotten_with_its_last_subscriber() {
        let bus = Bus::default();
        let first = bus.subscribe(Topic::Jobs);
        let second = bus.subscribe(Topic::Jobs);
        drop(first);
        assert_eq!(lock(&bus.shared.subscribers).len(), 1);
        drop(second);
        assert_eq!(lock(&bus.shared.subscribers).len(), 0);
    }
}
