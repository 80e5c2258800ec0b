//! The `mercator` binary.

use std::process::ExitCode;

/// Responses consist of many small, short-lived allocations, which mimalloc handles well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    api::cli::main()
}
