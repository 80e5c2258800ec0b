//! Logging in with a password. Takes as long, and says the same, whether or not there is such an account.

use model::customers::{Customer, Email, Password, StaffUser, Subject};

use super::{
    Audience, Client, IdentityError, seed,
    sessions::{self, SessionTokens},
    throttle,
};
use crate::App;

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
    let attempt = throttle::attempt(app, Audience::Customers, &email, client).await?;
    let found = if seed::may_enter(app, &email).await? {
        persistence::customers::credentials(&mut *app.db.read().await?, &email).await?
    } else {
        None
    };
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    let fits = app.identity.passwords.verify(Password::attempt(password), hash).await?;
    let found = found.filter(|_| fits).ok_or(IdentityError::InvalidCredentials)?;
    attempt.succeeded(app).await?;
    let session = sessions::begin(app, client, Subject::Customer(found.id), found.session_epoch).await?;
    let customer = persistence::customers::find(&mut *app.db.read().await?, found.id).await?;
    Ok((customer.ok_or(IdentityError::InvalidCredentials)?, session))
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
    let attempt = throttle::attempt(app, Audience::Staff, &email, client).await?;
    let found = if seed::may_enter(app, &email).await? {
        persistence::staff::credentials(&mut *app.db.read().await?, &email).await?
    } else {
        None
    };
    let hash = found.as_ref().and_then(|found| found.password_hash.clone());
    let fits = app.identity.passwords.verify(Password::attempt(password), hash).await?;
    let found = found.filter(|_| fits).ok_or(IdentityError::InvalidCredentials)?;
    attempt.succeeded(app).await?;
    let session = sessions::begin(app, client, Subject::Staff(found.id), found.session_epoch).await?;
    let mut conn = app.db.write().await?;
    persistence::staff::logged_in(&mut conn, found.id, app.clock.now()).await?;
    let user = persistence::staff::find(&mut conn, found.id).await?;
    Ok((user.ok_or(IdentityError::InvalidCredentials)?, session))
}
