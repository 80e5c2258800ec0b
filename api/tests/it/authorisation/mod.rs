//! Who may do what: every root field of both APIs, asked for by everybody who may come along.

mod admin;
mod api;
mod matrix;
mod people;
mod permissions;
mod storefront;
