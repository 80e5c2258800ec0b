//! Overload: the latency of completions while visitors send several times the load that the server sustains.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    time::{Duration, Instant},
};

use rand::Rng;
use tokio::{task::LocalSet, time::sleep_until};

use crate::{Outcome, client::Client, scenarios, shop::Shop};

/// Every such request of a visitor creates a cart; the others load pages.
const CART_EVERY: u32 = 5;

/// The server and the load.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Host and port of the server. Its limits for one client must allow the load.
    #[arg(long)]
    server: String,
    /// Duration of each of the two phases in seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Number of connections of visitors; at first a twelfth of them.
    #[arg(long, default_value_t = 192)]
    visitors: u32,
    /// Number of buyers, each with one connection, who check out all the time.
    #[arg(long, default_value_t = 8)]
    buyers: u32,
    /// The multiple of the sustained load.
    #[arg(long, default_value_t = 5)]
    factor: u32,
}

/// The requests of one kind.
#[derive(Default)]
struct Counted {
    /// Latencies of answered requests.
    times: Vec<Duration>,
    /// Responses by status.
    statuses: BTreeMap<u16, u64>,
}

/// All requests of a phase, by kind.
#[derive(Default)]
struct Phase {
    kinds: RefCell<BTreeMap<&'static str, Counted>>,
}

impl Phase {
    fn count(&self, kind: &'static str, status: u16, time: Duration) {
        let mut kinds = self.kinds.borrow_mut();
        let counted = kinds.entry(kind).or_default();
        *counted.statuses.entry(status).or_default() += 1;
        if status == 200 {
            counted.times.push(time);
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52, for a report")]
    fn print(&mut self, title: &str, length: Duration) {
        println!("{title}");
        for (kind, counted) in self.kinds.get_mut() {
            counted.times.sort_unstable();
            let at = |share: usize| {
                counted.times.get(counted.times.len() * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
            };
            let rate = counted.times.len() as f64 / length.as_secs_f64();
            println!(
                "  {kind:12} {rate:>8.0}/s answered  p50 {:>7.2} ms  p99 {:>7.2} ms  by status {:?}",
                at(50),
                at(99),
                counted.statuses,
            );
        }
    }

    /// Requests of visitors.
    fn visits(&self) -> u64 {
        let kinds = self.kinds.borrow();
        ["pages", "carts"].iter().filter_map(|kind| kinds.get(kind)).flat_map(|kind| kind.statuses.values()).sum()
    }
}

/// Runs both phases.
pub async fn drive(args: &Args) -> Outcome<()> {
    let shop = Shop::read(&args.server).await?;
    scenarios::warm_up(&args.server, &shop).await?;
    let length = Duration::from_secs(args.seconds);
    let mut sustained = phase(args, &shop, (args.visitors / 12).max(1), Duration::ZERO).await?;
    let visits = sustained.visits();
    sustained.print("sustained load", length);
    let offered = visits.saturating_mul(args.factor.into()).max(1);
    let interval = length.mul_f64(f64::from(args.visitors)).div_f64(count(offered));
    let mut overload = phase(args, &shop, args.visitors, interval).await?;
    overload.print(&format!("{} times that load, {} requests offered", args.factor, offered), length);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn count(number: u64) -> f64 {
    number as f64
}

/// Visitors and buyers together. Each visitor sends a request per interval, or as soon as the previous one is answered.
async fn phase(args: &Args, shop: &Shop, visitors: u32, interval: Duration) -> Outcome<Phase> {
    let phase = Phase::default();
    let until = Instant::now() + Duration::from_secs(args.seconds);
    let all = async {
        let visits = futures_util::future::try_join_all(
            (0..visitors).map(|number| visit(args, shop, &phase, number, interval, until)),
        );
        let buys = futures_util::future::try_join_all((0..args.buyers).map(|_| buy(args, shop, &phase, until)));
        futures_util::future::try_join(visits, buys).await
    };
    LocalSet::new().run_until(all).await?;
    Ok(phase)
}

async fn visit(
    args: &Args,
    shop: &Shop,
    phase: &Phase,
    number: u32,
    interval: Duration,
    until: Instant,
) -> Outcome<()> {
    let mut client = Client::connect(&args.server).await?;
    // Visitors start at different times of the interval.
    let mut next = Instant::now() + interval.mul_f64(rand::rng().random::<f64>());
    let mut sent = number;
    while Instant::now() < until {
        sleep_until(next.into()).await;
        next = (next + interval).max(Instant::now());
        let is_cart = sent.is_multiple_of(CART_EVERY);
        let (kind, body) = if is_cart {
            ("carts", scenarios::cart_request(shop))
        } else {
            ("pages", scenarios::random_page_request(shop))
        };
        let start = Instant::now();
        let (status, _) = client.try_post("/graphql", body).await?;
        phase.count(kind, status.as_u16(), start.elapsed());
        sent = sent.wrapping_add(1);
    }
    Ok(())
}

/// Checks out again and again. Rejected requests are repeated, and the repetitions are part of the latency.
async fn buy(args: &Args, shop: &Shop, phase: &Phase, until: Instant) -> Outcome<()> {
    let mut client = Client::connect(&args.server).await?;
    client.is_patient = true;
    while Instant::now() < until {
        let cart = scenarios::ready_to_pay(&mut client, shop.variant()).await?;
        let start = Instant::now();
        scenarios::pay(&mut client, &cart).await?;
        phase.count("payments", 200, start.elapsed());
        let start = Instant::now();
        scenarios::complete(&mut client, &cart).await?;
        phase.count("completions", 200, start.elapsed());
    }
    Ok(())
}
