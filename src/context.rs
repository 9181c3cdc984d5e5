//! What a command works with: the cluster, the namespace, the clock. Built once, passed by reference.

mod directories;
mod find;
mod kubeconfig;
#[cfg(feature = "local")]
mod local;
mod pod;

use std::collections::BTreeMap;
use std::ffi::OsString;

use jiff::Timestamp;

use crate::cli::GlobalArgs;
use crate::cluster::Cluster;
use crate::error::Error;
use crate::ui::Ui;

/// The environment variables there were at the start.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// From what the operating system says.
    pub fn new(vars: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self(vars.into_iter().collect())
    }

    /// A variable's value; `None` when it is unset or no UTF-8.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_os(name).and_then(|value| value.to_str())
    }

    /// A variable's value as the operating system has it.
    pub fn get_os(&self, name: &str) -> Option<&OsString> {
        self.0.get(&OsString::from(name))
    }
}

/// What a command works with.
#[derive(Clone)]
pub struct Context {
    /// The Kubernetes API.
    pub cluster: Cluster,
    /// The namespace to work in: `--namespace`, else the context's, else `default`.
    pub namespace: String,
    /// Whether `--namespace` was given.
    pub namespace_given: bool,
    /// The clock.
    pub now: fn() -> Timestamp,
}

impl Context {
    /// Reads the configuration; the network is not touched before the first request.
    ///
    /// # Errors
    /// When there is no usable configuration.
    pub async fn connect(ui: &Ui, global: &GlobalArgs) -> Result<Self, Error> {
        let config = global.client_config().await?;
        let namespace = config.default_namespace.clone();
        let warn = {
            let ui = ui.clone();
            move |text: &str| ui.warning(text)
        };
        let cluster = Cluster::connect(config, warn)?;
        Ok(Self { cluster, namespace, namespace_given: global.namespace.is_some(), now })
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that is passed in")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
