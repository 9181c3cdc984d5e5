//! kubectl's JSONPath templates on top of RFC 9535.
//!
//! kubectl's dialect is text with expressions in braces: `{.items[*].metadata.name}`, `{range .items[*]}…{end}`,
//! `{"\n"}`. Paths begin with `.`, `$` or `@`, or with nothing at all, and `\.` is a dot within a name. What lies between
//! these and the standard is done here; the paths themselves are the library's.

use jsonpath_rust::JsonPath as _;
use serde_json::Value;

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPath(Vec<Node>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Text(String),
    Path(String),
    Range(String, Vec<Node>),
}

impl JsonPath {
    /// Reads a template.
    ///
    /// # Errors
    /// Says what cannot be read.
    pub fn parse(template: &str) -> Result<Self, String> {
        // `kubectl get -o jsonpath=.metadata.name` works too.
        let braced = if template.contains('{') { template.to_owned() } else { format!("{{{template}}}") };
        let mut pieces = split(&braced)?.into_iter();
        let nodes = nodes(&mut pieces, false)?;
        Ok(Self(nodes))
    }

    /// What the template makes of a value. What is missing shows as nothing, as in kubectl.
    pub fn render(&self, value: &Value) -> String {
        let mut text = String::new();
        render(&self.0, value, &mut text);
        text
    }
}

impl JsonPath {
    /// The first value that the template's first path leads to.
    pub fn first(&self, value: &Value) -> Option<Value> {
        let path = self.0.iter().find_map(|node| match node {
            Node::Path(path) => Some(path),
            Node::Text(_) | Node::Range(..) => None,
        })?;
        value.query(path).ok()?.first().map(|found| (*found).clone())
    }
}

enum Piece {
    Text(String),
    Expression(String),
}

/// Cuts a template at its braces; braces within quotes do not count.
fn split(template: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((text, after)) = rest.split_once('{') {
        if !text.is_empty() {
            pieces.push(Piece::Text(text.to_owned()));
        }
        let end = closing_brace(after).ok_or_else(|| format!("unclosed action in `{template}`"))?;
        pieces.push(Piece::Expression(after[..end].trim().to_owned()));
        rest = &after[end + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

fn closing_brace(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    text.char_indices().find_map(|(index, c)| {
        match (quote, c) {
            _ if escaped => escaped = false,
            (_, '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '}') => return Some(index),
            _ => {}
        }
        None
    })
}

fn nodes(pieces: &mut impl Iterator<Item = Piece>, in_range: bool) -> Result<Vec<Node>, String> {
    let mut nodes = Vec::new();
    while let Some(piece) = pieces.next() {
        nodes.push(match piece {
            Piece::Text(text) => Node::Text(text),
            Piece::Expression(expression) if expression == "end" => {
                return if in_range { Ok(nodes) } else { Err("`{end}` without `{range …}`".to_owned()) };
            }
            Piece::Expression(expression) => match expression.strip_prefix("range ") {
                Some(path) => Node::Range(standard(path)?, self::nodes(pieces, true)?),
                None => literal(&expression)
                    .map_or_else(|| standard(&expression).map(Node::Path), |text| Ok(Node::Text(text)))?,
            },
        });
    }
    if in_range { Err("`{range …}` without `{end}`".to_owned()) } else { Ok(nodes) }
}

/// A quoted string, such as `"\n"`.
fn literal(expression: &str) -> Option<String> {
    let double = expression.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let quoted = double.or_else(|| expression.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')))?;
    let mut text = String::new();
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => match chars.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                other => other,
            },
            c => c,
        });
    }
    Some(text)
}

/// A path as RFC 9535 has it.
fn standard(path: &str) -> Result<String, String> {
    let path = path.trim();
    let relative = path.strip_prefix(['$', '@']).unwrap_or(path);
    let mut standard = String::from("$");
    if !relative.is_empty() && !relative.starts_with(['.', '[']) {
        standard.push('.');
    }
    standard.push_str(&quote_escaped_names(relative));
    // `{.}` and `{$.}` are the value itself.
    if standard == "$." {
        standard.pop();
    }
    match Value::Null.query(&standard) {
        Ok(_) => Ok(standard),
        Err(_) => Err(format!("`{path}` is no JSONPath")),
    }
}

/// Names with escaped dots or with dashes become `['name']`, which is how the standard writes them.
fn quote_escaped_names(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some(c) = rest.chars().next() {
        if c == '[' {
            let end = rest.find(']').map_or(rest.len(), |end| end + 1);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if c == '.' {
            let (name, after) = name(&rest[1..]);
            match name.contains(['.', '-', '/']) {
                true => out.push_str(&format!("['{name}']")),
                false => out.push_str(&format!(".{name}")),
            }
            rest = after;
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// The name at the beginning, without its backslashes, and what follows it.
fn name(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((index, c)) = chars.next() {
        match c {
            '\\' => name.extend(chars.next().map(|(_, c)| c)),
            '.' | '[' => return (name, &text[index..]),
            c => name.push(c),
        }
    }
    (name, "")
}

fn render(nodes: &[Node], value: &Value, out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Path(path) => {
                let found = value.query(path).unwrap_or_default();
                out.push_str(&found.into_iter().map(shown).collect::<Vec<_>>().join(" "));
            }
            Node::Range(path, body) => {
                for item in value.query(path).unwrap_or_default() {
                    render(body, item, out);
                }
            }
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rendered(template: &str) -> String {
        let value = json!({
            "kind": "List",
            "items": [
                {"metadata": {"name": "a", "annotations": {"runtime.wasmcloud.dev/revision": "3"}}, "n": 1},
                {"metadata": {"name": "b"}, "n": 2, "list": [1, {"x": true}]},
            ],
        });
        JsonPath::parse(template).unwrap().render(&value)
    }

    #[test]
    fn kubectls_templates_work() {
        assert_eq!(rendered("{.kind}"), "List");
        assert_eq!(rendered(".kind"), "List");
        assert_eq!(rendered("{kind}"), "List");
        assert_eq!(rendered("{$.kind} of {@.items[*].n}"), "List of 1 2");
        assert_eq!(rendered("{.items[*].metadata.name}"), "a b");
        assert_eq!(rendered("{.items[-1:].metadata['name']}"), "b");
        assert_eq!(rendered("{..name}"), "a b");
        assert_eq!(rendered(r#"{range .items[*]}{.metadata.name}={.n}{"\n"}{end}done"#), "a=1\nb=2\ndone");
        assert_eq!(rendered(r"{.items[0].metadata.annotations.runtime\.wasmcloud\.dev/revision}"), "3");
        assert_eq!(rendered(r#"{.items[?(@.metadata.name=="b")].n}"#), "2");
        assert_eq!(rendered("{.items[1].list}"), r#"[1,{"x":true}]"#);
        assert_eq!(rendered("{.missing.field}!"), "!");
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert!(JsonPath::parse("{.a").unwrap_err().contains("unclosed"));
        assert!(JsonPath::parse("{range .a}").unwrap_err().contains("{end}"));
        assert!(JsonPath::parse("{end}").unwrap_err().contains("{range"));
        assert!(JsonPath::parse("{.a[}").unwrap_err().contains("no JSONPath"));
    }
}
