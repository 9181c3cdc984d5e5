//! Lists: selectors, parts, revisions and what may not be combined.

use serde_json::{Value, json};

use super::conformance;
use super::server::{Server, names, version};

conformance! {
    lists_are_in_the_order_of_namespace_and_name,
    a_list_in_parts_is_of_one_revision,
    a_part_may_have_another_size_and_the_last_has_no_token,
    a_broken_continue_token_is_refused,
    a_continue_token_and_a_revision_exclude_each_other,
    an_exact_list_is_of_an_old_revision,
    a_list_not_older_than_a_revision,
    a_revision_to_come_is_refused,
    revisions_and_their_match_are_checked,
    labels_select,
    fields_select,
    broken_label_selectors_are_refused,
    a_list_over_all_namespaces_has_those_of_each,
    custom_fields_select_if_the_definition_says_so,
}

const MAPS: &str = "/api/v1/namespaces/{ns}/configmaps";

async fn make(server: &Server, all: &[(&str, Value)]) {
    for (name, labels) in all {
        server.create(MAPS, json!({"metadata": {"name": name, "labels": labels}})).await;
    }
}

async fn five(server: &Server) {
    make(server, &["a", "b", "c", "d", "e"].map(|name| (name, Value::Null))).await;
}

/// The query that goes on after a part.
fn rest(list: &Value) -> String {
    let token = list["metadata"]["continue"].as_str().unwrap();
    let token: String = token.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("continue={token}")
}

async fn lists_are_in_the_order_of_namespace_and_name(server: &Server) {
    make(server, &["b", "a.b", "a-b", "a", "ab"].map(|name| (name, Value::Null))).await;
    assert_eq!(names(&server.get(MAPS).await.ok()), ["a", "a-b", "a.b", "ab", "b"]);
}

async fn a_list_in_parts_is_of_one_revision(server: &Server) {
    five(server).await;
    let first = server.get(&format!("{MAPS}?limit=2")).await.ok();
    assert_eq!(names(&first), ["a", "b"]);
    assert_eq!(first["metadata"]["remainingItemCount"], 3);

    // What happens meanwhile does not show.
    make(server, &[("b2", Value::Null), ("z", Value::Null)]).await;
    server.delete(&format!("{MAPS}/c")).await.ok();
    server.patch(&format!("{MAPS}/d"), "merge", json!({"data": {"new": "yes"}})).await.ok();

    let second = server.get(&format!("{MAPS}?limit=2&{}", rest(&first))).await.ok();
    assert_eq!(names(&second), ["c", "d"]);
    assert_eq!(version(&second), version(&first), "one revision");
    assert!(second["items"][1]["data"].is_null(), "d as it was");
    assert_eq!(second["metadata"]["remainingItemCount"], 1);
    let last = server.get(&format!("{MAPS}?limit=2&{}", rest(&second))).await.ok();
    assert_eq!(names(&last), ["e"]);
    assert!(last["metadata"]["continue"].is_null() && last["metadata"]["remainingItemCount"].is_null(), "{last:#}");
}

async fn a_part_may_have_another_size_and_the_last_has_no_token(server: &Server) {
    five(server).await;
    let first = server.get(&format!("{MAPS}?limit=1")).await.ok();
    let all = server.get(&format!("{MAPS}?{}", rest(&first))).await.ok();
    assert_eq!(names(&all), ["b", "c", "d", "e"]);
    let whole = server.get(&format!("{MAPS}?limit=5")).await.ok();
    assert_eq!(names(&whole).len(), 5);
    assert!(whole["metadata"]["continue"].is_null(), "{whole:#}");
    let zero = server.get(&format!("{MAPS}?limit=0")).await.ok();
    assert_eq!(names(&zero).len(), 5, "0 is no limit");
    server.get(&format!("{MAPS}?limit=x")).await.fails(400, "BadRequest");
    // With a selector nobody knows how many are left.
    let selected = server.get(&format!("{MAPS}?limit=2&labelSelector=!none")).await.ok();
    assert_eq!(names(&selected), ["a", "b"]);
    assert!(selected["metadata"]["remainingItemCount"].is_null(), "{selected:#}");
    let selected = server.get(&format!("{MAPS}?limit=3&labelSelector=!none&{}", rest(&selected))).await.ok();
    assert_eq!(names(&selected), ["c", "d", "e"]);
}

async fn a_broken_continue_token_is_refused(server: &Server) {
    let refused = server.get(&format!("{MAPS}?limit=2&continue=nonsense")).await.fails(400, "BadRequest");
    assert!(refused["message"].as_str().unwrap().contains("continue key is not valid"), "{refused:#}");
}

async fn a_continue_token_and_a_revision_exclude_each_other(server: &Server) {
    five(server).await;
    let first = server.get(&format!("{MAPS}?limit=2")).await.ok();
    let path = format!("{MAPS}?limit=2&resourceVersion={}&{}", version(&first), rest(&first));
    let refused = server.get(&path).await.fails(400, "BadRequest");
    assert_eq!(refused["message"], "specifying resource version is not allowed when using continue");
    // 0 is let pass, though the limit may then be taken lightly.
    let second = server.get(&format!("{MAPS}?limit=2&resourceVersion=0&{}", rest(&first))).await.ok();
    assert_eq!(names(&second)[..2], ["c", "d"]);
    let path = format!("{MAPS}?limit=2&resourceVersionMatch=Exact&{}", rest(&first));
    server.get(&path).await.fails(422, "Invalid");
}

async fn an_exact_list_is_of_an_old_revision(server: &Server) {
    five(server).await;
    let then = version(&server.get(&format!("{MAPS}/e")).await.ok());
    server.delete(&format!("{MAPS}/a")).await.ok();
    let changed = server.patch(&format!("{MAPS}/b"), "merge", json!({"data": {"k": "v"}})).await.ok();
    make(server, &[("f", Value::Null)]).await;
    let old = server.get(&format!("{MAPS}?resourceVersion={then}&resourceVersionMatch=Exact")).await.ok();
    assert_eq!(names(&old), ["a", "b", "c", "d", "e"]);
    assert_eq!(version(&old), then);
    assert!(old["items"][1]["data"].is_null(), "b as it was");
    let part = server.get(&format!("{MAPS}?resourceVersion={then}&resourceVersionMatch=Exact&limit=2")).await.ok();
    assert_eq!((names(&part), version(&part)), (vec!["a", "b"], then));
    let part = server.get(&format!("{MAPS}?limit=2&{}", rest(&part))).await.ok();
    assert_eq!(names(&part), ["c", "d"]);
    // A limit with a revision and no match is exact as well.
    let legacy = server.get(&format!("{MAPS}?resourceVersion={then}&limit=9")).await.ok();
    assert_eq!(version(&legacy), then);
    assert_eq!(names(&legacy), ["a", "b", "c", "d", "e"]);
    let later = version(&changed);
    let between = server.get(&format!("{MAPS}?resourceVersion={later}&resourceVersionMatch=Exact")).await.ok();
    assert_eq!(names(&between), ["b", "c", "d", "e"]);
}

async fn a_list_not_older_than_a_revision(server: &Server) {
    five(server).await;
    let now = version(&server.get(&format!("{MAPS}/e")).await.ok());
    for query in [format!("resourceVersion={now}&resourceVersionMatch=NotOlderThan"), format!("resourceVersion={now}")]
    {
        let list = server.get(&format!("{MAPS}?{query}")).await.ok();
        assert!(version(&list) >= now, "{query}");
        assert_eq!(names(&list).len(), 5, "{query}");
    }
    let any = server.get(&format!("{MAPS}?resourceVersion=0&resourceVersionMatch=NotOlderThan")).await.ok();
    assert!(version(&any) > 0);
    let any = server.get(&format!("{MAPS}?resourceVersion=0&limit=2")).await.ok();
    assert!(version(&any) > 0);
    // One object, not older than.
    assert_eq!(server.get(&format!("{MAPS}/e?resourceVersion={now}")).await.ok()["metadata"]["name"], "e");
    assert_eq!(server.get(&format!("{MAPS}/e?resourceVersion=0")).await.status, 200);
    assert!(server.get(&format!("{MAPS}/e?resourceVersion=x")).await.status >= 400);
}

async fn a_revision_to_come_is_refused(server: &Server) {
    five(server).await;
    let later = version(&server.get(MAPS).await.ok()) + 1_000_000;
    for query in ["", "&resourceVersionMatch=NotOlderThan"] {
        let refused = server.get(&format!("{MAPS}?resourceVersion={later}{query}")).await.fails(504, "Timeout");
        let cause = &refused["details"]["causes"][0];
        assert_eq!(cause["reason"], "ResourceVersionTooLarge", "{refused:#}");
        assert!(
            refused["message"].as_str().unwrap().starts_with("Timeout: Too large resource version: "),
            "{refused:#}"
        );
        assert!(refused["details"]["retryAfterSeconds"].is_number(), "{refused:#}");
    }
}

async fn revisions_and_their_match_are_checked(server: &Server) {
    for query in [
        "resourceVersionMatch=Exact",
        "resourceVersionMatch=NotOlderThan",
        "resourceVersion=0&resourceVersionMatch=Exact",
        "resourceVersion=5&resourceVersionMatch=Nonsense",
        "sendInitialEvents=true",
        "sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
    ] {
        let refused = server.get(&format!("{MAPS}?{query}")).await.fails(422, "Invalid");
        assert_eq!(refused["details"]["kind"], "ListOptions", "{query}: {refused:#}");
        assert!(refused["details"]["causes"].is_array(), "{query}: {refused:#}");
    }
    assert!(server.get(&format!("{MAPS}?resourceVersion=nonsense")).await.status >= 400);
}

async fn labels_select(server: &Server) {
    make(server, &[("a", json!({"x": "1", "y": "1"})), ("b", json!({"x": "2"})), ("c", json!({"z": ""}))]).await;
    let all: [(&str, &[&str]); 14] = [
        ("x=1", &["a"]),
        ("x==1", &["a"]),
        ("x!=1", &["b", "c"]),
        ("x", &["a", "b"]),
        ("!x", &["c"]),
        ("x in (1,2)", &["a", "b"]),
        ("x notin (1)", &["b", "c"]),
        ("x=1,y=1", &["a"]),
        ("x=1,y=2", &[]),
        ("x,!y", &["b"]),
        ("z=", &["c"]),
        ("x>1", &["b"]),
        ("x<2", &["a"]),
        ("", &["a", "b", "c"]),
    ];
    for (selector, expected) in all {
        let encoded: String = selector.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let list = server.get(&format!("{MAPS}?labelSelector={encoded}")).await.ok();
        assert_eq!(names(&list), expected, "{selector}");
    }
}

async fn broken_label_selectors_are_refused(server: &Server) {
    for selector in ["x%3D%3D%3D1", "x%20in", "x%20in%20()%20y", "-x", "x%3Da%20b", ",", "x%20like%20y"] {
        server.get(&format!("{MAPS}?labelSelector={selector}")).await.fails(400, "BadRequest");
    }
}

async fn fields_select(server: &Server) {
    five(server).await;
    let all: [(&str, &[&str]); 6] = [
        ("metadata.name=b", &["b"]),
        ("metadata.name==b", &["b"]),
        ("metadata.name!=b", &["a", "c", "d", "e"]),
        ("metadata.name=b,metadata.namespace={ns}", &["b"]),
        ("metadata.namespace=elsewhere", &[]),
        ("metadata.name=none", &[]),
    ];
    for (selector, expected) in all {
        let list = server.get(&format!("{MAPS}?fieldSelector={}", selector.replace('=', "%3D"))).await.ok();
        assert_eq!(names(&list), expected, "{selector}");
    }
    let refused = server.get(&format!("{MAPS}?fieldSelector=data.k%3Dv")).await.fails(400, "BadRequest");
    assert_eq!(
        refused["message"],
        "\"data.k\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
    );
    server.get(&format!("{MAPS}?fieldSelector=nonsense")).await.fails(400, "BadRequest");
}

async fn a_list_over_all_namespaces_has_those_of_each(server: &Server) {
    server.create("/api/v1/namespaces", json!({"metadata": {"name": "{ns}-b"}})).await;
    let labels = json!({"of": server.namespace});
    make(server, &[("a", labels.clone())]).await;
    let other = json!({"metadata": {"name": "a", "labels": labels}});
    server.create("/api/v1/namespaces/{ns}-b/configmaps", other).await;
    let list = server.get("/api/v1/configmaps?labelSelector=of%3D{ns}").await.ok();
    assert_eq!(names(&list), ["a", "a"]);
    let first = server.get("/api/v1/configmaps?labelSelector=of%3D{ns}&limit=1").await.ok();
    let second = server.get(&format!("/api/v1/configmaps?labelSelector=of%3D{{ns}}&{}", rest(&first))).await.ok();
    let of = |list: &Value| list["items"][0]["metadata"]["namespace"].as_str().unwrap().to_owned();
    let mut namespaces = [of(&first), of(&second)];
    namespaces.sort();
    assert_eq!(namespaces, [server.namespace.clone(), format!("{}-b", server.namespace)]);
    let one = "/api/v1/configmaps?labelSelector=of%3D{ns}&fieldSelector=metadata.namespace%3D{ns}";
    assert_eq!(server.get(one).await.ok()["items"].as_array().unwrap().len(), 1);
}

async fn custom_fields_select_if_the_definition_says_so(server: &Server) {
    let widgets = server.define_fixture("widgets").await;
    for (name, color) in [("a", "red"), ("b", "blue")] {
        server.create(&widgets, widget(name, json!({"color": color}))).await;
    }
    let list = server.get(&format!("{widgets}?fieldSelector=spec.color%3Dblue")).await.ok();
    assert_eq!(names(&list), ["b"]);
    let list = server.get(&format!("{widgets}?fieldSelector=spec.color!%3Dblue")).await.ok();
    assert_eq!(names(&list), ["a"]);
    server.get(&format!("{widgets}?fieldSelector=spec.replicas%3D1")).await.fails(400, "BadRequest");
}

fn widget(name: &str, spec: Value) -> Value {
    json!({"apiVersion": "{group}/v1", "kind": "Widget", "metadata": {"name": name}, "spec": spec})
}
