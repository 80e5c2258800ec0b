//! Tells other tasks and other processes that something changed, without a statement in the request that changed it.
//! A message may be lost when a connection is; whoever listens is then woken to look for itself.

mod link;
mod topic;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{Stream, stream};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

pub use link::run;
pub use topic::Topic;

/// The most topics that wait to be sent while the database is away; further ones reach this process only.
const MAX_OUTGOING: usize = 10_000;

/// One end of the bus, shared by the whole process; cheap to clone.
#[derive(Clone)]
pub struct Bus {
    shared: Arc<Shared>,
}

struct Shared {
    /// Tells this process's messages from those of others.
    origin: Uuid,
    subscribers: Mutex<HashMap<Topic, watch::Sender<()>>>,
    outgoing: Mutex<HashSet<Topic>>,
    has_outgoing: Notify,
}

impl Default for Bus {
    /// A bus without subscribers.
    fn default() -> Self {
        let shared = Shared {
            origin: Uuid::new_v4(),
            subscribers: Mutex::default(),
            outgoing: Mutex::default(),
            has_outgoing: Notify::new(),
        };
        Self { shared: Arc::new(shared) }
    }
}

impl Bus {
    /// Wakes the subscribers of the topic in every process, soon. Call it after the commit. Many calls for one topic
    /// may wake them once.
    pub fn publish(&self, topic: Topic) {
        self.deliver(topic);
        let mut outgoing = lock(&self.shared.outgoing);
        if outgoing.len() < MAX_OUTGOING && outgoing.insert(topic) {
            self.shared.has_outgoing.notify_one();
        }
    }

    /// Wakes the subscribers of the topic in this process, for facts that every process hears of in another way.
    pub fn wake(&self, topic: Topic) {
        self.deliver(topic);
    }

    /// Listens to a topic from now on.
    #[must_use]
    pub fn subscribe(&self, topic: Topic) -> Subscription {
        let mut subscribers = lock(&self.shared.subscribers);
        let wakes = subscribers.entry(topic).or_insert_with(|| watch::channel(()).0).subscribe();
        Subscription { bus: self.clone(), topic, wakes }
    }

    fn deliver(&self, topic: Topic) {
        if let Some(sender) = lock(&self.shared.subscribers).get(&topic) {
            sender.send_replace(());
        }
    }

    /// Wakes everybody, after messages may have been lost.
    fn deliver_to_all(&self) {
        for sender in lock(&self.shared.subscribers).values() {
            sender.send_replace(());
        }
    }

    fn take_outgoing(&self) -> HashSet<Topic> {
        std::mem::take(&mut *lock(&self.shared.outgoing))
    }

    fn put_back(&self, topics: HashSet<Topic>) {
        lock(&self.shared.outgoing).extend(topics);
    }
}

/// A place where wakes of one topic arrive, until it is dropped.
pub struct Subscription {
    bus: Bus,
    topic: Topic,
    wakes: watch::Receiver<()>,
}

impl Subscription {
    /// Waits for the next wake; those that came since the last call count as one.
    pub async fn changed(&mut self) {
        // The sender lives in the bus as long as this subscription does.
        let _ = self.wakes.changed().await;
    }

    /// The wakes as a stream without end.
    pub fn into_stream(self) -> impl Stream<Item = ()> + Send {
        stream::unfold(self, |mut subscription| async move {
            subscription.changed().await;
            Some(((), subscription))
        })
    }
}

impl Drop for Subscription {
    /// Forgets the topic with its last subscriber.
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
