//! `mercator invite`.

use model::access::Actor;
use services::identity::{self, Client, NewStaff};

use crate::{
    config::AppArgs,
    start::{self, StartError},
};

/// Invite a member of staff.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    app: AppArgs,
    /// E-mail address: receives the invitation, and logs in with it.
    #[arg(long)]
    email: String,
    /// Name shown to other staff.
    #[arg(long)]
    name: String,
    /// Slug of the role; owners have all permissions.
    #[arg(long, default_value = "owner")]
    role: String,
}

/// Creates the account and queues the mail, which a worker sends.
///
/// # Errors
/// [`StartError`] if a store fails or the account cannot be created.
pub async fn run(args: Args) -> Result<(), StartError> {
    let app = start::connect(&args.app).await?;
    let new = NewStaff { email: args.email, name: args.name, roles: vec![args.role] };
    let invited = identity::invite_staff(&app, &Actor::System, &Client::default(), new).await;
    let user = invited.map_err(|error| StartError::Command(error.to_string()))?;
    println!("{} is invited: a worker sends a mail with a link to choose a password", user.email);
    Ok(())
}
