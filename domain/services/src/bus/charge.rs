//! Charges to the budgets of clients, which processes share so that several of them do not multiply a budget.

use std::fmt;

use model::{
    Network,
    ids::{ApiTokenId, CustomerId, StaffUserId},
};
use uuid::Uuid;

/// A client with a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Payer {
    /// A network.
    Network(Network),
    /// All clients whose address is not known, together.
    UnknownNetwork,
    /// A customer.
    Customer(CustomerId),
    /// An API token.
    Token(ApiTokenId),
    /// A staff member.
    Staff(StaffUserId),
}

/// A cost that a client caused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// The client.
    pub payer: Payer,
    /// The cost.
    pub cost: u64,
}

impl Charge {
    /// Parses the written form; none if it is not a charge of this version.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (cost, payer) = text.strip_prefix("charge/")?.split_once('/')?;
        Some(Self { payer: Payer::parse(payer)?, cost: cost.parse().ok()? })
    }
}

impl fmt::Display for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "charge/{}/{}", self.cost, self.payer)
    }
}

impl Payer {
    fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once('/').unwrap_or((text, ""));
        let uuid = || Uuid::try_parse(id).ok();
        Some(match kind {
            "network" => Self::Network(Network::of(id.parse().ok()?)),
            "unknown" => Self::UnknownNetwork,
            "customer" => Self::Customer(CustomerId::restore(uuid()?)),
            "token" => Self::Token(ApiTokenId::restore(uuid()?)),
            "staff" => Self::Staff(StaffUserId::restore(uuid()?)),
            _ => return None,
        })
    }
}

impl fmt::Display for Payer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(network) => write!(f, "network/{}", network.address()),
            Self::UnknownNetwork => f.write_str("unknown"),
            Self::Customer(id) => write!(f, "customer/{}", id.uuid().simple()),
            Self::Token(id) => write!(f, "token/{}", id.uuid().simple()),
            Self::Staff(id) => write!(f, "staff/{}", id.uuid().simple()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_charge_survives_the_round_trip() {
        let network = |address: &str| Payer::Network(Network::of(address.parse().unwrap()));
        for payer in [
            network("203.0.113.7"),
            network("2001:db8:1:2::3"),
            Payer::UnknownNetwork,
            Payer::Customer(CustomerId::new()),
            Payer::Token(ApiTokenId::new()),
            Payer::Staff(StaffUserId::new()),
        ] {
            let charge = Charge { payer, cost: 12 };
            assert_eq!(Charge::parse(&charge.to_string()), Some(charge));
        }
        for text in ["charge/12", "charge/x/unknown", "charge/1/network/shop", "charge/1/robot/1", "events"] {
            assert_eq!(Charge::parse(text), None, "{text}");
        }
    }
}
