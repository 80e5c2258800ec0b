//! The origin of a request: the address of the shopper, and the client that pays for the request. A storefront's server that
//! authenticates with an API token sends requests on behalf of shoppers and names their addresses.

use std::net::IpAddr;

use axum::http::HeaderValue;
use graphql_http::{Caller, Rejection};
use model::{
    Network,
    access::{Actor, Permission},
    ids::ApiTokenId,
};
use services::{
    budgets::Payer,
    identity::{AuthError, Identified},
};

use super::{admission::Admission, rejection};
use crate::client;

/// The API token of the server that sends a request on behalf of a shopper.
const API_TOKEN: &str = "mercator-api-token";

/// The address of that shopper.
const CLIENT_IP: &str = "mercator-client-ip";

/// The origin of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The address of the client, as far as it is known.
    pub address: Option<IpAddr>,
    /// The client that pays if the request has no other actor: its network, or the token of a storefront's server that names
    /// no shopper.
    pub payer: Payer,
    /// The API token in `Authorization` only vouches for the address; the request itself is anonymous.
    pub is_anonymous: bool,
}

impl Origin {
    fn direct(address: Option<IpAddr>) -> Self {
        Self { address, payer: network(address), is_anonymous: false }
    }
}

impl Admission {
    /// The origin of a request. Without a trusted server, it is the address of the connection or of trusted proxies.
    pub async fn origin(&self, caller: Caller<'_>) -> Result<Origin, Rejection> {
        let direct = Origin::direct(self.proxies.address(caller.parts));
        let headers = &caller.parts.headers;
        let forwarded = headers.get(CLIENT_IP);
        if let Some(token) = headers.get(API_TOKEN) {
            let server = self.server(direct.payer, token).await?;
            return match forwarded {
                Some(forwarded) => Ok(Origin::direct(Some(address(forwarded)?))),
                None => Ok(Origin { payer: Payer::Token(server), ..direct }),
            };
        }
        match forwarded {
            Some(forwarded) if self.vouches(direct.payer, caller).await? => {
                Ok(Origin { is_anonymous: true, ..Origin::direct(Some(address(forwarded)?)) })
            }
            _ => Ok(direct),
        }
    }

    /// The server with this API token.
    async fn server(&self, payer: Payer, token: &HeaderValue) -> Result<ApiTokenId, Rejection> {
        let token = token.to_str().map_err(|_| Rejection::unauthenticated("mercator-api-token is not valid"))?;
        match self.identify(payer, token.trim()).await? {
            Ok(Identified { actor: Actor::Token { id, permissions, .. }, .. }) => {
                let forbidden = || Rejection::forbidden("mercator-api-token needs the permission FORWARD_CLIENT");
                permissions.contains(Permission::ForwardClient).then_some(id).ok_or_else(forbidden)
            }
            Ok(_) | Err(AuthError::InvalidToken) => Err(Rejection::unauthenticated("mercator-api-token is not valid")),
            Err(AuthError::Service(error)) => Err(rejection(&error)),
        }
    }

    /// True if `Authorization` has an API token that may name shoppers' addresses; only in the storefront API, because a
    /// token is an actor in the admin API.
    async fn vouches(&self, payer: Payer, caller: Caller<'_>) -> Result<bool, Rejection> {
        let Some(token) = super::bearer(caller)?.filter(|_| self.is_storefront) else { return Ok(false) };
        match self.identify(payer, &token).await? {
            Ok(identified) => Ok(identified.actor.require(Permission::ForwardClient).is_ok()
                && matches!(identified.actor, Actor::Token { .. })),
            // Rejected later, unless the operation is public.
            Err(AuthError::InvalidToken) => Ok(false),
            Err(AuthError::Service(error)) => Err(rejection(&error)),
        }
    }
}

fn address(header: &HeaderValue) -> Result<IpAddr, Rejection> {
    let read = header.to_str().ok().and_then(|text| client::read(text.trim()));
    read.ok_or_else(|| Rejection::input("mercator-client-ip must be an IPv4 or IPv6 address"))
}

/// The payer of requests from an address.
fn network(address: Option<IpAddr>) -> Payer {
    address.map_or(Payer::UnknownNetwork, |address| Payer::Network(Network::of(address)))
}
