//! The processes of a real shop on a database of its own. Dropping the value kills them.

use std::{
    fs::File,
    net::TcpListener,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use testkit::{GraphqlClient, TestDatabase, eventually};

/// The owner's login.
pub const EMAIL: &str = "owner@teahouse.example";
pub const PASSWORD: &str = "oolong-kettle-92 lantern";

/// Start-up time limit of a process on a busy machine.
const START: Duration = Duration::from_mins(1);

/// A database, and commands that run on it.
pub struct Commands {
    pub database: TestDatabase,
    pub folder: TempDir,
}

impl Commands {
    /// Commands on a migrated database without a shop.
    pub async fn migrated() -> Self {
        Self { database: TestDatabase::new().await, folder: TempDir::new().unwrap() }
    }

    /// A command of the program.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mercator"));
        command.args(arguments).stdin(Stdio::null()).env_remove("MONGODB_URL");
        command.env("DATABASE_URL", &self.database.url).env("MERCATOR_LOG", "warn");
        command.env("MERCATOR_INDEX_DIR", self.folder.path().join("index"));
        command.env("MERCATOR_MAIL_DIR", self.folder.path().join("mail"));
        command.env("MERCATOR_KEY_SECRET", "a secret of at least thirty-two bytes");
        command.env("MERCATOR_TRANSFER_CURRENCIES", "EUR,USD");
        command
    }

    /// Runs `mercator init` with the owner's password in the environment.
    pub fn init(&self, more: &[&str]) -> Output {
        let arguments = ["init", "--shop-name", "Tea House", "--email", EMAIL];
        self.command(&[&arguments, more].concat()).env("MERCATOR_OWNER_PASSWORD", PASSWORD).output().unwrap()
    }
}

/// The running shop.
pub struct RealShop {
    address: String,
    children: Vec<Child>,
    _commands: Commands,
}

impl RealShop {
    /// Opens a shop in an empty database, and starts a server and a worker.
    pub async fn open(country: &str) -> Self {
        let commands = Commands { database: TestDatabase::empty().await, folder: TempDir::new().unwrap() };
        succeed(&commands.command(&["migrate"]).output().unwrap());
        succeed(&commands.init(&["--country", country]));
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let spawn = |role: &str| {
            let log = File::create(commands.folder.path().join(format!("{role}.log"))).unwrap();
            let mut command = commands.command(&[role]);
            command.env("MERCATOR_LISTEN", &address).stdout(Stdio::null()).stderr(log).spawn().unwrap()
        };
        let children = vec![spawn("worker"), spawn("serve")];
        let shop = Self { children, address, _commands: commands };
        let url = format!("http://{}/health/ready", shop.address);
        eventually("the server is ready", START, async || {
            reqwest::get(&url).await.ok().filter(|answer| answer.status().is_success())
        })
        .await;
        shop
    }

    /// A client of the admin API.
    pub fn admin(&self) -> GraphqlClient {
        GraphqlClient::new(format!("http://{}/admin/graphql", self.address))
    }

    /// A client of the storefront API.
    pub fn storefront(&self) -> GraphqlClient {
        GraphqlClient::new(format!("http://{}/graphql", self.address))
    }
}

impl Drop for RealShop {
    fn drop(&mut self) {
        for child in &mut self.children {
            // The process may have exited already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The output of a command that must succeed.
pub fn succeed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}
