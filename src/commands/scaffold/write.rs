//! A file for each object; what is there already is not overwritten without being asked for.

use std::path::{Path, PathBuf};

use super::{ScaffoldArgs, make, rendered};
use crate::cli::output::Format;
use crate::error::Error;
use crate::scaffold::{EXAMPLE_COMPONENT, EXAMPLE_FILE, Made, image};
use crate::ui::Ui;

/// A file to write.
struct File {
    path: PathBuf,
    content: Vec<u8>,
    /// What became of it, or will.
    past: &'static str,
}

/// Writes all files, or none when one of them is not to be overwritten.
pub(super) fn write(
    ui: &Ui,
    args: &ScaffoldArgs,
    directory: &Path,
    (made, has_files): (Vec<Made>, bool),
) -> Result<(), Error> {
    let files = files(args, directory, made)?;
    for file in &files {
        let agreed = file.past != OVERWRITTEN || args.force || may_overwrite(ui, &file.path)?;
        if !agreed {
            ui.status("nothing is written");
            return Ok(());
        }
    }
    let failed = |path: &Path, source| Error::File { doing: "cannot write", path: path.to_owned(), source };
    std::fs::create_dir_all(directory).map_err(|source| failed(directory, source))?;
    for File { path, content, past } in &files {
        if *past != UNCHANGED {
            std::fs::write(path, content).map_err(|source| failed(path, source))?;
        }
        ui.result(format!("{} {past}", path.display()))?;
    }
    let local = if has_files { " --local" } else { "" };
    ui.hint(format!("kubectl wasmcloud deploy{local} -f {}", directory.display()));
    Ok(())
}

const CREATED: &str = "created";
const OVERWRITTEN: &str = "overwritten";
const UNCHANGED: &str = "unchanged";

fn files(args: &ScaffoldArgs, directory: &Path, made: Vec<Made>) -> Result<Vec<File>, Error> {
    let here = make::here()?;
    let ending = if args.output == Format::Json { "json" } else { "yaml" };
    let mut contents: Vec<(String, Vec<u8>)> = Vec::new();
    for made in made {
        let name = format!("{}.{ending}", made.file_stem());
        // The example's component comes with it.
        let made = if args.example { made } else { made.with_images(|name| image::seen_from(name, &here, directory)) };
        contents.push((name, rendered(&[made], args.output).into_bytes()));
    }
    if args.example && contents.iter().any(|(name, _)| name.starts_with("workload")) {
        contents.push((EXAMPLE_FILE.to_owned(), EXAMPLE_COMPONENT.to_vec()));
    }
    let with_past = |(name, content): (String, Vec<u8>)| {
        let path = directory.join(name);
        let past = past(&path, &content)?;
        Ok(File { path, content, past })
    };
    contents.into_iter().map(with_past).collect()
}

/// What writing would do.
fn past(path: &Path, content: &[u8]) -> Result<&'static str, Error> {
    match std::fs::read(path) {
        Ok(there) if there == content => Ok(UNCHANGED),
        Ok(_) => Ok(OVERWRITTEN),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(CREATED),
        Err(source) => Err(Error::File { doing: "cannot read", path: path.to_owned(), source }),
    }
}

fn may_overwrite(ui: &Ui, path: &Path) -> Result<bool, Error> {
    ui.confirm(&format!("Overwrite {}?", path.display())).map_err(|error| match error {
        Error::Usage { .. } => Error::Declined {
            message: format!("{} is there already, and differs; nothing is written", path.display()),
            help: Some("--force overwrites it".to_owned()),
        },
        error => error,
    })
}
