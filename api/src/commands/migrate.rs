//! `mercator migrate`.

use persistence::migrate;

use crate::{
    config::AppArgs,
    start::{StartError, unreachable},
};

/// Bring the database schema up to date.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    app: AppArgs,
}

/// Runs the missing migrations and prints their names.
///
/// # Errors
/// [`StartError::Database`] if Postgres cannot be reached; [`StartError::Command`] if a migration fails.
pub async fn run(args: Args) -> Result<(), StartError> {
    let db = args.app.stores.database()?;
    let ran = migrate::run(&db).await.map_err(|error| match error {
        persistence::StoreError::Unavailable(_) => unreachable(&args.app.stores, &error),
        other => StartError::Command(other.to_string()),
    })?;
    for name in &ran {
        println!("ran {name}");
    }
    println!("{} migrations ran; the schema is up to date", ran.len());
    Ok(())
}
