//! Tables: what `kubectl get` shows, made by the server.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::builtin::definitions::about_metadata;
use super::failure::Failure;
use super::resource::{Cell, Column, Resource};
use crate::report::age;

mod path;

use path::Path;

/// What of an object stands beside its row, by the query parameter `includeObject`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Include {
    /// Nothing.
    None,
    /// Its metadata.
    #[default]
    Metadata,
    /// All of it.
    Object,
}

impl Include {
    /// Reads the parameter.
    ///
    /// # Errors
    /// 400 in the server's words.
    pub fn parse(text: Option<&str>) -> Result<Self, Failure> {
        match text.unwrap_or_default() {
            "" | "Metadata" => Ok(Self::Metadata),
            "None" => Ok(Self::None),
            "Object" => Ok(Self::Object),
            other => Err(Failure::bad_request(format!(
                "Unable to convert to Table as requested: includeObject: Invalid value: \"{other}\": must be 'Metadata', \
                 'Object', 'None', or empty"
            ))),
        }
    }
}

/// Makes Tables of objects of one resource; its paths are read once.
#[derive(Debug)]
pub struct Printer {
    columns: Vec<(Column, How)>,
    include: Include,
    /// `v1` or `v1beta1` of `meta.k8s.io`.
    version: &'static str,
}

#[derive(Debug)]
enum How {
    Name,
    Path(Path),
    Made(fn(&Value, Timestamp) -> Value),
}

impl Printer {
    /// For Tables of this version of `meta.k8s.io`.
    pub fn new(resource: &Resource, include: Include, version: &'static str) -> Self {
        let how = |column: &Column| match &column.cell {
            Cell::Path(path) => How::Path(Path::parse(path)),
            Cell::Made(made) => How::Made(*made),
        };
        let mut columns: Vec<(Column, How)> = Vec::with_capacity(resource.columns.len() + 1);
        // Events show their name last, and only to those who want it all.
        if !resource.columns.iter().any(|column| column.name == "Name" && column.format == "name") {
            columns.push((name(), How::Name));
        }
        columns.extend(resource.columns.iter().map(|column| (column.clone(), how(column))));
        Self { columns, include, version }
    }

    /// A Table of objects, with the list's metadata, or of one object with its `resourceVersion`.
    ///
    /// A watch tells its columns once: `headers` is false for all its Tables but the first.
    pub fn table(&self, objects: &[Value], metadata: Value, headers: bool, now: Timestamp) -> Value {
        let definitions = self.columns.iter().map(|(column, _)| definition(column));
        json!({
            "kind": "Table",
            "apiVersion": format!("meta.k8s.io/{}", self.version),
            "metadata": metadata,
            "columnDefinitions": if headers { definitions.collect() } else { Value::Null },
            "rows": objects.iter().map(|object| self.row(object, now)).collect::<Vec<_>>(),
        })
    }

    fn row(&self, object: &Value, now: Timestamp) -> Value {
        let cells = self.columns.iter().map(|(column, how)| match how {
            How::Name => object.pointer("/metadata/name").cloned().unwrap_or_else(|| "".into()),
            How::Made(made) => made(object, now),
            How::Path(path) => path.first(object).map_or(Value::Null, |value| cell(&column.kind, &value, now)),
        });
        let cells: Vec<Value> = cells.collect();
        let included = match self.include {
            Include::None => Value::Null,
            Include::Metadata => partial(object, self.version),
            Include::Object => object.clone(),
        };
        json!({ "cells": cells, "object": included })
    }
}

/// An object's metadata alone, as a PartialObjectMetadata of this version of `meta.k8s.io`.
pub fn partial(object: &Value, version: &str) -> Value {
    let mut partial = Map::new();
    partial.insert("kind".to_owned(), "PartialObjectMetadata".into());
    partial.insert("apiVersion".to_owned(), format!("meta.k8s.io/{version}").into());
    partial.insert("metadata".to_owned(), object.get("metadata").cloned().unwrap_or_else(|| json!({})));
    Value::Object(partial)
}

fn name() -> Column {
    Column {
        name: "Name".to_owned(),
        kind: "string".to_owned(),
        format: "name".to_owned(),
        description: about_metadata("name").to_owned(),
        priority: 0,
        cell: Cell::Path(".metadata.name".to_owned()),
    }
}

fn definition(column: &Column) -> Value {
    json!({
        "name": column.name,
        "type": column.kind,
        "format": column.format,
        "description": column.description,
        "priority": column.priority,
    })
}

/// A value as a column of a type shows it; what does not fit the type is not shown.
fn cell(kind: &str, value: &Value, now: Timestamp) -> Value {
    match (kind, value) {
        ("string", value) => shown(value).into(),
        ("integer", Value::Number(number)) => number.as_i64().or_else(|| number.as_f64().map(whole)).into(),
        ("number", Value::Number(_)) | ("boolean", Value::Bool(_)) => value.clone(),
        ("date", Value::String(text)) if text.is_empty() => "<unknown>".into(),
        ("date", Value::String(text)) => {
            text.parse().map_or_else(|_| "<invalid>".to_owned(), |moment| age::since(Some(moment), now)).into()
        }
        _ => Value::Null,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a cell of integers shows the whole part")]
fn whole(number: f64) -> i64 {
    number as i64
}

/// A value as a template of Go prints it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => go_float(number.as_f64().unwrap_or_default()),
        Value::Null => "<nil>".to_owned(),
        other => other.to_string(),
    }
}

/// `%v` of a float: with an exponent of two digits from 1e21 on.
fn go_float(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-4..1e21).contains(&size) {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
        return format!("{digits}e{sign}{exponent:0>2}");
    }
    format!("{number}")
}

#[cfg(test)]
mod tests;
