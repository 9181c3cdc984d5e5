//! `tree --watch`: redrawn in place on a terminal, a line for each change elsewhere.

use std::collections::HashSet;
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::super::in_time::in_time;
use super::super::screen::Screen;
use super::{TreeRequest, show};
use crate::api::Kind;
use crate::cluster::{Change, Filter};
use crate::context::Context;
use crate::error::Error;
use crate::plan::tree::{End, Objects, Roots, Tree, build};
use crate::report::tree::{changes, render, shorten};
use crate::ui::Ui;

/// The least time between two drawings.
const REDRAW: Duration = Duration::from_millis(200);
/// Ages move once a second.
const TICK: Duration = Duration::from_secs(1);
/// How many changes are taken in before the next look at them.
const BATCH: usize = 256;

type Changes = BoxStream<'static, Vec<(Kind, Result<Change, Error>)>>;

/// Shows changes until Ctrl-C, until what was waited for is there, or until nothing is left to show.
pub(super) async fn run(ui: &Ui, context: &Context, request: &TreeRequest) -> Result<(), Error> {
    let mut live = Live::new(ui, context, request);
    let outcome = in_time(request.timeout, live.follow()).await.unwrap_or_else(|| Err(live.timed_out()));
    live.finish()?;
    outcome
}

struct Live<'a> {
    ui: &'a Ui,
    context: &'a Context,
    request: &'a TreeRequest,
    objects: Objects,
    /// Kinds that were not told yet.
    untold: HashSet<Kind>,
    tree: Tree,
    screen: Option<Screen<'a>>,
    drawn: Instant,
}

impl<'a> Live<'a> {
    fn new(ui: &'a Ui, context: &'a Context, request: &'a TreeRequest) -> Self {
        Self {
            ui,
            context,
            request,
            objects: Objects::default(),
            untold: request.kinds().into_iter().collect(),
            tree: Tree::default(),
            screen: if request.output.is_none() { Screen::new(ui) } else { None },
            drawn: Instant::now(),
        }
    }

    fn changes(&self) -> Changes {
        let streams = self.request.kinds().into_iter().map(|kind| {
            let scope = self.request.scope_of(kind);
            let changes = self.context.cluster.watch(&kind.api_resource(), &scope, &Filter::default());
            changes.map(move |change| (kind, change))
        });
        stream::select_all(streams).ready_chunks(BATCH).boxed()
    }

    async fn follow(&mut self) -> Result<(), Error> {
        let mut changes = self.changes();
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stale = false;
        loop {
            let due = self.drawn + REDRAW;
            tokio::select! {
                batch = changes.next() => {
                    let Some(batch) = batch else { return Ok(()) };
                    self.take_in(batch)?;
                    if !self.untold.is_empty() {
                        continue;
                    }
                    if let Some(outcome) = self.see()? {
                        return outcome;
                    }
                    stale = true;
                }
                _ = tick.tick() => stale = self.untold.is_empty(),
                () = tokio::time::sleep_until(due), if stale && self.screen.is_some() => {
                    self.draw();
                    stale = false;
                }
            }
        }
    }

    fn take_in(&mut self, batch: Vec<(Kind, Result<Change, Error>)>) -> Result<(), Error> {
        for (kind, change) in batch {
            match change {
                Ok(Change::All(objects)) => {
                    self.objects.replace(kind, &objects);
                    self.untold.remove(&kind);
                }
                Ok(Change::Changed(object)) => self.objects.put(kind, &object),
                Ok(Change::Gone(object)) => self.objects.remove(kind, &object),
                Err(_) if self.request.can_miss(kind) => drop(self.untold.remove(&kind)),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Builds the tree anew and tells what changed; the end, if it is one.
    fn see(&mut self) -> Result<Option<Result<(), Error>>, Error> {
        let tree = build(&self.objects, &self.request.roots, self.request.history);
        let lines = changes(&self.tree, &tree);
        self.tree = tree;
        if self.screen.is_none() && !lines.is_empty() {
            match (self.request.output, self.request.until) {
                (None, _) => lines.iter().try_for_each(|line| self.ui.result(line))?,
                (Some(_), None) => show(self.ui, self.context, self.request, &self.tree)?,
                (Some(_), Some(_)) => {}
            }
        }
        let end = self.tree.end(&self.request.roots);
        Ok(match (end, self.request.until) {
            (End::Gone, Some(_)) => Some(Err(failed("object has been deleted".to_owned()))),
            (End::Gone, None) => self.tree.roots.is_empty().then_some(Ok(())),
            (End::Ready, Some(_)) => Some(Ok(())),
            (End::Failed(reasons), Some(_)) => Some(Err(failed(reasons.join("\n")))),
            (End::Open, _) | (_, None) => None,
        })
    }

    fn draw(&mut self) {
        if let Some(screen) = &self.screen {
            let (columns, lines) = screen.size();
            let room = lines.saturating_sub(usize::from(self.request.headers)).max(1);
            let look = self.request.look(self.ui, Some(columns));
            screen.draw(&render(&shorten(&self.tree, room), (self.context.now)(), look));
        }
        self.drawn = Instant::now();
        self.keep();
    }

    /// The last state stays where it can be read.
    fn keep(&mut self) {
        if let Some(screen) = &mut self.screen {
            let look = self.request.look(self.ui, self.ui.result_width());
            screen.keep(if self.tree.roots.is_empty() {
                String::new()
            } else {
                render(&self.tree, (self.context.now)(), look)
            });
        }
    }

    /// The last state is what programs get.
    fn finish(&mut self) -> Result<(), Error> {
        self.keep();
        match self.request.output.is_some() && self.request.until.is_some() {
            true => show(self.ui, self.context, self.request, &self.tree),
            false => Ok(()),
        }
    }

    fn timed_out(&self) -> Error {
        let open = self.tree.roots.iter().find(|root| !root.message.is_empty());
        let named = |root: &crate::plan::tree::Node| format!("{}: {}", root.title(), root.message);
        let help = open.map(|root| format!("the last thing known is: {}", named(root)));
        let help = help.or_else(|| match &self.request.roots {
            Roots::All(_) if self.tree.roots.is_empty() => Some("there is nothing to become ready".to_owned()),
            _ => None,
        });
        Error::TimedOut { what: "the condition".to_owned(), help }
    }
}

fn failed(message: String) -> Error {
    Error::RolloutFailed { message, help: None }
}
