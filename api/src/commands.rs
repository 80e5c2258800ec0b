//! The subcommands.

pub mod doctor;
pub mod init;
pub mod invite;
pub mod mail_preview;
pub mod migrate;
pub mod reindex;
pub mod retention;
pub mod sandbox_gateway;
pub mod sdl;
pub mod seed;
pub mod serve;
pub mod worker;
