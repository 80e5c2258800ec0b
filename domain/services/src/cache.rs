//! Caches that the tasks of one process share.

mod keyed;
mod single_flight;
mod snapshot;

pub(crate) use keyed::KeyedCache;
pub(crate) use snapshot::SnapshotCache;
