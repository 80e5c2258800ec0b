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

    /// Turns on TLS with a certificate and its key in PEM format, and replaces the rules of authentication.
    pub fn use_tls(&self, certificate: &str, key: &str, rules: &str) {
        for (file, text) in [("server.crt", certificate), ("server.key", key), ("pg_hba.conf", rules)] {
            std::fs::write(self.folder.path().join(file), text).unwrap();
        }
        script(&format!(
            r#"home="$(postgres_home '{folder}')"
            for file in server.crt server.key pg_hba.conf; do
                cp '{folder}'/$file "$home/data/$file.new"
                chmod 600 "$home/data/$file.new"
                [ "$(id -u)" != 0 ] || chown "$(as_postgres id -un)" "$home/data/$file.new"
                mv "$home/data/$file.new" "$home/data/$file"
            done
            echo "ssl = on" >>"$home/data/postgresql.conf"
            cd "$home" && as_postgres "$(postgres_installed)/pg_ctl" -D "$home/data" reload >&2"#,
            folder = self.folder.path().display()
        ));
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
