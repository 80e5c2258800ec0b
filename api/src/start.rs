//! Start of a process: connects the stores, checks them, and reports a problem in one line.

use std::{net::SocketAddr, path::PathBuf};

use persistence::{
    StoreError,
    migrate::{self, SchemaState},
};
use services::{App, AppConfig, BuildError, DocumentsError, ServiceError, error::Chain, identity};
use tokio::net::TcpListener;

use crate::config::{AppArgs, ConfigError, StoreArgs};

/// The reason why a process does not start or a command fails. Each message is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Postgres does not respond.
    #[error("the database at {place} cannot be reached: {reason}; start it or change DATABASE_URL")]
    Database {
        /// The URL without the password.
        place: String,
        /// The cause.
        reason: String,
    },
    /// MongoDB does not respond.
    #[error("MongoDB at {place} cannot be reached: {reason}; start it or change MONGODB_URL")]
    Documents {
        /// The URL without the password.
        place: String,
        /// The cause.
        reason: String,
    },
    /// Migrations are missing.
    #[error("the database schema is {0} migrations behind this version; run `mercator migrate`")]
    OldSchema(usize),
    /// A newer version has migrated the database.
    #[error("the database schema is newer than this version (it has {0}); run the version that migrated it")]
    NewerSchema(String),
    /// The address is in use, or does not belong to this machine.
    #[error("cannot listen on {address}: {reason}; stop the process that uses it, or change {setting}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The environment variable that sets it.
        setting: &'static str,
        /// The cause.
        reason: std::io::Error,
    },
    /// The keys that sign access tokens cannot be decrypted.
    #[error("{0}; set MERCATOR_KEY_SECRET, or MERCATOR_KEY_SECRET_OLD, to the value that encrypted it")]
    Keys(String),
    /// The document store is not the one of this shop.
    #[error(
        "{reason} (documents: {place}); set MONGODB_URL to the document store of this shop, or DATABASE_URL to its database"
    )]
    OtherDocuments {
        /// The URL of the document store without the password.
        place: String,
        /// The difference.
        reason: String,
    },
    /// A part of the application could not be built.
    #[error("{}", Chain(.0))]
    Build(BuildError),
    /// A use case failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file or socket failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The command failed; the message says why.
    #[error("{0}")]
    Command(String),
    /// The program contradicts itself.
    #[error("this is a bug: {0}")]
    Bug(String),
}

/// Connects the stores and opens the search index, for a process that serves requests.
///
/// # Errors
/// [`StartError`] that names the store and what to do.
pub async fn connect_with_index(args: &AppArgs, index_dir: PathBuf) -> Result<App, StartError> {
    let config = service_config(args).await?;
    connect_to(&args.stores, AppConfig { search_dir: Some(index_dir), ..config }).await
}

/// Connects the stores, for a process that calls payment gateways.
///
/// # Errors
/// [`StartError`] that names the store or setting and what to do.
pub async fn connect_to_work(args: &AppArgs) -> Result<App, StartError> {
    connect_to(&args.stores, service_config(args).await?).await
}

/// Connects the stores, for a command.
///
/// # Errors
/// [`StartError`] that names the store and what to do.
pub async fn connect(args: &AppArgs) -> Result<App, StartError> {
    let (config, is_demo) = app_config(args).await?;
    if !is_demo {
        args.check_transport()?;
    }
    connect_to(&args.stores, config).await
}

/// Connects the stores, for the command that makes a database a demo.
///
/// # Errors
/// [`StartError`] that names the store and what to do.
pub async fn connect_to_seed(args: &AppArgs) -> Result<App, StartError> {
    let (config, _) = app_config(args).await?;
    connect_to(&args.stores, config).await
}

/// Encrypts the keys that sign access tokens, and the second factors of staff, with the current secret.
///
/// # Errors
/// [`StartError::Keys`] if they were encrypted with another secret; [`StartError::Service`] if the database fails.
pub async fn seal_keys(app: &App) -> Result<(), StartError> {
    let sealed = async {
        identity::reseal_keys(app).await?;
        identity::reseal_second_factors(app).await
    };
    sealed.await.map_err(keys_error)
}

/// Reads the keys that sign access tokens, so that a wrong secret is reported at start and not at the first login.
///
/// # Errors
/// [`StartError::Keys`] if they were encrypted with another secret; [`StartError::Service`] if the database fails.
pub async fn check_keys(app: &App) -> Result<(), StartError> {
    identity::jwks(app).await.map(drop).map_err(keys_error)
}

fn keys_error(error: ServiceError) -> StartError {
    match error {
        error @ ServiceError::Internal { .. } => StartError::Keys(error.chain().to_string()),
        other => other.into(),
    }
}

/// Logs a warning for each setting that is safe only for a demo.
///
/// # Errors
/// [`StartError::Service`] if the database fails.
pub async fn warn_unless_demo(app: &App) -> Result<(), StartError> {
    if identity::is_demo(app).await? {
        return Ok(());
    }
    if let Some(directory) = app.mail_directory() {
        let folder = directory.display();
        tracing::warn!(%folder, "MERCATOR_SMTP_URL is not set: mail, with the secrets in it, is written to files");
    }
    Ok(())
}

async fn connect_to(stores: &StoreArgs, config: AppConfig) -> Result<App, StartError> {
    let app = App::builder(config).build().await.map_err(|error| match error {
        BuildError::Documents(StoreError::Unavailable(reason)) => {
            // The driver appends its view of the whole deployment, which is too long for one line.
            let reason = reason.split(" Topology:").next().unwrap_or_default().trim_end_matches('.').to_owned();
            StartError::Documents { place: stores.documents_place(), reason }
        }
        other => StartError::Build(other),
    })?;
    match app.check_documents().await {
        Ok(()) => Ok(app),
        Err(DocumentsError::Store(error)) => Err(error.into()),
        Err(other) => Err(StartError::OtherDocuments { place: stores.documents_place(), reason: other.to_string() }),
    }
}

/// The configuration of a long-running process, which uses neither public secrets nor other hosts without TLS outside a
/// demo.
async fn service_config(args: &AppArgs) -> Result<AppConfig, StartError> {
    let (config, is_demo) = app_config(args).await?;
    if !is_demo {
        args.check_secrets()?;
        args.check_transport()?;
    }
    Ok(config)
}

/// Rejects public and missing secrets outside a demo.
///
/// # Errors
/// [`StartError::Config`] that names the setting.
pub async fn check_secrets(args: &AppArgs) -> Result<(), StartError> {
    if !is_demo(&args.stores).await? {
        args.check_secrets()?;
    }
    Ok(())
}

/// Checks the database schema; returns the configuration, and true if the database is a demo.
async fn app_config(args: &AppArgs) -> Result<(AppConfig, bool), StartError> {
    check_schema(&args.stores).await?;
    let is_demo = is_demo(&args.stores).await?;
    Ok((args.app_config(is_demo)?, is_demo))
}

async fn is_demo(stores: &StoreArgs) -> Result<bool, StartError> {
    Ok(identity::is_demo_database(&stores.database()?).await?)
}

/// Checks that Postgres responds and has exactly the migrations of this version.
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

/// The error of a database that does not respond.
#[must_use]
pub fn unreachable(stores: &StoreArgs, error: &StoreError) -> StartError {
    let reason = match error {
        StoreError::Unavailable(reason) => reason.clone(),
        other => other.to_string(),
    };
    StartError::Database { place: stores.database_place(), reason }
}

/// Listens on an address.
///
/// # Errors
/// [`StartError::Listen`] if the address is in use or does not belong to this machine.
pub async fn listen(address: SocketAddr, setting: &'static str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|reason| StartError::Listen { address, setting, reason })
}
