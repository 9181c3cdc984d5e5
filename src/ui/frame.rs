//! A terminal whose drawn lines stay together when it is resized.
//!
//! Indicatif fills each line up with blanks to the width there is. Once the terminal is narrower every one of them takes two
//! lines, and what is drawn next begins too low: pieces of the old lines stay above it. Here lines end where their words end,
//! and before they are drawn anew they are counted as what they are by then, and erased in one go.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use console::measure_text_width;
use indicatif::TermLike;

/// Columns that the echo of a key takes.
pub(super) const ECHO: u16 = 2;

/// Draws on a terminal, line by line.
#[derive(Debug)]
pub(super) struct Frame<T> {
    terminal: T,
    drawn: Mutex<Drawn>,
}

/// What stands on the terminal since it was last cleared.
#[derive(Debug, Default)]
struct Drawn {
    widths: Vec<usize>,
    /// A line's words are there, and what would fill it up comes next.
    open: bool,
}

impl<T: TermLike> Frame<T> {
    /// Nothing is drawn yet.
    pub(super) fn on(terminal: T) -> Self {
        Self { terminal, drawn: Mutex::default() }
    }

    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lines of the terminal that these take.
fn rows(widths: &[usize], columns: u16) -> usize {
    let columns = usize::from(columns.max(1));
    widths.iter().map(|width| width.div_ceil(columns).max(1)).sum()
}

impl<T: TermLike> TermLike for Frame<T> {
    /// A terminal echoes Ctrl-C as `^C`: on a full line that would begin another one, and what is drawn would not be found
    /// again.
    fn width(&self) -> u16 {
        self.terminal.width().saturating_sub(ECHO)
    }

    fn height(&self) -> u16 {
        self.terminal.height()
    }

    /// Every drawing begins with this: it erases what was drawn before, of which nothing else is needed then.
    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        let drawn = std::mem::take(&mut *self.drawn());
        if drawn.widths.is_empty() {
            return Ok(());
        }
        self.terminal.move_cursor_up(rows(&drawn.widths, self.terminal.width()) - 1)?;
        // Nothing is ever below.
        self.terminal.write_str("\r\x1b[J")
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.terminal.move_cursor_right(columns)
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.terminal.move_cursor_left(columns)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.terminal.write_line(text)
    }

    /// Each line comes in two: its words, and what fills it up.
    fn write_str(&self, text: &str) -> io::Result<()> {
        let mut drawn = self.drawn();
        if drawn.open {
            drawn.open = false;
            return Ok(());
        }
        if !drawn.widths.is_empty() {
            self.terminal.write_str("\n")?;
        }
        drawn.widths.push(measure_text_width(text));
        drawn.open = true;
        self.terminal.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        self.terminal.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU16, Ordering};

    use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

    use super::*;

    /// Writes down what it is told.
    #[derive(Clone, Debug)]
    struct Paper {
        columns: Arc<AtomicU16>,
        text: Arc<Mutex<String>>,
    }

    impl Paper {
        fn new(columns: u16) -> Self {
            Self { columns: Arc::new(columns.into()), text: Arc::default() }
        }

        fn told(&self) -> String {
            std::mem::take(&mut self.text.lock().unwrap())
        }

        fn tell(&self, text: &str) -> io::Result<()> {
            self.text.lock().unwrap().push_str(text);
            Ok(())
        }
    }

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            self.columns.load(Ordering::Relaxed)
        }

        fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
            self.tell(&format!("<up {lines}>"))
        }

        fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
            self.tell(&format!("<down {lines}>"))
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.tell(&format!("{text}\n"))
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.tell(&text.replace("\r\x1b[J", "<erase below>"))
        }

        fn clear_line(&self) -> io::Result<()> {
            self.tell("<clear>")
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn bar(paper: &Paper) -> (MultiProgress, ProgressBar) {
        let target = ProgressDrawTarget::term_like(Box::new(Frame::on(paper.clone())));
        let progress = MultiProgress::with_draw_target(target);
        let bar = progress.add(ProgressBar::new_spinner());
        bar.set_style(ProgressStyle::with_template("{msg}").unwrap());
        (progress, bar)
    }

    #[test]
    fn lines_end_where_their_words_end_and_are_drawn_over() {
        let paper = Paper::new(40);
        let (_progress, bar) = bar(&paper);
        bar.set_message("one\nand two");
        assert_eq!(paper.told(), "one\nand two");
        bar.set_message("three\nfour");
        assert_eq!(paper.told(), "<up 1><erase below>three\nfour");
    }

    #[test]
    fn lines_that_are_too_long_for_a_terminal_that_was_made_narrow_are_all_drawn_over() {
        let paper = Paper::new(40);
        let (_progress, bar) = bar(&paper);
        bar.set_message(format!("{}\n\x1b[31mshort\x1b[0m", "x".repeat(31)));
        paper.told();
        paper.columns.store(10, Ordering::Relaxed);
        bar.set_message("x\ny");
        assert_eq!(paper.told(), "<up 4><erase below>x\ny");
    }
}
