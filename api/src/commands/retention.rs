//! `mercator retention`.

use services::privacy;

use crate::{
    config::AppArgs,
    start::{self, StartError},
};

/// Delete personal data whose period is over, as a worker does every ten minutes; or show what is due.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    app: AppArgs,
    /// Delete nothing; print the number of rows that are due.
    #[arg(long)]
    dry_run: bool,
}

/// Deletes or counts, and prints a line for each kind of data.
///
/// # Errors
/// [`StartError`] if a store fails.
pub async fn run(args: Args) -> Result<(), StartError> {
    let app = start::connect(&args.app).await?;
    if args.dry_run {
        for due in privacy::due(&app).await? {
            match due.before {
                Some(before) => println!("{}: {} rows from before {} are due", due.kind, due.rows, before.date_naive()),
                None => println!("{}: kept forever; {} rows of erased people are due", due.kind, due.rows),
            }
        }
        return Ok(());
    }
    for (kind, rows) in privacy::retain(&app).await? {
        println!("{kind}: {rows} rows deleted");
    }
    Ok(())
}
