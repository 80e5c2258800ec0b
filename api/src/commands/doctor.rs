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
    identity, opening,
    payments::{self, GatewayState},
    search,
};

use crate::{
    config::AppArgs,
    start::{self, StartError},
};

/// Report the configuration, unreachable stores, missing migrations and stuck work.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    app: AppArgs,
    /// Make every dead job ready again.
    #[arg(long)]
    retry_dead: bool,
}

/// The number of dead jobs that are listed.
const LISTED: i64 = 10;

/// Prints the report.
///
/// # Errors
/// [`StartError::Command`] if anything needs attention, so that scripts can react.
pub async fn run(args: Args) -> Result<(), StartError> {
    let mut page = Page::default();
    page.section("configured");
    page.line("postgres", &args.app.stores.database_place());
    page.line("documents", &args.app.stores.documents_place());
    page.line("mail", &args.app.mail.mail_place());
    let db = args.app.stores.database()?;
    page.section("reachable and migrated");
    let is_current = match migrate::state(&db).await {
        Ok(SchemaState::Current) => page.good("postgres", "responds, the schema is up to date"),
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
            page.line("dead jobs", &format!("{retried} are ready again"));
        }
        match start::connect(&args.app).await {
            Ok(app) => {
                match app.ping_documents().await {
                    Ok(()) => page.good("documents", &format!("{} responds", app.documents_backend())),
                    Err(error) => page.bad("documents", &error.to_string()),
                };
                secrets(&args.app, &app, &mut page).await;
                search_indexes(&app, &mut page).await?;
                gateways(&app, &mut page).await?;
                shop(&app, &mut page).await?;
            }
            Err(error) => {
                page.bad("application", &error.to_string());
            }
        }
        stuck(&db, &mut page, now).await?;
    }
    print!("{}", page.text);
    if page.problems == 0 {
        println!("\nno problems found");
        return Ok(());
    }
    let what = if page.problems == 1 { "problem needs" } else { "problems need" };
    Err(StartError::Command(format!("{} {what} attention", page.problems)))
}

/// The reason why a server rejects its secrets at start.
async fn secrets(args: &AppArgs, app: &App, page: &mut Page) {
    let checked = async {
        start::check_secrets(args).await?;
        start::check_keys(app).await
    };
    match checked.await {
        Ok(()) => page.good("secrets", "a server accepts them"),
        Err(error) => page.bad("secrets", &error.to_string()),
    };
}

/// The search index of each server.
async fn search_indexes(app: &App, page: &mut Page) -> Result<(), StartError> {
    page.section("search indexes");
    let reports = search::reports(app).await?;
    if reports.is_empty() {
        page.line("servers", "none is running");
    }
    for report in reports {
        let text = format!("{} events behind", report.events_behind);
        if report.is_stale {
            page.bad(&report.process, &format!("{text}, cannot be updated: see the log of this server"))
        } else {
            page.good(&report.process, &text)
        };
    }
    Ok(())
}

/// The success rate of each gateway, and its payments with an unknown outcome.
async fn gateways(app: &App, page: &mut Page) -> Result<(), StartError> {
    page.section("payment gateways");
    let reports = payments::gateways(app, &Actor::System).await?;
    if reports.iter().all(|report| report.name == "manual") {
        page.line("cards", "no gateway accepts cards");
    }
    for report in reports {
        let rate = report
            .success_rate
            .map_or_else(|| "not used recently".to_owned(), |rate| format!("{:.0} % succeed", 100.0 * rate));
        let text = format!("{rate}, {} pending", report.pending);
        if report.state == GatewayState::Failing {
            page.bad(&report.name, &text)
        } else {
            page.good(&report.name, &text)
        };
    }
    Ok(())
}

/// The settings that the shop lacks. A demo, and a database without a shop, need none.
async fn shop(app: &App, page: &mut Page) -> Result<(), StartError> {
    page.section("shop");
    let is_demo = identity::is_demo(app).await?;
    let is_open = app.settings().await?.default_channel().is_some();
    let readiness = opening::readiness(app, &Actor::System).await?;
    if is_demo || !is_open {
        let text = if is_demo { "a demo, which is not ready to sell" } else { "none yet: run `mercator init`" };
        page.line("shop", text);
    } else if readiness.is_ready() {
        page.good("shop", "ready to sell");
    }
    for missing in readiness.missing.iter().filter(|_| is_open) {
        let what = missing.channel.as_ref().map_or_else(|| "shop".to_owned(), |channel| format!("channel {channel}"));
        if is_demo {
            page.line(&what, &missing.message);
        } else {
            page.bad(&what, &missing.message);
        }
    }
    Ok(())
}

async fn stuck(db: &Db, page: &mut Page, now: Timestamp) -> Result<(), StartError> {
    let mut conn = db.read().await?;
    page.section("stuck");
    let depths = jobs::depths(&mut conn).await?;
    queues(page, &depths, now);
    dead_jobs(page, &jobs::list_dead(&mut conn, LISTED).await?);
    events(page, outbox::backlog(&mut conn).await?, now);
    Ok(())
}

/// Jobs that have been ready for more than a minute have no worker.
fn queues(page: &mut Page, depths: &[Depth], now: Timestamp) {
    for depth in depths.iter().filter(|depth| depth.state != "DEAD") {
        let waits = depth.oldest.map_or(0, |oldest| (now - oldest).num_seconds());
        let text = format!("{} {}, the oldest ready for {} s", depth.count, depth.state.to_lowercase(), waits.max(0));
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
        let error = job.last_error.as_deref().unwrap_or("no error recorded");
        page.bad("dead job", &format!("{} {} after {} attempts at {at}: {error}", job.kind, job.id, job.attempts));
    }
}

fn events(page: &mut Page, backlog: Backlog, now: Timestamp) {
    let waits = backlog.oldest.map_or(0, |oldest| (now - oldest).num_seconds());
    let text = format!("{} unpublished, the oldest for {} s", backlog.count, waits.max(0));
    if waits > 60 {
        page.bad("events", &format!("{text}: is any mercator process running?"));
    } else {
        page.good("events", &text);
    }
}

/// The text of the report and the number of problems in it.
#[derive(Default)]
struct Page {
    text: String,
    problems: usize,
}

impl Page {
    fn section(&mut self, title: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{}{title}", if self.text.is_empty() { "" } else { "\n" });
    }

    fn line(&mut self, what: &str, text: &str) {
        let _ = writeln!(self.text, "       {what:<16} {text}");
    }

    /// Adds a part without problems; returns true.
    fn good(&mut self, what: &str, text: &str) -> bool {
        let _ = writeln!(self.text, "  ok   {what:<16} {text}");
        true
    }

    /// Adds a problem; returns false.
    fn bad(&mut self, what: &str, text: &str) -> bool {
        self.problems += 1;
        let _ = writeln!(self.text, "  !!   {what:<16} {text}");
        false
    }
}
