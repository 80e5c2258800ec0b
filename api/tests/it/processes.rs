//! A demo shop of real processes on its own database: servers, workers and two sandbox gateways, started as `make run`
//! does. Dropping the value kills all processes.

use std::{
    fs::File,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;
use testkit::{GraphqlClient, TestDatabase, eventually};

/// Start-up time limit of a process on a busy machine.
const START: Duration = Duration::from_mins(1);

/// The processes and data of a shop.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Number of `mercator serve` processes.
    pub servers: usize,
    /// Number of `mercator worker` processes.
    pub workers: usize,
    /// True if MongoDB stores the documents instead of Postgres.
    pub has_mongodb: bool,
    /// Number of seeded products.
    pub products: usize,
}

impl Default for Plan {
    fn default() -> Self {
        Self { servers: 1, workers: 1, has_mongodb: false, products: 20 }
    }
}

/// The running shop.
pub struct Processes {
    /// The servers, as `host:port`, with their processes.
    pub servers: Vec<Process>,
    /// The worker processes.
    pub workers: Vec<Process>,
    /// The gateways `sandbox-a` and `sandbox-b`.
    pub gateways: Vec<Process>,
    settings: Vec<(&'static str, String)>,
    /// The address of the first server, which receives the webhooks.
    first_address: String,
    /// Dropped with the shop; none if the shop uses an external database.
    _database: Option<TestDatabase>,
    folder: TempDir,
}

/// One process of the shop.
pub struct Process {
    /// The address as `host:port`; empty for a worker.
    pub address: String,
    child: Child,
}

impl Process {
    /// Kills the process like a crash and waits for its exit.
    pub fn kill(&mut self) {
        // The process may have exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The resident memory in MiB.
    pub fn resident_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    /// Stops the process with SIGTERM and waits for its exit.
    pub fn terminate(&mut self) -> std::process::ExitStatus {
        self.signal("TERM");
        self.child.wait().unwrap()
    }

    /// Sends a signal such as `STOP` or `CONT`.
    pub fn signal(&self, name: &str) {
        let (signal, pid) = (format!("-{name}"), self.child.id().to_string());
        assert!(Command::new("kill").args([&signal, &pid]).status().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Processes {
    /// Migrates, seeds a small demo shop and starts the processes of the plan.
    pub async fn start(plan: Plan) -> Self {
        Self::start_with(plan, Vec::new()).await
    }

    /// Starts it with additional environment variables.
    pub async fn start_with(plan: Plan, more: Vec<(&'static str, String)>) -> Self {
        // A seeded copy of the database alone is incomplete if the documents are in MongoDB.
        let is_whole = !plan.has_mongodb && more.iter().all(|(name, _)| *name != "MONGODB_URL");
        if is_whole {
            let database = seeded(plan.products).await;
            return Self::new(&database.url.clone(), Some(database), plan, more).open(plan).await;
        }
        let database = TestDatabase::new().await;
        let shop = Self::new(&database.url.clone(), Some(database), plan, more);
        shop.run(&["seed", "--products", &plan.products.to_string()]);
        shop.open(plan).await
    }

    /// Starts the shop on an external empty database.
    pub async fn start_on(url: &str, plan: Plan) -> Self {
        let shop = Self::new(url, None, plan, Vec::new());
        shop.run(&["migrate"]);
        shop.run(&["seed", "--products", &plan.products.to_string()]);
        shop.open(plan).await
    }

    fn new(url: &str, database: Option<TestDatabase>, plan: Plan, more: Vec<(&'static str, String)>) -> Self {
        let folder = TempDir::new().unwrap();
        let first_address = free_address();
        let mut settings = settings(url, folder.path(), plan);
        settings.push(("SANDBOX_MERCATOR_URL", format!("http://{first_address}")));
        settings.extend(more);
        Self {
            settings,
            first_address,
            servers: Vec::new(),
            workers: Vec::new(),
            gateways: Vec::new(),
            _database: database,
            folder,
        }
    }

    async fn open(mut self, plan: Plan) -> Self {
        for name in ["sandbox-a", "sandbox-b"] {
            self.start_gateway(name);
        }
        for _ in 0..plan.workers {
            self.start_worker();
        }
        for _ in 0..plan.servers {
            self.start_server().await;
        }
        self
    }

    /// The storefront API of one server, counted from 0.
    pub fn storefront(&self, server: usize) -> GraphqlClient {
        GraphqlClient::new(format!("http://{}/graphql", self.servers[server].address))
    }

    /// An anonymous client of the first server's admin API.
    pub fn admin(&self) -> GraphqlClient {
        GraphqlClient::new(format!("http://{}/admin/graphql", self.servers[0].address))
    }

    /// A client of the admin API, logged in as `admin@demo.test` or `clerk@demo.test`.
    pub async fn staff(&self, email: &str) -> GraphqlClient {
        let login = "mutation($e: String!) { staffLogin(input: { email: $e, password: \"mercator-demo\" }) {
            session { accessToken } userErrors { code } } }";
        let answer = self.admin().gql(login, serde_json::json!({ "e": email })).await.ok();
        self.admin().bearer(&answer.text("/staffLogin/session/accessToken"))
    }

    /// The log of one server so far, counted from 0.
    pub fn log_of_server(&self, server: usize) -> String {
        let name = format!("server-{}.log", self.servers[server].address);
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// All charges in the records of both gateways.
    pub async fn charges(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for gateway in &self.gateways {
            let request = reqwest::Client::new().get(format!("http://{}/charges", gateway.address));
            let answer = request.bearer_auth("sandbox-key").send().await.unwrap();
            let charges: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            all.extend(charges.as_array().unwrap().iter().cloned());
        }
        all
    }

    /// Starts one more server and waits until it is ready.
    pub async fn start_server(&mut self) {
        let address = if self.servers.is_empty() { self.first_address.clone() } else { free_address() };
        let child = self.spawn(&["serve"], &[("MERCATOR_LISTEN", &address)], &format!("server-{address}"));
        let url = format!("http://{address}/health/ready");
        eventually("the server is ready", START, async || {
            reqwest::get(&url).await.ok().filter(|answer| answer.status().is_success())
        })
        .await;
        self.servers.push(Process { address, child });
    }

    /// Starts one more worker.
    pub fn start_worker(&mut self) {
        let child = self.spawn(&["worker"], &[], &format!("worker-{}", self.workers.len()));
        self.workers.push(Process { address: String::new(), child });
    }

    fn start_gateway(&mut self, name: &'static str) {
        let key = if name == "sandbox-a" { "MERCATOR_SANDBOX_A_URL" } else { "MERCATOR_SANDBOX_B_URL" };
        let url = self.settings.iter().find(|(setting, _)| *setting == key).unwrap().1.clone();
        let address = url.trim_start_matches("http://").to_owned();
        let data = self.folder.path().join(name).display().to_string();
        let child = self.spawn(&["sandbox-gateway", "--name", name, "--listen", &address, "--data", &data], &[], name);
        self.gateways.push(Process { address, child });
    }

    /// Runs one command of the shop and waits for its exit.
    pub fn run(&self, arguments: &[&str]) {
        succeed(&mut self.command(arguments));
    }

    fn spawn(&self, arguments: &[&str], more: &[(&str, &str)], log: &str) -> Child {
        let log = File::create(self.folder.path().join(format!("{log}.log"))).unwrap();
        let mut command = self.command(arguments);
        command.envs(more.iter().copied()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mercator"));
        command.args(arguments).envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// Runs a command and waits for its exit.
fn succeed(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A copy of a database that this build has seeded, because seeding takes longer than most tests.
async fn seeded(products: usize) -> TestDatabase {
    let mercator = env!("CARGO_BIN_EXE_mercator");
    let file = std::fs::metadata(mercator).unwrap();
    let mut version = DefaultHasher::new();
    (file.len(), file.modified().unwrap(), products).hash(&mut version);
    TestDatabase::prepared(version.finish(), async |url| {
        for arguments in [vec!["migrate"], vec!["seed", "--products", &products.to_string()]] {
            succeed(Command::new(mercator).args(arguments).env("DATABASE_URL", url));
        }
    })
    .await
}

fn settings(url: &str, folder: &Path, plan: Plan) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("DATABASE_URL", url.to_owned()),
        ("MERCATOR_INDEX_DIR", folder.join("index").display().to_string()),
        ("MERCATOR_MAIL_DIR", folder.join("mail").display().to_string()),
        ("MERCATOR_LOG", "warn".to_owned()),
        ("MERCATOR_SANDBOX_A_URL", format!("http://{}", free_address())),
        ("MERCATOR_SANDBOX_B_URL", format!("http://{}", free_address())),
    ];
    if plan.has_mongodb {
        let server = std::env::var("MONGODB_TEST_URL").expect("MONGODB_TEST_URL names a MongoDB; `make test` sets it");
        let name = url.rsplit('/').next().unwrap().to_owned();
        settings.push(("MONGODB_URL", format!("{}/{name}", server.trim_end_matches('/'))));
    }
    settings
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}
