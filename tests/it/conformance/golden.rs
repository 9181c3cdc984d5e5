//! Golden traces: requests and what the real server answered to them, replayed against both servers.
//!
//! A trace is a file of `tests/fixtures/conformance`: `define` names the definitions it needs, and each step has `do`, a
//! method (or kind of patch) and a path, `send` or `text`, `headers`, `show`, the only fields that matter, and `until`,
//! the status to wait for; `loose` leaves the message of a failure out of account, where it is Go's own. `then` is the answer; `UPDATE_GOLDEN=1 tests/real/run conformance::golden` writes it anew.
//! `{rv:1}` and `{uid:1}` stand for the first version and uid that were seen, and so on; `{rv}` for the newest version.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::server::{Answer, Server, patch_type};

/// Where definitions are made.
const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/// Does what a trace says and compares.
pub(crate) async fn replay(server: &Server, name: &str) {
    let path = fixture(name);
    let mut trace: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    for definition in trace["define"].as_array().into_iter().flatten() {
        server.define(definition_of(definition.as_str().unwrap())).await;
    }
    let mut seen = Seen::new(server);
    let mut differences = String::new();
    for (number, step) in trace["steps"].as_array_mut().unwrap().iter_mut().enumerate() {
        let answer = seen.perform(step).await;
        let got = seen.told(&answer, step);
        let mut found = Vec::new();
        let then = &step["then"];
        if then["status"] == got["status"] {
            compare("", then, &got, &mut found);
        } else {
            let brief =
                |told: &Value| format!("{} {} {}", told["status"], told["body"]["reason"], told["body"]["message"]);
            found.push(format!("expected {}, got {}", brief(then), brief(&got)));
        }
        for difference in found {
            let _ = writeln!(differences, "step {} {}: {difference}", number + 1, step["do"].as_str().unwrap());
        }
        step["then"] = got;
    }
    if server.is_real && updating() {
        std::fs::write(path, text_of(&trace)).unwrap();
    } else {
        assert!(differences.is_empty(), "{name}:\n{differences}");
    }
}

/// A definition of the fixtures.
pub(crate) fn definition_of(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(fixture(&format!("definitions/{name}"))).unwrap()).unwrap()
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(format!("{}/tests/fixtures/conformance/{name}.json", env!("CARGO_MANIFEST_DIR")))
}

#[expect(clippy::disallowed_methods, reason = "the person who records says so in the environment")]
fn updating() -> bool {
    std::env::var("UPDATE_GOLDEN").is_ok()
}

/// What a trace has met so far, so that what differs from run to run is made equal.
struct Seen<'a> {
    server: &'a Server,
    versions: Names,
    uids: Names,
}

/// Values in the order in which they were met.
#[derive(Default)]
struct Names {
    numbers: HashMap<String, usize>,
    values: Vec<String>,
}

impl Names {
    fn number(&mut self, value: &str) -> usize {
        *self.numbers.entry(value.to_owned()).or_insert_with(|| {
            self.values.push(value.to_owned());
            self.values.len()
        })
    }
}

impl<'a> Seen<'a> {
    fn new(server: &'a Server) -> Self {
        Self { server, versions: Names::default(), uids: Names::default() }
    }

    async fn perform(&self, step: &Value) -> Answer {
        let (what, path) = step["do"].as_str().unwrap().split_once(' ').unwrap();
        let path = self.fill(path);
        if let Some(status) = step["until"].as_u64() {
            return self.server.until(&path, "that status", |answer| u64::from(answer.status) == status).await;
        }
        let (method, content_type) = match what {
            "MERGE" | "JSON" | "STRATEGIC" | "APPLY" => ("PATCH", patch_type(&what.to_lowercase())),
            method => (method, "application/json"),
        };
        let body = match (&step["text"], &step["send"]) {
            (Value::String(text), _) => self.fill(text),
            (_, Value::Null) => String::new(),
            (_, object) => self.fill(&object.to_string()),
        };
        let mut headers = Vec::new();
        if !body.is_empty() && step["headers"]["Content-Type"].is_null() {
            headers.push(("Content-Type", content_type));
        }
        for (name, value) in step["headers"].as_object().into_iter().flatten() {
            headers.push((name, value.as_str().unwrap()));
        }
        if path.starts_with(DEFINITIONS) && method == "POST" && !path.contains("dryRun") {
            // So that it is removed in the end.
            self.server.owns(&format!("{DEFINITIONS}/{}", step["send"]["metadata"]["name"].as_str().unwrap()));
        }
        self.server.send(method, &path, &headers, body.into_bytes()).await
    }

    fn fill(&self, text: &str) -> String {
        let mut text = self.server.fill(text);
        for (kind, names) in [("rv", &self.versions), ("uid", &self.uids)] {
            for (index, value) in names.values.iter().enumerate() {
                text = text.replace(&format!("{{{kind}:{}}}", index + 1), value);
            }
        }
        text.replace("{rv}", self.versions.values.last().map_or("", |version| version))
    }

    /// The answer as it is compared.
    fn told(&mut self, answer: &Answer, step: &Value) -> Value {
        let text = answer.body.to_string().replace(&self.server.group, "{group}");
        let mut body: Value = serde_json::from_str(&text.replace(&self.server.namespace, "{ns}")).unwrap();
        let is_list = body["items"].is_array() || body["rows"].is_array();
        if is_list && let Some(metadata) = body["metadata"].as_object_mut() {
            // What others write meanwhile counts too, so that it is not even numbered.
            metadata.remove("resourceVersion");
        }
        self.level(&mut body);
        if is_list && body["metadata"].is_object() {
            body["metadata"]["resourceVersion"] = "rv".into();
        }
        if let (Some(show), true) = (step["show"].as_array(), answer.status < 400) {
            let shown = show.iter().map(|path| path.as_str().unwrap());
            body = shown.map(|path| (path.to_owned(), at(&body, path).clone())).collect::<Map<_, _>>().into();
        }
        if step.get("loose").is_some() {
            forget_messages(&mut body);
        }
        let mut told = json!({"status": answer.status, "body": self.level_keys(&body)});
        if !answer.warnings().is_empty() {
            told["warnings"] = json!(answer.warnings());
        }
        told
    }

    /// The uids that are part of a key.
    fn level_keys(&self, body: &Value) -> Value {
        let mut text = body.to_string();
        for (index, uid) in self.uids.values.iter().enumerate() {
            text = text.replace(uid, &format!("uid:{}", index + 1));
        }
        serde_json::from_str(&text).unwrap()
    }

    fn level(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.level(item)),
            Value::Object(fields) => {
                for (name, field) in fields.iter_mut() {
                    match (name.as_str(), &field) {
                        ("uid", Value::String(uid)) => *field = format!("uid:{}", self.uids.number(uid)).into(),
                        ("resourceVersion", Value::String(version)) => {
                            *field = format!("rv:{}", self.versions.number(version)).into();
                        }
                        (
                            "creationTimestamp" | "deletionTimestamp" | "time" | "lastTransitionTime",
                            Value::String(_),
                        ) => {
                            *field = "TIME".into();
                        }
                        ("message", Value::String(message)) => *field = without_object(message).into(),
                        _ => self.level(field),
                    }
                }
                level_order(fields);
            }
            _ => {}
        }
    }
}

/// Puts into one order what Kubernetes has in the order of seconds or of Go's maps.
fn level_order(fields: &mut Map<String, Value>) {
    if let Some(Value::Array(managers)) = fields.get_mut("managedFields") {
        managers.sort_by_cached_key(|entry| {
            format!("{} {} {} {}", entry["operation"], entry["manager"], entry["subresource"], entry["apiVersion"])
        });
    }
    let several = match fields.get_mut("details").and_then(|details| details.get_mut("causes")) {
        Some(Value::Array(causes)) => {
            causes.sort_by_cached_key(Value::to_string);
            causes.len() > 1
        }
        _ => false,
    };
    if let (true, Some(Value::String(message))) = (several, fields.get_mut("message")) {
        message.truncate(message.find("is invalid: ").map_or(message.len(), |at| at + 10));
    }
}

/// A message without the whole object or the version that it quotes.
fn without_object(message: &str) -> String {
    if let Some((before, after)) = message.split_once("the ResourceVersion in record (") {
        return format!(
            "{before}the ResourceVersion in record (RV{}",
            after.trim_start_matches(|digit: char| digit.is_ascii_digit())
        );
    }
    match (message.find("Invalid value: \"{\\\""), message.rfind("}\": ")) {
        (Some(start), Some(end)) => format!("{}OBJECT{}", &message[..start + 15], &message[end + 2..]),
        _ => message.to_owned(),
    }
}

/// Takes out what Go's own libraries have to say.
fn forget_messages(body: &mut Value) {
    if let Some(fields) = body.as_object_mut() {
        fields.remove("message");
    }
    for cause in body["details"]["causes"].as_array_mut().into_iter().flatten() {
        cause["message"] = Value::Null;
    }
}

/// A field by a path of names and numbers with dots between.
fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, step| match step.parse::<usize>() {
        Ok(index) if value.is_array() => &value[index],
        _ => &value[step],
    })
}

/// All differences, each by its path.
fn compare(path: &str, expected: &Value, got: &Value, found: &mut Vec<String>) {
    match (expected, got) {
        (Value::Object(one), Value::Object(other)) => {
            for (name, value) in one {
                match other.get(name) {
                    Some(there) => compare(&format!("{path}/{name}"), value, there, found),
                    None => found.push(format!("{path}/{name}: expected {value}, got nothing")),
                }
            }
            for (name, value) in other.iter().filter(|(name, _)| !one.contains_key(*name)) {
                found.push(format!("{path}/{name}: expected nothing, got {value}"));
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (value, there)) in one.iter().zip(other).enumerate() {
                compare(&format!("{path}/{index}"), value, there, found);
            }
        }
        _ if expected == got => {}
        _ => found.push(format!("{path}: expected {expected}, got {got}")),
    }
}

/// The trace as its file has it: a line for each part of a step.
fn text_of(trace: &Value) -> String {
    let mut text = format!("{{\n\"about\": {},\n\"define\": {},\n\"steps\": [\n", trace["about"], trace["define"]);
    let steps = trace["steps"].as_array().unwrap();
    for (index, step) in steps.iter().enumerate() {
        let parts = step.as_object().unwrap();
        let order = ["about", "do", "headers", "send", "text", "show", "loose", "until", "then"];
        let lines = order.iter().filter_map(|name| Some(format!("  \"{name}\": {}", parts.get(*name)?)));
        let lines: Vec<String> = lines.collect();
        let comma = if index + 1 < steps.len() { "," } else { "" };
        let _ = writeln!(text, " {{\n{}\n }}{comma}", lines.join(",\n"));
    }
    text + "]\n}\n"
}
