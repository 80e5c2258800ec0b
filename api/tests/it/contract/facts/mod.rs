//! The facts of the demo shop that documentation, examples and checks rely on, exact to the cent.

mod carts;
mod channels;
mod codes;
pub mod people;
mod products;
mod seeding;
mod tokens;

use crate::processes::{Plan, Processes};

/// A demo shop with one server and no worker.
async fn demo() -> Processes {
    Processes::start(Plan { workers: 0, ..Plan::default() }).await
}
