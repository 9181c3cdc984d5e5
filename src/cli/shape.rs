//! Flags that say what is to run, for those who have no manifest yet.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::scaffold::{Mount, Wishes, allowed_host, http_host, pair, volume};

/// What is to run, and what it gets.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What runs")]
pub struct ShapeArgs {
    /// Image to run, in a registry or a .wasm file; as a component named NAME, or as the service, as it says itself
    #[arg(long, value_name = "IMAGE", value_hint = ValueHint::FilePath)]
    pub image: Option<String>,
    /// Component and its image; may be repeated
    #[arg(long, value_name = "NAME=IMAGE", value_parser = pair)]
    pub component: Vec<(String, String)>,
    /// Image of the service, which runs all the time and which components reach on localhost
    #[arg(long, value_name = "IMAGE", value_hint = ValueHint::FilePath)]
    pub service_image: Option<String>,
    /// Carry a wash project over: its configuration, or its directory
    #[arg(long, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub from_wash_config: Option<PathBuf>,
    /// Do not open the images: write what a component needs that answers HTTP
    #[arg(long)]
    pub no_open: bool,
    /// How many Workloads there are to be
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(i32).range(0..))]
    pub replicas: Option<i32>,
    /// Host whose HTTP requests it answers, NAME.localhost by default; may be repeated
    #[arg(long, value_name = "HOST", value_parser = http_host)]
    pub http_host: Vec<String>,
    /// Add a Service that leads to it, on that port
    #[arg(long, value_name = "PORT", num_args = 0..=1, require_equals = true, default_missing_value = "80", value_parser = clap::value_parser!(u16).range(1..))]
    pub expose: Option<u16>,
    /// Host that it may send requests to, such as api.example.com, https://*.example.com or *; may be repeated
    #[arg(long, value_name = "HOST", value_parser = allowed_host)]
    pub allow_host: Vec<String>,
    /// Environment variable; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    pub env: Vec<(String, String)>,
    /// Value that it reads through wasi:config; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    pub config: Vec<(String, String)>,
    /// ConfigMap whose keys become environment variables; may be repeated
    #[arg(long, value_name = "NAME")]
    pub config_from: Vec<String>,
    /// Secret whose keys become environment variables; may be repeated
    #[arg(long, value_name = "NAME")]
    pub secret_from: Vec<String>,
    /// Secret with access to the images' registry; `deploy` opens them with the one in the cluster, too
    #[arg(long, value_name = "NAME")]
    pub pull_secret: Option<String>,
    /// Directory of its own, NAME:PATH, or of the host, HOSTPATH:PATH, perhaps with :ro; may be repeated
    #[arg(long, value_name = "SOURCE:PATH", value_parser = volume)]
    pub volume: Vec<Mount>,
    /// Only on hosts of this group
    #[arg(long, value_name = "GROUP")]
    pub host_group: Option<String>,
    /// Only on hosts of this environment
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
}

impl ShapeArgs {
    /// Whether it says what runs.
    pub fn names_what_runs(&self) -> bool {
        self.image.is_some()
            || !self.component.is_empty()
            || self.service_image.is_some()
            || self.from_wash_config.is_some()
    }

    /// The flags that are given, without their dashes.
    pub fn given(&self) -> Vec<&'static str> {
        let flags = [
            ("image", self.image.is_some()),
            ("component", !self.component.is_empty()),
            ("service-image", self.service_image.is_some()),
            ("from-wash-config", self.from_wash_config.is_some()),
            ("no-open", self.no_open),
            ("replicas", self.replicas.is_some()),
            ("http-host", !self.http_host.is_empty()),
            ("expose", self.expose.is_some()),
            ("allow-host", !self.allow_host.is_empty()),
            ("env", !self.env.is_empty()),
            ("config", !self.config.is_empty()),
            ("config-from", !self.config_from.is_empty()),
            ("secret-from", !self.secret_from.is_empty()),
            ("pull-secret", self.pull_secret.is_some()),
            ("volume", !self.volume.is_empty()),
            ("host-group", self.host_group.is_some()),
            ("environment", self.environment.is_some()),
        ];
        flags.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag).collect()
    }

    /// What is asked for.
    pub fn wishes(&self) -> Wishes {
        Wishes {
            image: self.image.clone(),
            components: self.component.clone(),
            service: self.service_image.clone(),
            replicas: self.replicas,
            http_hosts: self.http_host.clone(),
            env: self.env.iter().cloned().collect(),
            config: self.config.iter().cloned().collect(),
            config_from: self.config_from.clone(),
            secret_from: self.secret_from.clone(),
            pull_secret: self.pull_secret.clone(),
            volumes: self.volume.clone(),
            host_group: self.host_group.clone(),
            environment: self.environment.clone(),
            expose: self.expose,
            allowed_hosts: self.allow_host.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, CommandFactory, FromArgMatches};

    use super::*;

    #[derive(clap::Parser)]
    struct Alone {
        #[command(flatten)]
        shape: ShapeArgs,
    }

    #[test]
    fn every_flag_is_told_when_it_is_given() {
        let command = ShapeArgs::augment_args(clap::Command::new("x"));
        let flags: Vec<_> = command.get_arguments().map(|flag| flag.get_long().unwrap().to_owned()).collect();
        for flag in flags {
            let value = match flag.as_str() {
                "no-open" | "expose" => String::new(),
                "replicas" => "=2".to_owned(),
                "allow-host" | "http-host" => "=a.example".to_owned(),
                "volume" => "=a:/b".to_owned(),
                _ => "=a=b".to_owned(),
            };
            let matches = Alone::command().try_get_matches_from(["x", &format!("--{flag}{value}")]).unwrap();
            assert_eq!(Alone::from_arg_matches(&matches).unwrap().shape.given(), [flag]);
        }
    }
}
