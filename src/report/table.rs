//! Tables as kubectl prints them: no lines, three spaces between columns.

use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};

/// Spaces between columns.
const GAP: u16 = 3;
/// What a message is cut to at least, however narrow the terminal.
const SHORTEST_MESSAGE: usize = 20;

/// Rows to be shown under each other; remembers how wide its columns were, so that rows that come later line up.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    headers: Vec<String>,
    widths: Vec<u16>,
    /// Columns there are, if there is a limit.
    limit: Option<usize>,
}

impl Rows {
    /// A table with these headers; on a terminal of `limit` columns its messages are cut to fit.
    pub fn new(headers: Vec<String>, limit: Option<usize>) -> Self {
        Self { headers, widths: Vec::new(), limit }
    }

    /// The rows as text, each line with a newline.
    pub fn render(&mut self, rows: Vec<Vec<String>>, with_headers: bool) -> String {
        let rows = self.cut_messages(rows);
        let mut table = Table::new();
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        if with_headers {
            table.set_header(&self.headers);
        }
        table.add_rows(&rows);
        self.line_up(&mut table);
        let text = table.trim_fmt();
        if text.is_empty() { text } else { text + "\n" }
    }

    fn line_up(&mut self, table: &mut Table) {
        let widths = table.column_max_content_widths();
        self.widths.resize(widths.len().max(self.widths.len()), 0);
        for (index, (known, width)) in self.widths.iter_mut().zip(widths).enumerate() {
            *known = width.max(*known);
            if let Some(column) = table.column_mut(index) {
                column.set_padding((0, GAP));
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(*known + GAP)));
            }
        }
    }

    fn cut_messages(&self, mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
        let is_prose = |header: &String| matches!(header.as_str(), "MESSAGE" | "INFO");
        let Some(message) = self.headers.iter().position(is_prose) else { return rows };
        for row in &mut rows {
            if let Some(cell) = row.get_mut(message) {
                *cell = cell.lines().next().unwrap_or_default().to_owned();
            }
        }
        if let Some(limit) = self.limit {
            let width = |cell: &String| console::measure_text_width(cell);
            let widest =
                |index| rows.iter().filter_map(|row| row.get(index)).chain(self.headers.get(index)).map(width).max();
            let others = (0..self.headers.len()).filter(|index| *index != message);
            let taken: usize = others.map(|index| widest(index).unwrap_or_default() + usize::from(GAP)).sum();
            let room = limit.saturating_sub(taken).max(SHORTEST_MESSAGE);
            for cell in rows.iter_mut().filter_map(|row| row.get_mut(message)) {
                *cell = console::truncate_str(cell, room, "…").into_owned();
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn columns_stand_three_apart_without_trailing_spaces() {
        let mut rows = Rows::new(row(&["NAME", "AGE"]), None);
        let text = rows.render(vec![row(&["a", "5s"]), row(&["longer", ""])], true);
        assert_eq!(text, "NAME     AGE\na        5s\nlonger\n");
        let later = rows.render(vec![row(&["b", "1s"])], false);
        assert_eq!(later, "b        1s\n", "rows that come later line up");
    }

    #[test]
    fn messages_are_cut_on_terminals_only() {
        let message = "the host said a great deal about what went wrong\nand more";
        let cells = || vec![row(&["a", message, "5s"])];
        let headers = || row(&["NAME", "MESSAGE", "AGE"]);
        let piped = Rows::new(headers(), None).render(cells(), false);
        assert_eq!(piped, "a   the host said a great deal about what went wrong   5s\n");
        let narrow = Rows::new(headers(), Some(40)).render(cells(), false);
        assert_eq!(narrow, "a   the host said a great deal…   5s\n");
    }
}
