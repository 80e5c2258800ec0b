//! `mercator invite`.

use model::access::Actor;
use services::identity::{self, NewStaff};

use crate::{
    config::StoreArgs,
    start::{self, StartError},
};

/// Invite somebody to the back office.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    stores: StoreArgs,
    /// Where the invitation goes, and what they log in with.
    #[arg(long)]
    email: String,
    /// What colleagues call them.
    #[arg(long)]
    name: String,
    /// Their role; an owner may do everything.
    #[arg(long, default_value = "owner")]
    role: String,
}

/// Writes the account and the mail, which a worker sends.
///
/// # Errors
/// [`StartError`] that says what is wrong.
pub async fn run(args: Args) -> Result<(), StartError> {
    let app = start::connect(&args.stores).await?;
    let new = NewStaff { email: args.email, name: args.name, roles: vec![args.role] };
    let invited = identity::invite_staff(&app, &Actor::System, new).await;
    let user = invited.map_err(|error| StartError::Check(error.to_string()))?;
    println!("{} is invited: a worker sends a mail with a link to choose a password", user.email);
    Ok(())
}
