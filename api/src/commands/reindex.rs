//! `mercator reindex`.

use model::access::Actor;
use services::search;

use crate::{
    config::AppArgs,
    start::{self, StartError},
};

/// Rebuild the search index from the catalog.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    app: AppArgs,
}

/// Tells every server to rebuild its index; each serves the old index until the new one is complete.
///
/// # Errors
/// [`StartError`] if a store fails.
pub async fn run(args: Args) -> Result<(), StartError> {
    let app = start::connect(&args.app).await?;
    search::reindex(&app, &Actor::System).await?;
    println!("every server rebuilds its search index and serves the old one until the new one is complete");
    Ok(())
}
