//! Flags that every verb takes, kubectl's own.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueHint};

use super::duration;
use crate::context::Environment;
use crate::ui::ColorChoice;

/// How to reach the cluster, and how to talk to the user.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Connection")]
pub struct GlobalArgs {
    /// Namespace to work in; default is the one of the context
    #[arg(short, long, global = true, value_name = "NAMESPACE")]
    pub namespace: Option<String>,
    /// Context of the kubeconfig to use
    #[arg(long, global = true, value_name = "NAME")]
    pub context: Option<String>,
    /// Kubeconfig file to use, instead of those in KUBECONFIG
    #[arg(long, global = true, value_name = "FILE", value_parser = path(), value_hint = ValueHint::AnyPath)]
    pub kubeconfig: Option<PathBuf>,
    /// Use the local control plane that runs here, or in DIR
    #[cfg(feature = "local")]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with_all = ["context", "kubeconfig", "cluster", "user", "token"]
    )]
    pub local: Option<Option<PathBuf>>,
    /// Cluster of the kubeconfig to use
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub cluster: Option<String>,
    /// User of the kubeconfig to use
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub user: Option<String>,
    /// Address and port of the API server
    #[arg(short, long, global = true, value_name = "URL", hide_short_help = true)]
    pub server: Option<String>,
    /// Bearer token to log in with
    #[arg(long, global = true, value_name = "TOKEN", hide_short_help = true)]
    pub token: Option<String>,
    /// User to act as
    #[arg(long = "as", global = true, value_name = "USER", hide_short_help = true)]
    pub as_user: Option<String>,
    /// Group to act as a member of; may be repeated
    #[arg(long = "as-group", global = true, value_name = "GROUP", hide_short_help = true)]
    pub as_groups: Vec<String>,
    /// UID to act as
    #[arg(long, global = true, value_name = "UID", hide_short_help = true)]
    pub as_uid: Option<String>,
    /// How long one request may take, such as 10s; 0 is for ever
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration::parse_or_seconds, hide_short_help = true)]
    pub request_timeout: Option<Duration>,
    /// File with certificates of authorities to trust
    #[arg(long, global = true, value_name = "FILE", value_parser = path(), value_hint = ValueHint::AnyPath, hide_short_help = true)]
    pub certificate_authority: Option<PathBuf>,
    /// Name to expect in the API server's certificate
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub tls_server_name: Option<String>,
    /// Accept any certificate of the API server: insecure
    #[arg(long, global = true, hide_short_help = true)]
    pub insecure_skip_tls_verify: bool,
    /// How much to log, as kubectl counts: 6 shows requests, 8 everything
    #[arg(
        short = 'v',
        long = "v",
        global = true,
        value_name = "LEVEL",
        default_value_t = 0,
        hide_default_value = true,
        hide_short_help = true
    )]
    pub verbosity: u8,
    /// Answer every question with yes, and ask none
    #[arg(short = 'y', long, global = true, hide_short_help = true)]
    pub yes: bool,
    /// When to colour
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        hide_default_value = true,
        hide_short_help = true
    )]
    pub color: ColorChoice,
    /// The environment variables there were at the start.
    #[arg(skip)]
    pub environment: Environment,
}

/// Of a file; clap's own refuses what is empty.
fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

impl GlobalArgs {
    /// The same, where flags that are empty are not given at all, as to kubectl: scripts say `-n "$NAMESPACE"`.
    #[must_use]
    pub fn without_empty(mut self) -> Self {
        let texts = [
            &mut self.namespace,
            &mut self.context,
            &mut self.cluster,
            &mut self.user,
            &mut self.token,
            &mut self.as_user,
            &mut self.as_uid,
            &mut self.tls_server_name,
        ];
        for text in texts {
            text.take_if(|text| text.is_empty());
        }
        for path in [&mut self.kubeconfig, &mut self.certificate_authority] {
            path.take_if(|path| path.as_os_str().is_empty());
        }
        self
    }

    /// Where the API server is, if the command line says so. Empty is unset, as to kubectl; and `validate` has a `--server`
    /// that may be without a value.
    pub(crate) fn server_url(&self) -> Option<&str> {
        self.server.as_deref().filter(|url| !url.is_empty())
    }
}
