//! Pseudo-random numbers that derive from a name, so that the data of a product never depends on other products.

use sha2::{Digest as _, Sha256};

/// A stream of numbers that derives from a name (the `SplitMix64` generator).
pub struct Random(u64);

impl Random {
    /// The stream of a name.
    pub fn of(name: &str) -> Self {
        let hash = Sha256::digest(name.as_bytes());
        // A digest has 32 bytes, so there is always a first chunk.
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
        // The remainder is at most `high - low`, so it fits.
        low + u32::try_from(self.next() % span).unwrap_or(0)
    }

    /// True with this probability, in percent.
    pub fn percent(&mut self, chance: u32) -> bool {
        self.between(1, 100) <= chance
    }

    /// An item of the list; none if the list is empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.between(0, count(list.len().checked_sub(1)?)) as usize)
    }

    /// This number of items of the list, in its order.
    pub fn some<'a, T>(&mut self, list: &'a [T], number: usize) -> Vec<&'a T> {
        let mut left = number.min(list.len());
        let mut kept = Vec::with_capacity(left);
        for (at, item) in list.iter().enumerate() {
            if self.between(1, count(list.len() - at)) <= count(left) {
                kept.push(item);
                left -= 1;
            }
        }
        kept
    }
}

/// The length of a list of the demo's tables, which are short.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_gives_the_same_numbers_within_bounds() {
        let numbers = |name| {
            let mut random = Random::of(name);
            (0..100).map(|_| random.between(3, 9)).collect::<Vec<_>>()
        };
        assert_eq!(numbers("a"), numbers("a"));
        assert_ne!(numbers("a"), numbers("b"));
        assert!(numbers("a").iter().all(|number| (3..=9).contains(number)));
    }

    #[test]
    fn some_items_of_a_list_keep_its_order() {
        let mut random = Random::of("x");
        for number in 0..6 {
            let some = random.some(&[1, 2, 3, 4, 5], number);
            assert_eq!(some.len(), number.min(5));
            assert!(some.is_sorted());
        }
    }
}
