//! A private Postgres server for tests that stop it.

use std::{path::Path, process::Command};

use tempfile::TempDir;

/// A cluster in its own folder, created by the script that `make run` uses; dropping the value removes it.
pub struct Cluster {
    /// The address of its database.
    pub url: String,
    folder: TempDir,
}

impl Cluster {
    /// Creates and starts a cluster with fsync on, so that it keeps acknowledged writes.
    pub fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let url = script(&format!("postgres_start '{}' shop", folder.path().display()));
        Self { url: url.trim().to_owned(), folder }
    }

    /// Stops the server immediately, like a crash.
    pub fn crash(&self) {
        script(&format!("postgres_stop '{}' immediate", self.folder.path().display()));
    }

    /// Starts the server again at the same address.
    pub fn start_again(&self) {
        let url = script(&format!("postgres_start '{}' shop", self.folder.path().display()));
        assert_eq!(url.trim(), self.url);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        script(&format!("postgres_remove '{}'", self.folder.path().display()));
    }
}

fn script(call: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = format!("set -euo pipefail; source scripts/postgres.sh; {call}");
    let output = Command::new("bash").args(["-c", &text]).current_dir(root).output().unwrap();
    assert!(output.status.success(), "{call}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
