//! Topics of the bus.

use std::{fmt, str::FromStr};

use model::ids::{CartId, OrderId};
use uuid::Uuid;

/// A subject of notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A cart changed.
    Cart(CartId),
    /// An order changed.
    Order(OrderId),
    /// An event waits to be published, for the relay.
    Outbox,
    /// Events were published, for followers and consumers.
    Events,
    /// A job is due, for workers.
    Jobs,
    /// A login or permission ended: cached actors are invalid.
    Actors,
}

/// A text that is not a topic of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownTopic;

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cart(id) => write!(f, "cart/{}", id.uuid().simple()),
            Self::Order(id) => write!(f, "order/{}", id.uuid().simple()),
            Self::Outbox => f.write_str("outbox"),
            Self::Events => f.write_str("events"),
            Self::Jobs => f.write_str("jobs"),
            Self::Actors => f.write_str("actors"),
        }
    }
}

impl FromStr for Topic {
    type Err = UnknownTopic;
    fn from_str(text: &str) -> Result<Self, UnknownTopic> {
        let id = |id: &str| Uuid::try_parse(id).map_err(|_| UnknownTopic);
        match text.split_once('/').unwrap_or((text, "")) {
            ("cart", cart) => Ok(Self::Cart(CartId::restore(id(cart)?))),
            ("order", order) => Ok(Self::Order(OrderId::restore(id(order)?))),
            ("outbox", "") => Ok(Self::Outbox),
            ("events", "") => Ok(Self::Events),
            ("jobs", "") => Ok(Self::Jobs),
            ("actors", "") => Ok(Self::Actors),
            _ => Err(UnknownTopic),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_survives_the_round_trip() {
        let named = [Topic::Outbox, Topic::Events, Topic::Jobs, Topic::Actors];
        let topics = [Topic::Cart(CartId::new()), Topic::Order(OrderId::new())].into_iter().chain(named);
        for topic in topics {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
        assert_eq!("weather".parse::<Topic>(), Err(UnknownTopic));
    }
}
