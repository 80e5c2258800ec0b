//! Opening connections.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncConnection as _, AsyncPgConnection};
use tokio_postgres::{Client, Connection, SimpleQueryMessage, Socket, error::SqlState};
use tokio_rustls::rustls::ClientConfig;

use super::{
    address::{Address, SslMode, chain},
    certificates,
    config::DbConfig,
    conn::Conn,
    handshake::{Encryption, Handshake, HandshakeError, Stream},
};
use crate::statements::Counter;

/// Finds out if the server translates its messages. diesel-async hides SQLSTATE codes, so that [`crate::StoreError`] has
/// to read the message of errors that diesel has no kind for.
const IS_TRANSLATING: &str = "SELECT current_setting('lc_messages') !~* '^((c|posix|en[a-z]*)([._]|$)|$)'";
/// Requests messages in English. Not an option of the address, because only a superuser may set it.
const IN_ENGLISH: &str = "SET lc_messages = 'C'";

/// Opens connections to one address.
pub(super) struct Connector {
    address: Address,
    tls: Arc<ClientConfig>,
    language: AtomicU8,
}

/// The language of the server's messages, which is the same for all connections: it is asked once, not by each.
const UNKNOWN: u8 = 0;
const ENGLISH: u8 = 1;
const TRANSLATED: u8 = 2;

impl Connector {
    /// # Errors
    /// A message if the address is malformed or the file of root certificates cannot be read.
    pub(super) fn new(config: &DbConfig) -> Result<Self, String> {
        let address = Address::parse(config).map_err(|error| error.to_string())?;
        let tls = certificates::client_config(&address)?;
        Ok(Self { address, tls, language: AtomicU8::new(UNKNOWN) })
    }

    pub(super) async fn connect(&self) -> ConnectionResult<Conn> {
        let (client, mut connection) = self.open().await.map_err(|error| failed(&error))?;
        self.speak_english(&client, &mut connection).await?;
        let mut conn = Conn(AsyncPgConnection::try_from_client_and_connection(client, connection).await?);
        conn.set_instrumentation(Counter);
        Ok(conn)
    }

    /// Tries what the mode allows, in its order.
    async fn open(&self) -> Result<(Client, Connection<Socket, Stream>), tokio_postgres::Error> {
        let (first, second) = match self.address.mode {
            SslMode::Disable => (Encryption::Never, None),
            SslMode::Allow => (Encryption::Never, Some(Encryption::Always)),
            SslMode::Prefer => (Encryption::IfOffered, Some(Encryption::Never)),
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => (Encryption::Always, None),
        };
        match (self.attempt(first).await, second) {
            (Err(error), Some(second)) if is_about_encryption(&error) => self.attempt(second).await,
            (result, _) => result,
        }
    }

    async fn attempt(
        &self,
        encryption: Encryption,
    ) -> Result<(Client, Connection<Socket, Stream>), tokio_postgres::Error> {
        self.address.driver.connect(Handshake { encryption, tls: self.tls.clone() }).await
    }

    async fn speak_english(
        &self,
        client: &Client,
        connection: &mut Connection<Socket, Stream>,
    ) -> ConnectionResult<()> {
        let mut language = self.language.load(Ordering::Relaxed);
        if language == UNKNOWN {
            let answer = run(client, connection, IS_TRANSLATING).await.map_err(|error| failed(&error))?;
            let is_translating =
                answer.iter().any(|row| matches!(row, SimpleQueryMessage::Row(row) if row.get(0) == Some("t")));
            language = if is_translating { TRANSLATED } else { ENGLISH };
        }
        if language == TRANSLATED {
            run(client, connection, IN_ENGLISH).await.map_err(|error| match error.code() {
                Some(&SqlState::INSUFFICIENT_PRIVILEGE) => ConnectionError::BadConnection(format!(
                    "the server translates its messages; run ALTER ROLE ... SET lc_messages = 'C' for this role ({})",
                    chain(&error)
                )),
                _ => failed(&error),
            })?;
        }
        self.language.store(language, Ordering::Relaxed);
        Ok(())
    }
}

/// Runs statements on a connection that no task drives yet.
async fn run(
    client: &Client,
    connection: &mut Connection<Socket, Stream>,
    sql: &str,
) -> Result<Vec<SimpleQueryMessage>, tokio_postgres::Error> {
    tokio::select! {
        answer = client.simple_query(sql) => answer,
        Err(error) = &mut *connection => Err(error),
    }
}

/// True if the server may accept a connection with another use of TLS.
fn is_about_encryption(error: &tokio_postgres::Error) -> bool {
    let is_rejected = error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION);
    let handshake = error.source().and_then(|source| source.downcast_ref::<HandshakeError>());
    is_rejected || matches!(handshake, Some(HandshakeError::Tls(_) | HandshakeError::Name))
}

fn failed(error: &tokio_postgres::Error) -> ConnectionError {
    ConnectionError::BadConnection(chain(error))
}
