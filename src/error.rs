//! What can go wrong: what it is called, what to do about it, and the code to exit with.

mod credentials;
mod kubernetes;
mod render;

pub(crate) use credentials::without_client;
pub use kubernetes::TransportError;
pub(crate) use kubernetes::with_causes;
pub use render::Look;

use std::path::PathBuf;

use kube::config::{KubeconfigError, LoadDataError};
use kube::core::response::reason;
use kube::core::{ApiResource, Status};

use crate::hosts::nats::NatsError;
use crate::manifest::Problem;

/// The codes this program exits with; documented in its man pages.
pub mod exit_code {
    /// What was asked for is done. Also when the reader of a pipe has left: nothing went wrong here.
    pub const DONE: u8 = 0;
    /// An error, or what was waited for did not come.
    pub const ERROR: u8 = 1;
    /// The command line cannot be understood.
    pub const USAGE: u8 = 2;
    /// `diff` has found differences.
    pub const DIFFERS: u8 = 1;
    /// `diff` cannot say whether there are differences, or `validate` whether there are mistakes.
    pub const CANNOT_TELL: u8 = 2;
    /// Ended by Ctrl-C.
    pub const INTERRUPTED: u8 = 130;
}

/// Why a command ends early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The words of the command line fit each other in no way.
    #[error("{message}")]
    Usage {
        /// What is wrong with them.
        message: String,
        /// What would be right, if that can be said.
        help: Option<String>,
    },
    /// No kubeconfig has a cluster to talk to, and this is no Pod.
    #[error("no Kubernetes cluster is configured: {looked_at}")]
    NoKubeconfig {
        /// Where a configuration was looked for.
        looked_at: String,
    },
    /// A kubeconfig was named that does not exist.
    #[error("stat {}: no such file or directory", .0.display())]
    KubeconfigMissing(PathBuf),
    /// A kubeconfig cannot be read.
    #[error("error loading config file \"{}\": {reason}", path.display())]
    KubeconfigUnreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The kubeconfig has no context of that name.
    #[error("context was not found for specified context: {0}")]
    NoSuchContext(String),
    /// The kubeconfig has no cluster of that name.
    #[error("no server found for cluster \"{0}\"")]
    NoSuchCluster(String),
    /// The kubeconfig has no user of that name.
    #[error("auth info \"{0}\" does not exist")]
    NoSuchUser(String),
    /// Groups, a UID or more are to be impersonated, and nobody who has them.
    #[error("requesting uid, groups or user-extra for {0} without impersonating a user")]
    ImpersonatesNobody(String),
    /// The kubeconfig is read, and what it says cannot be used.
    #[error("invalid configuration: {0}")]
    KubeconfigUnusable(Box<KubeconfigError>),
    /// Nobody listens where the API server should.
    #[error("The connection to the server {server} was refused - did you specify the right host or port?")]
    ConnectionRefused {
        /// Host and port that were tried.
        server: String,
    },
    /// The API server cannot be reached.
    #[error("Unable to connect to the server: {reason}")]
    Unreachable {
        /// The innermost cause.
        reason: String,
        /// Where the API server should be.
        server: String,
    },
    /// The API server's certificate is not trusted, or the server does not trust ours.
    #[error("Unable to connect to the server: tls: {reason}")]
    Certificate {
        /// What the TLS library says.
        reason: String,
    },
    /// Getting credentials failed before anything was asked of the server.
    #[error("getting credentials: {0}")]
    Credentials(String),
    /// The API server does not know us.
    #[error("You must be logged in to the server ({0})")]
    Unauthorized(String),
    /// The API server has no such resource type.
    #[error("the server doesn't have a resource type \"{0}\"")]
    NoResourceType(String),
    /// The API server refused.
    #[error("{}", .0.message)]
    Api(Box<Status>),
    /// Anything else on the way to the API server and back.
    #[error("{0}")]
    Kubernetes(String),
    /// The hosts' message bus cannot be reached.
    #[error(transparent)]
    Nats(#[from] NatsError),
    /// The controller cannot go on.
    #[error("{0}")]
    Controller(String),
    /// The local control plane cannot start or go on.
    #[cfg(feature = "local")]
    #[error(transparent)]
    Local(Box<crate::local::plane::PlaneError>),
    /// No local control plane runs.
    #[error("no local control plane runs in {}", directory.display())]
    NoLocal {
        /// Where it was looked for.
        directory: PathBuf,
        /// How to start one.
        help: String,
    },
    /// A file cannot be read or written.
    #[error("{doing} {}", path.display())]
    File {
        /// What was tried, such as `cannot read`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A kind has no field of that name.
    #[error("{message}")]
    NoSuchField {
        /// In kubectl's words.
        message: String,
        /// What was likely meant.
        help: Option<String>,
    },
    /// A file or directory that was named is not there.
    #[error("the path \"{}\" does not exist", .0.display())]
    NoSuchPath(PathBuf),
    /// `kubectl kustomize` failed.
    #[error("kustomization {}: {reason}", directory.display())]
    Kustomize {
        /// The directory.
        directory: PathBuf,
        /// What it said.
        reason: String,
    },
    /// Manifests have mistakes; nothing was done.
    #[error("{}; nothing was done", Problem::summary(.0))]
    Manifests(Vec<Problem>),
    /// Applying the manifests would change something, which `diff` has shown.
    #[error("there are differences")]
    Differs,
    /// `diff` or `validate` cannot tell what it was asked.
    #[error(transparent)]
    CannotTell(Box<Error>),
    /// The program that KUBECTL_EXTERNAL_DIFF names has failed.
    #[error("failed to run \"{program}\": {reason}")]
    ExternalDiff {
        /// The program.
        program: String,
        /// What became of it.
        reason: String,
    },
    /// The server refused an object that it had nothing against when it was asked before.
    #[error("the server refuses an object; those above it are applied")]
    Refused(Box<Problem>),
    /// A rollout failed; the reasons are in the hosts' and the controller's own words.
    #[error("{message}")]
    RolloutFailed {
        /// The reason first, then what failed.
        message: String,
        /// Where to look.
        help: Option<String>,
    },
    /// An object, or who is in charge of it, is not in the state that the verb needs.
    #[error("{message}")]
    Declined {
        /// What is in the way.
        message: String,
        /// What to do instead, if that can be said.
        help: Option<String>,
    },
    /// A wait ended before what it waited for came.
    #[error("timed out waiting for {what}")]
    TimedOut {
        /// What it waited for.
        what: String,
        /// What is known about the cause.
        help: Option<String>,
    },
    /// It would leave something behind that nobody takes care of any more; nothing was done.
    #[error("{message}")]
    WouldLeave {
        /// What, and where.
        message: String,
        /// What to do first.
        help: String,
    },
    /// Errors that were shown one by one already.
    #[error("errors were reported above")]
    Reported,
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted,
    /// The reader of our output has left.
    #[error("the pipe is closed")]
    ClosedPipe,
    /// Our output cannot be written.
    #[error("cannot write the output")]
    Output(#[source] std::io::Error),
}

impl Error {
    /// A usage error without more to say.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), help: None }
    }

    /// A usage error, and what would be right.
    pub fn usage_with(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), help: Some(help.into()) }
    }

    /// The state of an object is in the way, and what to do instead.
    pub fn declined(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Declined { message: message.into(), help: Some(help.into()) }
    }

    /// A verb that is well understood, and finds nothing to do it to.
    pub(crate) fn nothing_passed(verb: &str) -> Self {
        Self::Declined { message: format!("no objects passed to {verb}"), help: None }
    }

    /// The same as an error of `diff` or `validate`, whose codes are their own.
    pub(crate) fn cannot_tell(self) -> Self {
        match self {
            Self::Differs => Self::Differs,
            other => Self::CannotTell(Box::new(other)),
        }
    }

    /// The code to exit with.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Differs => exit_code::DIFFERS,
            Self::CannotTell(error) => match error.exit_code() {
                exit_code::ERROR => exit_code::CANNOT_TELL,
                code => code,
            },
            Self::Usage { .. } => exit_code::USAGE,
            Self::Interrupted => exit_code::INTERRUPTED,
            Self::ClosedPipe => exit_code::DONE,
            Self::NoKubeconfig { .. }
            | Self::KubeconfigMissing(_)
            | Self::KubeconfigUnreadable { .. }
            | Self::NoSuchContext(_)
            | Self::NoSuchCluster(_)
            | Self::NoSuchUser(_)
            | Self::ImpersonatesNobody(_)
            | Self::KubeconfigUnusable(_)
            | Self::ConnectionRefused { .. }
            | Self::Unreachable { .. }
            | Self::Certificate { .. }
            | Self::Credentials(_)
            | Self::Unauthorized(_)
            | Self::NoResourceType(_)
            | Self::Api(_)
            | Self::Kubernetes(_)
            | Self::Nats(_)
            | Self::Controller(_)
            | Self::NoLocal { .. }
            | Self::File { .. }
            | Self::NoSuchPath(_)
            | Self::Kustomize { .. }
            | Self::Manifests(_)
            | Self::Refused(_)
            | Self::ExternalDiff { .. }
            | Self::RolloutFailed { .. }
            | Self::Declined { .. }
            | Self::TimedOut { .. }
            | Self::NoSuchField { .. }
            | Self::WouldLeave { .. }
            | Self::Reported
            | Self::Output(_) => exit_code::ERROR,
            #[cfg(feature = "local")]
            Self::Local(_) => exit_code::ERROR,
        }
    }

    /// Whether the same request may succeed a little later, so that a watch should go on.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::ConnectionRefused { .. } | Self::Unreachable { .. } => true,
            Self::Api(status) if status.reason.is_empty() => false,
            Self::Api(status) => status.code == 429 || status.code == 410 || status.code >= 500,
            _ => false,
        }
    }

    /// What the server says of an object that is not there, for when it was looked for in a list.
    pub fn not_found(resource: &ApiResource, name: &str) -> Self {
        let title = match resource.group.as_str() {
            "" => resource.plural.clone(),
            group => format!("{}.{group}", resource.plural),
        };
        Self::Api(Status::failure(&format!("{title} \"{name}\" not found"), reason::NOT_FOUND).with_code(404).boxed())
    }

    /// Whether the server says that the object is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Api(status) if status.is_not_found())
    }

    /// Whether the server says that one may not do it.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Api(status) if status.is_forbidden())
    }

    /// Whether the server says that somebody else changed the object in between.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Api(status) if status.reason == reason::CONFLICT)
    }

    /// What client-go calls a configuration that names files which are not there.
    pub(crate) fn of_kubeconfig(error: KubeconfigError) -> Self {
        match error {
            KubeconfigError::LoadCertificateAuthority(LoadDataError::ReadFile(source, path))
            | KubeconfigError::LoadClientCertificate(LoadDataError::ReadFile(source, path))
            | KubeconfigError::LoadClientKey(LoadDataError::ReadFile(source, path)) => {
                Self::File { doing: "unable to read", path, source }
            }
            other => Self::KubeconfigUnusable(Box::new(other)),
        }
    }

    /// Names the resource type in the error of a request that found none; leaves every other error alone.
    pub(crate) fn for_type(self, plural: &str) -> Self {
        match self {
            Self::NoResourceType(_) => Self::NoResourceType(plural.to_owned()),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests;
