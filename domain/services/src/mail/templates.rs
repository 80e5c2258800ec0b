//! What mails say: plain text, and plain ASCII where there is a link, so that no encoding breaks it.

use model::customers::Purpose;

use super::MailConfig;
use crate::jobs::{ConfirmedLine, OrderConfirmation};

/// Subject and text of a mail.
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) text: String,
}

/// The mail that carries a one-time token.
pub(super) fn token(config: &MailConfig, purpose: Purpose, secret: &str) -> Text {
    let shop = &config.shop_name;
    let (subject, page, why, life) = match purpose {
        Purpose::Register => (
            format!("Confirm your account at {shop}"),
            "account/verify",
            "somebody, we hope you, asked for an account with this e-mail address and chose a password for it. If it \
             was not you, do not follow the link: the account would open with somebody else's password, and you would \
             have to ask for a new one where you log in. If it was you, confirm that the address is yours:",
            "48 hours",
        ),
        Purpose::EmailChange => (
            format!("Confirm your new e-mail address at {shop}"),
            "account/verify",
            "this is to become the e-mail address of your account. Confirm that it is yours:",
            "48 hours",
        ),
        Purpose::PasswordReset => (
            format!("Choose a new password for {shop}"),
            "account/reset",
            "somebody, we hope you, asked for a new password for your account. Choose it here:",
            "one hour",
        ),
        Purpose::StaffPasswordReset => (
            format!("Choose a new password for the back office of {shop}"),
            "staff/reset",
            "somebody, we hope you, asked for a new password for your staff account. Choose it here:",
            "one hour",
        ),
        Purpose::StaffInvite => (
            format!("You are invited to the back office of {shop}"),
            "staff/reset",
            "you are invited to work in the back office. Choose your password here:",
            "seven days",
        ),
    };
    let url = config.storefront_url.trim_end_matches('/');
    let text = format!(
        "Hello,\n\n{why}\n\n{url}/{page}?token={secret}\n\nWhere a page asks for a code, it is:\n\n{secret}\n\n\
         It works once, for {life}. If this was not you, delete this mail: nothing happens without it.\n"
    );
    Text { subject, text }
}

/// The mail to somebody who registers an address that has an account.
pub(super) fn account_exists(config: &MailConfig) -> Text {
    let shop = &config.shop_name;
    let text = format!(
        "Hello,\n\nsomebody, we hope you, wanted to open an account at {shop} with this e-mail address. You have one \
         already:\nlog in with it, or ask for a new password where you log in.\n\nIf this was not you, there is \
         nothing to do.\n"
    );
    Text { subject: format!("Your account at {shop}"), text }
}

/// The note to the address of an account for which a new one was asked.
pub(super) fn email_change_asked(config: &MailConfig) -> Text {
    let shop = &config.shop_name;
    let text = format!(
        "Hello,\n\nsomebody who knows your password, we hope you, asked for another e-mail address for your account at \
         {shop}. It counts once it is confirmed there.\n\nIf this was not you, choose a new password at once: the other \
         address is forgotten then.\n"
    );
    Text { subject: format!("Your e-mail address at {shop} is to change"), text }
}

/// The note to the old address of an account.
pub(super) fn email_changed(config: &MailConfig) -> Text {
    let shop = &config.shop_name;
    let text = format!(
        "Hello,\n\nyour account at {shop} has a new e-mail address, and mail goes there from now on.\n\nIf this was \
         not you, answer this mail.\n"
    );
    Text { subject: format!("Your e-mail address at {shop} was changed"), text }
}

/// What was ordered.
pub(super) fn order_confirmation(config: &MailConfig, order: &OrderConfirmation) -> Text {
    let OrderConfirmation { number, url, lines, total, .. } = order;
    let line = |line: &ConfirmedLine| format!("{} x {}: {}\n", line.quantity, line.name, line.total);
    let lines: String = lines.iter().map(line).collect();
    let page = url.as_ref().map_or_else(String::new, |url| format!("\nFollow your order here:\n{url}\n"));
    let text = format!("Hello,\n\nthank you for your order {number}.\n\n{lines}\nTotal: {total}\n{page}");
    Text { subject: format!("Your order {number} at {}", config.shop_name), text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_with_a_link_needs_no_encoding() {
        for purpose in [Purpose::Register, Purpose::EmailChange, Purpose::PasswordReset, Purpose::StaffInvite] {
            let secret = "x".repeat(47);
            let Text { text, .. } = token(&MailConfig::default(), purpose, &secret);
            assert!(text.is_ascii() && text.lines().all(|line| line.len() < 998), "{text}");
            assert!(text.lines().any(|line| line == secret), "{text}");
        }
    }
}
