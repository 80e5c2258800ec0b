//! `mercator migrate`.

use persistence::migrate;

use crate::{
    config::StoreArgs,
    start::{StartError, unreachable},
};

/// Bring the database schema up to date.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    stores: StoreArgs,
}

/// Runs the missing migrations and names them.
///
/// # Errors
/// [`StartError`] that says what is wrong.
pub async fn run(args: Args) -> Result<(), StartError> {
    let db = args.stores.database()?;
    let ran = migrate::run(&db).await.map_err(|error| match error {
        persistence::StoreError::Unavailable(_) => unreachable(&args.stores, &error),
        other => StartError::Check(other.to_string()),
    })?;
    for name in &ran {
        println!("ran {name}");
    }
    println!("{} migrations ran; the schema is up to date", ran.len());
    Ok(())
}
