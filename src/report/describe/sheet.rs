//! Text as `kubectl describe` lays it out: names and values, and tables, in sections.

use crate::report::paint::Paint;

/// Spaces between columns.
const GAP: usize = 2;
/// How much is shown of a value in one line.
const LONGEST: usize = 200;
/// What the last column is folded to at least.
const NARROWEST: usize = 24;

/// Text that grows line by line.
pub(super) struct Sheet {
    /// How to colour.
    pub(super) paint: Paint,
    width: Option<usize>,
    text: String,
}

impl Sheet {
    /// An empty one; on a terminal of `width` columns the last column of tables is folded to fit.
    pub(super) fn new(paint: Paint, width: Option<usize>) -> Self {
        Self { paint, width, text: String::new() }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// A line, indented by so many steps.
    pub(super) fn line(&mut self, depth: usize, text: &str) {
        let line = format!("{}{text}", "  ".repeat(depth));
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// The name of a section.
    pub(super) fn heading(&mut self, depth: usize, name: &str) {
        let name = self.paint.bold(&format!("{name}:"));
        self.line(depth, &name);
    }

    /// Names and values, which stand under each other; a value of several lines goes on under itself.
    pub(super) fn fields(&mut self, depth: usize, fields: &[(String, Vec<String>)]) {
        let widest = fields.iter().map(|(name, _)| console::measure_text_width(name)).max().unwrap_or_default();
        let width = widest + 1 + GAP;
        for (name, values) in fields {
            let name = format!("{name}:");
            for (at, value) in values.iter().enumerate() {
                let name = if at == 0 { name.as_str() } else { "" };
                self.line(depth, &format!("{}{value}", padded(name, width)));
            }
        }
    }

    /// A table with its headers underlined.
    pub(super) fn table(&mut self, depth: usize, headers: &[&str], rows: &[Vec<String>]) {
        let dashes = headers.iter().map(|header| "-".repeat(header.len())).collect();
        let headers = headers.iter().map(|header| (*header).to_owned()).collect();
        let rows: Vec<&Vec<String>> = [&headers, &dashes].into_iter().chain(rows).collect();
        let columns = headers.len();
        let widest = |at: usize| {
            rows.iter()
                .filter_map(|row| row.get(at))
                .map(|cell| console::measure_text_width(cell))
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<_> = (0..columns).map(|at| widest(at) + GAP).collect();
        for row in rows {
            let Some((last, cells)) = row.split_last() else { continue };
            let line: String = cells.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
            self.row(depth, &line, last);
        }
    }

    /// A row whose last cell takes as many lines as it needs: under itself, or, where there is no room, under the row.
    fn row(&mut self, depth: usize, line: &str, last: &str) {
        let taken = 2 * depth + console::measure_text_width(line);
        let needed = taken + console::measure_text_width(last);
        let Some(width) = self.width.filter(|width| needed > *width) else {
            return self.line(depth, &format!("{line}{last}"));
        };
        if width >= taken + NARROWEST {
            let mut folded = fold(last, width - taken).into_iter();
            self.line(depth, &format!("{line}{}", folded.next().unwrap_or_default()));
            folded.for_each(|more| self.line(0, &format!("{}{more}", " ".repeat(taken))));
        } else {
            self.line(depth, line);
            let room = width.saturating_sub(2 * (depth + 2)).max(NARROWEST);
            fold(last, room).iter().for_each(|more| self.line(depth + 2, more));
        }
    }
}

/// Words in lines of so many columns; a longer word has a line of its own.
fn fold(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let room = |line: &String| {
            line.is_empty() || console::measure_text_width(line) + 1 + console::measure_text_width(word) <= width
        };
        match lines.last_mut().filter(|line| room(line)) {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

fn padded(text: &str, width: usize) -> String {
    console::pad_str(text, width, console::Alignment::Left, None).into_owned()
}

/// A value in one line, however long it is.
pub(super) fn one_line(value: &str) -> String {
    let mut lines = value.lines();
    let first = lines.next().unwrap_or_default();
    let cut = console::truncate_str(first, LONGEST, "…");
    match lines.count() {
        0 => cut.into_owned(),
        more => format!("{cut} … ({more} more lines)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_their_colour() {
        let mut sheet = Sheet::new(Paint { colour: true }, None);
        let red = sheet.paint.bad("No");
        sheet.table(1, &["A", "Long"], &[vec![red, "x".to_owned()], vec!["longer".to_owned(), String::new()]]);
        let plain = console::strip_ansi_codes(&sheet.finish()).into_owned();
        assert_eq!(plain, "  A       Long\n  -       ----\n  No      x\n  longer\n");
    }

    #[test]
    fn values_stand_under_each_other() {
        let mut sheet = Sheet::new(Paint::default(), None);
        let several = vec!["a=1".to_owned(), "b=2".to_owned()];
        sheet.fields(0, &[("Name".to_owned(), vec!["x".to_owned()]), ("Labels".to_owned(), several)]);
        assert_eq!(sheet.finish(), "Name:    x\nLabels:  a=1\n         b=2\n");
    }

    #[test]
    fn the_last_column_is_folded_where_it_does_not_fit() {
        let table = |width: usize| {
            let mut sheet = Sheet::new(Paint::default(), Some(width));
            let message = "the registry does not know this image".to_owned();
            sheet.table(1, &["Name", "Message"], &[vec!["a".to_owned(), message]]);
            sheet.finish()
        };
        assert_eq!(
            table(34),
            "  Name  Message\n  ----  -------\n  a     the registry does not know\n        this image\n"
        );
        assert_eq!(
            table(30),
            "  Name  Message\n  ----  -------\n  a\n      the registry does not\n      know this image\n"
        );
        assert_eq!(table(80).lines().count(), 3);
    }

    #[test]
    fn a_long_value_is_cut() {
        assert_eq!(one_line("a\nb\nc"), "a … (2 more lines)");
        assert_eq!(one_line(&"x".repeat(300)).chars().count(), LONGEST);
        assert_eq!(one_line(""), "");
    }
}
