//! Links from mails to pages of the storefront.

use model::{WebUrl, channels::ReturnOrigin, ids::OrderId};
use reqwest::Url;

/// The pages of the storefront that mails link to.
#[derive(Debug, Clone)]
pub struct StorefrontLinks {
    base: String,
    origin: ReturnOrigin,
    order_path: String,
}

/// The base URL or the path template of the order page is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLinks {
    /// The base URL is invalid.
    #[error(
        "the URL of the storefront must start with https:// or http:// and have no user name, password, query and fragment"
    )]
    Base,
    /// The path template of the order page is invalid.
    #[error(
        "the path of the order page must start with `/` and contain `{{id}}`; the only other placeholder is `{{token}}`"
    )]
    OrderPath,
}

impl StorefrontLinks {
    /// The default path template of the order page.
    pub const ORDER_PATH: &str = "/orders/{id}?token={token}";

    /// Checks the base URL of the storefront and the path template of its order page. In the template, `{id}` stands
    /// for the UUID of the order's global id and `{token}` for the order's token.
    ///
    /// # Errors
    /// [`InvalidLinks`] if a link would not be a URL or would not identify the order.
    pub fn parse(base: &str, order_path: &str) -> Result<Self, InvalidLinks> {
        let plain = WebUrl::parse(base).map_err(|_| InvalidLinks::Base)?;
        let origin = ReturnOrigin::of_url(plain.as_str()).map_err(|_| InvalidLinks::Base)?;
        let url = Url::parse(plain.as_str()).map_err(|_| InvalidLinks::Base)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidLinks::Base);
        }
        let fixed = order_path.replace("{id}", "").replace("{token}", "");
        let is_plain = fixed.chars().all(|c| c.is_ascii_graphic() && !"{}<>\"\\^`|".contains(c));
        if !order_path.starts_with('/') || !order_path.contains("{id}") || !is_plain {
            return Err(InvalidLinks::OrderPath);
        }
        Ok(Self { base: url.as_str().trim_end_matches('/').to_owned(), origin, order_path: order_path.to_owned() })
    }

    /// The origin of every link. Shoppers may also return to it from a gateway.
    #[must_use]
    pub const fn origin(&self) -> &ReturnOrigin {
        &self.origin
    }

    /// True if the links are encrypted, or lead to this machine. They contain secrets.
    #[must_use]
    pub fn are_private(&self) -> bool {
        self.base.starts_with("https://") || self.origin.is_loopback()
    }

    /// The base URL of the storefront.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The page where a one-time token is used.
    pub(super) fn token_page(&self, page: &str, token: &str) -> String {
        format!("{}/{page}?token={token}", self.base)
    }

    /// The page of an order. Ids and tokens consist of characters that need no escaping in URLs.
    pub(super) fn order(&self, id: OrderId, token: &str) -> String {
        let path = self.order_path.replace("{id}", &id.uuid().to_string()).replace("{token}", token);
        format!("{}{path}", self.base)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn order_links_contain_the_id_and_the_token() {
        let id = OrderId::restore(Uuid::nil());
        let link = |base, path| StorefrontLinks::parse(base, path).map(|links| links.order(id, "secret"));
        let uuid = Uuid::nil();
        let usual = link("https://shop.example.org/", StorefrontLinks::ORDER_PATH);
        assert_eq!(usual, Ok(format!("https://shop.example.org/orders/{uuid}?token=secret")));
        let nested = link("https://example.org/shop", "/o/{id}");
        assert_eq!(nested, Ok(format!("https://example.org/shop/o/{uuid}")));
    }

    #[test]
    fn rejects_urls_and_templates_that_make_no_link() {
        for base in [
            "",
            "shop.example.org",
            "ftp://example.org",
            "https://",
            "https://example.org/?a=b",
            "mailto:a@b.c",
            "https://shop@evil.example",
            "https://shop:secret@evil.example",
            "https://example.org/a\r\nb",
            "https://example.org\\@evil.example",
        ] {
            let refused = StorefrontLinks::parse(base, StorefrontLinks::ORDER_PATH).err();
            assert_eq!(refused, Some(InvalidLinks::Base), "{base}");
        }
        for path in ["", "orders/{id}", "/orders", "/orders/{id}/{key}", "/orders/{id} ", "/orders/{id}/{token"] {
            let refused = StorefrontLinks::parse("https://example.org", path).err();
            assert_eq!(refused, Some(InvalidLinks::OrderPath), "{path}");
        }
    }
}
