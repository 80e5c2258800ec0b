//! Ids and times that derive from names and numbers, so that every demo shop has the same.

use model::{GlobalId, Timestamp};
use sha2::{Digest as _, Sha256};

/// The Unix time at which the demo shop starts; products are created a minute apart.
const START: i64 = 1_735_689_600;

/// The time this many minutes after the start of the demo shop.
pub fn minute(number: usize) -> Timestamp {
    // Seeding is limited to ten million products, so neither conversion can fail.
    let seconds = i64::try_from(number).unwrap_or(0).saturating_mul(60);
    Timestamp::from_timestamp(START + seconds, 0).unwrap_or_default()
}

/// The id of an object that exists from the start of the demo shop.
pub fn id<I: GlobalId>(name: &str) -> I {
    id_at(name, minute(0))
}

/// The id of an object that was created at a time: it derives from the name and sorts by the time.
pub fn id_at<I: GlobalId>(name: &str, at: Timestamp) -> I {
    let hash = Sha256::digest(format!("{}/{name}", I::TYPE).as_bytes());
    // A digest has 32 bytes, and no time of the demo is before 1970.
    let random = hash.first_chunk::<10>().copied().unwrap_or_default();
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    I::restore(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}
