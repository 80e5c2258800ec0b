//! Searches for the admitted request that costs the most processor time.
//!
//! A seeded generator makes valid root fields from the SDL. Each is repeated under aliases until the request costs almost the
//! limit, then sent several times while the processor time of server and Postgres is read from `/proc`.

mod generator;
mod pools;
mod schema;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use self::{
    generator::{Generator, RootField},
    pools::Pools,
    schema::Schema,
};
use crate::{Outcome, client::Client, procfs, shop::Shop};

/// The maximum number of aliases of a document.
const ALIASES: usize = 100;
/// The processor time to gather for one candidate: `/proc` counts in ticks of 10 ms.
const ENOUGH: f64 = 0.2;
/// The number of requests that are printed.
const SHOWN: usize = 5;

#[derive(Debug, clap::Args)]
pub struct AbuseArgs {
    /// Host and port of the server.
    #[arg(long)]
    server: String,
    /// Process id of the server.
    #[arg(long)]
    server_pid: u32,
    /// Process id of the Postgres postmaster.
    #[arg(long)]
    postgres_pid: u32,
    /// The SDL of the storefront API.
    #[arg(long, default_value = "schema/storefront.graphql")]
    sdl: PathBuf,
    /// Seed of the generator.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Duration of the search in seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Maximum processor time of the server for one request in milliseconds.
    #[arg(long, default_value_t = 150.0)]
    most_server_ms: f64,
    /// Maximum processor time of Postgres for one request in milliseconds.
    #[arg(long, default_value_t = 100.0)]
    most_postgres_ms: f64,
}

/// A request with its measured cost.
struct Measured {
    field: RootField,
    times: usize,
    cost: f64,
    server_ms: f64,
    postgres_ms: f64,
    bytes: usize,
}

impl Measured {
    fn milliseconds(&self) -> f64 {
        self.server_ms + self.postgres_ms
    }

    fn per_cost(&self) -> f64 {
        self.milliseconds() / self.cost.max(1.0)
    }
}

/// The response to a candidate.
enum Reply {
    Admitted {
        cost: f64,
        most: f64,
        bytes: usize,
    },
    /// With the first error.
    Refused(String),
}

/// Searches until the time is over and prints the worst requests. Fails if one exceeds the maximum.
pub async fn search(args: &AbuseArgs) -> Outcome<()> {
    let schema = Schema::read(&args.sdl)?;
    let pools = Pools::fill(&args.server, Shop::read(&args.server).await?).await?;
    let mut generator = Generator::new(&schema, &pools, args.seed);
    let mut client = Client::connect(&args.server).await?;
    let mut known = reported(&pools).into_iter();
    let (mut measured, mut refused) = (Vec::new(), 0_usize);
    let until = Instant::now() + Duration::from_secs(args.seconds);
    while Instant::now() < until {
        let Some(field) = known.next().or_else(|| generator.root_field()) else { continue };
        match measure(args, &mut client, field).await? {
            Some(result) => measured.push(result),
            None => refused += 1,
        }
    }
    println!("{} requests measured, {refused} not admitted at any size, seed {}", measured.len(), args.seed);
    measured.sort_by(|a, b| b.milliseconds().total_cmp(&a.milliseconds()));
    println!("\nMost processor time:");
    measured.iter().take(SHOWN).for_each(print);
    let is_over = |one: &Measured| one.server_ms > args.most_server_ms || one.postgres_ms > args.most_postgres_ms;
    let over = measured.iter().filter(|one| is_over(one)).count();
    measured.sort_by(|a, b| b.per_cost().total_cmp(&a.per_cost()));
    println!("\nMost processor time per unit of cost:");
    measured.iter().take(SHOWN).for_each(print);
    if over == 0 { Ok(()) } else { Err(format!("{over} requests exceed the maximum").into()) }
}

/// Requests that were once expensive.
fn reported(pools: &Pools) -> Vec<RootField> {
    let cart = pools.carts.first().map_or("", String::as_str);
    let same = vec![cart; 100];
    let query = |text: String| RootField { kind: "query", text };
    let codes = format!(
        "cartDiscountCodesUpdate(input: {{ cartId: {cart:?}, codes: [\"A\"] }}) {{ cart {{ cost {{ amountDue {{ amount }} }} }} }}"
    );
    vec![
        query(format!("nodes(ids: {same:?}) {{ ... on Cart {{ cost {{ amountDue {{ amount }} }} }} }}")),
        query(format!("nodes(ids: {:?}) {{ ... on Cart {{ problems {{ code message target }} }} }}", pools.carts)),
        query(format!("cart(id: {cart:?}) {{ lines(first: 100) {{ nodes {{ total {{ gross {{ amount }} }} variant {{ product {{ name }} }} }} }} }}")),
        query("products(first: 100) { facets { values { label count } } nodes { variants(first: 100) { nodes { id } } } }".to_owned()),
        query("__schema { types { name description fields { name args { name } } } }".to_owned()),
        RootField { kind: "mutation", text: codes },
    ]
}

/// Repeats a field as often as the limit admits, and measures the request. `None` if it is not admitted even once.
async fn measure(args: &AbuseArgs, client: &mut Client, field: RootField) -> Outcome<Option<Measured>> {
    let Some((times, cost, bytes)) = largest(client, &field).await? else { return Ok(None) };
    let document = field.document(times);
    let read = || -> Outcome<(f64, f64)> {
        Ok((procfs::cpu_seconds(args.server_pid)?, procfs::postgres_cpu_seconds(args.postgres_pid)?))
    };
    let before = read()?;
    let mut requests = 0_u32;
    let (server, postgres) = loop {
        send(client, &document).await?;
        requests += 1;
        let now = read()?;
        let (server, postgres) = (now.0 - before.0, now.1 - before.1);
        if server + postgres >= ENOUGH || requests == 100 {
            break (server, postgres);
        }
    };
    let per_request = 1_000.0 / f64::from(requests);
    let (server_ms, postgres_ms) = (server * per_request, postgres * per_request);
    Ok(Some(Measured { field, times, cost, server_ms, postgres_ms, bytes }))
}

/// The largest number of aliases that the server admits, with the cost and the bytes of the response.
async fn largest(client: &mut Client, field: &RootField) -> Outcome<Option<(usize, f64, usize)>> {
    let mut times = 1;
    let mut best = None;
    loop {
        match send(client, &field.document(times)).await? {
            Reply::Admitted { cost, most, bytes } => {
                best = Some((times, cost, bytes));
                let fitting = times_within(times, cost, most);
                if fitting <= times {
                    return Ok(best);
                }
                times = fitting;
            }
            Reply::Refused(reason) if reason.contains("RATE_LIMITED") => {
                return Err("the server limits requests; start it without budgets per client".into());
            }
            // Size, nested aliases and fields have limits of their own.
            Reply::Refused(_) => {
                let Some((admitted, ..)) = best else { return Ok(None) };
                let middle = usize::midpoint(admitted, times);
                if middle <= admitted {
                    return Ok(best);
                }
                times = middle;
            }
        }
    }
}

/// The number of times that a field fits into the limit, if `times` of it cost `cost`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "small numbers"
)]
fn times_within(times: usize, cost: f64, most: f64) -> usize {
    ((most / (cost / times as f64).max(1.0)) as usize).clamp(1, ALIASES)
}

async fn send(client: &mut Client, document: &str) -> Outcome<Reply> {
    let body = client.try_post("/graphql", crate::client::request(document, &json!({}))).await?.1;
    let answer: Value = serde_json::from_slice(&body)?;
    let cost = &answer["extensions"]["cost"];
    if let (Some(requested), Some(maximum), false) =
        (cost["requested"].as_f64(), cost["maximum"].as_f64(), answer["data"].is_null())
    {
        return Ok(Reply::Admitted { cost: requested, most: maximum, bytes: body.len() });
    }
    Ok(Reply::Refused(answer["errors"][0].to_string()))
}

fn print(one: &Measured) {
    println!(
        "  server {:6.1} ms  Postgres {:6.1} ms  cost {:6}  {:5.1} µs per unit  {:8} bytes  {} times {} {:.300}",
        one.server_ms,
        one.postgres_ms,
        one.cost,
        one.per_cost() * 1_000.0,
        one.bytes,
        one.times,
        one.field.kind,
        one.field.text,
    );
}
