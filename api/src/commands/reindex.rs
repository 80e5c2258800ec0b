//! `mercator reindex`.

use model::access::Actor;
use services::search;

use crate::{
    config::StoreArgs,
    start::{self, StartError},
};

/// Build the search index again from the documents.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    stores: StoreArgs,
}

/// Asks every server to build its index anew; each goes on answering from the old one meanwhile.
///
/// # Errors
/// [`StartError`] that says what is wrong.
pub async fn run(args: Args) -> Result<(), StartError> {
    let app = start::connect(&args.stores).await?;
    search::reindex(&app, &Actor::System).await?;
    println!("every server builds its search index again; each answers from the old one until the new one is whole");
    Ok(())
}
