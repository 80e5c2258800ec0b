//! The page of the shopper's authentication (3-D Secure).

use crate::charge::{Charge, Decision};

/// Two buttons while the charge requires action, else its status. The page has no scripts and loads nothing.
pub fn challenge(charge: &Charge) -> String {
    let shop = escape(&charge.reference);
    let amount = amount(charge);
    let body = if charge.decision == Decision::RequiresAction {
        format!(
            "<p>Confirm the payment of <strong>{amount}</strong>.</p><p class=\"reference\">{shop}</p>\
             <form method=\"post\" action=\"{id}/approve\"><button class=\"yes\">Approve</button></form>\
             <form method=\"post\" action=\"{id}/deny\"><button>Deny</button></form>",
            id = charge.id
        )
    } else {
        let back = charge
            .return_url
            .as_deref()
            .map_or_else(String::new, |url| format!("<p><a href=\"{}\">Back to the shop</a></p>", escape(url)));
        format!("<p>The status of the payment of <strong>{amount}</strong> is {}.</p>{back}", charge.status())
    };
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Confirm your payment</title><style>\
         body{{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:12vh auto;padding:0 1rem;color:#1b1f24}}\
         button{{font:inherit;width:100%;padding:.7rem;margin:.3rem 0;border:1px solid #888;border-radius:.4rem;\
         background:#fff;cursor:pointer}}.yes{{background:#14532d;border-color:#14532d;color:#fff}}\
         .reference{{color:#667;font-size:.8rem;overflow-wrap:anywhere}}</style></head>\
         <body><h1>Sandbox bank</h1>{body}</body></html>"
    )
}

fn amount(charge: &Charge) -> String {
    charge.currency.parse().map_or_else(
        |_| format!("{} {}", charge.amount, escape(&charge.currency)),
        |currency| model::Money::new(charge.amount, currency).to_string(),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_the_merchant_are_escaped() {
        assert_eq!(escape("<b a=\"'&\">"), "&lt;b a=&quot;&#39;&amp;&quot;&gt;");
    }
}
