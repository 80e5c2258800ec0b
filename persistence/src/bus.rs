//! Messages between the processes of one shop, over Postgres `LISTEN`/`NOTIFY`: fast, and lost when nobody listens.

use std::{pin::pin, time::Duration};

use diesel::sql_types::{Array, Text};
use diesel_async::RunQueryDsl;
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::{Conn, Db, StoreError, StoreResult};

/// The channel of all messages; one, because each listener wants all kinds.
const CHANNEL: &str = "mercator";

/// The longest message; Postgres takes less than 8000 bytes.
pub const MAX_MESSAGE: usize = 7_900;

/// How long silence lasts before the connection is tried.
const SILENCE: Duration = Duration::from_secs(10);

/// How long a try may take.
const PING: Duration = Duration::from_secs(3);

/// A connection that hears every message.
pub struct Listener {
    conn: Conn,
}

impl Listener {
    /// Starts to listen on a connection of its own.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when Postgres does not answer.
    pub async fn connect(db: &Db) -> StoreResult<Self> {
        let mut conn = db.dedicated().await?;
        diesel::sql_query(format!("LISTEN {CHANNEL}")).execute(&mut conn).await?;
        Ok(Self { conn })
    }

    /// The next message. May be dropped and called again without losing one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the connection is lost; messages may be lost with it.
    pub async fn next(&mut self) -> StoreResult<String> {
        loop {
            let heard = timeout(SILENCE, async { pin!(self.conn.inner().notifications_stream()).next().await }).await;
            match heard {
                Ok(Some(message)) => return Ok(message?.payload),
                Ok(None) => return Err(lost()),
                Err(_) => self.ping().await?,
            }
        }
    }

    /// A connection whose other end is gone looks like one on which nobody speaks.
    async fn ping(&mut self) -> StoreResult<()> {
        let answer = timeout(PING, diesel::sql_query("SELECT 1").execute(&mut self.conn)).await;
        answer.map_err(|_| lost())??;
        Ok(())
    }
}

fn lost() -> StoreError {
    StoreError::Unavailable("the listening connection is lost".to_owned())
}

/// Sends messages to every listener, in one statement; each at most [`MAX_MESSAGE`] bytes.
///
/// # Errors
/// [`StoreError`] of the database.
pub async fn notify(conn: &mut Conn, messages: &[String]) -> StoreResult<()> {
    diesel::sql_query(include_str!("bus/notify.sql"))
        .bind::<Text, _>(CHANNEL)
        .bind::<Array<Text>, _>(messages)
        .execute(conn)
        .await?;
    Ok(())
}
