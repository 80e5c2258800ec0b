//! A private database server for tests that kill it.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

/// A server process that can restart on the same port and data; dropping the value kills it.
pub struct ServerProcess {
    command: Box<dyn Fn() -> Command + Send>,
    process: Child,
}

impl ServerProcess {
    /// Starts the command without waiting for readiness.
    ///
    /// # Panics
    /// If the program does not exist.
    pub fn start(command: impl Fn() -> Command + Send + 'static) -> Self {
        let process = command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the server starts");
        Self { command: Box::new(command), process }
    }

    /// Starts a server that speaks MongoDB's protocol, with its data in the folder; returns the server and its URL.
    ///
    /// # Panics
    /// If `SECANTUS_BIN` is not set.
    #[must_use]
    pub fn mongo(folder: &Path) -> (Self, String) {
        let binary = std::env::var("SECANTUS_BIN")
            .expect("SECANTUS_BIN names the program that stands for MongoDB in tests; `make test` sets it");
        let (folder, port) = (folder.to_owned(), free_port());
        let server = Self::start(move || {
            let mut command = Command::new(&binary);
            command.args(["--host", "127.0.0.1", "--port", &port.to_string(), "--sync-on-commit", "--storage-path"]);
            command.arg(&folder);
            command
        });
        (server, format!("mongodb://127.0.0.1:{port}"))
    }

    /// Kills the process like a crash and waits for its exit.
    ///
    /// # Panics
    /// If the operating system refuses.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Restarts the process without waiting for readiness.
    ///
    /// # Panics
    /// If the program does not exist.
    pub fn restart(&mut self) {
        self.process = (self.command)().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    }

    /// True if the process exited, as Postgres does while children of a killed server still hold its shared memory.
    ///
    /// # Panics
    /// If the operating system refuses.
    pub fn has_ended(&mut self) -> bool {
        self.process.try_wait().unwrap().is_some()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // The process may have exited already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns an unused port.
///
/// # Panics
/// If no port is free.
#[must_use]
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
