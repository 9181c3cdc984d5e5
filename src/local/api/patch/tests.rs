use super::*;
use serde_json::json;
#[test]
fn dev_smp() {
    let all: Value = serde_json::from_slice(&std::fs::read("/tmp/f/smp.json").unwrap()).unwrap();
    let r = crate::local::api::builtin::resources().into_iter().find(|r| r.kind == "ServiceAccount").unwrap();
    let mut bad = 0;
    for c in all["cases"].as_array().unwrap() {
        let mut got = strategic(&r.schema, &all["base"], &serde_json::to_vec(&c["patch"]).unwrap());
        if let Ok(v) = &mut got {
            for s in v["secrets"].as_array_mut().into_iter().flatten() {
                let n = s["name"].clone();
                *s = json!({"name": n});
            }
        }
        let f = |v: Option<&Value>| match v {
            None => Value::Null,
            Some(Value::Array(a)) if a.is_empty() => Value::Null,
            Some(Value::Object(a)) if a.is_empty() => Value::Null,
            Some(v) => v.clone(),
        };
        let got = match got {
            Ok(v) => {
                json!([200, {"secrets": f(v.get("secrets")), "finalizers": f(v["metadata"].get("finalizers")), "labels": f(v["metadata"].get("labels")), "annotations": f(v["metadata"].get("annotations"))}])
            }
            Err(e) => json!([e.code.as_u16(), e.message]),
        };
        let want = if c["code"] == 200 { json!([200, c["result"]]) } else { json!([c["code"], c["message"]]) };
        if got != want {
            bad += 1;
            println!("patch {}\n  got {got}\n want {want}", c["patch"]);
        }
    }
    println!("bad {bad}");
}
