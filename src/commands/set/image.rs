//! `kubectl wasmcloud set image`: other images for components, in kubectl's words.

use clap::Args;

use super::{SetArgs, Setting, in_place};
use crate::cli::GlobalArgs;
use crate::error::Error;
use crate::plan::selection::Aim;
use crate::plan::set::image::{self, Images};
use crate::plan::set::{refuse, split};
use crate::ui::Ui;

/// What `set image` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "kubectl wasmcloud set image (TYPE NAME… | TYPE/NAME… | -f FILE…) COMPONENT=IMAGE… [flags]",
    after_help = "A deployment's, replica set's or Workload's service goes by `service`, and * is every component.\n\
                  With -f FILE and --in-place the file is changed, its comments and quotes stay as they are."
)]
pub struct ImageArgs {
    #[command(flatten)]
    set: SetArgs,
}

/// Sets the images.
///
/// # Errors
/// When the words make no sense, a component is not there, or the server refuses.
pub async fn run(ui: &Ui, global: &GlobalArgs, mut args: ImageArgs) -> Result<(), Error> {
    let (words, images) = split(&args.set.target.words, image::is_change, "image")?;
    let images = Images::parse(&images)?;
    args.set.target.words = words;
    let aim = Aim { verb: "set image", bare: None, refuse: |kind| refuse(kind, "image") };
    if args.set.in_place {
        // Of the objects in one file each takes what it has a component for.
        let plan = |kind, object: &_| image::plan(kind, object, &images.known_to(kind, object));
        let change = Setting { aim, past: "image updated", plan: &plan };
        let objects = in_place::read(&args.set, &change)?;
        let all: Vec<_> = objects.iter().map(|object| (object.kind, object.object())).collect();
        if let (Some(unknown), Some((kind, object))) = (images.unknown_to(&all).first(), all.first()) {
            return Err(image::unknown(*kind, object, unknown));
        }
        return in_place::perform(ui, &args.set, objects, &change);
    }
    let plan = |kind, object: &_| image::plan(kind, object, &images);
    super::perform(ui, global, &args.set, &Setting { aim, past: "image updated", plan: &plan }).await
}
