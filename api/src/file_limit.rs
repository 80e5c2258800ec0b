//! The limit of open files of the process.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that a process opens besides its clients' connections: databases, index, logs, health checks, and the
/// connections that are only told that the process is busy.
const OTHER_FILES: u64 = 384;

/// Raises the limit of open files to one for each connection, as far as the system allows, and returns the number of
/// connections that the limit allows.
pub fn raise(wanted: usize) -> usize {
    // No limit is reported as none.
    let limit = getrlimit(Resource::Nofile);
    let (current, most) = (limit.current.unwrap_or(u64::MAX), limit.maximum.unwrap_or(u64::MAX));
    let raised = OTHER_FILES.saturating_add(wanted as u64).clamp(current.min(most), most);
    let open = match setrlimit(Resource::Nofile, Rlimit { current: Some(raised), ..limit }) {
        Ok(()) => raised,
        Err(_) => current,
    };
    let allowed = usize::try_from(open.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX).clamp(1, wanted);
    if allowed < wanted {
        tracing::warn!(allowed, wanted, "the limit of open files allows fewer connections than configured");
    }
    allowed
}
