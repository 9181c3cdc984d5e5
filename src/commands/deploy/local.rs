//! `deploy --local`: on the local control plane that runs, or on one in this process until Ctrl-C.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::cli::GlobalArgs;
use crate::context::now;
use crate::error::Error;
use crate::local::plane::{Options, Plane};
use crate::manifest::Document;
use crate::plan::local_files::anchor_images;
use crate::ui::Ui;

/// Finds images that are files where their manifest says.
///
/// # Errors
/// When there is no working directory.
pub(super) fn anchor_files(global: &GlobalArgs, documents: &mut [Document]) -> Result<(), Error> {
    if global.local.is_none() {
        return Ok(());
    }
    for document in documents {
        let directory = directory_of(&document.text.name)?;
        anchor_images(&mut document.object, &directory);
    }
    Ok(())
}

/// The directory that a manifest lies in; for standard input the working directory.
fn directory_of(name: &str) -> Result<PathBuf, Error> {
    let directory = Path::new(name).parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let found = std::path::absolute(directory);
    found.map_err(|source| Error::File { doing: "cannot find", path: directory.to_owned(), source })
}

/// Starts a local control plane in this process, when one is asked for and none runs.
///
/// # Errors
/// When it cannot be started.
pub(super) async fn start(ui: &Ui, global: &GlobalArgs, http_port: u16) -> Result<Option<Plane>, Error> {
    let Some(named) = &global.local else {
        return Ok(None);
    };
    if global.runs_locally()? {
        return Ok(None);
    }
    let options = Options {
        directory: global.local_directory(named.as_deref())?,
        port: None,
        http: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), http_port),
        base: directory_of("")?,
        nats: None,
        clock: now,
    };
    let plane = Plane::start(options).await?;
    if let Err(late) = plane.ready().await {
        ui.warning(late);
    }
    ui.status(format!("no local control plane was running: this one runs until Ctrl-C, on {}", plane.api_url()));
    Ok(Some(plane))
}

/// Goes on until something fails, or Ctrl-C ends the command.
///
/// # Errors
/// What has failed.
pub(super) async fn stay(ui: &Ui, plane: Option<Plane>) -> Result<(), Error> {
    let Some(mut plane) = plane else {
        return Ok(());
    };
    ui.status("it goes on until Ctrl-C; nothing is lost then: `kubectl wasmcloud local up` brings it back");
    Err(plane.failed().await.into())
}
