//! `mercator sdl`.

use std::path::PathBuf;

use crate::start::StartError;

/// Write the schemas of both APIs as SDL files, or check that the files are up to date.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder of `storefront.graphql` and `admin.graphql`.
    #[arg(long, default_value = "schema")]
    dir: PathBuf,
    /// Write nothing; fail when a file is not what would be written.
    #[arg(long)]
    check: bool,
}

/// Writes or checks both files.
///
/// # Errors
/// [`StartError`] when a file cannot be written, or is out of date.
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
        } else if std::fs::read_to_string(&path).unwrap_or_default() != sdl {
            return Err(StartError::Check(format!("{} is out of date; run `mercator sdl`", path.display())));
        }
    }
    Ok(())
}
