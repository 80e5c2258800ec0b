//! The files of the mail templates: those in the binary, and those of the merchant's folder, which override them.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use model::Locale;

use super::Template;

/// The largest file of a merchant's folder, in bytes.
const MAX_FILE: u64 = 256 * 1024;

/// Layouts, which all languages share.
const LAYOUTS: [(&str, &str); 5] = [
    ("subject.txt", include_str!("templates/subject.txt")),
    ("base.txt", include_str!("templates/base.txt")),
    ("base.html", include_str!("templates/base.html")),
    ("order.txt", include_str!("templates/order.txt")),
    ("order.html", include_str!("templates/order.html")),
];

/// The words of layouts, in each language.
pub(super) const WORDS: &str = "words.json";

macro_rules! languages {
    ($($language:literal),* => $files:tt) => { &[$(languages!(@files $language $files)),*] };
    (@files $language:literal [$($file:literal),* $(,)?]) => {
        ($language, &[$(($file, include_str!(concat!("templates/", $language, "/", $file)))),*])
    };
}

/// The files of a language.
type Files = &'static [(&'static str, &'static str)];

const LANGUAGES: &[(&str, Files)] = languages!("en", "de", "fr", "ja" => [
    "words.json",
    "account-exists.j2",
    "customer-invite.j2",
    "email-change-requested.j2",
    "email-change.j2",
    "email-changed.j2",
    "order-canceled.j2",
    "order-confirmed.j2",
    "order-payment-instructions.j2",
    "order-payment-reminder.j2",
    "order-received.j2",
    "order-refunded.j2",
    "order-shipped.j2",
    "password-reset.j2",
    "register.j2",
    "staff-email-change-requested.j2",
    "staff-email-change.j2",
    "staff-email-changed.j2",
    "staff-invite.j2",
    "staff-password-reset.j2",
]);

/// Texts of files by their path, such as `de/order-shipped.j2`.
pub(super) type Sources = BTreeMap<String, Cow<'static, str>>;

/// The merchant's folder of templates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file or folder cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The file is not one of a template.
    #[error(
        "{0} is not a mail template; names are <language>/<mail>.j2, .txt or .html, <language>/words.json, and \
         base or order with .txt or .html"
    )]
    UnknownFile(PathBuf),
    /// The file is too large.
    #[error("{0} is larger than 256 KiB")]
    TooLarge(PathBuf),
}

/// The files in the binary.
pub(super) fn embedded() -> Sources {
    let layouts = LAYOUTS.iter().map(|(name, text)| ((*name).to_owned(), Cow::Borrowed(*text)));
    let files = LANGUAGES.iter().flat_map(|(language, files)| {
        files.iter().map(move |(name, text)| (format!("{language}/{name}"), Cow::Borrowed(*text)))
    });
    layouts.chain(files).collect()
}

/// The files of a merchant's folder. Hidden files and those named `README*` are ignored.
///
/// # Errors
/// [`FolderError`] for the first file that cannot be used.
pub(super) fn of_folder(folder: &Path) -> Result<Sources, FolderError> {
    let mut sources = Sources::new();
    for path in entries(folder)? {
        if !path.is_dir() {
            let name = name_of(&path);
            if !LAYOUTS.iter().any(|(layout, _)| *layout == name) {
                return Err(FolderError::UnknownFile(path));
            }
            sources.insert(name, read(&path)?);
            continue;
        }
        let language = name_of(&path);
        let is_language = language.parse::<Locale>().is_ok_and(|locale| locale.as_str() == language);
        for file in entries(&path)? {
            let name = name_of(&file);
            if !is_language || !is_of_language(&name) {
                return Err(FolderError::UnknownFile(file));
            }
            sources.insert(format!("{language}/{name}"), read(&file)?);
        }
    }
    Ok(sources)
}

/// True if a folder of a language may contain a file of this name.
fn is_of_language(name: &str) -> bool {
    let stem = [".j2", ".txt", ".html"].iter().find_map(|end| name.strip_suffix(end));
    name == WORDS || stem.is_some_and(|stem| stem.parse::<Template>().is_ok())
}

/// The files and folders in a folder, sorted.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let unreadable = |source| FolderError::Unreadable { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    paths.retain(|path| {
        let name = name_of(path);
        !name.starts_with('.') && !name.starts_with("README")
    });
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<Cow<'static, str>, FolderError> {
    let unreadable = |source| FolderError::Unreadable { path: path.to_owned(), source };
    if fs::metadata(path).map_err(unreadable)?.len() > MAX_FILE {
        return Err(FolderError::TooLarge(path.to_owned()));
    }
    fs::read_to_string(path).map(Cow::Owned).map_err(unreadable)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
