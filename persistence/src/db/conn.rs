//! The connection type of every store function. It decides centrally which prepared statements stay cached.

use diesel::{
    ConnectionError, ConnectionResult, QueryResult,
    connection::{CacheSize, Instrumentation},
    pg::{Pg, PgQueryBuilder},
    query_builder::{AsQuery, AstPass, Query, QueryBuilder as _, QueryFragment, QueryId},
};
use diesel_async::{
    AnsiTransactionManager, AsyncConnection, AsyncConnectionCore, AsyncPgConnection, SimpleAsyncConnection,
    pooled_connection::PoolableConnection,
};

/// The longest text that is cached although diesel considers it unsafe to cache. Statements from files, updates and
/// inserts of a few rows are shorter. An insert has one text for each number of rows, so that a limit bounds the cache.
const MAX_CACHED_TEXT: usize = 2_048;

/// A connection to Postgres that prepares each statement once.
///
/// Diesel caches only statements whose text follows from their type, and prepares updates, inserts and raw SQL again on
/// every call. Their texts are few here, because all values are bound, so this connection caches them too.
pub struct Conn(pub(super) AsyncPgConnection);

type ByValue = AsyncPgConnection;
type ByReference<'a> = &'a AsyncPgConnection;

impl Conn {
    /// The connection of diesel-async, for migrations and notifications.
    pub(crate) const fn inner(&mut self) -> &mut AsyncPgConnection {
        &mut self.0
    }

    /// The connection of diesel-async, for migrations.
    pub(crate) fn into_inner(self) -> AsyncPgConnection {
        self.0
    }
}

impl SimpleAsyncConnection for Conn {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.0.batch_execute(query).await
    }
}

impl SimpleAsyncConnection for &Conn {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        (&mut &self.0).batch_execute(query).await
    }
}

impl AsyncConnectionCore for Conn {
    type ExecuteFuture<'conn, 'query> = <ByValue as AsyncConnectionCore>::ExecuteFuture<'conn, 'query>;
    type LoadFuture<'conn, 'query> = <ByValue as AsyncConnectionCore>::LoadFuture<'conn, 'query>;
    type Stream<'conn, 'query> = <ByValue as AsyncConnectionCore>::Stream<'conn, 'query>;
    type Row<'conn, 'query> = <ByValue as AsyncConnectionCore>::Row<'conn, 'query>;
    type Backend = Pg;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<Pg> + QueryId + 'query,
    {
        self.0.load(Cached(source.as_query()))
    }

    fn execute_returning_count<'conn, 'query, T>(&'conn mut self, source: T) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<Pg> + QueryId + 'query,
    {
        self.0.execute_returning_count(Cached(source))
    }
}

/// Pipelining: statements on a shared reference are sent without waiting for each other's answer.
impl<'a> AsyncConnectionCore for &'a Conn {
    type ExecuteFuture<'conn, 'query> = <ByReference<'a> as AsyncConnectionCore>::ExecuteFuture<'conn, 'query>;
    type LoadFuture<'conn, 'query> = <ByReference<'a> as AsyncConnectionCore>::LoadFuture<'conn, 'query>;
    type Stream<'conn, 'query> = <ByReference<'a> as AsyncConnectionCore>::Stream<'conn, 'query>;
    type Row<'conn, 'query> = <ByReference<'a> as AsyncConnectionCore>::Row<'conn, 'query>;
    type Backend = Pg;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<Pg> + QueryId + 'query,
    {
        let mut conn: ByReference<'a> = &self.0;
        AsyncConnectionCore::load(&mut conn, Cached(source.as_query()))
    }

    fn execute_returning_count<'conn, 'query, T>(&'conn mut self, source: T) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<Pg> + QueryId + 'query,
    {
        let mut conn: ByReference<'a> = &self.0;
        AsyncConnectionCore::execute_returning_count(&mut conn, Cached(source))
    }
}

impl AsyncConnection for Conn {
    type TransactionManager = AnsiTransactionManager;

    async fn establish(_url: &str) -> ConnectionResult<Self> {
        Err(ConnectionError::BadConnection("only `Db` opens connections, because it protects the password".to_owned()))
    }

    fn transaction_state(&mut self) -> &mut AnsiTransactionManager {
        self.0.transaction_state()
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.0.instrumentation()
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.0.set_instrumentation(instrumentation);
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.0.set_prepared_statement_cache_size(size);
    }
}

impl PoolableConnection for Conn {
    /// Also true if the server closed the connection.
    fn is_broken(&mut self) -> bool {
        self.0.is_broken()
    }
}

/// A statement that is cached if its text is short, whatever diesel says.
struct Cached<Q>(Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Cached<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, backend: &Pg) -> QueryResult<bool> {
        if self.0.is_safe_to_cache_prepared(backend)? {
            return Ok(true);
        }
        let mut builder = PgQueryBuilder::default();
        self.0.to_sql(&mut builder, backend)?;
        Ok(builder.finish().len() <= MAX_CACHED_TEXT)
    }
}

/// The key in the cache: the type where diesel says that the text follows from it, the text elsewhere.
impl<Q: QueryId> QueryId for Cached<Q> {
    type QueryId = Q::QueryId;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: Query> Query for Cached<Q> {
    type SqlType = Q::SqlType;
}
