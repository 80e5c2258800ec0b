//! `mercator doctor`.

use std::fmt::Write as _;

use model::{Timestamp, access::Actor};
use persistence::{
    Db,
    jobs::{self, Dead, Depth},
    migrate::{self, SchemaState},
    outbox::{self, Backlog},
};
use services::{
    App,
    clock::{Clock as _, SystemClock},
    payments::{self, GatewayState},
};

use crate::{
    config::StoreArgs,
    start::{self, StartError},
};

/// Say in one page what is configured, reachable, migrated and stuck.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    stores: StoreArgs,
    /// Make every dead job due again.
    #[arg(long)]
    retry_dead: bool,
}

/// How many dead jobs are listed.
const LISTED: i64 = 10;

/// Prints the page; fails when something needs attention.
///
/// # Errors
/// [`StartError::Check`] when something is wrong, so that scripts notice.
pub async fn run(args: Args) -> Result<(), StartError> {
    let mut page = Page::default();
    page.section("configured");
    page.line("postgres", &args.stores.database_place());
    page.line("documents", &args.stores.documents_place());
    page.line("mail", &args.stores.mail_place());
    let db = args.stores.database()?;
    page.section("reachable and migrated");
    let is_current = match migrate::state(&db).await {
        Ok(SchemaState::Current) => page.good("postgres", "answers, the schema is up to date"),
        Ok(SchemaState::Behind(missing)) => {
            page.bad("postgres", &format!("{} migrations behind: run `mercator migrate`", missing.len()))
        }
        Ok(SchemaState::Newer(unknown)) => {
            page.bad("postgres", &format!("migrated by a newer version: {}", unknown.join(", ")))
        }
        Err(error) => page.bad("postgres", &error.to_string()),
    };
    if is_current {
        let now = SystemClock.now();
        if args.retry_dead {
            let retried = jobs::retry_dead(&mut *db.write().await?, None, now).await?;
            page.line("dead jobs", &format!("{retried} are due again"));
        }
        match start::connect(&args.stores).await {
            Ok(app) => {
                match app.documents.ping().await {
                    Ok(()) => page.good("documents", &format!("{} answers", app.documents.backend())),
                    Err(error) => page.bad("documents", &error.to_string()),
                };
                gateways(&app, &mut page).await?;
            }
            Err(error) => {
                page.bad("application", &error.to_string());
            }
        }
        stuck(&db, &mut page, now).await?;
    }
    print!("{}", page.text);
    if page.troubles == 0 {
        println!("\nall is well");
        return Ok(());
    }
    let what = if page.troubles == 1 { "thing needs" } else { "things need" };
    Err(StartError::Check(format!("{} {what} attention", page.troubles)))
}

/// How payments went lately, and how many of them nobody knows the outcome of.
async fn gateways(app: &App, page: &mut Page) -> Result<(), StartError> {
    page.section("payment gateways");
    let reports = payments::gateways(app, &Actor::System).await?;
    if reports.iter().all(|report| report.name == "manual") {
        page.line("cards", "no gateway can charge one");
    }
    for report in reports {
        let rate = report
            .success_rate
            .map_or_else(|| "not used lately".to_owned(), |rate| format!("{:.0} % succeed", 100.0 * rate));
        let text = format!("{rate}, {} undecided", report.pending);
        if report.state == GatewayState::Failing {
            page.bad(&report.name, &text)
        } else {
            page.good(&report.name, &text)
        };
    }
    Ok(())
}

async fn stuck(db: &Db, page: &mut Page, now: Timestamp) -> Result<(), StartError> {
    let mut conn = db.read().await?;
    page.section("stuck");
    let depths = jobs::depths(&mut conn).await?;
    queues(page, &depths, now);
    dead_jobs(page, &jobs::dead(&mut conn, LISTED).await?);
    events(page, outbox::backlog(&mut conn).await?, now);
    Ok(())
}

/// Jobs that are due for longer than a minute have no worker.
fn queues(page: &mut Page, depths: &[Depth], now: Timestamp) {
    for depth in depths.iter().filter(|depth| depth.state != "DEAD") {
        let waits = depth.oldest.map_or(0, |oldest| (now - oldest).num_seconds());
        let text = format!("{} {}, the oldest due for {} s", depth.count, depth.state.to_lowercase(), waits.max(0));
        if depth.state == "READY" && waits > 60 {
            page.bad(&format!("queue {}", depth.queue), &format!("{text}: is a `mercator worker` running?"));
        } else {
            page.good(&format!("queue {}", depth.queue), &text);
        }
    }
}

fn dead_jobs(page: &mut Page, dead: &[Dead]) {
    if dead.is_empty() {
        page.good("dead jobs", "none");
    }
    for job in dead {
        let at = job.at.map(|at| at.format("%F %T").to_string()).unwrap_or_default();
        let error = job.last_error.as_deref().unwrap_or("no reason given");
        page.bad("dead job", &format!("{} {} after {} tries at {at}: {error}", job.kind, job.id, job.attempts));
    }
}

fn events(page: &mut Page, backlog: Backlog, now: Timestamp) {
    let waits = backlog.oldest.map_or(0, |oldest| (now - oldest).num_seconds());
    let text = format!("{} wait to be published, the oldest for {} s", backlog.count, waits.max(0));
    if waits > 60 {
        page.bad("events", &format!("{text}: is any mercator process running?"));
    } else {
        page.good("events", &text);
    }
}

/// The text of the page, and how much of it is trouble.
#[derive(Default)]
struct Page {
    text: String,
    troubles: usize,
}

impl Page {
    fn section(&mut self, title: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{}{title}", if self.text.is_empty() { "" } else { "\n" });
    }

    fn line(&mut self, what: &str, text: &str) {
        let _ = writeln!(self.text, "       {what:<16} {text}");
    }

    /// Always true, as the answer to "is this good?".
    fn good(&mut self, what: &str, text: &str) -> bool {
        let _ = writeln!(self.text, "  ok   {what:<16} {text}");
        true
    }

    /// Always false.
    fn bad(&mut self, what: &str, text: &str) -> bool {
        self.troubles += 1;
        let _ = writeln!(self.text, "  !!   {what:<16} {text}");
        false
    }
}
