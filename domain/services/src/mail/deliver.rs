//! Sends one mail: decides what it says, makes its secret, hands it over.

use model::{
    Timestamp,
    customers::{OneTimeToken, Purpose},
};
use persistence::{Conn, customers, one_time_tokens, orders, staff};
use uuid::Uuid;

use super::{
    Mail, MailError,
    templates::{self, Text},
};
use crate::{
    App, ServiceResult,
    jobs::{JobError, MailJob, OrderConfirmation},
    secrets,
};

/// What every mailed secret begins with.
const PREFIX: &str = "mot_";

/// Sends the mail of a job. A mail that was handed over but not noted is sent twice; a token in it is then a new one.
///
/// # Errors
/// [`JobError`] says whether trying again may help.
pub(crate) async fn deliver(app: &App, mail: MailJob) -> Result<(), JobError> {
    let now = app.clock.now();
    let mail = match mail {
        MailJob::Token { id } => token_mail(app, id, now).await?,
        MailJob::EmailChanged { to, id } => {
            let Text { subject, text } = templates::email_changed(&app.mail);
            Some(Mail { to, subject, text, at: now, key: id.simple().to_string() })
        }
        MailJob::EmailChangeAsked { to, id } => {
            let Text { subject, text } = templates::email_change_requested(&app.mail);
            Some(Mail { to, subject, text, at: now, key: id.simple().to_string() })
        }
        MailJob::OrderConfirmation(order) => {
            let link = order_link(app, &order).await?;
            let Text { subject, text } = templates::order_confirmation(&app.mail, &order, link.as_deref());
            Some(Mail { to: order.to, subject, text, at: now, key: format!("order-{}", plain(&order.number)) })
        }
    };
    let Some(mail) = mail else { return Ok(()) };
    app.mailer.send(&mail).await.map_err(|error| match error {
        MailError::Unavailable(_) => JobError::Retry(error.to_string()),
        MailError::Refused(_) => JobError::Permanent(error.to_string()),
    })
}

/// The link to the page of an order, if the storefront is configured.
async fn order_link(app: &App, confirmation: &OrderConfirmation) -> ServiceResult<Option<String>> {
    let (Some(storefront), Some(id)) = (&app.mail.storefront, confirmation.order_id) else { return Ok(None) };
    let order = orders::find(&mut *app.db.read().await?, id).await?;
    Ok(order.map(|order| storefront.order(id, &order.token)))
}

/// The mail of a one-time token; none when there is nobody to write to, or the token is of no more use.
async fn token_mail(app: &App, id: Uuid, now: Timestamp) -> ServiceResult<Option<Mail>> {
    let mut conn = app.db.write().await?;
    let Some(mut token) = one_time_tokens::find_unused(&mut conn, id, now).await? else { return Ok(None) };
    let text = match addressee(&mut conn, &mut token).await? {
        Addressee::Nobody => return Ok(None),
        Addressee::HasAccount => templates::account_exists(&app.mail),
        Addressee::Holder => {
            let secret = secrets::random_text(PREFIX);
            one_time_tokens::arm(&mut conn, &token, &secrets::digest(&secret)).await?;
            templates::token(&app.mail, token.purpose, &secret)
        }
    };
    let Text { subject, text } = text;
    Ok(Some(Mail { to: token.email, subject, text, at: now, key: id.simple().to_string() }))
}

/// Who gets the mail of a token.
enum Addressee {
    /// Somebody who is to have the secret.
    Holder,
    /// Somebody who has an account with this address already.
    HasAccount,
    /// There is no such account.
    Nobody,
}

/// Finds the account that a token is for. It is done here and not in the request, so that the request does the same
/// for every address.
async fn addressee(conn: &mut Conn, token: &mut OneTimeToken) -> ServiceResult<Addressee> {
    Ok(match token.purpose {
        Purpose::Register | Purpose::EmailChange => match customers::find_by_email(conn, &token.email).await? {
            Some(_) => Addressee::HasAccount,
            None => Addressee::Holder,
        },
        Purpose::PasswordReset => match customers::find_by_email(conn, &token.email).await? {
            Some(customer) => {
                token.customer = Some(customer.id);
                Addressee::Holder
            }
            None => Addressee::Nobody,
        },
        Purpose::StaffInvite => Addressee::Holder,
        Purpose::StaffPasswordReset => match staff::find_by_email(conn, &token.email).await? {
            Some(user) if user.is_active => {
                token.staff = Some(user.id);
                Addressee::Holder
            }
            _ => Addressee::Nobody,
        },
    })
}

/// A text that fits a file name and a message id.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}
