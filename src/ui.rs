//! The only user of standard output and error: results go to the one, everything else to the other.

mod frame;
mod keys;
mod panel;
mod progress;

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use console::Key;
use indicatif::{MultiProgress, ProgressDrawTarget};

use crate::context::Environment;
use crate::error::{Error, Look};
use keys::EachKey;

pub use panel::{LogStream, Panel};
pub use progress::Bar;

/// How often in a second progress is drawn anew at most.
const REDRAWS: u8 = 20;

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR or TERM=dumb say otherwise; CLICOLOR_FORCE colours pipes too.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where results, notices and progress go. Cheap to clone; all clones share one progress area.
#[derive(Clone, Debug)]
pub struct Ui {
    stdout: Stream,
    stderr: Stream,
    width: usize,
    unicode: bool,
    dumb: bool,
    answers: Answers,
    progress: MultiProgress,
}

/// Where answers to questions come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answers {
    /// A person at the terminal.
    Person,
    /// `--yes`.
    Yes,
    /// Nobody: this is no terminal, or a CI job.
    Nobody,
}

/// What one stream can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stream {
    terminal: bool,
    colour: bool,
}

impl Ui {
    /// Looks at the terminal once.
    pub fn new(environment: &Environment, choice: ColorChoice, yes: bool) -> Self {
        let stdout = Stream::new(io::stdout().is_terminal(), environment, choice);
        let stderr = Stream::new(io::stderr().is_terminal(), environment, choice);
        let (_, columns) = console::Term::stdout().size_checked().unwrap_or((0, 100));
        let told = environment.get("COLUMNS").and_then(|columns| columns.parse().ok());
        let animate = stderr.terminal && !is_dumb(environment);
        let frame = || Box::new(frame::Frame::on(console::Term::buffered_stderr()));
        let target = match animate {
            true => ProgressDrawTarget::term_like_with_hz(frame(), REDRAWS),
            false => ProgressDrawTarget::hidden(),
        };
        // Bars would look at standard output for that.
        console::set_colors_enabled(stderr.colour);
        let progress = MultiProgress::with_draw_target(target);
        let answers = match yes {
            true => Answers::Yes,
            false if stderr.terminal && io::stdin().is_terminal() && !is_ci(environment) => Answers::Person,
            false => Answers::Nobody,
        };
        let width = told.unwrap_or(usize::from(columns));
        let (unicode, dumb) = (speaks_unicode(environment), is_dumb(environment));
        Self { stdout, stderr, width, unicode, dumb, answers, progress }
    }

    /// Prints one line of the result.
    ///
    /// # Errors
    /// [`Error::ClosedPipe`] when the reader has left, [`Error::Output`] when it cannot be written.
    pub fn result(&self, line: impl Display) -> Result<(), Error> {
        self.raw(&format!("{line}\n"))
    }

    /// Prints a piece of the result as it is.
    ///
    /// # Errors
    /// As [`Ui::result`].
    pub fn raw(&self, text: &str) -> Result<(), Error> {
        let write = || {
            let mut stdout = io::stdout().lock();
            stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
        };
        self.progress.suspend(write).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Error::ClosedPipe,
            _ => Error::Output(error),
        })
    }

    /// Tells what is going on.
    pub fn status(&self, text: impl Display) {
        self.tell(&text.to_string());
    }

    /// Warns, as kubectl does with what servers warn of.
    pub fn warning(&self, text: impl Display) {
        let label = console::style("Warning:").yellow().bold().force_styling(self.stderr.colour);
        self.tell(&format!("{label} {text}"));
    }

    /// Says what the user could do next.
    pub fn hint(&self, text: impl Display) {
        let label = console::style("hint:").cyan().bold().force_styling(self.stderr.colour);
        self.tell(&format!("{label} {text}"));
    }

    /// Shows an error, if it has something to say.
    pub fn error(&self, error: &Error) {
        let text = error.render(&self.look());
        if !text.is_empty() {
            self.tell(&text);
        }
    }

    /// How errors look here.
    pub fn look(&self) -> Look {
        Look { colour: self.stderr.colour, terminal: self.stderr.terminal, width: self.width }
    }

    /// How a result looks.
    pub fn result_look(&self) -> Look {
        Look { colour: self.stdout.colour, terminal: self.stdout.terminal, width: self.width }
    }

    /// Columns that a line of the result may take; `None` when it goes to a pipe or a file.
    pub fn result_width(&self) -> Option<usize> {
        self.stdout.terminal.then_some(self.width)
    }

    /// Whether the result is coloured.
    pub fn result_colour(&self) -> bool {
        self.stdout.colour
    }

    /// Whether more than ASCII can be shown.
    pub fn unicode(&self) -> bool {
        self.unicode
    }

    /// Whether progress is drawn and redrawn, so that lines about it would only be in the way.
    pub fn animates(&self) -> bool {
        !self.progress.is_hidden()
    }

    /// Whether a person is there to be asked.
    pub fn can_ask(&self) -> bool {
        self.answers == Answers::Person
    }

    /// Whether a person is there to pick from a list, which has to be redrawn with every key.
    pub fn can_pick(&self) -> bool {
        self.can_ask() && !self.dumb
    }

    /// Asks a person whether to go on; no is the answer of who only presses Enter. `--yes` says yes in advance.
    ///
    /// # Errors
    /// When there is nobody to ask, or the question was ended with Ctrl-C.
    pub fn confirm(&self, question: &str) -> Result<bool, Error> {
        match self.answers {
            Answers::Yes => Ok(true),
            Answers::Nobody => Err(Error::usage_with(format!("no terminal to ask on: {question}"), "--yes says yes")),
            Answers::Person => {
                let ask = || dialoguer::Confirm::new().with_prompt(question).default(false).interact();
                let answer = self.ask(|| if self.dumb { confirm_plainly(question) } else { ask() });
                // What comes next begins a line of its own.
                answer.inspect_err(|_| self.tell(""))
            }
        }
    }

    /// Lets a person pick one of `items`, by its index; letters typed narrow the choice.
    ///
    /// # Errors
    /// When the question was ended with Ctrl-C or Esc. Ask [`Ui::can_pick`] first.
    pub fn pick(&self, prompt: &str, items: &[String]) -> Result<usize, Error> {
        let picker = || dialoguer::FuzzySelect::new().with_prompt(prompt).items(items).default(0).interact_opt();
        self.ask(picker)?.ok_or(Error::Interrupted)
    }

    /// Has a person type a line; Enter alone is the default. What `check` refuses is asked for again, with its reason.
    ///
    /// # Errors
    /// When the question was ended with Ctrl-C. Ask [`Ui::can_ask`] first.
    pub fn input(
        &self,
        prompt: &str,
        default: Option<&str>,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, Error> {
        if self.dumb {
            return self.ask(|| input_plainly(prompt, default, &check)).inspect_err(|_| self.tell(""));
        }
        let input = dialoguer::Input::<String>::new().with_prompt(prompt);
        let input = match default {
            Some("") => input.allow_empty(true),
            Some(default) => input.default(default.to_owned()),
            None => input,
        };
        let input = input.validate_with(|line: &String| check(line.trim()));
        // What comes next begins a line of its own.
        let line = self.ask(|| input.interact_text()).inspect_err(|_| self.tell(""))?;
        Ok(line.trim().to_owned())
    }

    fn ask<T>(&self, question: impl FnOnce() -> dialoguer::Result<T>) -> Result<T, Error> {
        let ask = || {
            let _keys = EachKey::begin();
            question()
        };
        self.progress.suspend(ask).map_err(|dialoguer::Error::IO(error)| {
            // It was hidden while the question stood there; a terminal that is gone has none.
            if !self.dumb {
                let _ = console::Term::stderr().show_cursor();
            }
            match error.kind() {
                io::ErrorKind::Interrupted => Error::Interrupted,
                _ => Error::Output(error),
            }
        })
    }

    /// A line of progress with a bar of `length` steps; nothing is drawn where nothing can be redrawn.
    pub fn bar(&self, label: &str, length: u64) -> Bar {
        Bar::new(&self.progress, label, length, self.stderr.colour)
    }

    /// A few lines that stay below all else and are redrawn in place; nothing is drawn where nothing can be redrawn.
    pub fn panel(&self) -> Panel {
        Panel::new(&self.progress)
    }

    /// Where log lines go: above what is drawn, never through it.
    pub fn log_stream(&self) -> LogStream {
        LogStream::new(&self.progress)
    }

    /// Nobody is left to tell when this fails.
    fn tell(&self, text: &str) {
        self.progress.suspend(|| {
            let _ = writeln!(io::stderr().lock(), "{text}");
        });
    }
}

/// Asks where nothing can be redrawn or hidden.
fn confirm_plainly(question: &str) -> dialoguer::Result<bool> {
    let terminal = console::Term::stderr();
    terminal.write_str(&format!("{question} [y/N] "))?;
    let answer = loop {
        match terminal.read_key()? {
            Key::Char('y' | 'Y') => break true,
            Key::Char('n' | 'N') | Key::Enter => break false,
            _ => {}
        }
    };
    terminal.write_line(if answer { "yes" } else { "no" })?;
    Ok(answer)
}

/// Has a line typed where nothing can be redrawn or hidden.
fn input_plainly(
    prompt: &str,
    default: Option<&str>,
    check: &impl Fn(&str) -> Result<(), String>,
) -> dialoguer::Result<String> {
    let terminal = console::Term::stderr();
    let shown =
        default.filter(|default| !default.is_empty()).map(|default| format!(" [{default}]")).unwrap_or_default();
    loop {
        terminal.write_str(&format!("{prompt}{shown}: "))?;
        let typed = line_plainly(&terminal)?;
        let line = match (typed.trim(), default) {
            ("", None) => continue,
            ("", Some(default)) => default,
            (line, _) => line,
        };
        match check(line) {
            Ok(()) => return Ok(line.to_owned()),
            Err(wrong) => terminal.write_line(&wrong)?,
        }
    }
}

/// Reads keys up to Enter. In raw mode, so that Ctrl-C ends it, and so that what is typed has to be shown here.
fn line_plainly(terminal: &console::Term) -> io::Result<String> {
    let mut line = String::new();
    loop {
        match terminal.read_key()? {
            Key::Enter => break,
            Key::Backspace if line.pop().is_some() => terminal.write_str("\u{8} \u{8}")?,
            Key::Char(character) if !character.is_control() => {
                line.push(character);
                terminal.write_str(character.encode_utf8(&mut [0; 4]))?;
            }
            _ => {}
        }
    }
    terminal.write_line("")?;
    Ok(line)
}

impl Stream {
    fn new(terminal: bool, environment: &Environment, choice: ColorChoice) -> Self {
        Self { terminal, colour: wants_colour(terminal, environment, choice) }
    }
}

fn wants_colour(terminal: bool, environment: &Environment, choice: ColorChoice) -> bool {
    let set = |name: &str| environment.get(name).is_some_and(|value| !value.is_empty());
    let forced = set("CLICOLOR_FORCE") && environment.get("CLICOLOR_FORCE") != Some("0");
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR") => false,
        ColorChoice::Auto => forced || (terminal && !is_dumb(environment)),
    }
}

/// The first of the locale's variables that is set decides, as POSIX has it; Windows has none of them.
fn speaks_unicode(environment: &Environment) -> bool {
    let set = |name: &&str| environment.get(name).is_some_and(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find(set).and_then(|name| environment.get(name));
    let utf8 = locale.map_or(cfg!(windows), |locale| locale.to_ascii_lowercase().replace('-', "").contains("utf8"));
    utf8 && !is_dumb(environment)
}

/// A job of a build server has a terminal at times, and never a person at it.
fn is_ci(environment: &Environment) -> bool {
    environment.get("CI").is_some_and(|value| !matches!(value, "" | "0" | "false"))
}

fn is_dumb(environment: &Environment) -> bool {
    environment.get("TERM") == Some("dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(vars: &[(&str, &str)]) -> Environment {
        Environment::new(vars.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn colour_follows_the_flag_then_the_environment_then_the_terminal() {
        let auto = |terminal, vars: &[_]| wants_colour(terminal, &environment(vars), ColorChoice::Auto);
        assert!(auto(true, &[]));
        assert!(!auto(false, &[]));
        assert!(!auto(true, &[("NO_COLOR", "1")]));
        assert!(auto(true, &[("NO_COLOR", "")]), "an empty NO_COLOR is none");
        assert!(!auto(true, &[("TERM", "dumb")]));
        assert!(auto(false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!auto(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!auto(false, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
        assert!(wants_colour(false, &environment(&[("NO_COLOR", "1")]), ColorChoice::Always));
        assert!(!wants_colour(true, &environment(&[("CLICOLOR_FORCE", "1")]), ColorChoice::Never));
    }

    #[test]
    fn only_a_locale_of_utf_8_shows_more_than_ascii() {
        let unicode = |vars: &[_]| speaks_unicode(&environment(vars));
        assert!(unicode(&[("LANG", "en_US.UTF-8")]));
        assert!(unicode(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")]));
        assert!(!unicode(&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")]));
        assert!(!unicode(&[("LANG", "en_US.UTF-8"), ("TERM", "dumb")]));
        assert_eq!(unicode(&[]), cfg!(windows));
    }
}
