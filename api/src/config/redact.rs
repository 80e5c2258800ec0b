//! URLs without their secrets, for messages and logs.

/// A URL without its password and its query.
#[must_use]
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "a malformed URL".to_owned() };
    let without_query = |text: &str| text.split('?').next().unwrap_or_default().to_owned();
    match rest.rsplit_once('@') {
        Some((login, place)) => {
            let user = login.split(':').next().unwrap_or_default();
            format!("{scheme}://{}@{}", without_query(user), without_query(place))
        }
        None => format!("{scheme}://{}", without_query(rest)),
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
            ("postgres://ada:s3?r3t@db/shop?sslmode=require", "postgres://ada@db/shop"),
            ("nonsense", "a malformed URL"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
