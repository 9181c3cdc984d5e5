//! Colours, where there are any.

use console::Style;

/// Paints words, or leaves them as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// Whether there are colours.
    pub colour: bool,
}

impl Paint {
    /// What is as it should be.
    pub fn good(&self, text: &str) -> String {
        self.with(Style::new().green(), text)
    }

    /// What is wrong.
    pub fn bad(&self, text: &str) -> String {
        self.with(Style::new().red(), text)
    }

    /// What may become wrong.
    pub fn warn(&self, text: &str) -> String {
        self.with(Style::new().yellow(), text)
    }

    /// What matters less.
    pub fn dim(&self, text: &str) -> String {
        self.with(Style::new().dim(), text)
    }

    /// What matters more.
    pub fn bold(&self, text: &str) -> String {
        self.with(Style::new().bold(), text)
    }

    fn with(self, look: Style, text: &str) -> String {
        match self.colour {
            true => look.force_styling(true).apply_to(text).to_string(),
            false => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_painted_only_where_there_are_colours() {
        let (plain, colour) = (Paint { colour: false }, Paint { colour: true });
        assert_eq!(plain.good("x") + &plain.bad("x") + &plain.warn("x") + &plain.dim("x") + &plain.bold("x"), "xxxxx");
        assert_eq!(colour.good("x"), "\u{1b}[32mx\u{1b}[0m");
        assert_eq!(colour.bold("x"), "\u{1b}[1mx\u{1b}[0m");
    }
}
