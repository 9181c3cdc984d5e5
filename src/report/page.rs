//! Pages of explanation: Markdown as it is in a pipe, laid out for who sits at a terminal.

use super::explain::wrapped;
use super::table::Rows;
use crate::error::Look;
use crate::plan::codes::Explained;

/// Lines that are longer are hard to read, however wide the terminal.
const WIDEST: usize = 100;

/// All codes, one a line.
pub fn list(codes: &[Explained]) -> String {
    let headers = ["CODE", "LEVEL", "TITLE"].map(str::to_owned).to_vec();
    let rows = codes.iter().map(|known| [known.code, known.level, known.title].map(str::to_owned).to_vec());
    Rows::new(headers, None).render(rows.collect(), true)
}

/// A page: on a terminal without Markdown's signs, headings bold, code indented, text as wide as fits.
pub fn render(page: &str, look: &Look) -> String {
    if !look.terminal {
        return page.to_owned();
    }
    let width = look.width.min(WIDEST);
    let (mut text, mut paragraph, mut in_code) = (String::new(), Vec::new(), false);
    for line in page.lines() {
        let is_fence = line.starts_with("```");
        if !in_code && !is_fence && !line.is_empty() && !line.starts_with('#') {
            paragraph.push(line);
            continue;
        }
        text.push_str(&filled(&mut paragraph, width));
        match line.trim_start_matches('#') {
            _ if is_fence => in_code = !in_code,
            _ if in_code => text.push_str(&indented(line)),
            "" => text.push('\n'),
            heading => text.push_str(&bold(heading.trim(), look)),
        }
    }
    text + &filled(&mut paragraph, width)
}

fn bold(heading: &str, look: &Look) -> String {
    format!("{}\n", console::style(heading).bold().force_styling(look.colour))
}

fn indented(line: &str) -> String {
    if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }
}

fn filled(paragraph: &mut Vec<&str>, width: usize) -> String {
    if paragraph.is_empty() {
        return String::new();
    }
    wrapped(&std::mem::take(paragraph).join(" "), width).join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "# WC1: a title\n\nWords that are\nmore than fit in.\n\n## Wrong\n\n```yaml\na: 1\n\n# b\n```\n\n## Right\n";

    #[test]
    fn in_a_pipe_it_is_as_it_is() {
        assert_eq!(render(PAGE, &Look::PLAIN), PAGE);
    }

    #[test]
    fn on_a_terminal_it_is_laid_out() {
        let look = Look { terminal: true, colour: false, width: 20 };
        insta::assert_snapshot!(render(PAGE, &look), @"
        WC1: a title

        Words that are more
        than fit in.

        Wrong

            a: 1

            # b

        Right
        ");
        let coloured = render(PAGE, &Look { colour: true, ..look });
        assert!(coloured.contains("\u{1b}[1mWC1: a title\u{1b}[0m"), "{coloured}");
        assert_eq!(console::strip_ansi_codes(&coloured), render(PAGE, &look));
    }
}
