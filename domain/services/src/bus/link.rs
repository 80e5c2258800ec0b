//! Connects the bus to other processes: one task sends collected topics, one receives messages.

use std::{collections::HashSet, time::Duration};

use persistence::{
    Db, StoreResult,
    bus::{Listener, MAX_MESSAGE, notify},
};
use tokio_util::sync::CancellationToken;

use super::{Bus, Topic};

/// The delay before a lost connection is opened again.
const RETRY: Duration = Duration::from_millis(300);
/// Time to collect topics after a message: the first is sent at once, and a busy process sends at most fifty
/// times a second.
const GATHER: Duration = Duration::from_millis(20);

/// Connects the bus to other processes until stopped.
pub async fn run(bus: Bus, db: Db, stop: CancellationToken) {
    let work = async { tokio::join!(send(&bus, &db), receive(&bus, &db)) };
    // Both run endlessly; canceling them loses only wakes.
    stop.run_until_cancelled(work).await;
}

async fn send(bus: &Bus, db: &Db) {
    loop {
        bus.shared.has_outgoing.notified().await;
        let topics = bus.take_outgoing();
        if topics.is_empty() {
            continue;
        }
        if let Err(error) = send_all(bus, db, &topics).await {
            tracing::warn!(%error, topics = topics.len(), "messages to other processes are delayed");
            bus.put_back(topics);
            tokio::time::sleep(RETRY).await;
            bus.shared.has_outgoing.notify_one();
        }
        tokio::time::sleep(GATHER).await;
    }
}

async fn send_all(bus: &Bus, db: &Db, topics: &HashSet<Topic>) -> StoreResult<()> {
    let origin = bus.shared.origin.simple().to_string();
    let mut conn = db.write().await?;
    notify(&mut conn, &messages(&origin, topics)).await
}

/// Packs topics into as few messages as possible: the origin, then the topics, comma-separated.
fn messages(origin: &str, topics: &HashSet<Topic>) -> Vec<String> {
    let mut messages: Vec<String> = Vec::new();
    for topic in topics {
        let topic = topic.to_string();
        match messages.last_mut() {
            Some(message) if message.len() + topic.len() < MAX_MESSAGE => {
                message.push(',');
                message.push_str(&topic);
            }
            _ => messages.push(format!("{origin},{topic}")),
        }
    }
    messages
}

async fn receive(bus: &Bus, db: &Db) {
    loop {
        match receive_until_lost(bus, db).await {
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "the bus is not connected; retrying"),
        }
        tokio::time::sleep(RETRY).await;
    }
}

async fn receive_until_lost(bus: &Bus, db: &Db) -> StoreResult<()> {
    let mut listener = Listener::connect(db).await?;
    // Earlier messages are lost, so all subscribers check once.
    bus.deliver_to_all();
    loop {
        let message = listener.next().await?;
        for topic in topics_of_others(bus, &message) {
            bus.deliver(topic);
        }
    }
}

/// The topics of a message of another process; omits topics that this version does not know.
fn topics_of_others(bus: &Bus, message: &str) -> Vec<Topic> {
    let mut parts = message.split(',');
    let is_own = parts.next().is_some_and(|origin| origin == bus.shared.origin.simple().to_string());
    if is_own { Vec::new() } else { parts.filter_map(|topic| topic.parse().ok()).collect() }
}

#[cfg(test)]
mod tests {
    use model::ids::CartId;

    use super::*;

    #[test]
    fn thousands_of_topics_travel_in_few_messages_and_arrive_elsewhere_only() {
        let sent: HashSet<Topic> = (0..1_000).map(|_| Topic::Cart(CartId::random())).collect();
        let here = Bus::default();
        let messages = messages(&here.shared.origin.simple().to_string(), &sent);
        assert!(messages.iter().all(|message| message.len() <= MAX_MESSAGE) && messages.len() < 10);
        let there = Bus::default();
        let heard: HashSet<Topic> = messages.iter().flat_map(|message| topics_of_others(&there, message)).collect();
        assert_eq!(heard, sent);
        assert!(messages.iter().all(|message| topics_of_others(&here, message).is_empty()));
    }
}
