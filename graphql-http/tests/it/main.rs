//! The transport on a real socket, over a small schema.

mod attacks;
mod hostile;
mod http;
mod sse;
mod test_server;
mod ws;
