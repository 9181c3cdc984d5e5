//! `local up`: API server, controller and host in the foreground.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;
use tracing_subscriber::EnvFilter;

use super::DirectoryArg;
use crate::cli::GlobalArgs;
use crate::commands::run_controller::told_to_stop;
use crate::context::now;
use crate::error::Error;
use crate::hosts::nats::NatsOptions;
use crate::local::plane::{Options, Plane};
use crate::ui::Ui;

/// Run a control plane on this machine until Ctrl-C: an API server, the controller and a Wasm host
///
/// Everything in it is kept in the data directory and is there again the next time. Nothing listens beyond this machine.
/// Every verb works with it under --local, and so does kubectl with the kubeconfig that is printed.
#[derive(Debug, Args)]
pub struct UpArgs {
    #[command(flatten)]
    directory: DirectoryArg,
    /// Port of the API server; default is the one of the last time, or any
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Port that workloads answer HTTP requests on; 0 is any
    #[arg(long, value_name = "PORT", default_value_t = 8000)]
    http_port: u16,
    /// NATS server of real hosts that are to join
    #[arg(long, value_name = "URL")]
    nats_url: Option<String>,
}

/// Runs until SIGTERM or Ctrl-C.
///
/// # Errors
/// When something cannot be started, or Ctrl-C ended it.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: UpArgs) -> Result<(), Error> {
    log(global.verbosity, ui.look().colour);
    let options = options(global, args)?;
    let mut plane = tokio::select! {
        started = Plane::start(options) => started?,
        told = told_to_stop() => return told,
    };
    let outcome = tokio::select! {
        outcome = work(ui, &mut plane) => outcome,
        told = told_to_stop() => told,
    };
    tracing::debug!("stopping");
    tokio::select! {
        () = plane.stop() => outcome,
        // Who cannot wait loses nothing: what was answered is on the disk.
        _ = tokio::signal::ctrl_c() => Err(Error::Interrupted),
    }
}

/// Goes on until something fails.
async fn work(ui: &Ui, plane: &mut Plane) -> Result<(), Error> {
    if let Err(late) = plane.ready().await {
        ui.warning(late);
    }
    ui.result(format!("export KUBECONFIG={}", quoted(&plane.kubeconfig())))?;
    ui.status(format!("API server: {}", plane.api_url()));
    ui.status(format!("HTTP:       http://{}", plane.http()));
    ui.status("Ctrl-C stops it; nothing is lost");
    Err(plane.failed().await.into())
}

fn options(global: &GlobalArgs, args: UpArgs) -> Result<Options, Error> {
    let base = std::env::current_dir();
    let base = base.map_err(|source| Error::File { doing: "cannot find", path: PathBuf::from("."), source })?;
    Ok(Options {
        directory: global.local_directory(args.directory.dir.as_deref())?,
        port: args.port,
        http: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), args.http_port),
        base,
        nats: args.nats_url.map(|url| NatsOptions { url, ..NatsOptions::default() }),
        clock: now,
    })
}

/// A path as a shell reads it.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if text.chars().all(plain) { text.into_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// What workloads say is shown, and what goes wrong; the controller's steps from -v 4 on.
fn log(verbosity: u8, colour: bool) {
    let level = match verbosity {
        0..=3 => "warn,workload=info,kube_client=off",
        4..=5 => "warn,workload=info,kubectl_wasmcloud=info,kube_client=off",
        6..=7 => "info,workload=info,kubectl_wasmcloud=debug,async_nats=info,kube=debug",
        _ => "debug,kubectl_wasmcloud=trace",
    };
    let subscriber = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(level)).with_writer(std::io::stderr);
    // A test may have installed one.
    let _ = subscriber.with_ansi(colour).with_target(false).try_init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_export_line_can_be_pasted() {
        assert_eq!(quoted(Path::new("/home/a/.local/share/x-1/kubeconfig")), "/home/a/.local/share/x-1/kubeconfig");
        assert_eq!(quoted(Path::new("/home/a b/it's")), r"'/home/a b/it'\''s'");
        assert_eq!(quoted(Path::new("/$(id)")), "'/$(id)'");
    }
}
