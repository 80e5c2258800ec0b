//! Logging in with a password. Takes as long, and says the same, whether or not there is such an account.

use model::{
    customers::{Credentials, Customer, Email, Password, StaffUser, Subject},
    ids::{CustomerId, StaffUserId},
};

use super::{
    Audience, Client, IdentityError, demo,
    sessions::{self, SessionTokens},
    throttle,
};
use crate::{App, ServiceResult};

/// Logs a customer in.
///
/// # Errors
/// [`IdentityError::InvalidCredentials`], [`IdentityError::Throttled`], or a store's error.
pub async fn customer_login(
    app: &App,
    client: &Client,
    email: &str,
    password: &str,
) -> Result<(Customer, SessionTokens), IdentityError> {
    let email: Email = email.parse().map_err(|_| IdentityError::InvalidCredentials)?;
    let found = enter_as_customer(app, client, &email, password).await?;
    let session = sessions::begin(app, client, Subject::Customer(found.id), found.session_epoch).await?;
    let customer = persistence::customers::find(&mut *app.db.read().await?, found.id).await?;
    Ok((customer.ok_or(IdentityError::InvalidCredentials)?, session))
}

/// The customer whose address and password these are; a wrong password is counted.
///
/// # Errors
/// [`IdentityError::InvalidCredentials`], [`IdentityError::Throttled`], or a store's error.
pub(super) async fn enter_as_customer(
    app: &App,
    client: &Client,
    email: &Email,
    password: &str,
) -> Result<Credentials<CustomerId>, IdentityError> {
    let attempt = throttle::attempt(app, Audience::Customers, email, client).await?;
    let found = async {
        let may_log_in = demo::may_log_in(app, email).await?;
        let found = persistence::customers::credentials(&mut *app.db.read().await?, email).await?;
        if_it_fits(app, found.filter(|_| may_log_in), password).await
    };
    let found = found.await.map_err(IdentityError::from);
    attempt.end(app, found).await
}

/// Logs a member of staff in.
///
/// # Errors
/// [`IdentityError::InvalidCredentials`], [`IdentityError::Throttled`], or a store's error.
pub async fn staff_login(
    app: &App,
    client: &Client,
    email: &str,
    password: &str,
) -> Result<(StaffUser, SessionTokens), IdentityError> {
    let email: Email = email.parse().map_err(|_| IdentityError::InvalidCredentials)?;
    let found = enter_as_staff(app, client, &email, password).await?;
    let session = sessions::begin(app, client, Subject::Staff(found.id), found.session_epoch).await?;
    let mut conn = app.db.write().await?;
    persistence::staff::logged_in(&mut conn, found.id, app.clock.now()).await?;
    let user = persistence::staff::find(&mut conn, found.id).await?;
    Ok((user.ok_or(IdentityError::InvalidCredentials)?, session))
}

async fn enter_as_staff(
    app: &App,
    client: &Client,
    email: &Email,
    password: &str,
) -> Result<Credentials<StaffUserId>, IdentityError> {
    let attempt = throttle::attempt(app, Audience::Staff, email, client).await?;
    let found = async {
        let may_log_in = demo::may_log_in(app, email).await?;
        let found = persistence::staff::credentials(&mut *app.db.read().await?, email).await?;
        if_it_fits(app, found.filter(|_| may_log_in), password).await
    };
    let found = found.await.map_err(IdentityError::from);
    attempt.end(app, found).await
}

/// What was found, if the password is its own.
async fn if_it_fits<Id>(
    app: &App,
    found: Option<Credentials<Id>>,
    password: &str,
) -> ServiceResult<Option<Credentials<Id>>> {
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    let fits = app.identity.passwords.verify(Password::attempt(password), hash).await?;
    Ok(found.filter(|_| fits))
}
