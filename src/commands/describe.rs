//! `kubectl wasmcloud describe`: everything there is to know of an object, the worst first.

use clap::Args;

use super::selected::{self, Selected, Wanted};
use crate::api::Kind;
use crate::cli::GlobalArgs;
use crate::cli::output::{StatusFormat, StatusFormatParser};
use crate::cli::target::TargetArgs;
use crate::cluster::Surroundings;
use crate::context::Context;
use crate::error::Error;
use crate::plan::describe::{Description, Subject, describe};
use crate::plan::selection::{Aim, Selection};
use crate::report;
use crate::report::paint::Paint;
use crate::ui::Ui;

const AIM: Aim = Aim { verb: "describe", bare: None, refuse: |_| None };

/// What `describe` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud describe (TYPE [NAME… | -l SELECTOR] | TYPE/NAME… | -f FILE) [flags]",
    after_help = "First comes what is wrong, in the words of whoever found it. Values of Secrets are never read."
)]
pub struct DescribeArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// How to show it, if not as text
    #[arg(short, long, value_parser = StatusFormatParser, value_name = "FORMAT")]
    output: Option<StatusFormat>,
}

/// Describes what was asked for.
///
/// # Errors
/// When the words make no sense, something is not there, or the server does not answer.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: DescribeArgs) -> Result<(), Error> {
    let wanted = wanted(ui, &args.target).await?;
    let single = is_single(&wanted);
    let context = Context::connect(ui, global).await?;
    let selections = selected::read(ui, &context, &args.target, &AIM, wanted).await?;
    if selections.objects.is_empty() && !selections.missing && args.output.is_none() {
        ui.status(context.nothing_found(args.target.all_namespaces));
    }
    if args.output == Some(StatusFormat::Name) {
        selections.objects.iter().try_for_each(|selected| ui.result(selected.title()))?;
        return selections.outcome();
    }
    let mut values = Vec::new();
    let mut surroundings = context.cluster.surroundings((context.now)());
    for (at, selected) in selections.objects.iter().enumerate() {
        let description = read(&mut surroundings, selected).await?;
        match args.output {
            Some(_) => values.push(serde_json::to_value(&description).unwrap_or_default()),
            None => show(ui, &context, &description, at)?,
        }
    }
    if let Some(format) = args.output {
        format.print(ui, || report::list_of(values, single), std::iter::empty())?;
    }
    selections.outcome()
}

/// Where nothing at all is named, a person picks.
async fn wanted(ui: &Ui, target: &TargetArgs) -> Result<Wanted, Error> {
    match target.words.is_empty() && target.files.is_empty() {
        true if ui.can_pick() => Ok(Wanted::Pick(Kind::ALL.to_vec())),
        _ => selected::wanted(ui, target, true, &AIM).await,
    }
}

/// Whether one object is asked for, so that it stands in no List.
fn is_single(wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Words(Selection::Named(named)) => named.len() == 1,
        Wanted::Words(Selection::Types(_)) => false,
        Wanted::Documents(documents) => documents.len() == 1,
        Wanted::Pick(_) => true,
    }
}

async fn read(surroundings: &mut Surroundings<'_>, selected: &Selected) -> Result<Description, Error> {
    let subject = match selected.kind {
        Kind::WorkloadDeployment => Subject::Deployment(Box::new(selected.read()?)),
        Kind::WorkloadReplicaSet => Subject::ReplicaSet(Box::new(selected.read()?)),
        Kind::Workload => Subject::Workload(Box::new(selected.read()?)),
        Kind::Host => Subject::Host(Box::new(selected.read()?)),
        Kind::Artifact => Subject::Artifact(Box::new(selected.read()?)),
    };
    surroundings.of(subject).await.map(|snapshot| describe(&snapshot))
}

/// Two empty lines stand between two of them, as kubectl has it.
fn show(ui: &Ui, context: &Context, description: &Description, at: usize) -> Result<(), Error> {
    let paint = Paint { colour: ui.result_colour() };
    let between = if at == 0 { "" } else { "\n\n" };
    ui.raw(&format!("{between}{}", report::describe::text(description, (context.now)(), paint, ui.result_width())))
}
