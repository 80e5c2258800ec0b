//! Behavior of the use cases on real databases.

mod bus;
mod cart;
mod catalog;
mod channels;
mod checkout;
mod consumers;
mod events;
mod identity;
mod inventory;
mod jobs;
mod orders;
mod promotions;
mod search;
mod settings;
