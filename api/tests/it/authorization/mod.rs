//! Who may do what: every root field of both APIs, asked for by everybody who may come along.

mod actors;
mod admin;
mod api;
mod matrix;
mod permissions;
mod storefront;
