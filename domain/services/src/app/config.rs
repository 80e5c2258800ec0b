//! The configuration of an application.

use std::path::PathBuf;

use persistence::{DbConfig, documents::MongoConfig};

use crate::{
    abuse::AbuseConfig, identity::IdentityConfig, mail::MailConfig, payments::GatewaysConfig, vat_ids::VatIdConfig,
};

/// The configuration of an application; the process reads it once from its environment.
#[derive(Clone)]
pub struct AppConfig {
    /// Address and limits of the Postgres database.
    pub db: DbConfig,
    /// The store of documents.
    pub documents: DocumentsConfig,
    /// Lifetimes and limits of logins and tokens.
    pub identity: IdentityConfig,
    /// Limits on wrong codes, declined payments and unpaid orders.
    pub abuse: AbuseConfig,
    /// The mail server, and the links in mails.
    pub mail: MailConfig,
    /// The directory of the search index; in memory if `None`.
    pub search_dir: Option<PathBuf>,
    /// The payment gateways and their time-outs.
    pub gateways: GatewaysConfig,
    /// The confirmation of VAT identification numbers.
    pub vat_ids: VatIdConfig,
}

/// The store of documents.
#[derive(Debug, Clone)]
pub enum DocumentsConfig {
    /// The same Postgres database as everything else.
    Postgres,
    /// A MongoDB deployment.
    Mongo(MongoConfig),
}

impl AppConfig {
    /// A shop in one Postgres database, with default limits.
    #[must_use]
    pub fn new(database_url: &str) -> Self {
        Self {
            db: DbConfig::new(database_url),
            documents: DocumentsConfig::Postgres,
            identity: IdentityConfig::default(),
            abuse: AbuseConfig::default(),
            mail: MailConfig::default(),
            search_dir: None,
            gateways: GatewaysConfig::default(),
            vat_ids: VatIdConfig::default(),
        }
    }
}
