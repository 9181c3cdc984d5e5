//! Where a value is in an object.

use std::fmt::Write as _;

/// A chain of steps that lives on the stack: paths are written only when there is something to tell.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    /// A field that the schema names.
    Field(&'a str),
    /// A key of a map.
    Key(&'a str),
    /// An item of a list.
    Index(usize),
}

impl<'a> Place<'a> {
    pub(super) const ROOT: Place<'static> = Place { parent: None, step: Step::Root };

    pub(super) fn field(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Field(name) }
    }

    pub(super) fn key(&'a self, key: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Key(key) }
    }

    pub(super) fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }

    pub(super) fn is_root(&self) -> bool {
        matches!(self.step, Step::Root)
    }

    /// As the checks of values write it, `spec.map.key`; empty for the root.
    pub(super) fn dotted(&self) -> String {
        let mut path = String::new();
        self.write(&mut path, false);
        path
    }

    /// As `field.Path` writes it, `spec.map[key]`; `<nil>` for the root.
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        self.write(&mut path, true);
        if path.is_empty() { "<nil>".to_owned() } else { path }
    }

    fn write(&self, path: &mut String, brackets: bool) {
        if let Some(parent) = self.parent {
            parent.write(path, brackets);
        }
        let _ = match self.step {
            Step::Root => Ok(()),
            Step::Key(key) if brackets => write!(path, "[{key}]"),
            Step::Field(name) | Step::Key(name) => {
                let dot = if path.is_empty() { "" } else { "." };
                write!(path, "{dot}{name}")
            }
            Step::Index(index) => write!(path, "[{index}]"),
        };
    }
}
