//! What is drawn while the terminal is made another size, and when it ends in the middle.

use super::{CTRL_C, manifest};
use crate::support::served::Served;
use crate::support::terminal::Terminal;

const IMAGE: &str = "registry.example.com/hello:1";

/// How often that stands on the screen.
fn count(screen: &str, words: &str) -> usize {
    screen.matches(words).count()
}

/// Waits until what is drawn fits, and stands there once.
#[track_caller]
fn is_drawn_once(terminal: &Terminal, words: &str, columns: usize) {
    terminal.until(&format!("`{words}` stands there once, on {columns} columns"), |screen| {
        let fits = screen.lines().all(|line| line.chars().count() <= columns || !line.contains(words));
        fits && count(screen, words) == 1
    });
}

#[test]
fn progress_stays_one_line_and_nothing_above_it_is_lost() {
    let served = Served::with_hosts(&[]);
    let file = manifest(&served, IMAGE);
    let terminal = Terminal::run(&served.env, (20, 80), &[], &["deploy", "-f", &file]);
    terminal.shows("hello [");
    for columns in [40, 100, 38, 80] {
        terminal.resize(20, columns);
        is_drawn_once(&terminal, "hello [", columns.into());
    }
    served.local.hosts.join("a");
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert_eq!(count(&screen, "workloaddeployment.runtime.wasmcloud.dev/hello created"), 1, "{screen}");
    assert!(!screen.contains('━') && !screen.contains(" ["), "{screen}");
    assert!(screen.contains("deployment \"hello\" successfully rolled out"), "{screen}");
}

#[test]
fn a_tree_is_drawn_anew_at_every_size() {
    let served = Served::with_hosts(&["a"]);
    served.deploy(IMAGE, 1);
    let mut terminal = Terminal::run(&served.env, (20, 100), &[], &["tree", "-w"]);
    terminal.shows("ww/hello-");
    for columns in [50, 120, 40, 100] {
        terminal.resize(20, columns);
        is_drawn_once(&terminal, "wd/hello", columns.into());
        is_drawn_once(&terminal, "wrs/hello-", columns.into());
        is_drawn_once(&terminal, "NAME ", columns.into());
    }
    terminal.press(CTRL_C);
    let (code, screen) = terminal.end();
    assert_eq!(code, 130, "{screen}");
    assert_eq!(count(&screen, "NAME "), 1, "{screen}");
    assert_eq!(screen.lines().count(), 4, "{screen}");
}

#[test]
fn a_tree_higher_than_the_terminal_does_not_scroll() {
    let served = Served::with_hosts(&["a"]);
    served.deploy(IMAGE, 8);
    let mut terminal = Terminal::run(&served.env, (20, 100), &[], &["tree", "-w"]);
    terminal.shows("wrs/hello-");
    terminal.resize(6, 100);
    terminal.until("it fits", |screen| screen.contains(" more") && count(screen, "wd/hello") == 1);
    let scrolled = terminal.scroll().lines().count();
    terminal.until("it is drawn again", |screen| screen.contains(" more") && !screen.contains(" 0s "));
    assert_eq!(terminal.scroll().lines().count(), scrolled, "{}", terminal.scroll());
    terminal.press(CTRL_C);
    let (code, screen) = terminal.end();
    assert_eq!(code, 130, "{screen}");
}

#[test]
fn ctrl_c_ends_a_drain_and_says_nothing_more() {
    let served = Served::with_hosts(&["a"]);
    served.deploy(IMAGE, 1);
    let mut terminal = Terminal::run(&served.env, (20, 80), &[], &["drain", "a", "--yes"]);
    terminal.shows("drain [");
    terminal.resize(20, 40);
    is_drawn_once(&terminal, "drain [", 40);
    terminal.press(CTRL_C);
    let (code, screen) = terminal.end();
    assert_eq!(code, 130, "{screen}");
    assert!(!screen.contains(" ["), "{screen}");
    assert_eq!(count(&screen, "host.runtime.wasmcloud.dev/a cordoned"), 1, "{screen}");
}
