use super::*;
use crate::api::Kind;

fn node(kind: Kind, name: &str, health: Health, status: &str) -> Node {
    Node {
        kind,
        namespace: "n".to_owned(),
        name: name.to_owned(),
        health,
        status: status.to_owned(),
        host: None,
        created: "2026-01-01T00:00:00Z".parse().ok(),
        revision: None,
        facts: vec![],
        message: String::new(),
        images: vec![],
        children: vec![],
        more: 0,
    }
}

fn workload(name: &str, health: Health, status: &str, message: &str) -> Node {
    Node { host: Some("h1".to_owned()), message: message.to_owned(), ..node(Kind::Workload, name, health, status) }
}

fn tree() -> Tree {
    let old = Node {
        revision: Some(1),
        children: vec![workload("web-1-a", Health::Waiting, "Terminating", "")],
        ..node(Kind::WorkloadReplicaSet, "web-1", Health::Waiting, "Progressing")
    };
    let new = Node {
        revision: Some(2),
        facts: vec!["1/2 ready".to_owned()],
        images: vec!["r/web:2".to_owned()],
        children: vec![
            workload("web-2-a", Health::Good, "Running", ""),
            workload("web-2-b", Health::Bad, "StartFailed", "cannot start:\n\u{1b}[31mno such export wasi:http"),
        ],
        ..node(Kind::WorkloadReplicaSet, "web-2", Health::Bad, "Failed")
    };
    let web = node(Kind::WorkloadDeployment, "web", Health::Bad, "Failed");
    let idle = node(Kind::WorkloadReplicaSet, "x", Health::Idle, "ScaledDown");
    Tree { roots: vec![Node { children: vec![new, old], ..web }, idle] }
}

fn shown(look: Look) -> String {
    render(&tree(), "2026-01-01T00:05:00Z".parse().unwrap(), look)
}

#[test]
fn lines_lead_from_each_object_to_those_under_it() {
    let look = Look { unicode: true, headers: true, ..Look::default() };
    insta::assert_snapshot!(shown(look), @"
    NAME               STATUS          HOST   AGE   INFO
    wd/web             ✖ Failed               5m
    ├─ wrs/web-2       ✖ Failed               5m    revision 2  1/2 ready  r/web:2
    │  ├─ ww/web-2-a   ✔ Running       h1     5m
    │  └─ ww/web-2-b   ✖ StartFailed   h1     5m    cannot start: no such export wasi:http
    └─ wrs/web-1       ◌ Progressing          5m    revision 1
       └─ ww/web-1-a   ◌ Terminating   h1     5m
    wrs/x              - ScaledDown           5m
    ");
    insta::assert_snapshot!(shown(Look { namespace: true, ..Look::default() }), @"
    n   wd/web             x Failed             5m
    n   |- wrs/web-2       x Failed             5m   revision 2  1/2 ready  r/web:2
    n   |  |- ww/web-2-a   + Running       h1   5m
    n   |  `- ww/web-2-b   x StartFailed   h1   5m   cannot start: no such export wasi:http
    n   `- wrs/web-1       o Progressing        5m   revision 1
    n      `- ww/web-1-a   o Terminating   h1   5m
    n   wrs/x              - ScaledDown         5m
    ");
}

#[test]
fn on_a_terminal_what_is_said_is_cut() {
    let look = Look { unicode: true, headers: true, limit: Some(80), ..Look::default() };
    let text = shown(look);
    assert!(text.contains("no such export wa…"), "{text}");
    assert!(text.lines().all(|line| console::measure_text_width(line) <= 80), "{text}");
}

#[test]
fn only_the_icons_are_coloured() {
    let paint = Paint { colour: true };
    let coloured = shown(Look { unicode: true, paint, ..Look::default() });
    let plain = shown(Look { unicode: true, ..Look::default() });
    assert_eq!(console::strip_ansi_codes(&coloured), plain);
    assert!(coloured.contains("\u{1b}[32m✔\u{1b}[0m Running"), "{coloured}");
    assert!(coloured.contains("\u{1b}[31m✖\u{1b}[0m StartFailed"), "{coloured}");
}

#[test]
fn each_change_has_its_line() {
    let first = tree();
    assert_eq!(changes(&first, &first), Vec::<String>::new());
    insta::assert_snapshot!(changes(&Tree::default(), &first).join("\n"), @"
    wd/web Failed
    wrs/web-2 Failed
    ww/web-2-a Running on host h1
    ww/web-2-b StartFailed on host h1: cannot start: no such export wasi:http
    wrs/web-1 Progressing
    ww/web-1-a Terminating on host h1
    wrs/x ScaledDown
    ");
    let mut second = tree();
    second.roots.pop();
    let web = &mut second.roots[0];
    web.children.pop();
    web.children[0].children[1] = workload("web-2-b", Health::Good, "Running", "");
    insta::assert_snapshot!(changes(&first, &second).join("\n"), @"
    ww/web-2-b Running on host h1
    wrs/web-1 Deleted
    ww/web-1-a Deleted
    wrs/x Deleted
    ");
}

fn many(good: usize, bad: usize) -> Tree {
    let good = (0..good).map(|index| workload(&format!("a{index}"), Health::Good, "Running", ""));
    let bad = (0..bad).map(|index| workload(&format!("b{index}"), Health::Bad, "StartFailed", ""));
    let set = node(Kind::WorkloadReplicaSet, "web-1", Health::Bad, "Failed");
    let web = node(Kind::WorkloadDeployment, "web", Health::Bad, "Failed");
    let children: Vec<_> = good.chain(bad).collect();
    Tree { roots: vec![Node { children: vec![Node { children, ..set }], ..web }] }
}

#[test]
fn a_tree_that_is_too_high_keeps_the_worst() {
    let look = Look { unicode: true, ..Look::default() };
    let text = |tree: &Tree| render(tree, "2026-01-01T00:00:00Z".parse().unwrap(), look);
    insta::assert_snapshot!(text(&shorten(&many(9, 2), 6)), @"
    wd/web               ✖ Failed             0s
    └─ wrs/web-1         ✖ Failed             0s
       ├─ ww/a0          ✔ Running       h1   0s
       ├─ ww/b0          ✖ StartFailed   h1   0s
       ├─ ww/b1          ✖ StartFailed   h1   0s
       └─ … and 8 more
    ");
    insta::assert_snapshot!(text(&shorten(&many(9, 2), 1)), @"
    wd/web                ✖ Failed       0s
    └─ wrs/web-1          ✖ Failed       0s
       └─ … and 11 more
    ");
}

#[test]
fn a_tree_is_as_high_as_it_can_be() {
    for (good, bad) in [(0, 0), (3, 0), (0, 3), (9, 2), (1, 9)] {
        let whole = many(good, bad);
        let height = |tree: &Tree| render(tree, Timestamp::UNIX_EPOCH, Look::default()).lines().count();
        for lines in 3..20 {
            let shorter = shorten(&whole, lines);
            assert!(height(&shorter) <= lines.max(3), "{good} {bad} {lines}");
            if height(&whole) <= lines {
                assert_eq!(shorter, whole);
            } else {
                assert_eq!(height(&shorter), lines, "{good} {bad} {lines}");
            }
        }
    }
}
