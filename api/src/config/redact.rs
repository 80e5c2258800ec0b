//! URLs without their secrets, for messages and logs.

/// A URL without its password and its query.
#[must_use]
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "a malformed URL".to_owned() };
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    match rest.rsplit_once('@') {
        Some((login, place)) => {
            let user = login.split_once(':').map_or(login, |(user, _)| user);
            format!("{scheme}://{user}@{place}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_its_password() {
        for (url, shown) in [
            ("postgres://ada:s3cr@t@db:5432/shop?sslmode=require", "postgres://ada@db:5432/shop"),
            ("postgres://db/shop", "postgres://db/shop"),
            ("mongodb://u:p@a,b/?replicaSet=r", "mongodb://u@a,b/"),
            ("nonsense", "a malformed URL"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
