//! Tax classes and rates. A shop has few, so pricing reads them as a whole.

mod classes;
mod rates;

pub use classes::{
    CLASS_SLUG_KEY, MAX_CLASSES, classes, count_classes, delete_class, insert_class, insert_missing_classes,
    lock_class, save_class,
};
pub use rates::{MAX_RATES, RATE_CLASS_KEY, count, delete, insert_missing, list, lock, lock_same, set, table, upsert};
