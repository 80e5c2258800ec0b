//! Fuzz targets. `make fuzz` runs each for a minute, `make test` for a second.
#![expect(clippy::unwrap_used, reason = "a target fails by panicking")]

mod documents;
mod texts;
mod webhooks;
