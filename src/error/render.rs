//! How an error reads: the first line as kubectl's, then the causes, then the way out.

use std::error::Error as _;

use super::Error;
use crate::api::names;
use crate::manifest::Problem;

impl Error {
    /// Everything to be shown: first line, causes that add something, help. Empty when there is nothing to say.
    pub fn render(&self, look: &Look) -> String {
        match self {
            Self::ClosedPipe | Self::Reported | Self::Interrupted | Self::Differs => String::new(),
            Self::CannotTell(error) => error.render(look),
            Self::Manifests(problems) => self.render_with(problems, look),
            Self::Refused(problem) => self.render_with(std::slice::from_ref(problem), look),
            _ => self.render_lines(look),
        }
    }

    fn render_with(&self, problems: &[Problem], look: &Look) -> String {
        let shown: Vec<_> = problems.iter().map(|problem| problem.render(look)).collect();
        format!("{}\n{}", self.render_lines(look), shown.join("\n"))
    }

    fn render_lines(&self, look: &Look) -> String {
        let mut said = self.to_string();
        let mut text = format!("{}{}", look.red(self.prefix()), said);
        let mut cause = self.source();
        while let Some(error) = cause {
            let words = error.to_string();
            if !said.contains(&words) {
                text.push_str(&format!("\n  caused by: {words}"));
                said.push_str(&words);
            }
            cause = error.source();
        }
        if let Some(help) = self.help() {
            text.push_str(&format!("\n{} {}", look.bold("help:"), help.replace('\n', "\n      ")));
        }
        text
    }

    /// What stands before the message, as kubectl has it.
    fn prefix(&self) -> String {
        match self {
            Self::ConnectionRefused { .. } | Self::Unreachable { .. } | Self::Certificate { .. } => String::new(),
            Self::NoSuchContext(_) => "Error in configuration: ".to_owned(),
            Self::Api(status) if super::kubernetes::is_known_reason(status) => {
                format!("Error from server ({}): ", status.reason)
            }
            Self::Api(_) => "Error from server: ".to_owned(),
            _ => "error: ".to_owned(),
        }
    }

    /// The way out, where there is one.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Usage { help, .. } | Self::RolloutFailed { help, .. } | Self::TimedOut { help, .. } => help.clone(),
            Self::Declined { help, .. } | Self::NoSuchField { help, .. } => help.clone(),
            Self::NoLocal { help, .. } | Self::WouldLeave { help, .. } => Some(help.clone()),
            #[cfg(feature = "local")]
            Self::Local(error) => error.help(),
            Self::NoKubeconfig { .. } => {
                Some("set KUBECONFIG, or name a file with --kubeconfig or a server with --server".to_owned())
            }
            Self::KubeconfigMissing(_) | Self::KubeconfigUnreadable { .. } | Self::KubeconfigUnusable(_) => {
                Some("`kubectl config view` shows the configuration in use".to_owned())
            }
            Self::NoSuchContext(_) => Some("`kubectl config get-contexts` lists the contexts there are".to_owned()),
            Self::NoSuchCluster(_) | Self::NoSuchUser(_) => {
                Some("`kubectl config view` shows the clusters and users there are".to_owned())
            }
            Self::ConnectionRefused { .. } | Self::Unreachable { .. } => {
                Some("`kubectl cluster-info` shows whether the cluster is up; --context names another one".to_owned())
            }
            Self::Certificate { .. } => Some(
                "--certificate-authority names the authority to trust, --tls-server-name the name in the certificate"
                    .to_owned(),
            ),
            Self::Unauthorized(_) => Some("the credentials of this context may have expired; log in again".to_owned()),
            Self::Credentials(_) => Some("`kubectl get ns` shows whether kubectl can log in".to_owned()),
            Self::NoResourceType(plural) => Some(missing_type_help(plural)),
            Self::Api(status) if status.is_forbidden() => {
                Some("`kubectl auth can-i --list` shows what you may do".to_owned())
            }
            Self::Nats(_) => Some("--nats-url names the NATS server that the hosts are connected to".to_owned()),
            _ => None,
        }
    }
}

fn missing_type_help(plural: &str) -> String {
    if super::kubernetes::is_ours(plural) {
        format!("the {} CRDs are missing in this cluster; `kubectl wasmcloud install` puts them there", names::GROUP)
    } else {
        "`kubectl api-resources` lists what the server has".to_owned()
    }
}

/// How errors may look where they are shown.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Whether colours are wanted.
    pub colour: bool,
    /// Whether a person looks at it, so that source text may be drawn.
    pub terminal: bool,
    /// Columns.
    pub width: usize,
}

impl Look {
    /// For pipes and files: no colours, one line each.
    pub const PLAIN: Self = Self { colour: false, terminal: false, width: 100 };

    fn red(&self, text: String) -> String {
        console::style(text).red().bold().force_styling(self.colour).to_string()
    }

    fn bold(&self, text: &str) -> String {
        console::style(text).bold().force_styling(self.colour).to_string()
    }
}
