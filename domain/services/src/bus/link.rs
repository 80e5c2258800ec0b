//! Connects the bus to other processes: one task sends collected topics, one receives messages.

use std::{collections::HashSet, time::Duration};

use persistence::{
    Db, StoreResult,
    bus::{Listener, MAX_MESSAGE, notify},
};
use tokio_util::sync::CancellationToken;

use super::{Bus, Charge, Topic};

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
        // Charges are hints, so they are not sent again after a failure.
        let (topics, charges) = (bus.take_outgoing(), bus.take_charges());
        if topics.is_empty() && charges.is_empty() {
            continue;
        }
        if let Err(error) = send_all(bus, db, &topics, &charges).await {
            tracing::warn!(%error, topics = topics.len(), "messages to other processes are delayed");
            bus.put_back(topics);
            tokio::time::sleep(RETRY).await;
            bus.shared.has_outgoing.notify_one();
        }
        tokio::time::sleep(GATHER).await;
    }
}

async fn send_all(bus: &Bus, db: &Db, topics: &HashSet<Topic>, charges: &[Charge]) -> StoreResult<()> {
    let origin = bus.shared.origin.simple().to_string();
    let mut conn = db.write().await?;
    notify(&mut conn, &messages(&origin, topics, charges)).await
}

/// Packs topics and charges into as few messages as possible: the origin, then the items, comma-separated.
fn messages(origin: &str, topics: &HashSet<Topic>, charges: &[Charge]) -> Vec<String> {
    let mut messages: Vec<String> = Vec::new();
    for item in topics.iter().map(ToString::to_string).chain(charges.iter().map(ToString::to_string)) {
        match messages.last_mut() {
            Some(message) if message.len() + item.len() < MAX_MESSAGE => {
                message.push(',');
                message.push_str(&item);
            }
            _ => messages.push(format!("{origin},{item}")),
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
        for item in items_of_others(bus, &message) {
            match item {
                Item::Topic(topic) => bus.deliver(topic),
                Item::Charge(charge) => bus.receive(charge),
            }
        }
    }
}

/// An item of a message.
#[derive(Debug, PartialEq)]
enum Item {
    Topic(Topic),
    Charge(Charge),
}

impl Item {
    fn parse(text: &str) -> Option<Self> {
        text.parse().map(Self::Topic).ok().or_else(|| Charge::parse(text).map(Self::Charge))
    }
}

/// The items of a message of another process; omits those that this version does not know.
fn items_of_others(bus: &Bus, message: &str) -> Vec<Item> {
    let mut parts = message.split(',');
    let is_own = parts.next().is_some_and(|origin| origin == bus.shared.origin.simple().to_string());
    if is_own { Vec::new() } else { parts.filter_map(Item::parse).collect() }
}

#[cfg(test)]
mod tests {
    use model::ids::{CartId, CustomerId};

    use super::{super::Payer, *};

    #[test]
    fn thousands_of_topics_travel_in_few_messages_and_arrive_elsewhere_only() {
        let sent: HashSet<Topic> = (0..1_000).map(|_| Topic::Cart(CartId::random())).collect();
        let here = Bus::default();
        let charges = [Charge { payer: Payer::Customer(CustomerId::new()), cost: 7 }];
        let messages = messages(&here.shared.origin.simple().to_string(), &sent, &charges);
        assert!(messages.iter().all(|message| message.len() <= MAX_MESSAGE) && messages.len() < 10);
        let there = Bus::default();
        let mut heard: Vec<Item> = messages.iter().flat_map(|message| items_of_others(&there, message)).collect();
        assert_eq!(heard.pop(), Some(Item::Charge(charges[0])));
        assert_eq!(heard, sent.into_iter().map(Item::Topic).collect::<Vec<_>>());
        assert!(messages.iter().all(|message| items_of_others(&here, message).is_empty()));
    }
}
