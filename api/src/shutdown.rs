//! Shutdown on signals: after the first, the process stops accepting work and finishes what is in progress.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Returns a token that is canceled by `SIGTERM` or `SIGINT`. A second signal ends the process at once.
///
/// # Errors
/// [`std::io::Error`] if the signal handlers cannot be installed.
pub fn on_signal() -> std::io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let first = stop.clone();
    tokio::spawn(async move {
        for is_first in [true, false] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if is_first {
                tracing::info!("stopping; work in progress is finished first");
                first.cancel();
            }
        }
        std::process::exit(130);
    });
    Ok(stop)
}
