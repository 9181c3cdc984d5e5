//! Checks of numbers, as Go does them: integers among integers, floats among floats.

use serde_json::{Map, Number, Value};

use super::{node::Node, report::Report};
use crate::schema::{Type, finding, place::Place};

/// Up to here floats name integers one by one: 2⁵³ - 1.
const MOST_WHOLE: f64 = 9_007_199_254_740_991.0;

/// What a number must satisfy.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    /// `integer` or `number`, when it is one of the two only.
    pub(super) kind: Option<Type>,
    /// `int32`, `int64`, `float` or `double`.
    pub(super) format: Option<String>,
    multiple_of: Option<f64>,
    maximum: Option<f64>,
    exclusive_maximum: bool,
    minimum: Option<f64>,
    exclusive_minimum: bool,
}

/// A number as Go reads it.
#[derive(Clone, Copy)]
enum Num {
    Int(i64),
    Float(f64),
}

impl Num {
    fn of(number: &Number) -> Self {
        number.as_i64().map_or_else(|| Self::Float(number.as_f64().unwrap_or(0.0)), Self::Int)
    }

    #[expect(clippy::cast_precision_loss, reason = "floats are compared with floats")]
    fn float(self) -> f64 {
        match self {
            Self::Int(integer) => integer as f64,
            Self::Float(float) => float,
        }
    }

    fn value(self) -> Value {
        match self {
            Self::Int(integer) => Value::from(integer),
            Self::Float(float) => Value::from(float),
        }
    }
}

impl Bounds {
    pub(super) fn of(source: &Map<String, Value>) -> Self {
        let number = |key: &str| source.get(key).and_then(Value::as_f64);
        let flag = |key: &str| source.get(key) == Some(&Value::Bool(true));
        Self {
            kind: None,
            format: None,
            multiple_of: number("multipleOf"),
            maximum: number("maximum"),
            exclusive_maximum: flag("exclusiveMaximum"),
            minimum: number("minimum"),
            exclusive_minimum: flag("exclusiveMinimum"),
        }
    }

    /// What is wrong with a number, or with a bound, that the type cannot hold.
    fn range(&self, number: Num, subject: &str, place: &Place<'_>) -> Option<String> {
        let format = self.format.as_deref();
        let fits = match (self.kind, format) {
            (Some(Type::Integer), Some("int32")) => whole(number).is_some_and(|integer| i32::try_from(integer).is_ok()),
            (Some(Type::Integer), _) => whole(number).is_some(),
            (_, Some("float")) => number.float().abs() <= f64::from(f32::MAX),
            _ => true,
        };
        let kind = self.kind.map_or("", Type::name);
        let shown = format.map_or_else(|| "(default format)".to_owned(), |format| format!("with format {format}"));
        (!fits).then(|| format!("{subject} value must be of type {kind} {shown} in {}", place.dotted()))
    }

    fn multiple_of(&self, number: Num, factor: f64, place: &Place<'_>, report: &mut Report) {
        let (number, factor) = self.bound(number, factor, "MultipleOf", place, report);
        let is_multiple = match (number, factor) {
            (_, factor) if factor.float() <= 0.0 => {
                let path = place.dotted();
                let detail = format!("factor MultipleOf declared for {path} must be positive: {}", shown(factor));
                report.add(|| {
                    let name = super::report::name(place);
                    crate::schema::Finding::about(&name, crate::schema::Reason::Invalid, &factor.value(), &detail)
                });
                return;
            }
            (Num::Int(number), Num::Int(factor)) => number % factor == 0,
            (number, factor) if factor.float() < 1.0 => is_json_integer(1.0 / factor.float() * number.float()),
            (number, factor) => is_json_integer(number.float() / factor.float()),
        };
        if !is_multiple {
            report.invalid(place, &number.value(), &format!("should be a multiple of {}", shown(factor)));
        }
    }

    fn maximum(&self, number: Num, limit: f64, place: &Place<'_>, report: &mut Report) {
        let (number, limit) = self.bound(number, limit, "Maximum boundary", place, report);
        let is_over = match (number, limit) {
            (Num::Int(number), Num::Int(limit)) => number > limit || (self.exclusive_maximum && number == limit),
            (number, limit) => {
                let (number, limit) = (number.float(), limit.float());
                number > limit || (self.exclusive_maximum && number >= limit)
            }
        };
        if is_over {
            let words = if self.exclusive_maximum { "should be less than" } else { "should be less than or equal to" };
            report.invalid(place, &number.value(), &format!("{words} {}", shown(limit)));
        }
    }

    fn minimum(&self, number: Num, limit: f64, place: &Place<'_>, report: &mut Report) {
        let (number, limit) = self.bound(number, limit, "Minimum boundary", place, report);
        let is_under = match (number, limit) {
            (Num::Int(number), Num::Int(limit)) => number < limit || (self.exclusive_minimum && number == limit),
            (number, limit) => {
                let (number, limit) = (number.float(), limit.float());
                number < limit || (self.exclusive_minimum && number <= limit)
            }
        };
        if is_under {
            let exclusive = self.exclusive_minimum;
            let words = if exclusive { "should be greater than" } else { "should be greater than or equal to" };
            report.invalid(place, &number.value(), &format!("{words} {}", shown(limit)));
        }
    }

    /// The number and a bound as they are compared. A bound that the type cannot hold is told, and both are floats.
    #[expect(clippy::cast_possible_truncation, reason = "Go cuts bounds of integers off as well")]
    fn bound(&self, number: Num, bound: f64, subject: &str, place: &Place<'_>, report: &mut Report) -> (Num, Num) {
        match (self.range(Num::Float(bound), subject, place), number) {
            (Some(wrong), _) => {
                report.without_path(&wrong);
                (Num::Float(number.float()), Num::Float(bound))
            }
            (None, Num::Int(_)) => (number, Num::Int(bound as i64)),
            (None, Num::Float(_)) => (number, Num::Float(bound)),
        }
    }
}

impl Node {
    pub(super) fn check_number(&self, number: &Number, place: &Place<'_>) -> Report {
        let (mut report, bounds, number) = (Report::default(), &self.number, Num::of(number));
        if let Some(wrong) = bounds.range(number, "Checked", place) {
            report.without_path(&wrong);
        }
        if let Some(factor) = bounds.multiple_of {
            bounds.multiple_of(number, factor, place, &mut report);
        }
        if let Some(limit) = bounds.minimum {
            bounds.minimum(number, limit, place, &mut report);
        }
        if let Some(limit) = bounds.maximum {
            bounds.maximum(number, limit, place, &mut report);
        }
        report.matches += 1;
        report
    }
}

/// Whether a value is a number without a fraction.
pub(super) fn is_whole(value: &Value) -> bool {
    match value {
        Value::Number(number) => match Num::of(number) {
            Num::Int(_) => true,
            Num::Float(float) => is_json_integer(float),
        },
        _ => false,
    }
}

/// Whether a value is a choice of `enum`: numbers count in the choice's type.
#[expect(clippy::cast_possible_truncation, reason = "Go converts the value to the type of the choice")]
pub(super) fn same(value: &Value, choice: &Value) -> bool {
    match (value, choice) {
        (Value::Number(value), Value::Number(choice)) => match (Num::of(value), Num::of(choice)) {
            (Num::Int(value), Num::Int(choice)) => value == choice,
            (Num::Float(value), Num::Int(choice)) => value as i64 == choice,
            (value, Num::Float(choice)) => (value.float() - choice).abs() == 0.0,
        },
        (Value::Null, _) => false,
        _ => value == choice,
    }
}

fn is_json_integer(float: f64) -> bool {
    if !(-MOST_WHOLE..=MOST_WHOLE).contains(&float) {
        return false;
    }
    let (rounded, magnitude) = (float.trunc(), float.abs());
    let difference = (float - rounded).abs();
    difference == 0.0 || (rounded != 0.0 && difference / (magnitude + rounded.abs()) < 1e-9)
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole(number: Num) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    match number {
        Num::Int(integer) => Some(integer),
        Num::Float(float) if float.fract() == 0.0 && (-LIMIT..LIMIT).contains(&float) => Some(float as i64),
        Num::Float(_) => None,
    }
}

fn shown(number: Num) -> String {
    match number {
        Num::Int(integer) => integer.to_string(),
        Num::Float(float) => finding::float_shown(float),
    }
}
