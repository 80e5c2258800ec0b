//! The sessions of each account. A session is valid while it is listed here; its document has its tokens.

use diesel::{pg::Pg, prelude::*, sql_types::Bool};
use diesel_async::RunQueryDsl;
use model::{
    Page, PageRequest, Timestamp,
    customers::{ListedSession, Session, Subject},
    ids::SessionId,
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, StoreResult,
    customers::customers,
    keyset::{self, ListOrder},
    staff::staff_users,
};

diesel::table! {
    /// The sessions of each account.
    account_sessions (id) {
        /// The id of the session.
        id -> Uuid,
        /// The customer, if it is the session of one.
        customer_id -> Nullable<Uuid>,
        /// The staff user, if it is the session of one.
        staff_id -> Nullable<Uuid>,
        /// The session epoch of the account at the login.
        epoch -> Integer,
        /// The user agent of the client.
        user_agent -> Nullable<Text>,
        /// The network of the login.
        network -> Nullable<Text>,
        /// Time of the login.
        created_at -> Timestamptz,
        /// Time of the last exchange of tokens.
        last_used_at -> Timestamptz,
        /// Time of expiry.
        expires_at -> Timestamptz,
    }
}

diesel::joinable!(account_sessions -> customers (customer_id));
diesel::joinable!(account_sessions -> staff_users (staff_id));
diesel::allow_tables_to_appear_in_same_query!(account_sessions, customers);
diesel::allow_tables_to_appear_in_same_query!(account_sessions, staff_users);

#[derive(Queryable, Selectable)]
#[diesel(table_name = account_sessions, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    user_agent: Option<String>,
    network: Option<String>,
    created_at: Timestamp,
    last_used_at: Timestamp,
    expires_at: Timestamp,
}

/// A condition on sessions.
type Condition = Box<dyn BoxableExpression<account_sessions::table, Pg, SqlType = Bool>>;

/// The sessions of an account.
fn of(subject: Subject) -> Condition {
    match subject {
        Subject::Customer(id) => Box::new(account_sessions::customer_id.assume_not_null().eq(id.uuid())),
        Subject::Staff(id) => Box::new(account_sessions::staff_id.assume_not_null().eq(id.uuid())),
    }
}

/// Lists a new session, and removes the oldest ones beyond the `most` of the account. Returns those. The lock on the
/// account makes parallel logins wait for each other. Call it in a transaction.
///
/// # Errors
/// [`StoreError::NotFound`] if the account does not exist.
pub async fn insert(conn: &mut Conn, session: &Session, most: usize) -> StoreResult<Vec<SessionId>> {
    let (customer, staff) = match session.subject {
        Subject::Customer(id) => (Some(id.uuid()), None),
        Subject::Staff(id) => (None, Some(id.uuid())),
    };
    lock(conn, session.subject).await?;
    diesel::insert_into(account_sessions::table)
        .values((
            account_sessions::id.eq(session.id.uuid()),
            account_sessions::customer_id.eq(customer),
            account_sessions::staff_id.eq(staff),
            account_sessions::epoch.eq(session.epoch),
            account_sessions::user_agent.eq(&session.user_agent),
            account_sessions::network.eq(&session.network),
            account_sessions::created_at.eq(session.created_at),
            account_sessions::last_used_at.eq(session.created_at),
            account_sessions::expires_at.eq(session.expires_at),
        ))
        .execute(conn)
        .await?;
    let newest = account_sessions::table.filter(of(session.subject)).select(account_sessions::id);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let oldest: Vec<Uuid> = newest.order(account_sessions::id.desc()).offset(most).load(conn).await?;
    if !oldest.is_empty() {
        diesel::delete(account_sessions::table.filter(account_sessions::id.eq_any(&oldest))).execute(conn).await?;
    }
    Ok(oldest.into_iter().map(SessionId::restore).collect())
}

/// Locks an account until the end of the transaction.
async fn lock(conn: &mut Conn, subject: Subject) -> StoreResult<()> {
    let _: Uuid = match subject {
        Subject::Customer(id) => {
            customers::table.find(id.uuid()).select(customers::id).for_no_key_update().first(conn).await?
        }
        Subject::Staff(id) => {
            staff_users::table.find(id.uuid()).select(staff_users::id).for_no_key_update().first(conn).await?
        }
    };
    Ok(())
}

/// Records an exchange of the tokens of a session.
///
/// # Errors
/// [`StoreError::NotFound`] if the session has ended.
pub async fn record_use(conn: &mut Conn, session: &Session, now: Timestamp) -> StoreResult<()> {
    let changes = (account_sessions::last_used_at.eq(now), account_sessions::expires_at.eq(session.expires_at));
    let row = account_sessions::table.find(session.id.uuid());
    let written = diesel::update(row).set(changes).execute(conn).await?;
    if written == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// True if the session is listed and has the epoch of its account, and the account may log in.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn is_valid(conn: &mut Conn, id: SessionId, subject: Subject) -> StoreResult<bool> {
    let is_session = account_sessions::id.eq(id.uuid());
    let found: Option<Uuid> = match subject {
        Subject::Customer(id) => {
            let row = account_sessions::table.inner_join(customers::table).filter(is_session);
            let row = row.filter(customers::id.eq(id.uuid()));
            let row = row.filter(customers::session_epoch.eq(account_sessions::epoch));
            row.select(account_sessions::id).first(conn).await.optional()?
        }
        Subject::Staff(id) => {
            let row = account_sessions::table.inner_join(staff_users::table).filter(is_session);
            let row = row.filter(staff_users::id.eq(id.uuid())).filter(staff_users::is_active.eq(true));
            let row = row.filter(staff_users::session_epoch.eq(account_sessions::epoch));
            row.select(account_sessions::id).first(conn).await.optional()?
        }
    };
    Ok(found.is_some())
}

/// A page of the valid sessions of an account, newest first.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn list(
    conn: &mut Conn,
    subject: Subject,
    page: &PageRequest<SessionId>,
    now: Timestamp,
) -> StoreResult<Page<ListedSession>> {
    let query = valid(epoch(conn, subject).await?, subject, now).select(Row::as_select());
    let rows: Vec<Row> = keyset::page(query, account_sessions::id, page, ListOrder::NewestFirst).load(conn).await?;
    Ok(Page::from_rows(page, rows.into_iter().map(Into::into).collect()))
}

/// The number of valid sessions of an account.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn count(conn: &mut Conn, subject: Subject, now: Timestamp) -> StoreResult<i64> {
    Ok(valid(epoch(conn, subject).await?, subject, now).count().get_result(conn).await?)
}

/// The sessions of an account of an epoch that have not expired; none without an epoch.
fn valid(epoch: Option<i32>, subject: Subject, now: Timestamp) -> account_sessions::BoxedQuery<'static, Pg> {
    // No account has a negative epoch.
    let is_valid = account_sessions::epoch.eq(epoch.unwrap_or(-1)).and(account_sessions::expires_at.gt(now));
    account_sessions::table.filter(of(subject)).filter(is_valid).into_boxed()
}

async fn epoch(conn: &mut Conn, subject: Subject) -> StoreResult<Option<i32>> {
    match subject {
        Subject::Customer(id) => crate::customers::session_epoch(conn, id).await,
        Subject::Staff(id) => crate::staff::session_epoch(conn, id).await,
    }
}

/// Removes a session of an account.
///
/// # Errors
/// [`StoreError::NotFound`] if the account has no such session.
pub async fn delete(conn: &mut Conn, subject: Subject, id: SessionId) -> StoreResult<()> {
    let row = account_sessions::table.filter(account_sessions::id.eq(id.uuid())).filter(of(subject));
    let deleted = diesel::delete(row).execute(conn).await?;
    if deleted == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Removes the sessions of an account, except one, and returns them.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_all(conn: &mut Conn, subject: Subject, except: Option<SessionId>) -> StoreResult<Vec<SessionId>> {
    // No session has the nil id.
    let except = except.map_or(Uuid::nil(), SessionId::uuid);
    let rows = account_sessions::table.filter(of(subject)).filter(account_sessions::id.ne(except));
    let ended: Vec<Uuid> = diesel::delete(rows).returning(account_sessions::id).get_results(conn).await?;
    Ok(ended.into_iter().map(SessionId::restore).collect())
}

/// Carries a session of an account over to a new epoch, in which the account's other sessions are not valid.
///
/// # Errors
/// [`StoreError::NotFound`] if the account has no such session.
pub async fn keep(conn: &mut Conn, subject: Subject, id: SessionId, epoch: i32) -> StoreResult<()> {
    let row = account_sessions::table.filter(account_sessions::id.eq(id.uuid())).filter(of(subject));
    let kept = diesel::update(row).set(account_sessions::epoch.eq(epoch)).execute(conn).await?;
    if kept == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

/// Removes expired sessions and returns their number.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn delete_expired(conn: &mut Conn, now: Timestamp) -> StoreResult<usize> {
    let expired = account_sessions::table.filter(account_sessions::expires_at.le(now));
    Ok(diesel::delete(expired).execute(conn).await?)
}

impl From<Row> for ListedSession {
    fn from(row: Row) -> Self {
        Self {
            id: SessionId::restore(row.id),
            user_agent: row.user_agent,
            network: row.network,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
        }
    }
}
