//! Logging in with a password. The result and the time it takes do not tell whether the account exists.

use model::{
    customers::{Credentials, Customer, Email, Password, StaffUser, Subject},
    ids::{CustomerId, StaffUserId},
};
use persistence::{Conn, StoreResult, customers, staff};

use super::{
    Audience, Client, IdentityError, IdentityRule, demo, events,
    passwords::Check,
    second_factor,
    sessions::{self, SessionTokens},
    throttle,
};
use crate::{App, ServiceResult};

/// An account that logs in with an e-mail address and a password.
pub(super) trait Account: Copy + Send + Sync {
    /// The API that the account logs in to.
    const AUDIENCE: Audience;

    /// The account as the subject of a session.
    fn subject(self) -> Subject;

    /// The stored password of the account with this e-mail address.
    fn credentials(
        conn: &mut Conn,
        email: &Email,
    ) -> impl Future<Output = StoreResult<Option<Credentials<Self>>>> + Send;

    /// Replaces the hash of the account's password if it is still `old`.
    fn replace_hash(self, conn: &mut Conn, old: &str, new: &str) -> impl Future<Output = StoreResult<()>> + Send;

    /// Checks and uses a code of the account's second factor, if it has one.
    fn use_code(
        self,
        app: &App,
        client: &Client,
        code: Option<&str>,
    ) -> impl Future<Output = Result<(), IdentityError>> + Send;
}

impl Account for CustomerId {
    const AUDIENCE: Audience = Audience::Customers;

    fn subject(self) -> Subject {
        Subject::Customer(self)
    }

    async fn credentials(conn: &mut Conn, email: &Email) -> StoreResult<Option<Credentials<Self>>> {
        customers::credentials(conn, email).await
    }

    async fn replace_hash(self, conn: &mut Conn, old: &str, new: &str) -> StoreResult<()> {
        customers::replace_hash(conn, self, old, new).await
    }

    async fn use_code(self, _: &App, _: &Client, _: Option<&str>) -> Result<(), IdentityError> {
        Ok(())
    }
}

impl Account for StaffUserId {
    const AUDIENCE: Audience = Audience::Staff;

    fn subject(self) -> Subject {
        Subject::Staff(self)
    }

    async fn credentials(conn: &mut Conn, email: &Email) -> StoreResult<Option<Credentials<Self>>> {
        staff::credentials(conn, email).await
    }

    async fn replace_hash(self, conn: &mut Conn, old: &str, new: &str) -> StoreResult<()> {
        staff::replace_hash(conn, self, old, new).await
    }

    async fn use_code(self, app: &App, client: &Client, code: Option<&str>) -> Result<(), IdentityError> {
        second_factor::use_code(app, client, self, code).await
    }
}

/// Logs a customer in.
///
/// # Errors
/// [`IdentityRule::InvalidCredentials`] or [`IdentityRule::Throttled`].
pub async fn customer_login(
    app: &App,
    client: &Client,
    email: &str,
    password: &str,
) -> Result<(Customer, SessionTokens), IdentityError> {
    let (id, session) = log_in::<CustomerId>(app, client, email, password, None).await?;
    let customer = customers::find(&mut *app.db.read().await?, id).await?;
    Ok((customer.ok_or(IdentityRule::InvalidCredentials)?, session))
}

/// Logs a member of staff in; with a code if they have a second factor.
///
/// # Errors
/// [`IdentityRule::InvalidCredentials`], [`IdentityRule::Throttled`], or after a right password
/// [`IdentityRule::SecondFactorRequired`] or [`IdentityRule::SecondFactorInvalid`].
pub async fn staff_login(
    app: &App,
    client: &Client,
    email: &str,
    password: &str,
    code: Option<&str>,
) -> Result<(StaffUser, SessionTokens), IdentityError> {
    let (id, session) = log_in::<StaffUserId>(app, client, email, password, code).await?;
    let mut conn = app.db.write().await?;
    staff::record_login(&mut conn, id, app.clock.now()).await?;
    let user = staff::find(&mut conn, id).await?;
    Ok((user.ok_or(IdentityRule::InvalidCredentials)?, session))
}

async fn log_in<A: Account>(
    app: &App,
    client: &Client,
    email: &str,
    password: &str,
    code: Option<&str>,
) -> Result<(A, SessionTokens), IdentityError> {
    let email: Email = email.parse().map_err(|_| IdentityRule::InvalidCredentials)?;
    let found = check_password::<A>(app, client, &email, password, code).await?;
    let session = sessions::begin(app, client, found.id.subject(), found.session_epoch).await?;
    Ok((found.id, session))
}

/// The account with this e-mail address, password and code; a wrong password or code is counted.
///
/// # Errors
/// The errors of a login.
pub(super) async fn check_password<A: Account>(
    app: &App,
    client: &Client,
    email: &Email,
    password: &str,
    code: Option<&str>,
) -> Result<Credentials<A>, IdentityError> {
    let checked = count_attempt::<A>(app, client, email, password, code).await;
    if let Err(error) = &checked {
        events::login_failed(app, client, A::AUDIENCE, email, error).await?;
    }
    checked
}

async fn count_attempt<A: Account>(
    app: &App,
    client: &Client,
    email: &Email,
    password: &str,
    code: Option<&str>,
) -> Result<Credentials<A>, IdentityError> {
    let attempt = throttle::attempt(app, A::AUDIENCE, email, client).await?;
    let found = match find_by_password::<A>(app, email, password).await {
        Ok(Some(found)) => found.id.use_code(app, client, code).await.map(|()| Some(found)),
        other => other,
    };
    attempt.end(app, found).await
}

/// The account with this e-mail address and password. The password is hashed even if there is no account, so that both
/// cases take the same time.
async fn find_by_password<A: Account>(
    app: &App,
    email: &Email,
    password: &str,
) -> Result<Option<Credentials<A>>, IdentityError> {
    let may_log_in = demo::may_log_in(app, email).await?;
    let found = A::credentials(&mut *app.db.read().await?, email).await?.filter(|_| may_log_in);
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    match app.identity.passwords(A::AUDIENCE).verify(Password::attempt(password), hash).await? {
        Check::Wrong => Ok(None),
        Check::Right => Ok(found),
        Check::Outdated(new) => {
            if let Some(found) = &found {
                replace_hash(app, found, &new).await?;
            }
            Ok(found)
        }
    }
}

/// Stores the hash with the current parameters, unless the password was changed meanwhile. The sessions go on.
async fn replace_hash<A: Account>(app: &App, found: &Credentials<A>, new: &str) -> ServiceResult<()> {
    let Some(old) = &found.password_hash else { return Ok(()) };
    Ok(found.id.replace_hash(&mut *app.db.write().await?, old, new).await?)
}
