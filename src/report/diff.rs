//! What two texts differ in, as `diff -u` shows it.

use similar::TextDiff;

/// The unified diff of two texts under these labels; empty when they are the same.
pub fn unified(old: &str, new: &str, labels: (&str, &str), colour: bool) -> String {
    let diff = TextDiff::from_lines(old, new);
    let text = diff.unified_diff().header(labels.0, labels.1).missing_newline_hint(false).to_string();
    if colour { text.split_inclusive('\n').map(painted).collect() } else { text }
}

/// A line in the colour that git gives it.
fn painted(line: &str) -> String {
    let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
    let style = console::style(line).force_styling(true);
    let style = match line {
        line if line.starts_with("--- ") || line.starts_with("+++ ") => style.bold(),
        line if line.starts_with("@@") => style.cyan(),
        line if line.starts_with('-') => style.red(),
        line if line.starts_with('+') => style.green(),
        line => return format!("{line}{end}"),
    };
    format!("{style}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_stand_between_some_that_do_not() {
        let diff = unified("a\nb\nc\n", "a\nB\nc\n", ("old", "new"), false);
        assert_eq!(diff, "--- old\n+++ new\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
        assert_eq!(unified("a\n", "a\n", ("old", "new"), true), "");
    }

    #[test]
    fn colours_do_not_cross_lines() {
        let diff = unified("a\n", "b\n", ("old", "new"), true);
        assert!(diff.contains("\u{1b}[31m-a\u{1b}[0m\n\u{1b}[32m+b\u{1b}[0m\n"), "{diff:?}");
    }
}
