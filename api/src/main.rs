//! The `mercator` binary.

use std::process::ExitCode;

/// Resolvers allocate much and briefly; this allocator is made for it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    api::cli::main()
}
