//! Examples of mutations in the order in which they run.

mod catalog;
mod people;
mod selling;
mod settings;

pub use catalog::catalog;
pub use people::people;
pub use selling::selling;
pub use settings::settings;
