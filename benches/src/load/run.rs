//! Runs a scenario on several connections and measures it.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::task::LocalSet;

use crate::{
    Outcome, RunArgs,
    client::Client,
    procfs,
    scenarios::{self, Scenario},
    shop::Shop,
};

/// Maximum resident memory of the server in MiB.
const MEMORY_BUDGET_MIB: f64 = 150.0;

/// The measured cost of a scenario.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// Name of the scenario.
    pub name: String,
    /// Completed units of work.
    pub done: u64,
    /// Units of work per second of wall-clock time.
    pub per_second: f64,
    /// Median latency in milliseconds.
    pub p50_ms: f64,
    /// 99th percentile of the latency in milliseconds.
    pub p99_ms: f64,
    /// CPU-seconds of the server per 1,000 units.
    pub server_cpu_per_1000: f64,
    /// CPU-seconds of Postgres per 1,000 units.
    pub postgres_cpu_per_1000: f64,
    /// Units of work per CPU-second of server and database together.
    pub per_cpu_second: f64,
    /// Mean number of statements per unit, over all its operations.
    pub statements: Option<f64>,
    /// Resident memory of the server after the run in MiB.
    pub resident_mib: f64,
    /// Budget: minimum units per CPU-second.
    pub budget: Option<u32>,
    /// Budget: maximum statements per unit.
    pub statement_budget: Option<u32>,
}

impl Measured {
    /// The budgets that the scenario missed.
    pub fn misses(&self) -> Vec<String> {
        let mut misses = Vec::new();
        if let Some(budget) = self.budget.filter(|budget| self.per_cpu_second < f64::from(*budget)) {
            misses.push(format!("{budget} per CPU-second"));
        }
        let most = self.statement_budget.map(f64::from);
        if let Some(most) = most.filter(|most| self.statements.is_some_and(|statements| statements > *most)) {
            misses.push(format!("{most} statements"));
        }
        if self.resident_mib >= MEMORY_BUDGET_MIB {
            misses.push(format!("{MEMORY_BUDGET_MIB} MiB resident"));
        }
        misses
    }
}

struct Usage {
    server: f64,
    postgres: f64,
}

impl Usage {
    fn read(server: u32, postgres: u32) -> Outcome<Self> {
        Ok(Self { server: procfs::cpu_seconds(server)?, postgres: procfs::postgres_cpu_seconds(postgres)? })
    }
}

/// Measures the baseline: requests and responses of the size of a product page.
pub async fn baseline(args: &RunArgs, page_size: usize, length: Duration) -> Outcome<Measured> {
    let before = Usage::read(args.baseline_pid, args.postgres_pid)?;
    let work = |host: String, until: Instant| async move {
        let mut client = Client::connect(&host).await?;
        let mut times = Vec::new();
        while Instant::now() < until {
            let start = Instant::now();
            client.post(&format!("/{page_size}"), scenarios::product_page_request()).await?;
            times.push(start.elapsed());
        }
        Ok(times)
    };
    let times = on_connections(args.connections, length, |until| work(args.baseline.clone(), until)).await?;
    let after = Usage::read(args.baseline_pid, args.postgres_pid)?;
    let idle_postgres = Usage { server: after.server, postgres: before.postgres };
    let memory = procfs::resident_mib(args.baseline_pid)?;
    Ok(measure(
        &format!("bare axum handler, {page_size} bytes (baseline)"),
        times,
        length,
        &before,
        &idle_postgres,
        memory,
    ))
}

/// Runs one scenario after a warm-up that is not measured.
pub async fn scenario(args: &RunArgs, scenario: &'static Scenario, shop: &Shop, length: Duration) -> Outcome<Measured> {
    let act = |until: Instant| async move {
        let mut client = Client::connect(&args.server).await?;
        let mut times = Vec::new();
        while Instant::now() < until {
            let start = Instant::now();
            (scenario.act)(&mut client, shop).await.map_err(|error| format!("{}: {error}", scenario.name))?;
            times.push(start.elapsed());
        }
        Ok(times)
    };
    on_connections(args.connections, length / 4, act).await?;
    let statements_before = statements(&args.server).await?;
    let before = Usage::read(args.server_pid, args.postgres_pid)?;
    let times = on_connections(args.connections, length, act).await?;
    let after = Usage::read(args.server_pid, args.postgres_pid)?;
    let statements_after = statements(&args.server).await?;
    let memory = procfs::resident_mib(args.server_pid)?;
    let mut measured = measure(scenario.name, times, length, &before, &after, memory);
    measured.statements = per_unit(scenario.operations, &statements_before, &statements_after);
    measured.budget = scenario.budget;
    measured.statement_budget = scenario.statements;
    Ok(measured)
}

async fn on_connections<'a, F, W>(connections: usize, length: Duration, work: F) -> Outcome<Vec<Duration>>
where
    F: Fn(Instant) -> W,
    W: Future<Output = Outcome<Vec<Duration>>> + 'a,
{
    let until = Instant::now() + length;
    let drivers = (0..connections).map(|_| work(until));
    let local = LocalSet::new();
    let all = local.run_until(futures_util::future::try_join_all(drivers)).await?;
    Ok(all.into_iter().flatten().collect())
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52, for a report")]
fn measure(
    name: &str,
    mut times: Vec<Duration>,
    length: Duration,
    before: &Usage,
    after: &Usage,
    mib: f64,
) -> Measured {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    let done = times.len() as f64;
    let (server, postgres) = (after.server - before.server, after.postgres - before.postgres);
    Measured {
        name: name.to_owned(),
        done: times.len() as u64,
        per_second: done / length.as_secs_f64(),
        p50_ms: at(50),
        p99_ms: at(99),
        server_cpu_per_1000: server / done * 1000.0,
        postgres_cpu_per_1000: postgres / done * 1000.0,
        per_cpu_second: done / (server + postgres),
        statements: None,
        resident_mib: mib,
        budget: None,
        statement_budget: None,
    }
}

/// Requests and statements by operation, from the metrics of the server.
async fn statements(server: &str) -> Outcome<HashMap<String, (f64, f64)>> {
    let text = Client::connect(server).await?.get("/metrics").await?;
    let text = std::str::from_utf8(&text)?;
    let mut found: HashMap<String, (f64, f64)> = HashMap::new();
    for line in text.lines().filter(|line| line.starts_with("mercator_graphql_statements_")) {
        let Some((series, value)) = line.rsplit_once(' ') else { continue };
        let Some(operation) = series.split("operation=\"").nth(1).and_then(|rest| rest.split('"').next()) else {
            continue;
        };
        let entry = found.entry(operation.to_owned()).or_default();
        if series.contains("_count{") {
            entry.0 += value.parse::<f64>()?;
        } else if series.contains("_sum{") {
            entry.1 += value.parse::<f64>()?;
        }
    }
    Ok(found)
}

/// Mean statements per operation, summed over the operations of one unit.
fn per_unit(
    operations: &[&str],
    before: &HashMap<String, (f64, f64)>,
    after: &HashMap<String, (f64, f64)>,
) -> Option<f64> {
    operations
        .iter()
        .map(|operation| {
            let (count, sum) = after.get(*operation)?;
            let (count_before, sum_before) = before.get(*operation).copied().unwrap_or_default();
            (*count > count_before).then(|| (sum - sum_before) / (count - count_before))
        })
        .sum()
}
