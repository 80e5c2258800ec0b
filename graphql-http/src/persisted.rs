//! Automatic persisted queries: a client sends the hash of its document, and the document only when it is not known yet.

use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt as _, ready};
use sha2::{Digest as _, Sha256};

use crate::{error_code::ErrorCode, rejection::Rejection};

/// A store of documents by hash. The default is the memory of the process; an implementation can use a shared store.
pub trait PersistedQueries: Send + Sync + 'static {
    /// The document with this SHA-256, in lower-case hexadecimal.
    fn find<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Option<Arc<str>>>;
    /// Stores a valid document under its hash.
    fn insert<'a>(&'a self, hash: &'a str, document: Arc<str>) -> BoxFuture<'a, ()>;
}

/// The approximate size of an entry besides its hash and document, in bytes.
const OVERHEAD: usize = 400;

/// Stores the most used documents in memory.
pub struct MemoryQueries(moka::sync::Cache<String, Arc<str>>);

impl MemoryQueries {
    /// A store of at most this many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let cache = moka::sync::Cache::builder()
            .weigher(|hash: &String, document: &Arc<str>| {
                // A document larger than 4 GiB exceeds the limits of a request.
                u32::try_from(hash.len() + document.len() + OVERHEAD).unwrap_or(u32::MAX)
            })
            .max_capacity(bytes)
            .build();
        Self(cache)
    }
}

impl PersistedQueries for MemoryQueries {
    fn find<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Option<Arc<str>>> {
        ready(self.0.get(hash)).boxed()
    }

    fn insert<'a>(&'a self, hash: &'a str, document: Arc<str>) -> BoxFuture<'a, ()> {
        self.0.insert(hash.to_owned(), document);
        ready(()).boxed()
    }
}

/// The document of a request.
pub enum Source {
    /// Sent in full.
    Sent(String),
    /// Sent in full with its hash: stored if it is valid.
    ToStore { hash: String, document: String },
    /// Found by its hash.
    Stored(Arc<str>),
}

impl Source {
    /// The text of the document.
    pub fn text(&self) -> &str {
        match self {
            Self::Sent(document) | Self::ToStore { document, .. } => document,
            Self::Stored(document) => document,
        }
    }
}

/// Returns the document of a request: sent, or found by its hash.
pub async fn resolve(
    store: &dyn PersistedQueries,
    query: Option<String>,
    hash: Option<&str>,
) -> Result<Source, Rejection> {
    let hash = hash.map(str::to_ascii_lowercase);
    match (query, hash) {
        (Some(document), None) => Ok(Source::Sent(document)),
        (Some(document), Some(hash)) if sha256(&document) == hash => Ok(Source::ToStore { hash, document }),
        (Some(_), Some(_)) => Err(Rejection::input("the hash of the persisted query is not the document's SHA-256")),
        (None, Some(hash)) => store.find(&hash).await.map(Source::Stored).ok_or_else(|| {
            // Clients look for this text.
            Rejection::new(ErrorCode::PersistedQueryNotFound, "PersistedQueryNotFound")
        }),
        (None, None) => Err(crate::request::bad_request("the parameter \"query\" is missing")),
    }
}

fn sha256(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        write!(hex, "{byte:02x}").ok();
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_lower_case_hexadecimal() {
        assert_eq!(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
