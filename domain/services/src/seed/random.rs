//! Numbers that look random and are always the same: what is made from one name never depends on anything else.

use model::{GlobalId, Timestamp};
use sha2::{Digest, Sha256};

/// A stream of numbers that belongs to a name.
pub struct Random(u64);

impl Random {
    /// The stream of a name.
    pub fn of(name: &str) -> Self {
        let hash = Sha256::digest(name.as_bytes());
        Self(u64::from_le_bytes(hash.first_chunk().copied().unwrap_or_default()))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u32, high: u32) -> u32 {
        let span = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.next() % span).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, chance: u32) -> bool {
        self.between(1, 100) <= chance
    }

    /// One of the list; nothing of an empty one.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        let highest = u32::try_from(list.len().checked_sub(1)?).unwrap_or(u32::MAX);
        list.get(self.between(0, highest) as usize).copied()
    }

    /// So many of the list, in its order.
    pub fn some<T: Copy>(&mut self, list: &[T], count: usize) -> Vec<T> {
        let mut left = count.min(list.len());
        let mut kept = Vec::with_capacity(left);
        for (at, item) in list.iter().enumerate() {
            let open = u32::try_from(list.len() - at).unwrap_or(u32::MAX);
            if self.between(1, open) <= u32::try_from(left).unwrap_or(u32::MAX) {
                kept.push(*item);
                left -= 1;
            }
        }
        kept
    }
}

/// The id of a name: the same each time, and sorted among others by its time.
pub fn id<I: GlobalId>(name: &str, at: Timestamp) -> I {
    let hash = Sha256::digest(format!("{}/{name}", I::TYPE).as_bytes());
    let random = hash.first_chunk::<10>().copied().unwrap_or_default();
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    I::restore(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_gives_the_same_numbers_within_their_bounds() {
        let numbers = |name| {
            let mut random = Random::of(name);
            (0..100).map(|_| random.between(3, 9)).collect::<Vec<_>>()
        };
        assert_eq!(numbers("a"), numbers("a"));
        assert_ne!(numbers("a"), numbers("b"));
        assert!(numbers("a").iter().all(|number| (3..=9).contains(number)));
    }

    #[test]
    fn some_of_a_list_are_as_many_as_asked_for_in_order() {
        let mut random = Random::of("x");
        for count in 0..6 {
            let some = random.some(&[1, 2, 3, 4, 5], count);
            assert_eq!(some.len(), count.min(5));
            assert!(some.is_sorted());
        }
    }
}
