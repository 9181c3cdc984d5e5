//! Opening components, with progress while registries are waited for.

use crate::component::Component;
use crate::context::{Environment, now};
use crate::registry::component::{FetchError, Fetcher, Settings, Wanted};
use crate::ui::Ui;

/// Opens components, in the order in which they are wanted.
pub(super) async fn open(
    ui: &Ui,
    environment: &Environment,
    wanted: &[Wanted<'_>],
) -> Vec<Result<Component, FetchError>> {
    let count = wanted.len() as u64;
    let bar = (count > 0).then(|| ui.bar("opening images", count));
    let show = |done, image: &str| bar.iter().for_each(|bar| bar.show(done, count, image));
    Fetcher::new(Settings::of(environment), now).components(wanted, show).await
}
