//! Access to every root field of both APIs, for every kind of actor.

mod actors;
mod admin;
mod api;
mod matrix;
mod permissions;
mod storefront;
