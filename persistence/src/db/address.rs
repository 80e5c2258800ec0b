//! The address of Postgres. `sslmode` and `sslrootcert` mean what they mean to libpq; the driver knows neither all modes
//! nor the file.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use tokio_postgres::config::{Config, Host, SslMode as DriverMode, SslNegotiation};

use super::config::DbConfig;

/// Seconds of silence before a TCP keepalive probe, seconds between probes, and failed probes before the connection is
/// closed.
const KEEPALIVE: Duration = Duration::from_secs(10);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
const KEEPALIVE_RETRIES: u32 = 3;

/// The use of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslMode {
    /// Never.
    Disable,
    /// Only if the server rejects connections without it.
    Allow,
    /// If the server offers it.
    Prefer,
    /// Always, with any certificate.
    Require,
    /// Always, with a certificate that a known authority signed.
    VerifyCa,
    /// Always, with a certificate for this host that a known authority signed.
    VerifyFull,
}

/// The certificates that a server's certificate must lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Roots {
    /// Those of a file in PEM format.
    File(PathBuf),
    /// Those of the operating system.
    System,
}

/// The parsed address of Postgres.
#[derive(Debug, Clone)]
pub struct Address {
    pub(super) driver: Config,
    pub(super) mode: SslMode,
    pub(super) roots: Option<Roots>,
}

/// The address is malformed. The message contains no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidAddress(String);

impl Address {
    /// Parses the address. Each connection starts with the time-outs of the configuration; parameters of the address have
    /// precedence.
    ///
    /// # Errors
    /// [`InvalidAddress`] if the URL is malformed or its parameters contradict each other.
    pub fn parse(config: &DbConfig) -> Result<Self, InvalidAddress> {
        let (base, query) = split_query(&config.url);
        let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let value = |name: &str| pairs.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let (mode, roots) = tls(value("sslmode"), value("sslrootcert"))?;
        let others = pairs.iter().filter(|(name, _)| !["sslmode", "sslrootcert"].contains(name));
        let others: Vec<String> = others.map(|(name, value)| format!("{name}={value}")).collect();
        let driver = format!("{base}?{}", others.join("&")).parse::<Config>().map_err(|error| invalid(&error))?;
        let driver = with_timeouts(driver, config, |name| value(name).is_some());
        Ok(Self { driver: with_hosts(driver)?, mode, roots })
    }

    /// True if every host is this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let is_local = |host: &Host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => is_local_host(name),
        };
        // An explicit address has precedence over the name.
        match self.driver.get_hostaddrs() {
            [] => self.driver.get_hosts().iter().all(is_local),
            addresses => addresses.iter().all(IpAddr::is_loopback),
        }
    }

    /// True if no connection is made without TLS.
    #[must_use]
    pub const fn requires_tls(&self) -> bool {
        matches!(self.mode, SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull)
    }
}

/// True for the name or an IP address of this machine's loopback interface.
#[must_use]
pub fn is_local_host(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Splits a URL into what is before its query, and the query. A question mark in the password belongs to the password.
fn split_query(url: &str) -> (&str, &str) {
    let (login, rest) = url.split_at(url.find('@').unwrap_or(0));
    match rest.split_once('?') {
        Some((place, query)) => (url.get(..login.len() + place.len()).unwrap_or(url), query),
        None => (url, ""),
    }
}

/// Like libpq: `require` with a file of roots verifies the certificate, and the system's roots, which sign certificates for
/// everybody, are only accepted together with the host name.
fn tls(mode: Option<&str>, roots: Option<&str>) -> Result<(SslMode, Option<Roots>), InvalidAddress> {
    let roots = match roots {
        None | Some("") => None,
        Some("system") => Some(Roots::System),
        Some(path) => {
            let path = percent_encoding::percent_decode_str(path).decode_utf8().map_err(|error| invalid(&error))?;
            Some(Roots::File(PathBuf::from(path.as_ref())))
        }
    };
    let mode = match (mode, &roots) {
        (None, Some(Roots::System)) | (Some("verify-full"), _) => SslMode::VerifyFull,
        (None | Some("prefer"), _) => SslMode::Prefer,
        (Some("disable"), _) => SslMode::Disable,
        (Some("allow"), _) => SslMode::Allow,
        (Some("require"), None | Some(Roots::System)) => SslMode::Require,
        (Some("require" | "verify-ca"), _) => SslMode::VerifyCa,
        (Some(_), _) => {
            return Err(InvalidAddress(
                "sslmode is one of disable, allow, prefer, require, verify-ca and verify-full".to_owned(),
            ));
        }
    };
    match (mode, &roots) {
        (SslMode::VerifyCa | SslMode::VerifyFull, None) => Err(InvalidAddress(
            "this sslmode needs sslrootcert: the path of a file with root certificates, or system".to_owned(),
        )),
        (SslMode::VerifyFull, _) | (_, None | Some(Roots::File(_))) => Ok((mode, roots)),
        (_, Some(Roots::System)) => Err(InvalidAddress("sslrootcert=system needs sslmode=verify-full".to_owned())),
    }
}

fn with_timeouts(mut driver: Config, config: &DbConfig, is_given: impl Fn(&str) -> bool) -> Config {
    let statement = config.statement.as_millis();
    // There are few statements and all use an index, so one generic plan per connection is enough. If an option is set
    // twice, the server uses the last one.
    let options = format!(
        "-c statement_timeout={statement} -c idle_in_transaction_session_timeout={statement} \
         -c plan_cache_mode=force_generic_plan {}",
        driver.get_options().unwrap_or_default()
    );
    driver.options(options.trim_end());
    if !is_given("connect_timeout") {
        driver.connect_timeout(config.connect);
    }
    if !is_given("application_name") {
        driver.application_name("mercator");
    }
    // Detect a dead peer both on idle connections (keepalive) and with unacknowledged data (TCP_USER_TIMEOUT).
    if !is_given("keepalives_idle") {
        driver.keepalives_idle(KEEPALIVE);
    }
    if !is_given("keepalives_interval") {
        driver.keepalives_interval(KEEPALIVE_INTERVAL);
    }
    if !is_given("keepalives_retries") {
        driver.keepalives_retries(KEEPALIVE_RETRIES);
    }
    if !is_given("tcp_user_timeout") {
        driver.tcp_user_timeout(KEEPALIVE + KEEPALIVE_INTERVAL * KEEPALIVE_RETRIES);
    }
    driver
}

/// Lets the driver call our own negotiation at once for hosts; it uses no TLS on a Unix socket.
fn with_hosts(mut driver: Config) -> Result<Config, InvalidAddress> {
    if driver.get_ssl_negotiation() == SslNegotiation::Direct {
        return Err(InvalidAddress("sslnegotiation=direct is not supported".to_owned()));
    }
    // The name in the certificate is that of the host.
    for address in driver.get_hostaddrs().to_vec() {
        if driver.get_hosts().len() < driver.get_hostaddrs().len() {
            driver.host(address.to_string());
        }
    }
    let sockets = driver.get_hosts().iter().filter(|host| matches!(host, Host::Unix(_))).count();
    if sockets == 0 {
        driver.ssl_mode(DriverMode::Require).ssl_negotiation(SslNegotiation::Direct);
    } else if sockets == driver.get_hosts().len() {
        driver.ssl_mode(DriverMode::Disable);
    } else {
        return Err(InvalidAddress("the hosts are either all Unix sockets or none is".to_owned()));
    }
    Ok(driver)
}

fn invalid(error: &dyn std::error::Error) -> InvalidAddress {
    InvalidAddress(chain(error))
}

/// The message of an error and its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.contains(&message) {
            text = format!("{text}: {message}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Address, InvalidAddress> {
        Address::parse(&DbConfig::new(url))
    }

    #[test]
    fn an_address_keeps_its_parameters_and_gets_the_defaults() {
        let plain = parse("postgres://a@b/c").unwrap().driver;
        assert_eq!(plain.get_connect_timeout(), Some(&Duration::from_secs(5)));
        assert_eq!(plain.get_keepalives_idle(), KEEPALIVE);
        assert_eq!(plain.get_tcp_user_timeout(), Some(&Duration::from_secs(25)));
        assert!(plain.get_options().is_some_and(|options| options.contains("-c statement_timeout=5000")));
        let own = "postgres://a@b/c?connect_timeout=9&keepalives_idle=7&options=-c%20statement_timeout%3D7";
        let own = parse(own).unwrap().driver;
        assert_eq!(own.get_connect_timeout(), Some(&Duration::from_secs(9)));
        assert_eq!(own.get_keepalives_idle(), Duration::from_secs(7));
        assert!(own.get_options().is_some_and(|options| options.ends_with(" -c statement_timeout=7")));
    }

    #[test]
    fn ssl_modes_mean_what_they_mean_to_libpq() {
        for (query, expected) in [
            ("", SslMode::Prefer),
            ("?sslmode=disable", SslMode::Disable),
            ("?sslmode=allow", SslMode::Allow),
            ("?sslmode=prefer", SslMode::Prefer),
            ("?sslmode=require", SslMode::Require),
            ("?sslmode=require&sslrootcert=/etc/root.crt", SslMode::VerifyCa),
            ("?sslmode=verify-ca&sslrootcert=/etc/root.crt", SslMode::VerifyCa),
            ("?sslmode=verify-full&sslrootcert=/etc/root.crt", SslMode::VerifyFull),
            ("?sslmode=verify-full&sslrootcert=system", SslMode::VerifyFull),
            ("?sslrootcert=system", SslMode::VerifyFull),
        ] {
            let address = parse(&format!("postgres://a@b/c{query}")).unwrap();
            assert_eq!(address.mode, expected, "{query}");
        }
        let odd = parse("postgres://a:what?@b/c?sslmode=require").unwrap();
        assert_eq!((odd.mode, odd.driver.get_password()), (SslMode::Require, Some(&b"what?"[..])));
        let spaced = parse("postgres://a@b/c?sslmode=verify-ca&sslrootcert=/my%20roots/a+b.crt").unwrap();
        assert_eq!(spaced.roots, Some(Roots::File(PathBuf::from("/my roots/a+b.crt"))));
    }

    #[test]
    fn contradictions_and_unknown_parameters_are_rejected() {
        for query in [
            "sslmode=sometimes",
            "sslmode=verify-full",
            "sslmode=verify-ca",
            "sslmode=require&sslrootcert=system",
            "sslmode=verify-ca&sslrootcert=system",
            "sslnegotiation=direct&sslmode=require",
            "nonsense=1",
        ] {
            let error = parse(&format!("postgres://a:secret@b/c?{query}")).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }

    #[test]
    fn only_loopback_addresses_and_unix_sockets_are_local() {
        for (url, is_local) in [
            ("postgres://a@localhost/c", true),
            ("postgres://a@127.0.0.1:5433/c", true),
            ("postgres://a@[::1]/c", true),
            ("postgres://a@%2Fvar%2Frun%2Fpostgresql/c", true),
            ("postgres://a@db.example.org/c", false),
            ("postgres://a@localhost,db.example.org/c", false),
            ("postgres://a@10.0.0.5/c", false),
            ("postgres://a@localhost/c?hostaddr=10.0.0.5", false),
            ("postgres:///c?hostaddr=127.0.0.1&user=a", true),
        ] {
            assert_eq!(parse(url).unwrap().is_local(), is_local, "{url}");
        }
    }
}
