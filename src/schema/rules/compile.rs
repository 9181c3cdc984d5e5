//! Reading a rule.

use serde_json::Value;

use super::evaluate::Expression;
use crate::schema::{Reason, Schema};

/// How long a message that an expression makes may be, in bytes.
const MESSAGE_LIMIT: usize = 5 * 1024;

/// A rule, ready to be looked at.
#[derive(Debug)]
pub(in crate::schema) struct Rule {
    pub(super) expression: Expression,
    pub(super) message_expression: Option<Expression>,
    /// Whether it is about a transition: it speaks of `oldSelf`.
    pub(in crate::schema) uses_old: bool,
    /// Whether `oldSelf` is an optional value, so that the rule is looked at for new objects too.
    pub(super) optional_old: bool,
    pub(super) reason: Reason,
    /// Below the value that the rule is about: `spec.x`, `map[key]`.
    pub(super) field_path: Option<String>,
    text: String,
    message: String,
}

impl Rule {
    /// The rules that a schema has of its own; what is wrong with one instead when it cannot be read.
    pub(in crate::schema) fn all_of(schema: &Schema) -> Vec<Result<Self, String>> {
        let rules = schema.source.get("x-kubernetes-validations").and_then(Value::as_array);
        rules.into_iter().flatten().map(|source| Self::of(source, schema)).collect()
    }

    fn of(source: &Value, schema: &Schema) -> Result<Self, String> {
        let text = |key: &str| source.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let rule = text("rule").ok_or("rule is not specified")?;
        let expression = Expression::compile(rule)?;
        let message_expression = text("messageExpression").map(Expression::compile).transpose()?;
        let uses_old = expression.uses("oldSelf") || message_expression.as_ref().is_some_and(|m| m.uses("oldSelf"));
        Ok(Self {
            uses_old,
            expression,
            message_expression,
            optional_old: source.get("optionalOldSelf") == Some(&Value::Bool(true)),
            reason: match text("reason") {
                Some("FieldValueForbidden") => Reason::Forbidden,
                Some("FieldValueRequired") => Reason::Required,
                Some("FieldValueDuplicate") => Reason::Duplicate,
                _ => Reason::Invalid,
            },
            field_path: text("fieldPath").map(|path| normal_field_path(path, schema)).transpose()?,
            text: rule.to_owned(),
            message: text("message").unwrap_or_default().to_owned(),
        })
    }

    /// Checks what can be told of types before there is an object.
    ///
    /// # Errors
    /// In words like those of cel-go.
    pub(in crate::schema) fn check_types(&self, schema: &Schema, is_root: bool) -> Result<(), String> {
        super::types::check(self.expression.parts(), schema, is_root)
    }

    /// What is evaluated of it.
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        std::iter::once(&self.expression).chain(&self.message_expression)
    }

    pub(super) fn static_message(&self) -> String {
        if self.message.is_empty() { format!("failed rule: {}", self.text) } else { self.message.clone() }
    }

    fn name(&self) -> &str {
        if self.message.is_empty() { &self.text } else { &self.message }
    }

    pub(super) fn failed(&self, wrong: &str) -> String {
        if wrong.starts_with("no such overload") {
            let detail = "call arguments did not match a supported operator, function or macro signature for rule";
            return format!("'{wrong}': {detail}: {}", self.name());
        }
        format!("{wrong} evaluating rule: {}", self.name())
    }

    pub(super) fn of_wrong_type(&self) -> String {
        format!("rule compile error: cel expression must evaluate to a bool: {}", self.name())
    }

    pub(super) fn too_dear(&self, words: &str) -> String {
        if words.is_empty() {
            return "validation failed due to running out of cost budget, no further validation rules will be run"
                .to_owned();
        }
        format!(
            "'{words}': no further validation rules will be run due to call cost exceeds limit for rule: {}",
            self.name()
        )
    }
}

/// A message that an expression made, when it is one that can be told.
pub(super) fn one_line(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && text.len() <= MESSAGE_LIMIT && !text.contains('\n')).then(|| text.to_owned())
}

/// The path that `fieldPath` of a rule names (`.spec.x`, `.map['a key']`), as `field.Path` writes it.
///
/// # Errors
///
/// When it is no such path, or names what the schema does not have.
pub(in crate::schema) fn normal_field_path(text: &str, schema: &Schema) -> Result<String, String> {
    let (mut rest, mut schema, mut path) = (text, schema, String::new());
    while !rest.is_empty() {
        let (name, after) = next_name(rest)?;
        rest = after;
        if !schema.properties.is_empty() {
            schema = schema.properties.get(&name).ok_or("does not refer to a valid field")?;
            path = crate::schema::parse::child(&path, &name);
        } else {
            schema = schema.additional.as_deref().ok_or("does not refer to a valid field")?;
            path = format!("{path}[{name}]");
        }
    }
    Ok(path)
}

/// The next name of a path, and what comes after it.
fn next_name(path: &str) -> Result<(String, &str), String> {
    if let Some(rest) = path.strip_prefix('.') {
        let end = rest.find(['.', '[', ']']).unwrap_or(rest.len());
        return match &rest[..end] {
            "" => Err("unexpected end of JSON path".to_owned()),
            name => Ok((name.to_owned(), &rest[end..])),
        };
    }
    let Some(rest) = path.strip_prefix("['") else { return Err(format!("expected [ or . but got: {path}")) };
    let (mut name, mut characters) = (String::new(), rest.char_indices());
    while let Some((index, character)) = characters.next() {
        match character {
            '\'' => {
                let after = rest[index + 1..].strip_prefix(']').ok_or("expected ] behind a quoted name")?;
                return Ok((name, after));
            }
            '\\' => {
                name.push(characters.next().and_then(|(_, escaped)| unescaped(escaped)).ok_or("invalid escape char")?)
            }
            _ => name.push(character),
        }
    }
    Err("unexpected end of JSON path".to_owned())
}

fn unescaped(character: char) -> Option<char> {
    Some(match character {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        '\'' | '\\' => character,
        _ => return None,
    })
}
