//! Label selectors: `a=b,c!=d,e in (x,y),f notin (z),g,!h,i>1`, the grammar of apimachinery's `labels.Parse`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{finding::quoted, metadata};

/// Which labels objects must have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    operator: Operator,
    values: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Exists,
    DoesNotExist,
    In,
    NotIn,
    GreaterThan,
    LessThan,
}

impl LabelSelector {
    /// Reads a selector; an empty one selects everything.
    ///
    /// # Errors
    /// In the server's words.
    pub fn parse(text: &str) -> Result<Self, String> {
        Parser { tokens: tokens(text), position: 0 }.selector().map(Self)
    }

    /// Whether it selects everything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an object with these labels is selected.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|requirement| requirement.is_met(labels.get(&requirement.key).map(String::as_str)))
    }

    /// Whether an object is selected by its labels.
    pub fn matches_object(&self, object: &Value) -> bool {
        let labels = object.pointer("/metadata/labels");
        let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Value::as_str);
        self.0.iter().all(|requirement| requirement.is_met(label(&requirement.key)))
    }
}

impl Requirement {
    fn is_met(&self, label: Option<&str>) -> bool {
        match self.operator {
            Operator::Exists => label.is_some(),
            Operator::DoesNotExist => label.is_none(),
            Operator::In => label.is_some_and(|label| self.values.contains(label)),
            Operator::NotIn => label.is_none_or(|label| !self.values.contains(label)),
            Operator::GreaterThan => self.compared(label).is_some_and(|(label, bound)| label > bound),
            Operator::LessThan => self.compared(label).is_some_and(|(label, bound)| label < bound),
        }
    }

    fn compared(&self, label: Option<&str>) -> Option<(i64, i64)> {
        Some((label?.parse().ok()?, self.values.first()?.parse().ok()?))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    /// `!`, `=`, `==`, `!=`, `>`, `<`, `(`, `)`, `,`, or whatever else was written with these characters.
    Sign(String),
}

/// Cuts into words and signs. Signs are as long as they can be while they mean something.
fn tokens(text: &str) -> Vec<Token> {
    const SIGNS: [&str; 9] = ["==", "!=", "!", "=", ">", "<", "(", ")", ","];
    let is_sign = |c: char| "!=<>(),".contains(c);
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let end = match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => {
                tokens.push(Token::Sign((*sign).to_owned()));
                sign.len()
            }
            None => {
                let end = rest.find(|c| is_sign(c) || is_space(c)).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..end].to_owned()));
                end
            }
        };
        rest = rest[end..].trim_start_matches(is_space);
    }
    tokens
}

struct Parser {
    tokens: Vec<Token>,
    position: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.position)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.position += 1;
        token
    }

    fn selector(mut self) -> Result<Vec<Requirement>, String> {
        let mut requirements = Vec::new();
        while let Some(token) = self.peek() {
            if !begins_requirement(Some(token)) {
                return Err(format!("found '{}', expected: !, identifier, or 'end of string'", said(Some(token))));
            }
            let requirement = self.requirement().map_err(|why| format!("unable to parse requirement: {why}"))?;
            requirements.push(requirement);
            match self.next() {
                None => break,
                Some(Token::Sign(sign)) if sign == "," => {
                    if !begins_requirement(self.peek()) {
                        return Err(format!("found '{}', expected: identifier after ','", said(self.peek())));
                    }
                }
                other => return Err(format!("found '{}', expected: ',' or 'end of string'", said(other.as_ref()))),
            }
        }
        Ok(requirements)
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let absent = self.peek() == Some(&Token::Sign("!".to_owned()));
        if absent {
            self.position += 1;
        }
        let key = match self.next() {
            Some(Token::Word(key)) => key,
            other => return Err(format!("found '{}', expected: identifier", said(other.as_ref()))),
        };
        check_key(&key)?;
        let last = matches!(self.peek(), None | Some(Token::Sign(_)))
            && self.peek().is_none_or(|token| *token == Token::Sign(",".to_owned()));
        let (operator, values) = match (absent, last) {
            (true, _) => (Operator::DoesNotExist, BTreeSet::new()),
            (false, true) => (Operator::Exists, BTreeSet::new()),
            (false, false) => self.restriction()?,
        };
        check_values(&key, operator, &values)?;
        Ok(Requirement { key, operator, values })
    }

    fn restriction(&mut self) -> Result<(Operator, BTreeSet<String>), String> {
        let token = self.next();
        let operator = match said(token.as_ref()) {
            "in" => return Ok((Operator::In, self.values()?)),
            "notin" => return Ok((Operator::NotIn, self.values()?)),
            "=" | "==" => Operator::In,
            "!=" => Operator::NotIn,
            ">" => Operator::GreaterThan,
            "<" => Operator::LessThan,
            other => return Err(format!("found '{other}', expected: in, notin, =, ==, !=, gt, lt")),
        };
        Ok((operator, BTreeSet::from([self.value()?])))
    }

    /// One value; none is the empty one.
    fn value(&mut self) -> Result<String, String> {
        match self.peek() {
            None => return Ok(String::new()),
            Some(Token::Sign(sign)) if sign == "," => return Ok(String::new()),
            _ => {}
        }
        match self.next() {
            Some(Token::Word(value)) => Ok(value),
            other => Err(format!("found '{}', expected: identifier", said(other.as_ref()))),
        }
    }

    /// Values in parentheses; what is missing between two commas is the empty value.
    fn values(&mut self) -> Result<BTreeSet<String>, String> {
        match self.next() {
            Some(Token::Sign(sign)) if sign == "(" => {}
            other => return Err(format!("found '{}' expected: '('", said(other.as_ref()))),
        }
        let mut values = BTreeSet::new();
        let mut after_word = false;
        loop {
            let token = self.next();
            let (is_word, text) = (matches!(token, Some(Token::Word(_))), said(token.as_ref()));
            match (is_word, text) {
                (true, word) if !after_word => {
                    values.insert(word.to_owned());
                    after_word = true;
                }
                (false, sign @ ("," | ")")) => {
                    if !after_word {
                        values.insert(String::new());
                    }
                    after_word = false;
                    if sign == ")" {
                        return Ok(values);
                    }
                }
                (_, other) if after_word => return Err(format!("found '{other}', expected: ',' or ')'")),
                (_, other) => return Err(format!("found '{other}', expected: ',', ')' or identifier")),
            }
        }
    }
}

fn begins_requirement(token: Option<&Token>) -> bool {
    match token {
        Some(Token::Word(_)) => true,
        Some(Token::Sign(sign)) => sign == "!",
        None => false,
    }
}

fn said(token: Option<&Token>) -> &str {
    match token {
        Some(Token::Word(text) | Token::Sign(text)) => text,
        None => "",
    }
}

fn check_key(key: &str) -> Result<(), String> {
    let wrong = metadata::qualified_name(key);
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("<nil>: Invalid value: {}: {}", quoted(key), wrong.join("; "))),
    }
}

fn check_values(key: &str, operator: Operator, values: &BTreeSet<String>) -> Result<(), String> {
    let compares = matches!(operator, Operator::GreaterThan | Operator::LessThan);
    let mut wrong = Vec::new();
    for (index, value) in values.iter().enumerate() {
        if compares && value.parse::<i64>().is_err() {
            let why = "for 'Gt', 'Lt' operators, the value must be an integer";
            wrong.push(format!("values[{index}]: Invalid value: {}: {why}", quoted(value)));
        }
        let format = metadata::label_value(value);
        if !format.is_empty() {
            wrong.push(format!("values[{index}][{key}]: Invalid value: {}: {}", quoted(value), format.join("; ")));
        }
    }
    match wrong.as_slice() {
        [] => Ok(()),
        [one] => Err(one.clone()),
        many => Err(format!("[{}]", many.join(", "))),
    }
}

#[cfg(test)]
mod tests;
