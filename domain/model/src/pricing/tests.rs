//! Tests of pricing: exact prices in the demo shop, and properties of any cart.

mod delivery;
mod demo;
mod facts;
mod gifts;
mod laws;
mod promotions;
mod taxes;
