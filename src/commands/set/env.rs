//! `kubectl wasmcloud set env`: variables for components, in kubectl's words.

use clap::Args;

use super::in_place::{self, InFile};
use super::{SetArgs, Setting};
use crate::cli::GlobalArgs;
use crate::commands::selected;
use crate::context::Context;
use crate::error::Error;
use crate::plan::selection::Aim;
use crate::plan::set::env::{self, Scope, Source};
use crate::plan::set::{parts, refuse, split};
use crate::ui::Ui;

/// What `set env` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud set env (TYPE NAME… | TYPE/NAME… | -f FILE…) KEY=VALUE… KEY-… [flags]",
    after_help = "KEY- takes a variable away. A value that is set here gives way to one from a ConfigMap, and that to one from a \
                  Secret. With -f FILE and --in-place the file is changed, its comments and quotes stay as they are."
)]
pub struct EnvArgs {
    #[command(flatten)]
    set: SetArgs,
    /// The components to change; * stands for anything, and `service` for the service
    #[arg(short, long, alias = "containers", value_name = "NAME", default_value = "*")]
    components: String,
    /// A variable, as KEY=VALUE
    #[arg(short, long, value_name = "KEY=VALUE")]
    env: Vec<String>,
    /// Take over all that it has: configmap/NAME or secret/NAME
    #[arg(long, value_name = "TYPE/NAME", value_parser = Source::parse)]
    from: Option<Source>,
    /// Show the environment, and change nothing
    #[arg(long)]
    list: bool,
    /// Whether values that are there may change
    #[arg(long, value_name = "BOOL", default_value_t = true, action = clap::ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    overwrite: bool,
    /// Cannot be had here: a ConfigMap or Secret is taken over as a whole
    #[arg(long, value_name = "KEYS", hide = true)]
    keys: Option<String>,
    /// Cannot be had here: a ConfigMap or Secret is taken over as a whole
    #[arg(long, value_name = "PREFIX", hide = true)]
    prefix: Option<String>,
}

/// Sets the variables, or shows them.
///
/// # Errors
/// When the words make no sense, a component is not there, or the server refuses.
pub async fn run(ui: &Ui, global: &GlobalArgs, mut args: EnvArgs) -> Result<(), Error> {
    check(&args)?;
    let (words, mut changes) = split(&args.set.target.words, env::is_change, "environment")?;
    args.set.target.words = words;
    changes.extend(args.env.iter().cloned());
    let mut changes = env::parse(&changes)?;
    changes.extend(args.from.clone().map(env::Change::From));
    check_list(&args.set, args.list, !changes.is_empty())?;
    let aim = Aim { verb: "set env", bare: None, refuse: |kind| refuse(kind, "env") };
    if args.list {
        return list(ui, global, &args, aim).await;
    }
    if changes.is_empty() {
        return Err(Error::usage_with(
            "at least one environment variable must be provided",
            "KEY=VALUE, KEY- or --from=configmap/NAME",
        ));
    }
    let scope = Scope { components: &args.components, overwrite: args.overwrite };
    let plan = |kind, object: &_| {
        let edits = env::plan(kind, object, &changes, scope)?;
        let shadows = env::shadows(kind, object, &changes, &args.components);
        shadows.into_iter().filter(|_| !edits.is_empty()).for_each(|warning| ui.warning(warning));
        Ok(edits)
    };
    let change = Setting { aim, past: "env updated", plan: &plan };
    if args.set.in_place {
        let mut objects = in_place::read(&args.set, &change)?;
        // Of the objects in one file only those change that have such a component, if any has.
        let has = |object: &InFile| env::meant(&parts(object.kind, object.object()), &args.components).is_ok();
        if objects.iter().any(has) {
            objects.retain(has);
        }
        return in_place::perform(ui, &args.set, objects, &change);
    }
    super::perform(ui, global, &args.set, &change).await
}

fn check(args: &EnvArgs) -> Result<(), Error> {
    let flag = match (&args.keys, &args.prefix) {
        (Some(_), _) => "--keys",
        (_, Some(_)) => "--prefix",
        (None, None) => return Ok(()),
    };
    Err(Error::usage_with(
        format!("{flag} cannot be had: configFrom and secretFrom take over every key, under its own name"),
        "make a ConfigMap or Secret that has just these keys under these names, and name that with --from",
    ))
}

/// What `--list` has no use for.
fn check_list(args: &SetArgs, list: bool, changes: bool) -> Result<(), Error> {
    match list {
        true if args.write.output.is_some() => Err(Error::usage("--list and --output may not be specified together")),
        true if changes || args.in_place => Err(Error::usage("--list shows the environment, and changes nothing")),
        _ => Ok(()),
    }
}

async fn list(ui: &Ui, global: &GlobalArgs, args: &EnvArgs, aim: Aim) -> Result<(), Error> {
    let target = &args.set.target;
    let wanted = selected::wanted(ui, target, args.set.all, &aim).await?;
    let context = Context::connect(ui, global).await?;
    let selections = selected::read(ui, &context, target, &aim, wanted).await?;
    for object in &selections.objects {
        let lines = env::list(object.kind, &object.object, &args.components)?;
        lines.into_iter().try_for_each(|line| ui.result(line))?;
    }
    selections.outcome()
}
