//! The places of connections: one semaphore for all, and a count for each network address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::Network;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// Connections beyond the limit that are accepted at a time, to answer health checks and to reject everything else.
const SPARE: usize = 32;

/// The place of a connection; free again when dropped.
pub enum Place {
    /// One of the places within the limit.
    Regular {
        /// Held until the connection ends.
        _permit: OwnedSemaphorePermit,
    },
    /// A place beyond the limit, for one request.
    Spare {
        /// Held until the connection ends.
        _permit: OwnedSemaphorePermit,
    },
    /// A place of a process that stops, which no longer counts its connections.
    Uncounted,
}

/// The places of a listener.
pub struct Places {
    regular: Arc<Semaphore>,
    spare: Arc<Semaphore>,
}

impl Places {
    /// The places for this number of connections.
    pub fn new(max_open: usize) -> Self {
        Self { regular: Arc::new(Semaphore::new(max_open)), spare: Arc::new(Semaphore::new(SPARE)) }
    }

    /// Waits for a place; for none once the process stops.
    pub async fn wait(&self, stop: &CancellationToken) -> Place {
        tokio::select! {
            biased;
            Ok(permit) = self.regular.clone().acquire_owned() => Place::Regular { _permit: permit },
            Ok(permit) = self.spare.clone().acquire_owned() => Place::Spare { _permit: permit },
            () = stop.cancelled() => Place::Uncounted,
        }
    }

    /// Replaces a spare place by a regular one that has become free.
    pub fn upgrade(&self, place: Place) -> Place {
        match place {
            Place::Spare { .. } => match self.regular.clone().try_acquire_owned() {
                Ok(permit) => Place::Regular { _permit: permit },
                Err(_) => place,
            },
            other => other,
        }
    }
}

/// The number of open connections by network: an IPv4 address or an IPv6 /64 prefix.
pub struct Networks {
    most: usize,
    open: Mutex<HashMap<Network, usize>>,
}

impl Networks {
    /// Admits at most this number of connections of one network.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, open: Mutex::default() })
    }

    /// Counts a connection; none if its network has reached the limit.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Counted> {
        let network = Network::of(address);
        let mut networks = self.networks();
        let open = networks.entry(network).or_default();
        if *open >= self.most {
            return None;
        }
        *open += 1;
        Some(Counted { networks: Arc::clone(self), network })
    }

    fn networks(&self) -> MutexGuard<'_, HashMap<Network, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A counted connection; dropping the value ends the count.
pub struct Counted {
    networks: Arc<Networks>,
    network: Network,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut networks = self.networks.networks();
        if let Some(open) = networks.get_mut(&self.network) {
            *open -= 1;
            if *open == 0 {
                networks.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_has_a_number_of_connections() {
        let networks = Networks::new(2);
        let first = networks.admit(address("2001:db8:1:2::1")).unwrap();
        let second = networks.admit(address("2001:db8:1:2:ffff::1")).unwrap();
        assert!(networks.admit(address("2001:db8:1:2::3")).is_none());
        assert!(networks.admit(address("2001:db8:1:3::1")).is_some());
        drop(first);
        let third = networks.admit(address("2001:db8:1:2::3"));
        assert!(third.is_some());
        drop((second, third));
        assert!(networks.networks().is_empty(), "networks without connections are forgotten");
    }

    #[tokio::test]
    async fn spare_places_are_for_connections_beyond_the_limit() {
        let (places, stop) = (Places::new(1), CancellationToken::new());
        let regular = places.wait(&stop).await;
        assert!(matches!(regular, Place::Regular { .. }));
        let spare = places.wait(&stop).await;
        assert!(matches!(spare, Place::Spare { .. }));
        let spare = places.upgrade(spare);
        assert!(matches!(spare, Place::Spare { .. }));
        drop(regular);
        assert!(matches!(places.upgrade(spare), Place::Regular { .. }));
    }
}
