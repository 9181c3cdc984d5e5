#[test]
fn dump() {
    let t = std::time::Instant::now();
    let all = super::definitions::all();
    let a = t.elapsed();
    let r = super::resources();
    println!("{a:?} {:?}", t.elapsed());
    std::fs::write("/tmp/f/ours.json", serde_json::to_string(all).unwrap()).unwrap();
    let s: std::collections::BTreeMap<_, _> =
        r.iter().map(|r| (format!("{}/{}", r.group, r.kind), r.schema.source.clone())).collect();
    std::fs::write("/tmp/f/ours_structural.json", serde_json::to_string(&s).unwrap()).unwrap();
    for r in r {
        assert!(crate::schema::Schema::parse(&r.schema.source).is_ok());
        assert!(r.schema.properties.len() > 2, "{}", r.kind);
    }
}
use serde_json::{Value, json};
#[test]
fn dev_cases() {
    let all: Value = serde_json::from_slice(&std::fs::read("/tmp/f/cases.json").unwrap()).unwrap();
    let mut bad = 0;
    for c in all.as_array().unwrap() {
        let r = super::resources()
            .into_iter()
            .find(|r| r.kind == c["kind"].as_str().unwrap() && r.group == c["group"].as_str().unwrap())
            .unwrap();
        let mut new = c["new"].clone();
        let mut old = c["old"].clone();
        if let Err(e) = super::decode(&r, &mut new) {
            if e.code.as_u16() as u64 != c["code"].as_u64().unwrap() || e.message != c["message"] {
                bad += 1;
                println!("DECODE {}", e.message);
            }
            continue;
        }
        super::to_stored(&r, &mut new);
        super::to_stored(&r, &mut old);
        let got = super::prepare(&r, &mut new, Some(&old).filter(|o| !o.is_null()));
        super::to_served(&r, &mut new);
        match got {
            Ok(()) => {
                if c["code"].as_u64().unwrap() >= 400 {
                    bad += 1;
                    println!(
                        "ACCEPTED {}\n   {}",
                        c["new"].to_string().chars().take(300).collect::<String>(),
                        c["message"].to_string().chars().take(300).collect::<String>()
                    );
                    continue;
                }
                let mut want = c["result"].clone();
                for o in [&mut want, &mut new] {
                    let m = o["metadata"].as_object_mut().unwrap();
                    for k in ["uid", "resourceVersion", "creationTimestamp", "managedFields"] {
                        m.remove(k);
                    }
                    o.as_object_mut().unwrap().retain(|_, v| !v.is_null());
                }
                if new != want {
                    bad += 1;
                    println!("DIFFERS {}\n  got {new}\n want {want}", c["new"]);
                }
            }
            Err(causes) => {
                let got: Vec<Value> = causes
                    .iter()
                    .map(|c| json!({"field": c.field, "message": c.message, "reason": c.reason}))
                    .collect();
                if Value::Array(got.clone()) != c["causes"] {
                    bad += 1;
                    println!("CAUSES {}", c["new"].to_string().chars().take(300).collect::<String>());
                    for g in &got {
                        println!("  got {g}");
                    }
                    for w in c["causes"].as_array().into_iter().flatten() {
                        println!(" want {w}");
                    }
                    if c["causes"].is_null() {
                        println!(" want {} {}", c["code"], c["message"]);
                    }
                }
            }
        }
    }
    println!("bad {bad}");
}
