//! Inputs of customer account mutations.

use async_graphql::{ID, InputObject};
use schema_shared::AddressInput;

/// Input of `customerRegister`.
#[derive(InputObject)]
pub struct CustomerRegisterInput {
    /// Email address that receives the token for the account.
    pub email: String,
    /// Password to check against the rules, so that a form can show its errors; it is not stored. The password of the
    /// account is set by `customerEmailVerify`.
    pub password: Option<String>,
    /// Given name of the customer.
    #[graphql(default)]
    pub first_name: String,
    /// Family name of the customer.
    #[graphql(default)]
    pub last_name: String,
    /// True if the customer agrees to receive marketing emails.
    #[graphql(default)]
    pub accepts_marketing: bool,
}

/// Input of `customerEmailVerify`.
#[derive(InputObject)]
pub struct CustomerEmailVerifyInput {
    /// Token from the email.
    pub token: String,
    /// Password of the new account, 10 to 128 characters. Needed for the token of a registration, ignored for others.
    pub password: Option<String>,
}

/// Input of `customerLogin`.
#[derive(InputObject)]
pub struct CustomerLoginInput {
    /// Email address of the account.
    pub email: String,
    /// Password of the account.
    pub password: String,
}

/// Input of `sessionRefresh`.
#[derive(InputObject)]
pub struct SessionRefreshInput {
    /// Newest refresh token of the session.
    pub refresh_token: String,
}

/// Input of `customerLogout`.
#[derive(InputObject)]
pub struct CustomerLogoutInput {
    /// Refresh token of the session to end; if absent, the session of the request's access token ends.
    pub refresh_token: Option<String>,
}

/// Input of `customerPasswordResetRequest`.
#[derive(InputObject)]
pub struct CustomerPasswordResetRequestInput {
    /// Email address of the account.
    pub email: String,
}

/// Input of `customerPasswordReset`.
#[derive(InputObject)]
pub struct CustomerPasswordResetInput {
    /// Token from the email.
    pub token: String,
    /// New password, 10 to 128 characters.
    pub password: String,
}

/// Input of `customerUpdate`. Absent fields stay unchanged.
#[derive(InputObject)]
pub struct CustomerUpdateInput {
    /// Given name of the customer.
    pub first_name: Option<String>,
    /// Family name of the customer.
    pub last_name: Option<String>,
    /// Phone number of the customer; an empty text clears it.
    pub phone: Option<String>,
    /// Preferred language as a BCP 47 tag.
    pub locale: Option<String>,
    /// True if the customer agrees to receive marketing emails.
    pub accepts_marketing: Option<bool>,
    /// VAT identification number of a business, such as `DE136695976`; an empty text clears it.
    pub vat_id: Option<String>,
    /// New email address. It takes effect when the token sent to it is verified. Needs `currentPassword`.
    pub email: Option<String>,
    /// New password, 10 to 128 characters. It ends all sessions and starts a new one. Needs `currentPassword`.
    pub new_password: Option<String>,
    /// Present password; needed to change the email address or the password.
    pub current_password: Option<String>,
}

/// Input of `customerAddressCreate`.
#[derive(InputObject)]
pub struct CustomerAddressCreateInput {
    /// Address to add to the address book.
    pub address: AddressInput,
    /// True to make it the default shipping address of new carts. The first address always is.
    #[graphql(default)]
    pub is_default_shipping: bool,
    /// True to make it the default billing address of new carts. The first address always is.
    #[graphql(default)]
    pub is_default_billing: bool,
}

/// Input of `customerAddressUpdate`.
#[derive(InputObject)]
pub struct CustomerAddressUpdateInput {
    /// Global id of the entry in the address book.
    pub id: ID,
    /// New address, which replaces the present one completely.
    pub address: AddressInput,
    /// True to make it the default shipping address of new carts.
    #[graphql(default)]
    pub is_default_shipping: bool,
    /// True to make it the default billing address of new carts.
    #[graphql(default)]
    pub is_default_billing: bool,
}

/// Input of `customerAddressDelete`.
#[derive(InputObject)]
pub struct CustomerAddressDeleteInput {
    /// Global id of the entry in the address book.
    pub id: ID,
}

/// Input of `customerDataExport`.
#[derive(InputObject)]
pub struct CustomerDataExportInput {
    /// True to format the JSON with line breaks and indentation.
    #[graphql(default)]
    pub is_indented: bool,
}

/// Input of `customerErase`.
#[derive(InputObject)]
pub struct CustomerEraseInput {
    /// Password of the account.
    pub password: String,
}

/// Input of `customerSessionEnd`.
#[derive(InputObject)]
pub struct CustomerSessionEndInput {
    /// Global id of the session.
    pub id: ID,
}

/// Input of `customerSessionsEnd`.
#[derive(InputObject)]
pub struct CustomerSessionsEndInput {
    /// True to keep the session of the request.
    #[graphql(default)]
    pub except_current: bool,
}
