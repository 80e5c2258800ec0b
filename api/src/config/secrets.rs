//! Secrets come from the environment or from files, never from arguments: every user of a machine can read the arguments of
//! its processes.

use std::path::Path;

use super::ConfigError;

/// A secret: the variable `name`, or the content of the file that `<name>_FILE` names. Empty counts as not set.
///
/// # Errors
/// [`ConfigError::Setting`] if both are set, or the file cannot be read.
pub fn secret(name: &str, file: Option<&Path>) -> Result<Option<String>, ConfigError> {
    let value = variable(name);
    let Some(file) = file.filter(|path| !path.as_os_str().is_empty()) else { return Ok(value) };
    if value.is_some() {
        return Err(ConfigError::Setting(format!("set {name} or {name}_FILE, not both")));
    }
    let read = std::fs::read_to_string(file);
    let text =
        read.map_err(|error| ConfigError::Setting(format!("{name}_FILE: {} cannot be read: {error}", file.display())))?;
    // Editors and `echo` end a file with a line break.
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()).filter(|text| !text.is_empty()))
}

#[expect(clippy::disallowed_methods, reason = "this is the configuration; a flag would show the secret to other users")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_the_content_of_its_file_without_the_line_break() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        for (content, expected) in
            [("s3cret\n", Some("s3cret")), ("with space \r\n", Some("with space ")), ("\n", None)]
        {
            std::fs::write(&file, content).unwrap();
            assert_eq!(secret("MERCATOR_TEST_UNSET", Some(&file)).unwrap().as_deref(), expected);
        }
        assert_eq!(secret("MERCATOR_TEST_UNSET", None).unwrap(), None);
        assert_eq!(secret("MERCATOR_TEST_UNSET", Some(Path::new(""))).unwrap(), None);
    }

    #[test]
    fn a_secret_is_set_in_one_way_only_and_its_file_must_exist() {
        let missing = secret("MERCATOR_TEST_UNSET", Some(Path::new("/does/not/exist"))).unwrap_err();
        assert!(
            missing.to_string().starts_with("MERCATOR_TEST_UNSET_FILE: /does/not/exist cannot be read"),
            "{missing}"
        );
        let both = secret("PATH", Some(Path::new("/does/not/exist"))).unwrap_err();
        assert_eq!(both.to_string(), "set PATH or PATH_FILE, not both");
    }
}
