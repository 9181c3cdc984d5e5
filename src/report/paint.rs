//! Colour, where there is any.

use console::Style;

/// Colours text, or leaves it as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// Whether to colour.
    pub colour: bool,
}

impl Paint {
    /// All is well.
    pub fn good(&self, text: &str) -> String {
        self.styled(Style::new().green(), text)
    }

    /// Something is wrong.
    pub fn bad(&self, text: &str) -> String {
        self.styled(Style::new().red(), text)
    }

    /// Somebody should look, or wait.
    pub fn warn(&self, text: &str) -> String {
        self.styled(Style::new().yellow(), text)
    }

    /// Less important than what is around it.
    pub fn dim(&self, text: &str) -> String {
        self.styled(Style::new().dim(), text)
    }

    /// A heading.
    pub fn bold(&self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    fn styled(self, style: Style, text: &str) -> String {
        if self.colour { style.force_styling(true).apply_to(text).to_string() } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_as_it_is_without_colour() {
        let (plain, coloured) = (Paint { colour: false }, Paint { colour: true });
        assert_eq!(plain.bad("x"), "x");
        assert_eq!(coloured.bad("x"), "\u{1b}[31mx\u{1b}[0m");
        assert_eq!(coloured.good("x"), "\u{1b}[32mx\u{1b}[0m");
    }
}
