//! Subjects and texts of mails, as plain text.

use model::customers::Purpose;

use super::MailShop;
use crate::jobs::{ConfirmedLine, OrderConfirmation};

/// Subject and text of a mail.
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) text: String,
}

/// The mail that contains a one-time token.
pub(super) fn token(config: &MailShop, purpose: Purpose, secret: &str) -> Text {
    let shop = &config.shop_name;
    let (subject, page, request, lifetime) = match purpose {
        Purpose::Register => (
            format!("Confirm your account at {shop}"),
            "account/verify",
            "Someone asked to create an account with your e-mail address. If this was you, choose a password to create \
             it.",
            "48 hours",
        ),
        Purpose::EmailChange => (
            format!("Confirm your new e-mail address at {shop}"),
            "account/verify",
            "You asked us to change the e-mail address of your account to this address. Please confirm it.",
            "48 hours",
        ),
        Purpose::PasswordReset => (
            format!("Reset your password for {shop}"),
            "account/reset",
            "Someone asked to reset the password of your account. If this was you, choose a new password.",
            "one hour",
        ),
        Purpose::StaffPasswordReset => (
            format!("Reset your back office password for {shop}"),
            "staff/reset",
            "Someone asked to reset the password of your staff account. If this was you, choose a new password.",
            "one hour",
        ),
        Purpose::StaffInvite => (
            format!("You have been invited to the back office of {shop}"),
            "staff/reset",
            "You have been invited to the back office. Choose a password to activate your account.",
            "seven days",
        ),
    };
    let link = config.storefront.as_ref().map_or_else(String::new, |storefront| {
        format!("Open this link:\n\n{}\n\n", storefront.token_page(page, secret))
    });
    let text = format!(
        "Hello,\n\n{request}\n\n{link}Your code is:\n\n{secret}\n\nIt works once, within {lifetime}. If you did not \
         expect this mail, you can ignore it; nothing will change.\n"
    );
    Text { subject, text }
}

/// The mail to a person who registers an address that already has an account.
pub(super) fn account_exists(config: &MailShop) -> Text {
    let shop = &config.shop_name;
    let text = format!(
        "Hello,\n\nSomeone tried to create an account at {shop} with your e-mail address. You already have an \
         account:\nplease log in, or reset your password if you have forgotten it.\n\nIf this was not you, you can \
         ignore this mail.\n"
    );
    Text { subject: format!("Your account at {shop}"), text }
}

/// The mail to the current address of an account when a new address was requested.
pub(super) fn email_change_requested(config: &MailShop) -> Text {
    let shop = &config.shop_name;
    let text = format!(
        "Hello,\n\nSomeone who knows your password asked to change the e-mail address of your account at {shop}. The \
         change takes effect when the new address is confirmed.\n\nIf this was not you, change your password now. \
         This also cancels the request.\n"
    );
    Text { subject: format!("Request to change your e-mail address at {shop}"), text }
}

/// The mail to the former address of an account.
pub(super) fn email_changed(config: &MailShop) -> Text {
    let shop = &config.shop_name;
    let text = format!(
        "Hello,\n\nThe e-mail address of your account at {shop} was changed. We will send all mail to the new \
         address.\n\nIf this was not you, please reply to this mail.\n"
    );
    Text { subject: format!("Your e-mail address at {shop} was changed"), text }
}

/// The confirmation of an order, with a link to its page if there is one.
pub(super) fn order_confirmation(config: &MailShop, order: &OrderConfirmation, page: Option<&str>) -> Text {
    let OrderConfirmation { number, lines, total, .. } = order;
    let line = |line: &ConfirmedLine| format!("{} x {}: {}\n", line.quantity, line.name, line.total);
    let lines: String = lines.iter().map(line).collect();
    let page = page.map_or_else(String::new, |url| format!("\nView your order:\n\n{url}\n"));
    let text = format!("Hello,\n\nThank you for your order {number}.\n\n{lines}\nTotal: {total}\n{page}");
    Text { subject: format!("Your order {number} at {}", config.shop_name), text }
}

#[cfg(test)]
mod tests {
    use super::{super::StorefrontLinks, *};

    fn shop(storefront: Option<StorefrontLinks>) -> MailShop {
        let from = "Tea <tea@example.org>".parse().unwrap();
        MailShop { shop_name: "Tea".to_owned(), from, storefront }
    }

    #[test]
    fn mails_with_links_need_no_encoding() {
        let config = shop(StorefrontLinks::parse("https://shop.example.org", StorefrontLinks::ORDER_PATH).ok());
        for purpose in [Purpose::Register, Purpose::EmailChange, Purpose::PasswordReset, Purpose::StaffInvite] {
            let secret = "x".repeat(47);
            let Text { text, .. } = token(&config, purpose, &secret);
            assert!(text.is_ascii() && text.lines().all(|line| line.len() < 998), "{text}");
            assert!(text.lines().any(|line| line == secret), "{text}");
            assert!(text.contains(&format!("?token={secret}\n")), "{text}");
        }
    }

    #[test]
    fn mails_without_a_storefront_have_no_link() {
        let Text { text, .. } = token(&shop(None), Purpose::Register, "secret");
        assert!(text.contains("secret") && !text.contains("://"), "{text}");
    }
}
