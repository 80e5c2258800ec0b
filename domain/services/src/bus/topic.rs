//! What the bus can tell of.

use std::{fmt, str::FromStr};

use model::ids::{CartId, OrderId};
use uuid::Uuid;

/// Something that subscribers wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A cart changed.
    Cart(CartId),
    /// An order changed.
    Order(OrderId),
    /// A fact waits to be published: the relay looks.
    Outbox,
    /// Facts were published: followers read them.
    Events,
    /// A job is due: workers look.
    Jobs,
    /// A login or a right ended: nobody is trusted to be who they were.
    Actors,
}

/// The text names no topic of this version.
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
