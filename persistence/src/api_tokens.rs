//! API tokens of integrations, found by the digest of their secret.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use model::{
    Page, PageRequest, Timestamp,
    access::Permissions,
    customers::{ApiToken, Digest},
    ids::{ApiTokenId, StaffUserId},
};
use uuid::Uuid;

use crate::{
    Conn, StoreError, StoreResult,
    keyset::{self, ListOrder},
};

diesel::table! {
    /// API tokens.
    api_tokens (id) {
        /// The identifier.
        id -> Uuid,
        /// The name shown to staff.
        name -> Text,
        /// SHA-256 of the secret.
        digest -> Bytea,
        /// The names of its permissions.
        permissions -> Array<Text>,
        /// The staff user who created it.
        created_by -> Uuid,
        /// Time of creation.
        created_at -> Timestamptz,
        /// Time of expiry.
        expires_at -> Nullable<Timestamptz>,
        /// Time of the last use.
        last_used_at -> Nullable<Timestamptz>,
        /// Time of revocation.
        revoked_at -> Nullable<Timestamptz>,
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_tokens, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    name: String,
    digest: Vec<u8>,
    permissions: Vec<String>,
    created_by: Uuid,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

/// Finds a token by the digest of its secret, revoked or not.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn find_by_digest(conn: &mut Conn, digest: &Digest) -> StoreResult<Option<ApiToken>> {
    let row: Option<Row> = api_tokens::table
        .filter(api_tokens::digest.eq(digest.as_bytes().as_slice()))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// A page of tokens that are not revoked, newest first.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn list(conn: &mut Conn, page: &PageRequest<ApiTokenId>) -> StoreResult<Page<ApiToken>> {
    let query = api_tokens::table.filter(api_tokens::revoked_at.is_null()).select(Row::as_select()).into_boxed();
    let rows: Vec<Row> = keyset::page(query, api_tokens::id, page, ListOrder::NewestFirst).load(conn).await?;
    let tokens = rows.into_iter().map(TryInto::try_into).collect::<StoreResult<_>>()?;
    Ok(Page::from_rows(page, tokens))
}

/// The number of tokens that are not revoked.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn count(conn: &mut Conn) -> StoreResult<i64> {
    Ok(api_tokens::table.filter(api_tokens::revoked_at.is_null()).count().get_result(conn).await?)
}

/// Inserts a token.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn insert(conn: &mut Conn, token: &ApiToken) -> StoreResult<()> {
    let values = (
        api_tokens::id.eq(token.id.uuid()),
        api_tokens::name.eq(&token.name),
        api_tokens::digest.eq(token.digest.as_bytes().as_slice()),
        api_tokens::permissions.eq(Vec::<String>::from(token.permissions)),
        api_tokens::created_by.eq(token.created_by.uuid()),
        api_tokens::created_at.eq(token.created_at),
        api_tokens::expires_at.eq(token.expires_at),
    );
    diesel::insert_into(api_tokens::table).values(values).execute(conn).await?;
    Ok(())
}

/// Revokes a token.
///
/// # Errors
/// [`StoreError::NotFound`] if there is no such token or it is already revoked.
pub async fn revoke(conn: &mut Conn, id: ApiTokenId, now: Timestamp) -> StoreResult<ApiToken> {
    let row = api_tokens::table.find(id.uuid()).filter(api_tokens::revoked_at.is_null());
    let change = diesel::update(row).set(api_tokens::revoked_at.eq(now));
    let row: Row = change.returning(Row::as_returning()).get_result(conn).await?;
    row.try_into()
}

/// Revokes every token that a staff user created, and returns the ids of those that were not revoked before.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn revoke_of(conn: &mut Conn, creator: StaffUserId, now: Timestamp) -> StoreResult<Vec<ApiTokenId>> {
    let rows =
        api_tokens::table.filter(api_tokens::created_by.eq(creator.uuid())).filter(api_tokens::revoked_at.is_null());
    let change = diesel::update(rows).set(api_tokens::revoked_at.eq(now));
    let ids: Vec<Uuid> = change.returning(api_tokens::id).get_results(conn).await?;
    Ok(ids.into_iter().map(ApiTokenId::restore).collect())
}

/// Records the time of use of a token.
///
/// # Errors
/// [`StoreError`] if a statement fails.
pub async fn record_use(conn: &mut Conn, id: ApiTokenId, now: Timestamp) -> StoreResult<()> {
    let row = api_tokens::table.find(id.uuid());
    diesel::update(row).set(api_tokens::last_used_at.eq(now)).execute(conn).await?;
    Ok(())
}

impl TryFrom<Row> for ApiToken {
    type Error = StoreError;
    fn try_from(row: Row) -> StoreResult<Self> {
        let digest = row.digest.try_into().map_err(|_| StoreError::corrupt("digest of an API token"))?;
        Ok(Self {
            id: ApiTokenId::restore(row.id),
            name: row.name,
            permissions: Permissions::from(row.permissions),
            digest: Digest::restore(digest),
            created_by: StaffUserId::restore(row.created_by),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        })
    }
}
