//! `kubectl wasmcloud top`: how loaded the hosts are, as they tell it themselves.

use std::collections::HashMap;

use clap::{Args, ValueEnum};
use futures::StreamExt;
use serde_json::json;

use super::screen::Screen;
use crate::api::{Host, Kind};
use crate::cli::GlobalArgs;
use crate::cli::output::{StatusFormat, StatusFormatParser};
use crate::cluster::{Change, Filter};
use crate::context::Context;
use crate::error::Error;
use crate::plan::top::{Load, Order, Wish};
use crate::plan::tree::Objects;
use crate::report::table::Rows;
use crate::report::top as report;
use crate::ui::Ui;

/// What `top` takes.
#[derive(Debug, Args)]
#[command(after_help = "Load is what the hosts last reported of their machines, which may be 40 seconds old.")]
pub struct TopArgs {
    /// hosts or groups, and names of them
    #[arg(value_name = "WHAT [NAME]")]
    words: Vec<String>,
    /// Show hosts, or groups of hosts
    #[arg(long, value_name = "WHAT", value_enum, conflicts_with = "words")]
    by: Option<By>,
    /// Only hosts with these labels
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    selector: Option<String>,
    /// What to sort by
    #[arg(long, value_name = "COLUMN", value_enum, default_value_t)]
    sort_by: Order,
    /// Go on showing changes, on a terminal in place
    #[arg(short, long)]
    watch: bool,
    /// Leave out the headers
    #[arg(long)]
    no_headers: bool,
    /// How to show it to programs
    #[arg(short, long, value_parser = StatusFormatParser, value_name = "FORMAT")]
    output: Option<StatusFormat>,
}

/// What a row is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum By {
    #[default]
    Host,
    Group,
}

/// Shows the load.
///
/// # Errors
/// When there is no load of what was named, or a request fails.
pub async fn run(ui: &Ui, global: &GlobalArgs, args: TopArgs) -> Result<(), Error> {
    let wish = Wish::parse(&args.words, args.by == Some(By::Group))?;
    if !wish.names.is_empty() && args.selector.is_some() {
        return Err(Error::usage("name cannot be provided when a selector is specified"));
    }
    let context = Context::connect(ui, global).await?;
    let top = Top { ui, context: &context, args: &args, wish: &wish };
    if args.watch {
        return top.watch().await;
    }
    let scope = context.scope(Kind::Host, false);
    let hosts: Vec<Host> = context.cluster.list(&Kind::Host.api_resource(), &scope, &top.filter()).await?;
    let loads = top.loads(&hosts);
    let missing = wish.missing(&loads);
    missing.iter().for_each(|name| ui.error(&absent(wish.grouped, name)));
    if loads.is_empty() && args.output.is_none() && missing.is_empty() {
        ui.status("No resources found");
        return Ok(());
    }
    top.print(&loads)?;
    if missing.is_empty() { Ok(()) } else { Err(Error::Reported) }
}

fn absent(grouped: bool, name: &str) -> Error {
    match grouped {
        true => Error::Kubernetes(format!("no host is in a group \"{name}\"")),
        false => Error::not_found(&Kind::Host.api_resource(), name),
    }
}

struct Top<'a> {
    ui: &'a Ui,
    context: &'a Context,
    args: &'a TopArgs,
    wish: &'a Wish,
}

impl Top<'_> {
    fn filter(&self) -> Filter {
        Filter { labels: self.args.selector.clone(), fields: None }
    }

    fn loads(&self, hosts: &[Host]) -> Vec<Load> {
        self.wish.loads(hosts, self.args.sort_by)
    }

    fn table(&self, loads: &[Load], limit: Option<usize>) -> String {
        let grouped = self.wish.grouped;
        let rows = loads.iter().map(|load| report::row(load, grouped, Some((self.context.now)()))).collect();
        Rows::new(report::headers(grouped), limit).render(rows, !self.args.no_headers)
    }

    fn print(&self, loads: &[Load]) -> Result<(), Error> {
        let document = || json!({"items": loads});
        let title = |load: &Load| match self.wish.grouped {
            false => format!("{}/{}", Kind::Host.qualified(), load.name),
            true => load.name.clone(),
        };
        match self.args.output {
            None if loads.is_empty() => Ok(()),
            None => self.ui.raw(&self.table(loads, self.ui.result_width())),
            Some(format) => format.print(self.ui, document, loads.iter().map(title)),
        }
    }

    /// On a terminal the table stays in its place; elsewhere a row is printed when more of it changed than the time.
    async fn watch(&self) -> Result<(), Error> {
        let scope = self.context.scope(Kind::Host, false);
        let mut changes = self.context.cluster.watch(&Kind::Host.api_resource(), &scope, &self.filter());
        let mut screen = if self.args.output.is_none() { Screen::new(self.ui) } else { None };
        let mut known = Objects::default();
        let mut lines = Lines::new(self);
        let mut tick = tokio::time::interval(std::time::Duration::from_secs(1));
        loop {
            let changed = tokio::select! {
                change = changes.next() => {
                    let Some(change) = change else { return Ok(()) };
                    match change? {
                        Change::All(hosts) => known.replace(Kind::Host, &hosts),
                        Change::Changed(host) => known.put(Kind::Host, &host),
                        Change::Gone(host) => known.remove(Kind::Host, &host),
                    }
                    true
                }
                _ = tick.tick() => false,
            };
            let hosts: Vec<Host> = known.hosts.values().cloned().collect();
            let loads = self.loads(&hosts);
            match &mut screen {
                Some(screen) => {
                    let table = self.table(&loads, None);
                    screen.draw(&table);
                    screen.keep(table);
                }
                None if changed => lines.tell(self, &loads)?,
                None => {}
            }
        }
    }
}

/// What was told already.
struct Lines {
    rows: Rows,
    told: HashMap<String, Vec<String>>,
    headers: bool,
}

impl Lines {
    fn new(top: &Top<'_>) -> Self {
        let rows = Rows::new(report::headers(top.wish.grouped), None);
        Self { rows, told: HashMap::new(), headers: !top.args.no_headers }
    }

    fn tell(&mut self, top: &Top<'_>, loads: &[Load]) -> Result<(), Error> {
        let grouped = top.wish.grouped;
        let mut news = loads.to_vec();
        news.retain(|load| {
            let row = report::row(load, grouped, None);
            self.told.insert(load.name.clone(), row.clone()) != Some(row)
        });
        if news.is_empty() {
            return Ok(());
        }
        if top.args.output.is_some() {
            return top.print(&news);
        }
        let now = (top.context.now)();
        let rows = news.iter().map(|load| report::row(load, grouped, Some(now))).collect();
        top.ui.raw(&self.rows.render(rows, std::mem::take(&mut self.headers)))
    }
}
