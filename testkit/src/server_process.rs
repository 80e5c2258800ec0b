//! A database server of a test's own, for tests that kill it.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

/// A server process that is started again on the same port and data; killed with the value.
pub struct ServerProcess {
    command: Box<dyn Fn() -> Command + Send>,
    process: Child,
}

impl ServerProcess {
    /// Starts what the command says, without waiting for it.
    ///
    /// # Panics
    /// When the program is not there.
    pub fn start(command: impl Fn() -> Command + Send + 'static) -> Self {
        let process = command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the server starts");
        Self { command: Box::new(command), process }
    }

    /// A server that speaks MongoDB's protocol, on a folder of the test's: the server and its address.
    ///
    /// # Panics
    /// When `SECANTUS_BIN` is not set.
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

    /// Ends it as a crash would, and waits until it is gone.
    ///
    /// # Panics
    /// When the system refuses.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it again, without waiting for it.
    ///
    /// # Panics
    /// When the program is gone.
    pub fn restart(&mut self) {
        self.process = (self.command)().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    }

    /// Whether it gave up, as Postgres does while children of a killed one still hold its memory.
    ///
    /// # Panics
    /// When the system refuses.
    pub fn has_ended(&mut self) -> bool {
        self.process.try_wait().unwrap().is_some()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that nobody listens on.
///
/// # Panics
/// When there is none left.
#[must_use]
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
