//! `kubectl wasmcloud rbac`: who needs which permissions, as manifests or as a table.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::crds::Format;
use crate::api::names::CONTROLLER_NAMESPACE;
use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::plan::install::NAME;
use crate::plan::rbac::{Need, Role, VERBS, controller_manifests, user_role};
use crate::report::table::Rows;
use crate::report::{list_of, render_json, render_yaml};
use crate::ui::Ui;

/// What `rbac` takes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  # What the controller needs, for review or for `kubectl apply -f -`
  kubectl wasmcloud rbac

  # Let a group change what runs in one namespace
  kubectl wasmcloud rbac --for=editor | kubectl apply -f -
  kubectl create rolebinding team-a --clusterrole=wasmcloud-editor --group=team-a -n team-a

  # What each verb of this plugin asks of the API server
  kubectl wasmcloud rbac --verbs")]
pub struct RbacArgs {
    /// Whose permissions
    #[arg(long = "for", value_name = "WHO", value_enum, default_value_t, conflicts_with = "verbs")]
    who: Who,
    /// What each verb of this plugin needs
    #[arg(long)]
    verbs: bool,
    /// Namespaces that the controller reconciles, with commas between; default is all
    #[arg(long, value_name = "NAMESPACES", value_delimiter = ',', conflicts_with = "verbs")]
    watch_namespaces: Vec<String>,
    /// Namespaces of the Pods of hosts, with --watch-namespaces
    #[arg(long, value_name = "NAMESPACES", value_delimiter = ',', requires = "watch_namespaces")]
    host_namespaces: Vec<String>,
    /// How to print them; the verbs are a table otherwise
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    output: Option<Format>,
}

/// Who needs permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Who {
    /// The controller.
    #[default]
    Controller,
    /// People who look.
    Viewer,
    /// People who change what runs.
    Editor,
    /// People who also steer hosts.
    Admin,
}

/// Prints them; no server is asked.
///
/// # Errors
/// When they cannot be written.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: RbacArgs) -> Result<(), Error> {
    if !args.watch_namespaces.is_empty() && args.who != Who::Controller {
        return Err(Error::usage(
            "--watch-namespaces is about the controller: what people may do is bound by namespace",
        ));
    }
    let namespace = global.namespace.as_deref().unwrap_or(CONTROLLER_NAMESPACE);
    let text = match (args.verbs, args.output) {
        (true, None) => verbs_table(ui.result_width()),
        (true, Some(format)) => render_one(&verbs_data(), format),
        (false, format) => render_all(objects(&args, namespace), format.unwrap_or_default()),
    };
    ui.raw(&text)
}

fn objects(args: &RbacArgs, namespace: &str) -> Vec<Value> {
    match args.who {
        Who::Controller => controller_manifests(NAME, namespace, &args.watch_namespaces, &args.host_namespaces),
        Who::Viewer => vec![user_role(Role::Viewer)],
        Who::Editor => vec![user_role(Role::Editor)],
        Who::Admin => vec![user_role(Role::Admin)],
    }
}

/// Documents as text that can be applied.
pub(super) fn render_all(objects: Vec<Value>, format: Format) -> String {
    match format {
        Format::Yaml => objects.iter().map(|object| format!("---\n{}", render_yaml(object))).collect(),
        Format::Json => render_json(&list_of(objects, false)),
    }
}

fn render_one(value: &Value, format: Format) -> String {
    match format {
        Format::Yaml => render_yaml(value),
        Format::Json => render_json(value),
    }
}

fn verbs_table(width: Option<usize>) -> String {
    let headers = ["VERB", "NEEDS", "OF", "GROUP"].map(str::to_owned).to_vec();
    let mut rows = Vec::new();
    for verb in VERBS.iter().filter(|verb| !verb.needs.is_empty()) {
        for (index, need) in verb.needs.iter().enumerate() {
            let words = if index == 0 { verb.words } else { "" };
            rows.push(row(words, need));
        }
    }
    let table = Rows::new(headers, width).render(rows, true);
    format!("{table}\n(optional): without it the verb says less. Verbs that are not listed need nothing.\n")
}

fn row(words: &str, need: &Need) -> Vec<String> {
    let verbs = need.verbs.join(",") + if need.optional { " (optional)" } else { "" };
    vec![words.to_owned(), verbs, need.resources.join(","), need.group.to_owned()]
}

fn verbs_data() -> Value {
    let need = |need: &Need| {
        json!({
            "apiGroup": need.group, "resources": need.resources, "verbs": need.verbs, "optional": need.optional,
        })
    };
    let verb = |verb: &crate::plan::rbac::Verb| json!({"verb": verb.words, "needs": verb.needs.iter().map(need).collect::<Vec<_>>()});
    json!({"verbs": VERBS.iter().map(verb).collect::<Vec<_>>()})
}
