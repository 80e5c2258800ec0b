//! The transport on a real socket, over a small schema.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod attacks;
mod hostile;
mod http;
mod overload;
mod sse;
mod test_server;
mod ws;
