//! What findings say is to be done about them, done to the letter: the finding is gone, and no other has come.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use kubectl_wasmcloud::manifest::{Part, Text};
use kubectl_wasmcloud::validate::code;
use kubectl_wasmcloud::validate::{Definitions, Facts, FileSet, Finding, Ignored, Level, Spot, check};
use serde_json::{Value, json};

/// Where something is in an object: names and numbers.
type Steps = Vec<String>;
/// What a finding is about: its code and its place.
type Thing = (&'static str, Option<(String, Part)>);

/// What is found, by what it is about.
fn found(objects: &[Value]) -> Vec<Finding> {
    let content = objects.iter().map(|object| format!("{object}\n")).collect();
    let files = FileSet::read(vec![Arc::new(Text { name: "a.json".to_owned(), content })]);
    let found = check(&files, &Definitions::own(), &Facts::default(), &Ignored::default());
    found.kept.into_iter().map(|(finding, _)| finding).collect()
}

fn objects(content: &str) -> Vec<Value> {
    let text = Text { name: "a.yaml".to_owned(), content: content.to_owned() };
    FileSet::read(vec![Arc::new(text)]).documents.into_iter().map(|document| document.object).collect()
}

fn place(finding: &Finding) -> Option<(String, Part)> {
    match &finding.spot {
        Spot::Field { path, part, .. } => Some((path.clone(), *part)),
        Spot::Span(_) => None,
    }
}

/// How often each thing is found.
fn counted(found: &[Finding], least: Level) -> BTreeMap<Thing, usize> {
    let mut counted = BTreeMap::new();
    // What is mended need not be ignored any more.
    for finding in found.iter().filter(|finding| finding.level >= least && finding.code != &code::UNKNOWN_IGNORE) {
        *counted.entry((finding.code.id, place(finding))).or_default() += 1;
    }
    counted
}

/// Follows a path as far as there is something; keys may have dots.
fn steps(object: &Value, path: &str) -> Steps {
    let (mut at, mut rest, mut steps) = (object, path.trim_start_matches('.'), Vec::new());
    while !rest.is_empty() {
        let (step, after) = match at {
            Value::Array(_) => rest.trim_start_matches('[').split_once(']').unwrap(),
            Value::Object(map) => {
                let bare = rest.strip_prefix('[').unwrap_or(rest);
                let Some(key) = map.keys().filter(|key| bare.starts_with(key.as_str())).max_by_key(|key| key.len())
                else {
                    steps.push(rest.to_owned());
                    return steps;
                };
                (key.as_str(), bare[key.len()..].trim_start_matches(']'))
            }
            _ => break,
        };
        steps.push(step.to_owned());
        let below = match at {
            Value::Array(items) => step.parse::<usize>().ok().and_then(|index| items.get(index)),
            other => other.get(step),
        };
        (at, rest) = (below.unwrap_or(&Value::Null), after.trim_start_matches('.'));
    }
    steps
}

fn pointer(steps: &[String]) -> String {
    steps.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect()
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Puts fields into an object: what is an object on both sides is merged, lists grow.
fn merge(into: &mut Value, fields: Value, grows: bool) {
    match (into, fields) {
        (Value::Object(into), Value::Object(fields)) => {
            for (key, value) in fields {
                merge(into.entry(key).or_insert(Value::Null), value, grows);
            }
        }
        (Value::Array(into), Value::Array(items)) if grows => into.extend(items),
        (into, fields) => *into = fields,
    }
}

/// The nearest thing around a place that has such a field, or is its item.
fn around(steps: &[String], field: &str) -> Option<Steps> {
    let index = steps.iter().rposition(|step| step == field)?;
    Some(steps[..index].to_vec())
}

/// Does what a remedy says; false when it leaves something to be decided.
fn done(object: &mut Value, path: &str, part: Part, remedy: &str) -> bool {
    let steps = steps(object, path);
    let Some((last, above)) = steps.split_last() else { return added(object, &steps, remedy) };
    let above = pointer(above);
    let (head, _) = remedy.split_once('\n').unwrap_or((remedy, ""));
    if let Some(meant) = head.strip_prefix("did you mean ").and_then(|rest| rest.strip_suffix('?')) {
        let parent = object.pointer_mut(&above).unwrap();
        match (meant.split_once(": "), part) {
            (Some((key, value)), _) => parent[key] = json!(value),
            (None, Part::Key) => {
                let value = parent.as_object_mut().unwrap().remove(last).unwrap();
                parent[meant] = value;
            }
            (None, Part::Value) => *object.pointer_mut(&pointer(&steps)).unwrap() = json!(meant),
        }
        return true;
    }
    if ["take it out", "take the selector out"].iter().any(|words| head.starts_with(words))
        && !head.contains(", and write")
    {
        return object.pointer_mut(&above).unwrap().as_object_mut().unwrap().remove(last).is_some();
    }
    match head.strip_prefix("write ") {
        Some(rest) => written(object, &steps, part, rest),
        None => added(object, &steps, remedy),
    }
}

/// `write KEY: VALUE`, `write "VALUE"`, `write VALUE, without quotes`, `write - ITEM`.
fn written(object: &mut Value, steps: &[String], part: Part, rest: &str) -> bool {
    let (last, above) = steps.split_last().unwrap();
    if let Some(plain) = rest.strip_suffix(", without quotes") {
        *object.pointer_mut(&pointer(steps)).unwrap() = yaml(plain);
    } else if rest.starts_with('"') && rest.ends_with('"') {
        *object.pointer_mut(&pointer(steps)).unwrap() = yaml(rest);
    } else if let Some(item) = rest.strip_prefix("- ") {
        *object.pointer_mut(&pointer(steps)).unwrap() = yaml(item);
    } else if let Some((key, value)) = rest.split_once(": ").filter(|(key, _)| !key.contains(' ')) {
        let value = value.split(' ').next().unwrap().trim_end_matches(',');
        let value = if value == "{}" { json!({}) } else { yaml(value) };
        let Some(Value::Object(parent)) = object.pointer_mut(&pointer(above)) else { return false };
        if part == Part::Key || (key != last && key == "apiVersion") {
            parent.remove(last);
        }
        parent.insert(key.to_owned(), value);
    } else {
        return false;
    }
    true
}

/// What lines that begin with the field `first` are to be put into; a `metadata` that is to stand elsewhere is taken away.
fn parent(object: &mut Value, steps: &[String], head: &str, first: &str) -> String {
    let spec = ["/spec/template/spec", "/spec"].into_iter().find(|spec| object.pointer(spec).is_some());
    match head {
        _ if first == "metadata" => {
            object
                .pointer_mut(&pointer(&steps[..steps.len() - 1]))
                .unwrap()
                .as_object_mut()
                .unwrap()
                .remove(steps.last().unwrap());
            String::new()
        }
        _ if head.contains("beside components") => spec.unwrap().to_owned(),
        _ if head.contains("component that") || head.contains("a component") => {
            format!("{}/components/0", spec.unwrap())
        }
        _ if head.contains("beside it") || head.starts_with("write") && around(steps, first).is_none() => {
            pointer(&steps[..steps.len() - 1])
        }
        _ if head.starts_with("give the entry") => pointer(&around(steps, "config").unwrap()),
        _ => {
            let mut at = around(steps, first).unwrap_or_else(|| steps.to_vec());
            while !object.pointer(&pointer(&at)).is_some_and(Value::is_object) {
                at.pop();
            }
            pointer(&at)
        }
    }
}

/// `write`, `add` and the like with lines of YAML below.
fn added(object: &mut Value, steps: &[String], remedy: &str) -> bool {
    let Some((head, block)) = remedy.split_once('\n') else { return false };
    let block: String =
        block.lines().take_while(|line| !line.starts_with("or ")).map(|line| format!("{line}\n")).collect();
    let fields = yaml(&block);
    if head.contains("kustomization") || head.contains("in the Secret") || head.starts_with("choose") {
        return false;
    }
    let Some(first) = fields.as_object().and_then(|fields| fields.keys().next()).cloned() else {
        let Some(list) = head.strip_prefix("add to ") else { return false };
        let spec = ["/spec/template/spec", "/spec"].into_iter().find(|spec| object.pointer(spec).is_some()).unwrap();
        merge(object.pointer_mut(spec).unwrap(), json!({list: fields}), true);
        return true;
    };
    if head == "add to metadata" {
        merge(object, json!({"metadata": fields}), true);
        return true;
    }
    let to = parent(object, steps, head, &first);
    let replaced = head.starts_with("write") && !to.is_empty() && fields.get(steps.last().unwrap()).is_none();
    if replaced && let Some(Value::Object(parent)) = object.pointer_mut(&pointer(&steps[..steps.len() - 1])) {
        parent.remove(steps.last().unwrap());
    }
    merge(object.pointer_mut(&to).unwrap(), fields, head.starts_with("add"));
    true
}

/// What goes wrong with the remedies for some objects; how many remedies there were to be done, by their codes.
fn tried(name: &str, objects: &[Value], tried: &mut BTreeMap<&'static str, usize>) -> Vec<String> {
    let before = found(objects);
    let mut wrong = Vec::new();
    let replaced = |remedy: &str| {
        remedy.replace("REGISTRY/NAME:TAG", "r.io/a:1").replace(":TAG", ":1").replace("name: NAME", "name: web")
    };
    for finding in &before {
        let Some(remedy) = &finding.remedy else {
            wrong.push(format!("{name}: {} has no remedy: {}", finding.code.id, finding.message));
            continue;
        };
        let (Some((path, part)), Some(index)) = (place(finding), index_of(objects, finding)) else { continue };
        let mut changed = objects.to_vec();
        if !done(&mut changed[index], &path, part, &replaced(remedy)) {
            continue;
        }
        *tried.entry(finding.code.id).or_default() += 1;
        let after = found(&changed);
        let (was, is) = (counted(&before, Level::Info), counted(&after, Level::Info));
        let key = (finding.code.id, place(finding));
        if is.get(&key).is_some_and(|count| *count >= was.get(&key).copied().unwrap_or_default()) {
            wrong.push(format!("{name}: {key:?} stays after: {remedy}\n{}", changed[index]));
        }
        let new = counted(&after, Level::Warning)
            .into_iter()
            .filter(|(key, count)| was.get(key).copied().unwrap_or_default() < *count);
        wrong.extend(new.map(|(key, _)| format!("{name}: {key:?} comes of: {remedy}\n{}", changed[index])));
    }
    wrong
}

/// The object that a finding is about: the last of its name, which is the one that stands there again.
fn index_of(objects: &[Value], finding: &Finding) -> Option<usize> {
    let title = |object: &Value| {
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        format!("{}/{}", word(&object["kind"]).to_lowercase(), word(&object["metadata"]["name"]))
    };
    let same: Vec<_> = (0..objects.len()).filter(|index| title(&objects[*index]) == finding.object).collect();
    (same.len() == 1).then(|| same[0])
}

#[test]
fn every_finding_has_a_remedy_that_mends_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/validate");
    let mut wrong = Vec::new();
    let mut count = BTreeMap::new();
    for code in code::ALL {
        if let Ok(content) = std::fs::read_to_string(folder.join(code.id).join("fail.yaml")) {
            wrong.extend(tried(code.id, &objects(&content), &mut count));
        }
    }
    for (name, content) in MORE {
        wrong.extend(tried(name, &objects(content), &mut count));
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
    assert!(count.len() > 30, "{count:?}");
}

/// What the golden files have not, each with one mistake or a few.
const MORE: [(&str, &str); 7] = [
    (
        "numbers",
        "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadReplicaSet\nmetadata: {name: a}\nspec:\n  replicas: 99999999999\n  \
         template: {spec: {components: [{name: a, image: r.io/a:1, poolSize: -1, maxInvocations: 1.5}]}}\n",
    ),
    (
        "names",
        "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {name: My_App., namespace: A.b, labels: {a: 'b c'}, \
         annotations: {'a b': c}, finalizers: [x]}\nspec: {image: 'r.io/a:1'}\n",
    ),
    ("nameless", "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nspec: {image: 'r.io/a:1'}\n"),
    ("specless", "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Artifact\nmetadata: {name: a}\n"),
    ("empty", "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: WorkloadDeployment\nmetadata: {name: a}\nspec: {}\n"),
    (
        "group",
        "apiVersion: runtime.wasmcloud.com/v1alpha1\nkind: workloaddeployment\nmetadata: {name: a}\nspec: {template: {spec: {components: [{name: a, image: 'r.io/a:1'}]}}}\n",
    ),
    (
        "lacking",
        "apiVersion: runtime.wasmcloud.dev/v1alpha1\nkind: Workload\nmetadata: {name: a}\nspec:\n  components: [{}]\n  \
         volumes: [{hostPath: {}}]\n  hostInterfaces: [{interfaces: [], name: A_b}]\n  service: {}\n",
    ),
];
