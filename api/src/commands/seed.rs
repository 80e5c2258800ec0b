//! `mercator seed`.

use std::{io::IsTerminal as _, sync::Arc};

use demo::{MIN_PRODUCTS, Progress, SeedOptions};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    config::AppArgs,
    start::{self, StartError},
};

/// Fill the shop with demo data.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    app: AppArgs,
    /// Number of products in the shop, including existing ones.
    #[arg(long, env = "MERCATOR_PRODUCTS", default_value_t = 500, value_parser = products)]
    products: usize,
}

fn products(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if (MIN_PRODUCTS..=10_000_000).contains(&number) => Ok(number),
        _ => Err(format!("a number from {MIN_PRODUCTS} to 10000000")),
    }
}

/// Seeds the shop, or completes an interrupted run.
///
/// # Errors
/// [`StartError`] if a store fails or the database holds another shop.
pub async fn run(args: Args) -> Result<(), StartError> {
    let app = start::connect_to_seed(&args.app).await?;
    let bar = bar(args.products);
    let shown = bar.clone();
    let progress = Arc::new(move |progress: Progress| {
        shown.set_length(progress.total as u64);
        shown.set_position(progress.done as u64);
    });
    let report = demo::seed(&app, SeedOptions { products: args.products, progress }).await;
    bar.finish_and_clear();
    let report = report.map_err(|error| StartError::Command(error.to_string()))?;
    println!("the demo shop has {} products; {} of them are new", args.products, report.products);
    Ok(())
}

/// A progress bar on a terminal; hidden if the output is a log.
fn bar(products: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(products as u64);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} products, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
