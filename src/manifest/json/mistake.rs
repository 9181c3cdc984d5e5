//! The first mistake of a text that means to be JSON, and what to do about it.

use std::ops::Range;

use super::token::{Kind, Token, tokens};
use crate::manifest::lines;

/// Something that is no JSON.
pub(super) struct Mistake {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) remedy: String,
}

impl Mistake {
    fn new(span: Range<usize>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { span, message: message.into(), remedy: remedy.into() }
    }

    pub(super) fn comment(token: &Token<'_>) -> Self {
        let remedy = "take it out; in YAML comments begin with #";
        Self::new(token.span(), "JSON has no comments", remedy)
    }
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// A name, or the end of the object when it has begun just now.
    Name,
    Colon,
    /// What a name stands for, or an item of a list.
    Value,
    /// A comma or the end.
    Comma,
}

/// The first mistake of a text, if there is one.
pub(super) fn first(text: &str, is_secret: bool) -> Option<Mistake> {
    let mut reader = Reader { text, open: Vec::new(), line: (0, 0), before: None, next: Next::Value, strange: None };
    for token in tokens(text, is_secret) {
        if let Err(found) = reader.take(token) {
            return found;
        }
    }
    reader.unclosed()
}

struct Reader<'a> {
    text: &'a str,
    /// What is open, each with how far the line is indented that it stands on.
    open: Vec<(Token<'a>, usize)>,
    /// How far this line is indented, and where it begins behind that.
    line: (usize, usize),
    before: Option<Token<'a>>,
    next: Next,
    /// What is closed in another column than it is opened in.
    strange: Option<Token<'a>>,
}

/// Whether to go on; a mistake for which there are no words here is none.
type Taken = Result<(), Option<Mistake>>;

impl<'a> Reader<'a> {
    fn take(&mut self, token: Token<'a>) -> Taken {
        let gap = self.text.get(self.before.map_or(0, |before| before.end())..token.start).unwrap_or_default();
        if let Some(end) = gap.rfind(['\n', '\r']) {
            self.line = (gap.len() - end - 1, token.start);
        }
        if self.open.is_empty() && token.text == "---" {
            self.next = Next::Value;
            return Ok(());
        }
        match token.kind {
            Kind::Comment => return Err(Some(Mistake::comment(&token))),
            Kind::Unclosed => {
                let remedy = "write \" where it ends; a line break within it is written \\n";
                return Err(Some(Mistake::new(token.span(), "a text is not closed on its line", remedy)));
            }
            _ => {}
        }
        let found = match self.next {
            Next::Name => self.name(token),
            Next::Colon => self.colon(token),
            Next::Value => self.value(token),
            Next::Comma => self.comma(token),
        };
        self.before = Some(token);
        found
    }

    fn name(&mut self, token: Token<'a>) -> Taken {
        match token.kind {
            Kind::Text => {
                self.next = Next::Colon;
                escapes(&token)
            }
            Kind::Close => self.close(token),
            Kind::Comma => Err(Some(too_many(&token))),
            Kind::Quoted => Err(Some(in_quotes(&token))),
            Kind::Word => {
                let message = format!("the name {} has no quotes", token.shown());
                Err(Some(Mistake::new(token.span(), message, format!("write {}", quotes(&token.shown())))))
            }
            // A template has braces within braces.
            Kind::Open if token.text == "{" => Err(None),
            _ => Err(Some(Mistake::new(token.span(), "a name is missing", "write \"NAME\": VALUE"))),
        }
    }

    fn colon(&mut self, token: Token<'a>) -> Taken {
        if token.kind == Kind::Colon {
            self.next = Next::Value;
            return Ok(());
        }
        let name = self.before.map_or(token, |name| name);
        let message = format!("a colon is missing behind {}", name.shown());
        Err(Some(Mistake::new(name.end()..name.end(), message, "write : between the name and its value")))
    }

    fn value(&mut self, token: Token<'a>) -> Taken {
        self.next = Next::Comma;
        match token.kind {
            Kind::Open => {
                self.next = if token.text == "{" { Next::Name } else { Next::Value };
                self.open.push((token, self.line.0));
                Ok(())
            }
            Kind::Text => escapes(&token),
            Kind::Word => word(&token),
            Kind::Quoted => Err(Some(in_quotes(&token))),
            Kind::Close if self.before.is_some_and(|before| before.text == "[" || before.kind == Kind::Comma) => {
                self.close(token)
            }
            Kind::Close if self.open.is_empty() => Err(Some(needless(&token))),
            Kind::Comma if self.before.is_none_or(|before| before.kind != Kind::Colon) => Err(Some(too_many(&token))),
            _ => {
                let remedy = "write one behind the colon, or take the name out too";
                Err(Some(Mistake::new(token.span(), "a value is missing here", remedy)))
            }
        }
    }

    fn comma(&mut self, token: Token<'a>) -> Taken {
        let in_object = self.open.last().is_some_and(|(open, _)| open.text == "{");
        match token.kind {
            Kind::Comma if self.open.is_empty() => {
                let remedy = "take it out: objects follow each other without one, or stand in the items of a List";
                Err(Some(Mistake::new(token.span(), "a comma stands between two objects", remedy)))
            }
            Kind::Comma => {
                self.next = if in_object { Next::Name } else { Next::Value };
                Ok(())
            }
            Kind::Close if self.open.is_empty() => Err(Some(needless(&token))),
            Kind::Close => self.close(token),
            // One object behind the other.
            _ if self.open.is_empty() => self.value(token),
            Kind::Colon if !in_object => Err(self.open.last().map(|(open, _)| unclosed(open))),
            Kind::Colon => {
                let remedy = "take it out, or write a comma and the next name before it";
                Err(Some(Mistake::new(token.span(), "a colon stands behind a value", remedy)))
            }
            _ => Err(self.between(&token)),
        }
    }

    /// No comma, where one thing follows another.
    fn between(&self, token: &Token<'a>) -> Option<Mistake> {
        let before = self.before?;
        if before.kind == Kind::Text && before.end() == token.start {
            let remedy = "write \\\" for a quote that is part of the text";
            return Some(Mistake::new(token.start - 1..token.start, "a text ends here, and more follows", remedy));
        }
        let is_list = self.open.last().is_some_and(|(open, _)| open.text == "[");
        let behind = self.text.get(token.end()..).unwrap_or_default().trim_start();
        if is_list && token.kind == Kind::Text && behind.starts_with(':') {
            return self.open.last().map(|(open, _)| unclosed(open));
        }
        let message = format!("a comma is missing behind {}", before.shown());
        let next = token.shown();
        Some(Mistake::new(before.end()..before.end(), message, format!("write , here: {next} is next")))
    }

    fn close(&mut self, token: Token<'a>) -> Taken {
        if let Some(comma) = self.before.filter(|before| before.kind == Kind::Comma) {
            let message = format!("a comma stands before {}", token.text);
            return Err(Some(Mistake::new(comma.span(), message, "take it out: behind the last there is none")));
        }
        let Some((open, indentation)) = self.open.pop() else { return Err(Some(needless(&token))) };
        if closing(&open) != token.text {
            let line = lines::place(self.text, open.start).0;
            let message = format!("{} closes what {} of line {line} opens", token.text, open.text);
            let remedy = format!("write {} before it, or in its place", closing(&open));
            return Err(Some(Mistake::new(token.span(), message, remedy)));
        }
        // What closes may stand on a line of its own, and then as far to the left as the line of what it closes.
        if self.line.1 == token.start && self.line.0 != indentation {
            self.strange.get_or_insert(open);
        }
        self.next = Next::Comma;
        Ok(())
    }

    /// What is open in the end; where columns tell, what they tell.
    fn unclosed(&self) -> Option<Mistake> {
        let (open, _) = self.open.last()?;
        Some(unclosed(self.strange.as_ref().unwrap_or(open)))
    }
}

fn unclosed(open: &Token<'_>) -> Mistake {
    let message = format!("{} is opened here and not closed", open.text);
    Mistake::new(open.span(), message, format!("write {} where it ends", closing(open)))
}

fn closing(open: &Token<'_>) -> &'static str {
    if open.text == "{" { "}" } else { "]" }
}

fn needless(token: &Token<'_>) -> Mistake {
    Mistake::new(token.span(), format!("{} closes nothing", token.text), "take it out, or open what it is to close")
}

fn too_many(comma: &Token<'_>) -> Mistake {
    Mistake::new(comma.span(), "nothing stands before this comma", "take it out, or write what is missing")
}

fn quotes(word: &str) -> String {
    serde_json::Value::from(word).to_string()
}

fn in_quotes(token: &Token<'_>) -> Mistake {
    let is_quote = |c: char| "'`‘’“”„".contains(c);
    let remedy = format!("write {}", quotes(token.shown().trim_matches(is_quote)));
    Mistake::new(token.span(), "JSON has double quotes alone", remedy)
}

/// A value without quotes.
fn word(token: &Token<'_>) -> Taken {
    if serde_json::from_str::<serde_json::Value>(token.text).is_ok() {
        return Ok(());
    }
    let lower = token.text.to_ascii_lowercase();
    let remedy = match lower.as_str() {
        "true" | "false" | "null" => format!("write {lower}"),
        "none" | "nil" | "undefined" | "nan" => "write null, or take the field out".to_owned(),
        _ if lower.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => {
            format!("write a number as 5, -5 or 0.5, or a text: {}", quotes(&token.shown()))
        }
        _ => format!("write {}", quotes(&token.shown())),
    };
    let message = format!("{} is neither a number, true, false nor null", token.shown());
    Err(Some(Mistake::new(token.span(), message, remedy)))
}

/// Whether a text in quotes has nothing that must be written otherwise.
fn escapes(token: &Token<'_>) -> Taken {
    if serde_json::from_str::<String>(token.text).is_ok() {
        return Ok(());
    }
    if let Some((index, control)) = token.text.char_indices().find(|(_, c)| *c < ' ') {
        let at = token.start + index;
        let remedy = if control == '\t' { "write \\t".to_owned() } else { format!("write \\u{:04x}", control as u32) };
        return Err(Some(Mistake::new(at..at + 1, "a text has a character that is written otherwise", remedy)));
    }
    let remedy = "write \\\\ for a backslash; there are \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four digits";
    Err(Some(Mistake::new(token.span(), "a backslash stands before what it has no meaning for", remedy)))
}
