//! What customers enter.

use async_graphql::{ID, InputObject};
use schema_shared::AddressInput;

/// What somebody enters to register.
#[derive(InputObject)]
pub struct CustomerRegisterInput {
    /// Where the token goes that opens the account.
    pub email: String,
    /// The password they choose, 10 to 128 characters.
    pub password: String,
    /// Given name.
    #[graphql(default)]
    pub first_name: String,
    /// Family name.
    #[graphql(default)]
    pub last_name: String,
    /// Whether news may be sent.
    #[graphql(default)]
    pub accepts_marketing: bool,
}

/// A token from a mail.
#[derive(InputObject)]
pub struct CustomerEmailVerifyInput {
    /// The mailed token.
    pub token: String,
}

/// Address and password of an account.
#[derive(InputObject)]
pub struct CustomerLoginInput {
    /// The account's address.
    pub email: String,
    /// The account's password.
    pub password: String,
}

/// The newest refresh token of a session.
#[derive(InputObject)]
pub struct SessionRefreshInput {
    /// The refresh token.
    pub refresh_token: String,
}

/// Which session to end.
#[derive(InputObject)]
pub struct CustomerLogoutInput {
    /// A refresh token of the session; without it, the session of the request's access token ends.
    pub refresh_token: Option<String>,
}

/// Whose password is to be reset.
#[derive(InputObject)]
pub struct CustomerPasswordResetRequestInput {
    /// The account's address.
    pub email: String,
}

/// A new password with the token that allows it.
#[derive(InputObject)]
pub struct CustomerPasswordResetInput {
    /// The mailed token.
    pub token: String,
    /// The new password, 10 to 128 characters.
    pub password: String,
}

/// What to change of the account; what is left out stays.
#[derive(InputObject)]
pub struct CustomerUpdateInput {
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Telephone; an empty text removes it.
    pub phone: Option<String>,
    /// Preferred language, a BCP 47 tag.
    pub locale: Option<String>,
    /// Whether news may be sent.
    pub accepts_marketing: Option<bool>,
    /// A new e-mail address. It counts once the token that is mailed there is used; needs `currentPassword`.
    pub email: Option<String>,
    /// A new password. It ends every session and begins a new one; needs `currentPassword`.
    pub new_password: Option<String>,
    /// The password until now.
    pub current_password: Option<String>,
}

/// A new address.
#[derive(InputObject)]
pub struct CustomerAddressCreateInput {
    /// The address.
    pub address: AddressInput,
    /// Whether new carts start with it; the first address does anyway.
    #[graphql(default)]
    pub is_default_shipping: bool,
    /// Whether invoices go there; for the first address they do anyway.
    #[graphql(default)]
    pub is_default_billing: bool,
}

/// A changed address.
#[derive(InputObject)]
pub struct CustomerAddressUpdateInput {
    /// Which one.
    pub id: ID,
    /// What it is now, as a whole.
    pub address: AddressInput,
    /// Whether new carts start with it from now on.
    #[graphql(default)]
    pub is_default_shipping: bool,
    /// Whether invoices go there from now on.
    #[graphql(default)]
    pub is_default_billing: bool,
}

/// An address to delete.
#[derive(InputObject)]
pub struct CustomerAddressDeleteInput {
    /// Which one.
    pub id: ID,
}

/// What to put into the export.
#[derive(InputObject)]
pub struct CustomerDataExportInput {
    /// Whether line breaks and indents make it readable for people.
    #[graphql(default)]
    pub is_indented: bool,
}

/// A confirmation that everything personal is to be erased.
#[derive(InputObject)]
pub struct CustomerEraseInput {
    /// The account's password.
    pub password: String,
}
