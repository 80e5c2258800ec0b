//! `mercator sdl`.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use crate::start::StartError;

/// Write the schemas of both APIs as SDL files, or check that the files are up to date.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of `storefront.graphql` and `admin.graphql`.
    #[arg(long, default_value = "schema")]
    dir: PathBuf,
    /// Write nothing; fail if a file is out of date.
    #[arg(long)]
    check: bool,
}

/// Writes or checks both files.
///
/// # Errors
/// [`StartError::Io`] if a file cannot be read or written; [`StartError::Command`] if a file is out of date.
pub fn run(args: &Args) -> Result<(), StartError> {
    let schemas = [
        ("storefront.graphql", schema_storefront::builder().finish().sdl()),
        ("admin.graphql", schema_admin::builder().finish().sdl()),
    ];
    for (name, sdl) in schemas {
        let path = args.dir.join(name);
        let sdl = format!("{}\n", sdl.trim_end());
        if !args.check {
            std::fs::write(&path, sdl)?;
            println!("wrote {}", path.display());
        } else if read_if_exists(&path)?.as_ref() != Some(&sdl) {
            return Err(StartError::Command(format!("{} is out of date; run `mercator sdl`", path.display())));
        }
    }
    Ok(())
}

fn read_if_exists(path: &Path) -> Result<Option<String>, StartError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
