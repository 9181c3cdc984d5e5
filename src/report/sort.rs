//! `--sort-by`: objects in the order of one of their fields.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::JsonPath;

/// Sorts objects by the field that `path` leads to; those without it come first, and equals stay as they are.
///
/// Times, numbers and quantities are compared as such when all values are, and otherwise all as text in which numbers count.
///
/// # Errors
/// In kubectl's words, when no object has such a field.
pub fn sort_by(objects: Vec<Value>, path: &JsonPath, text: &str) -> Result<Vec<Value>, String> {
    let fields: Vec<_> = objects.iter().map(|object| path.first(object).filter(|field| !field.is_null())).collect();
    if !objects.is_empty() && fields.iter().all(Option::is_none) {
        return Err(format!("couldn't find any field with path \"{text}\" in the list of objects"));
    }
    let compare = comparison(&fields);
    let mut rows: Vec<_> = fields.into_iter().zip(objects).collect();
    rows.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some(a), Some(b)) => compare(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    });
    Ok(rows.into_iter().map(|(_, object)| object).collect())
}

type Compare = fn(&Value, &Value) -> Ordering;

fn comparison(fields: &[Option<Value>]) -> Compare {
    let all = |is: fn(&Value) -> bool| fields.iter().flatten().all(is);
    if all(|field| time(field).is_some()) {
        |a, b| time(a).cmp(&time(b))
    } else if all(|field| number(field).is_some()) {
        |a, b| number(a).unwrap_or_default().total_cmp(&number(b).unwrap_or_default())
    } else {
        |a, b| natural(&words(a), &words(b))
    }
}

fn time(field: &Value) -> Option<Timestamp> {
    field.as_str()?.parse().ok()
}

/// A number, or a quantity such as `500m` or `2Gi`.
fn number(field: &Value) -> Option<f64> {
    match field {
        Value::Number(number) => number.as_f64(),
        Value::Bool(truth) => Some(f64::from(u8::from(*truth))),
        Value::String(text) => quantity(text),
        _ => None,
    }
}

fn quantity(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 14] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("Pi", 1_125_899_906_842_624.0),
        ("Ei", 1_152_921_504_606_846_976.0),
        ("u", 1e-6),
        ("m", 1e-3),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
        ("E", 1e18),
    ];
    let unit = UNITS.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor)));
    let (digits, factor) = unit.unwrap_or((text, 1.0));
    if !digits.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return None;
    }
    digits.parse::<f64>().ok().map(|number| number * factor)
}

fn words(field: &Value) -> String {
    field.as_str().map_or_else(|| field.to_string(), str::to_owned)
}

/// Text in which `web-9` comes before `web-10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (a, b) = (piece(left), piece(right));
        let numbers = a.parse::<u128>().ok().zip(b.parse::<u128>().ok());
        let order = numbers.map_or(Ordering::Equal, |(a, b)| a.cmp(&b)).then_with(|| match numbers {
            Some(_) => Ordering::Equal,
            None => a.cmp(b),
        });
        if order != Ordering::Equal || (a.is_empty() && b.is_empty()) {
            return order.then_with(|| left.cmp(right));
        }
        (left, right) = (&left[a.len()..], &right[b.len()..]);
    }
}

/// The digits at the beginning, or all up to the first digit.
fn piece(text: &str) -> &str {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != digits);
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sorted(values: &[Value]) -> Vec<Value> {
        let objects = values.iter().map(|value| json!({"f": value})).collect();
        let path = JsonPath::parse(".f").unwrap();
        sort_by(objects, &path, ".f").unwrap().into_iter().map(|mut object| object["f"].take()).collect()
    }

    #[test]
    fn values_are_compared_as_what_they_are() {
        assert_eq!(sorted(&[json!(10), json!(9), json!(-1)]), [json!(-1), json!(9), json!(10)]);
        assert_eq!(
            sorted(&[json!("1Gi"), json!("500m"), json!("2"), json!("900Mi"), json!("1G")]),
            [json!("500m"), json!("2"), json!("900Mi"), json!("1G"), json!("1Gi")]
        );
        let times = [json!("2026-01-01T10:00:00+02:00"), json!("2026-01-01T07:00:00Z"), json!("2026-01-01T09:00:00Z")];
        assert_eq!(sorted(&times), [times[1].clone(), times[0].clone(), times[2].clone()]);
        assert_eq!(sorted(&[json!("web-10"), json!("web-9"), json!("app")]), ["app", "web-9", "web-10"]);
        assert_eq!(sorted(&[json!(true), json!(false)]), [json!(false), json!(true)]);
        assert_eq!(sorted(&[json!("nan"), json!("inf"), json!("1")]), ["1", "inf", "nan"], "words are no numbers");
    }

    #[test]
    fn what_is_missing_comes_first() {
        let path = JsonPath::parse("{.status.x}").unwrap();
        let objects =
            vec![json!({"n": 1, "status": {"x": 1}}), json!({"n": 2}), json!({"n": 3, "status": {"x": null}})];
        let sorted = sort_by(objects, &path, "{.status.x}").unwrap();
        assert_eq!(sorted.iter().map(|object| object["n"].as_i64().unwrap()).collect::<Vec<_>>(), [2, 3, 1]);
        let told = sort_by(vec![json!({})], &path, "{.status.x}").unwrap_err();
        assert_eq!(told, "couldn't find any field with path \"{.status.x}\" in the list of objects");
        assert!(sort_by(vec![], &path, "{.status.x}").unwrap().is_empty());
    }
}
