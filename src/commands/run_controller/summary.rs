//! The live summary at the bottom of the terminal.

use console::{Style, truncate_str};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::controller::summary::{Deployments, Hosts, Open, Summary};
use crate::ui::{Panel, Ui};

/// Columns of a bar.
const BAR: usize = 10;
/// The widest that names of deployments get.
const LONGEST_NAME: usize = 40;

/// Draws what is posted until cancelled, and anew when the terminal changes its size.
pub(super) async fn draw(ui: Ui, mut posted: watch::Receiver<Summary>, until: CancellationToken) {
    let (panel, colour): (Panel, bool) = (ui.panel(), ui.look().colour);
    // Where no signal can be listened for the size is looked at with the next news.
    let mut resized = signal(SignalKind::window_change()).ok();
    loop {
        let text = render(&posted.borrow_and_update(), panel.width(), colour);
        panel.show(&text);
        let resizing = async {
            match &mut resized {
                Some(resized) => resized.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = until.cancelled() => return,
            news = posted.changed() => if news.is_err() { return },
            _ = resizing => {}
        }
    }
}

/// The summary as lines no wider than `width` columns.
fn render(summary: &Summary, width: usize, colour: bool) -> String {
    let paint = Paint { colour };
    let mut lines = vec![paint.dim(&"─".repeat(width.min(72))), standing(summary, &paint)];
    lines.push(format!("hosts        {}", hosts(&summary.hosts, &paint)));
    lines.push(format!("workloads    {}/{} ready", summary.workloads_ready, summary.workloads));
    lines.push(format!("deployments  {}", deployments(summary.deployments, &paint)));
    let names = summary.open.iter().map(|open| open.name.chars().count()).max().unwrap_or_default();
    // On a narrow terminal a name is cut before the numbers are.
    let names = names.min(LONGEST_NAME).min(width.saturating_sub(BAR + 12).max(8));
    lines.extend(summary.open.iter().map(|open| rollout(open, names, &paint)));
    if summary.unnamed() > 0 {
        lines.push(format!("  and {} more", summary.unnamed()));
    }
    lines.iter().map(|line| truncate_str(line, width, "…").into_owned()).collect::<Vec<_>>().join("\n")
}

fn standing(summary: &Summary, paint: &Paint) -> String {
    let lacks = [
        (!summary.synced, "objects not listed yet"),
        (!summary.connected, "no connection to hosts"),
        (!summary.leading, "another is in charge, only watching"),
    ];
    let lacks: Vec<_> = lacks.iter().filter(|(lacks, _)| *lacks).map(|(_, what)| *what).collect();
    match lacks.as_slice() {
        [] => paint.good("in charge"),
        lacks => paint.bad(&lacks.join(", ")),
    }
}

fn hosts(hosts: &Hosts, paint: &Paint) -> String {
    let count = format!("{}/{} ready", hosts.ready, hosts.total);
    let mut text = if hosts.ready < hosts.total || hosts.total == 0 { paint.bad(&count) } else { count };
    for (name, load) in [("cpu", hosts.cpu), ("mem", hosts.memory)] {
        text.extend(load.map(|load| format!("  {name} {load:.0}%")));
    }
    text
}

fn deployments(deployments: Deployments, paint: &Paint) -> String {
    let Deployments { ready, progressing, paused, failing } = deployments;
    let mut text = format!("{ready} ready");
    let mut add = |count: usize, what: &str, bad: bool| {
        let words = format!("{count} {what}");
        let words = if bad { paint.bad(&words) } else { words };
        text.extend((count > 0).then(|| format!("  {words}")));
    };
    add(failing, "failing", true);
    add(progressing, "progressing", false);
    add(paused, "paused", false);
    text
}

fn rollout(open: &Open, names: usize, paint: &Paint) -> String {
    let (ready, wanted) = (open.ready.max(0), open.wanted.max(0));
    let full = usize::try_from(ready.min(wanted)).unwrap_or_default() * BAR;
    let done = full.checked_div(usize::try_from(wanted).unwrap_or_default()).unwrap_or(BAR);
    let bar = format!("{}{}", paint.good(&"━".repeat(done)), paint.dim(&"━".repeat(BAR - done)));
    let bar = if paint.colour { bar } else { format!("{}{}", "━".repeat(done), "·".repeat(BAR - done)) };
    let name = truncate_str(&open.name, names, "…");
    let mut line = format!("  {name:<names$} {bar} {ready}/{wanted}");
    if let Some((reason, message)) = &open.trouble {
        // A host's words may have many lines, and codes that move the cursor.
        let words: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        line.push_str(&format!("  {} {words}", paint.bad(reason)));
    }
    line
}

struct Paint {
    colour: bool,
}

impl Paint {
    fn good(&self, text: &str) -> String {
        self.paint(Style::new().green(), text)
    }

    fn bad(&self, text: &str) -> String {
        self.paint(Style::new().red(), text)
    }

    fn dim(&self, text: &str) -> String {
        self.paint(Style::new().dim(), text)
    }

    fn paint(&self, style: Style, text: &str) -> String {
        style.force_styling(self.colour).apply_to(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use console::measure_text_width;

    use super::*;

    fn busy() -> Summary {
        let open = |name: &str, ready, wanted, trouble: Option<(&str, &str)>| Open {
            name: name.to_owned(),
            ready,
            wanted,
            trouble: trouble.map(|(reason, message)| (reason.to_owned(), message.to_owned())),
        };
        Summary {
            leading: true,
            synced: true,
            connected: true,
            hosts: Hosts { ready: 2, total: 3, cpu: Some(34.0), memory: Some(61.0) },
            workloads_ready: 17,
            workloads: 25,
            deployments: Deployments { ready: 4, progressing: 1, paused: 0, failing: 9 },
            open: vec![
                open("apps/broken", 0, 4, Some(("StartFailed", "Workload broken-1: manifest unknown\n\x1b[2Jas told"))),
                open("apps/web", 6, 10, None),
                open("apps/away", 0, 0, None),
            ],
        }
    }

    #[test]
    fn it_shows_hosts_deployments_and_what_is_under_way() {
        insta::assert_snapshot!(render(&busy(), 100, false), @r"
        ────────────────────────────────────────────────────────────────────────
        in charge
        hosts        2/3 ready  cpu 34%  mem 61%
        workloads    17/25 ready
        deployments  4 ready  9 failing  1 progressing
          apps/broken ·········· 0/4  StartFailed Workload broken-1: manifest unknown  [2Jas told
          apps/web    ━━━━━━···· 6/10
          apps/away   ━━━━━━━━━━ 0/0
          and 7 more
        ");
    }

    #[test]
    fn forty_columns_are_enough() {
        insta::assert_snapshot!(render(&busy(), 40, false), @r"
        ────────────────────────────────────────
        in charge
        hosts        2/3 ready  cpu 34%  mem 61%
        workloads    17/25 ready
        deployments  4 ready  9 failing  1 prog…
          apps/broken ·········· 0/4  StartFail…
          apps/web    ━━━━━━···· 6/10
          apps/away   ━━━━━━━━━━ 0/0
          and 7 more
        ");
    }

    #[test]
    fn it_says_what_is_missing() {
        let summary = Summary { synced: true, ..Summary::default() };
        insta::assert_snapshot!(render(&summary, 80, false), @r"
        ────────────────────────────────────────────────────────────────────────
        no connection to hosts, another is in charge, only watching
        hosts        0/0 ready
        workloads    0/0 ready
        deployments  0 ready
        ");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_and_colour_does_not_change_the_words() {
        for width in [1, 7, 20, 39, 40, 80, 300] {
            for line in render(&busy(), width, true).lines() {
                assert!(measure_text_width(line) <= width, "{width}: {line:?}");
            }
        }
        let plain = |text: &str| console::strip_ansi_codes(text).replace('·', "━");
        let (with, without) = (render(&busy(), 300, true), render(&busy(), 300, false));
        assert_eq!(plain(&with), plain(&without));
        assert!(!without.contains('\x1b'), "a host's own codes do not get through");
    }
}
