//! What a process does before its work: connect, check, and say in one line what is wrong.

use std::{net::SocketAddr, path::PathBuf};

use persistence::{
    StoreError,
    migrate::{self, SchemaState},
};
use services::{App, AppConfig, ServiceError, app::DocumentsConfig, identity};
use tokio::net::TcpListener;

use crate::config::StoreArgs;

/// Why the process does not start; each message is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong.
    #[error("{0}")]
    Setting(String),
    /// Postgres does not answer.
    #[error("the database at {place} cannot be reached: {reason}; start it or change DATABASE_URL")]
    Database {
        /// Where it should be, without the password.
        place: String,
        /// What happened.
        reason: String,
    },
    /// MongoDB does not answer.
    #[error("MongoDB at {place} cannot be reached: {reason}; start it or change MONGODB_URL")]
    Documents {
        /// Where it should be, without the password.
        place: String,
        /// What happened.
        reason: String,
    },
    /// Migrations are missing.
    #[error("the database schema is {0} migrations behind this version; run `mercator migrate`")]
    OldSchema(usize),
    /// A newer version has migrated the database.
    #[error("the database schema is newer than this version (it has {0}); run the version that migrated it")]
    NewerSchema(String),
    /// The address is in use, or not of this machine.
    #[error("cannot listen on {address}: {reason}; stop what is there, or set MERCATOR_LISTEN or --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What happened.
        reason: std::io::Error,
    },
    /// The keys that sign access tokens cannot be used.
    #[error("{0}; set MERCATOR_KEY_SECRET as it was when they were sealed")]
    Keys(String),
    /// A use case failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file or socket failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The check that was asked for failed.
    #[error("{0}")]
    Check(String),
}

/// Connects the stores and checks that this version can work on them, for a process that answers shoppers: it has a
/// search index of its own.
///
/// # Errors
/// [`StartError`] that says which store is wrong and what to do.
pub async fn connect_with_index(stores: &StoreArgs, index_dir: PathBuf) -> Result<App, StartError> {
    let config = lasting_config(stores).await?;
    connect_to(stores, AppConfig { search_dir: Some(index_dir), ..config }).await
}

/// Connects the stores and checks that this version can work on them.
///
/// # Errors
/// [`StartError`] that says which store is wrong and what to do.
pub async fn connect(stores: &StoreArgs) -> Result<App, StartError> {
    connect_to(stores, app_config(stores).await?).await
}

/// The same as [`connect`] for a process that stays and talks to payment gateways.
///
/// # Errors
/// [`StartError`] that says which store or setting is wrong and what to do.
pub async fn connect_to_work(stores: &StoreArgs) -> Result<App, StartError> {
    connect_to(stores, lasting_config(stores).await?).await
}

/// Reads the keys that sign access tokens, so that a wrong secret shows now and not when the first customer logs in.
///
/// # Errors
/// [`StartError::Keys`] when they are sealed with another secret, or a store's error.
pub async fn check_keys(app: &App) -> Result<(), StartError> {
    match identity::jwks(app).await {
        Ok(_) => Ok(()),
        Err(error @ ServiceError::Internal { .. }) => Err(StartError::Keys(error.chain().to_string())),
        Err(other) => Err(other.into()),
    }
}

/// Says in the log what is fine for a demo only.
///
/// # Errors
/// A store's error.
pub async fn warn_unless_demo(app: &App) -> Result<(), StartError> {
    if identity::is_demo(app).await? {
        return Ok(());
    }
    if app.identity.config.key_secret.is_none() {
        tracing::warn!("MERCATOR_KEY_SECRET is not set: the keys that sign access tokens lie in the database unsealed");
    }
    if app.mail.smtp_url.is_none() {
        let folder = app.mail.directory.display();
        tracing::warn!(%folder, "MERCATOR_SMTP_URL is not set: mail, with the secrets in it, is written to files");
    }
    Ok(())
}

async fn connect_to(stores: &StoreArgs, config: AppConfig) -> Result<App, StartError> {
    let has_mongodb = matches!(config.documents, DocumentsConfig::Mongo(_));
    App::connect(config).await.map_err(|error| match error {
        ServiceError::Store(StoreError::Unavailable(reason)) if has_mongodb => {
            // What follows is the driver's picture of the whole deployment.
            let reason = reason.split(" Topology:").next().unwrap_or_default().trim_end_matches('.').to_owned();
            StartError::Documents { place: stores.documents_place(), reason }
        }
        other => other.into(),
    })
}

/// The settings of a process that stays: public secrets are for demos.
async fn lasting_config(stores: &StoreArgs) -> Result<AppConfig, StartError> {
    let config = app_config(stores).await?;
    let is_demo = identity::is_demo_database(&stores.database()?).await?;
    stores.check_secrets(is_demo)?;
    Ok(config)
}

/// Checks the schema and gathers the settings; what the shop is says which gateways it has.
async fn app_config(stores: &StoreArgs) -> Result<AppConfig, StartError> {
    check_schema(stores).await?;
    let is_demo = identity::is_demo_database(&stores.database()?).await?;
    stores.app_config(is_demo)
}

/// Checks that Postgres answers and has exactly the migrations of this version.
///
/// # Errors
/// [`StartError`] that says what is wrong.
pub async fn check_schema(stores: &StoreArgs) -> Result<(), StartError> {
    let db = stores.database()?;
    match migrate::state(&db).await {
        Ok(SchemaState::Current) => Ok(()),
        Ok(SchemaState::Behind(missing)) => Err(StartError::OldSchema(missing.len())),
        Ok(SchemaState::Newer(unknown)) => Err(StartError::NewerSchema(unknown.join(", "))),
        Err(error) => Err(unreachable(stores, &error)),
    }
}

/// The error of a database that does not answer.
#[must_use]
pub fn unreachable(stores: &StoreArgs, error: &StoreError) -> StartError {
    let reason = match error {
        StoreError::Unavailable(reason) => reason.clone(),
        other => other.to_string(),
    };
    StartError::Database { place: stores.database_place(), reason }
}

/// Takes the address.
///
/// # Errors
/// [`StartError::Listen`] when somebody else has it.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|reason| StartError::Listen { address, reason })
}
