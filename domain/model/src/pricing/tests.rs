//! Pricing against the facts of the demo shop, to the cent, and its laws for any cart.

mod demo;
mod facts;
mod laws;
mod promotions;
