//! What can be said of a rule's types before it meets an object: a little of what cel-go checks.
//!
//! Only what is certain is refused: a field that a closed object does not have, and a rule that comes to something else
//! than a bool. All other mistakes are found when a rule meets an object.

use kube_cel::cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};
use serde_json::Value;

use super::shape::escaped;
use crate::schema::{Schema, Type};

/// What an expression comes to, as far as it is known.
#[derive(Clone, Copy)]
enum Known<'s> {
    /// A value of this schema; whether it is the root of an object.
    Value(&'s Schema, bool),
    /// `metadata` of an object.
    Metadata,
    /// A bool.
    Bool,
    /// No bool, in cel-go's words.
    Other(&'static str),
    /// Anything.
    Open,
}

/// Checks an expression, which is about values of a schema.
///
/// # Errors
/// In cel-go's words.
pub(super) fn check(expression: &IdedExpr, schema: &Schema, is_root: bool) -> Result<(), String> {
    let found = Checker { schema, is_root, scope: Vec::new() }.part(expression)?;
    match found.other_than_bool() {
        Some(_) => Err("cel expression must evaluate to a bool".to_owned()),
        None => Ok(()),
    }
}

impl Known<'_> {
    fn other_than_bool(self) -> Option<&'static str> {
        match self {
            Self::Other(name) => Some(name),
            Self::Metadata => Some("map"),
            Self::Value(schema, _) if !schema.nullable && !schema.int_or_string => match schema.kind? {
                Type::Boolean => None,
                Type::Object => Some("map"),
                Type::Array => Some("list"),
                Type::String => Some("string"),
                Type::Integer => Some("int"),
                Type::Number => Some("double"),
            },
            Self::Value(..) | Self::Bool | Self::Open => None,
        }
    }
}

struct Checker<'s> {
    schema: &'s Schema,
    is_root: bool,
    /// The variables of the comprehensions around.
    scope: Vec<&'s str>,
}

impl<'s> Checker<'s> {
    fn part(&mut self, expression: &'s IdedExpr) -> Result<Known<'s>, String> {
        match &expression.expr {
            Expr::Ident(name) if self.scope.contains(&name.as_str()) => Ok(Known::Open),
            Expr::Ident(name) if name == "self" => Ok(Known::Value(self.schema, self.is_root)),
            Expr::Select(select) => {
                let field = field_of(self.part(&select.operand)?, &select.field)?;
                Ok(if select.test { Known::Bool } else { field })
            }
            Expr::Call(call) => self.call(call),
            Expr::Literal(literal) => Ok(literal_of(literal)),
            Expr::List(list) => {
                self.all(&list.elements)?;
                Ok(Known::Other("list"))
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    match &entry.expr {
                        EntryExpr::MapEntry(entry) => {
                            self.part(&entry.key)?;
                            self.part(&entry.value)?;
                        }
                        EntryExpr::StructField(field) => drop(self.part(&field.value)?),
                    }
                }
                Ok(Known::Other("map"))
            }
            Expr::Comprehension(comprehension) => {
                self.part(&comprehension.iter_range)?;
                self.part(&comprehension.accu_init)?;
                let length = self.scope.len();
                let names = [&comprehension.iter_var, &comprehension.accu_var];
                self.scope.extend(names.into_iter().chain(&comprehension.iter_var2).map(String::as_str));
                let parts = [&comprehension.loop_cond, &comprehension.loop_step, &comprehension.result];
                let checked = parts.into_iter().try_for_each(|part| self.part(part).map(drop));
                self.scope.truncate(length);
                checked.map(|()| Known::Open)
            }
            Expr::Ident(_) | Expr::Struct(_) | Expr::Unspecified => Ok(Known::Open),
        }
    }

    fn all(&mut self, parts: &'s [IdedExpr]) -> Result<Vec<Known<'s>>, String> {
        parts.iter().map(|part| self.part(part)).collect()
    }

    fn call(&mut self, call: &'s CallExpr) -> Result<Known<'s>, String> {
        let is_method = call.target.is_some();
        if let Some(target) = &call.target {
            self.part(target)?;
        }
        let args = self.all(&call.args)?;
        Ok(match (call.func_name.as_str(), args.as_slice()) {
            (
                operators::LOGICAL_AND
                | operators::LOGICAL_OR
                | operators::LOGICAL_NOT
                | operators::EQUALS
                | operators::NOT_EQUALS
                | operators::GREATER
                | operators::GREATER_EQUALS
                | operators::LESS
                | operators::LESS_EQUALS
                | operators::IN,
                _,
            ) => Known::Bool,
            (operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO, _)
            | (operators::NEGATE | operators::ADD, _) => Known::Other("number"),
            (operators::CONDITIONAL, [_, then, otherwise]) if then.other_than_bool().is_some() => *otherwise,
            ("size", [_]) if !is_method => Known::Other("int"),
            _ => Known::Open,
        })
    }
}

fn literal_of(literal: &LiteralValue) -> Known<'static> {
    match literal {
        LiteralValue::Boolean(_) => Known::Bool,
        _ => Known::Other("literal"),
    }
}

/// A field of a value.
///
/// # Errors
/// When there can be no such field.
fn field_of<'s>(value: Known<'s>, field: &str) -> Result<Known<'s>, String> {
    let missing = || Err(format!("undefined field '{field}'"));
    let (schema, is_object) = match value {
        Known::Value(schema, is_root) => (schema, is_root || schema.embedded_resource),
        Known::Metadata if matches!(field, "name" | "generateName") => return Ok(Known::Open),
        Known::Metadata => return missing(),
        Known::Bool | Known::Other(_) | Known::Open => return Ok(Known::Open),
    };
    if is_object {
        match field {
            "apiVersion" | "kind" => return Ok(Known::Other("string")),
            "metadata" => return Ok(Known::Metadata),
            _ => {}
        }
    }
    let found = schema.properties.iter().find(|(name, _)| escaped(name).as_deref() == Some(field));
    let is_closed = schema.kind == Some(Type::Object)
        && schema.additional.is_none()
        && !schema.preserve_unknown
        && schema.source.get("x-kubernetes-preserve-unknown-fields") != Some(&Value::Bool(true));
    match (found, &schema.additional) {
        (Some((_, schema)), _) => Ok(Known::Value(schema, false)),
        (None, Some(_)) => Ok(Known::Open),
        (None, None) if is_closed => missing(),
        (None, None) => Ok(Known::Open),
    }
}

#[cfg(test)]
mod tests;
