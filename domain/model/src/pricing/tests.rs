//! Tests of pricing: exact prices in the demo shop, and properties of any cart.

mod demo;
mod facts;
mod laws;
mod promotions;
mod taxes;
