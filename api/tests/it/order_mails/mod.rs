//! Mails as their recipients get them: language, amounts, links, and templates of merchants.

mod of_accounts;
mod of_orders;
mod previews;
mod templates;
