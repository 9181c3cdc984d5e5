//! Evaluating an expression in CEL, within bounds.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use kube_cel::{
    KubeCelExt,
    cel::{
        Context, ExecutionError, Program,
        common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators},
        objects::{Opaque, OptionalValue},
    },
};

pub(super) use kube_cel::cel::Value;

/// How long an expression may be, in bytes; cel-go takes as many code points.
const MOST_TEXT: usize = 100_000;

/// How much may nest in an expression at all, and the stack that is enough to read that, in bytes.
const MOST_NESTING: usize = 1000;
const STACK: usize = 128 * 1024 * 1024;

/// How deep an expression may be to be evaluated where it stands, and not on a stack of its own.
const SHALLOW: usize = 24;

/// What one expression may cost, and all for one object; kube-apiserver's limits. The unit is a part of an expression
/// that is evaluated: about a tenth of a second for one expression.
const MOST_FOR_ONE: u64 = 1_000_000;
const MOST_FOR_OBJECT: u64 = 10_000_000;

/// A function that no rule can name: it counts the rounds of comprehensions.
const TICK: &str = "@tick";

thread_local! {
    static CONTEXT: Context<'static> = context();
    /// What the expression that is being evaluated may still cost.
    static LEFT: Cell<u64> = const { Cell::new(0) };
}

fn context() -> Context<'static> {
    let mut context = Context::default().with_all();
    context.add_function("type", |value: Value| -> Result<Value, ExecutionError> { Ok(TypeValue::of(&value).value()) });
    for name in TYPES {
        context.add_variable_from_value(name, TypeValue(name.to_owned()).value());
    }
    context.add_function(TICK, |cost: i64| -> Result<bool, ExecutionError> {
        let cost = u64::try_from(cost).unwrap_or(1);
        let left = LEFT.get().checked_sub(cost);
        LEFT.set(left.unwrap_or(0));
        left.map(|_| true).ok_or_else(|| ExecutionError::function_error(TICK, "cost"))
    });
    context
}

/// What rules may still cost for an object.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) fn of_object() -> Self {
        Self(MOST_FOR_OBJECT)
    }

    pub(super) fn is_spent(&self) -> bool {
        self.0 == 0
    }

    pub(super) fn spend_all(&mut self) {
        self.0 = 0;
    }
}

/// What an expression came to.
pub(super) enum Outcome {
    /// Its value.
    Value(Value),
    /// No value: what went wrong.
    Failed(String),
    /// It costs too much: what cel-go says of one expression, nothing of all together.
    TooDear(&'static str),
}

/// What an expression can speak of.
pub(super) struct Variables<'a> {
    /// `self`.
    pub(super) this: &'a Value,
    /// `oldSelf`.
    pub(super) former: Option<&'a Value>,
    /// Whether `oldSelf` is an optional value.
    pub(super) optional: bool,
}

/// An expression that is ready to be evaluated.
#[derive(Debug)]
pub(super) struct Expression {
    expression: IdedExpr,
    cost: u64,
    uses_old: bool,
    is_deep: bool,
}

impl Expression {
    /// To be called on a [`deep_stack`].
    ///
    /// # Errors
    ///
    /// When it is no expression, or speaks of anything but `self` and `oldSelf`.
    pub(super) fn compile(text: &str) -> Result<Self, String> {
        if text.len() > MOST_TEXT {
            return Err(format!("expression code point size exceeds limit: size: {}, limit {MOST_TEXT}", text.len()));
        }
        if text.bytes().filter(|byte| b"([{?".contains(byte)).count() > MOST_NESTING {
            return Err(format!("expression recursion limit exceeded: {MOST_NESTING}"));
        }
        let program = catch_unwind(|| Program::compile(text));
        let program = program.map_err(|_| "compilation failed".to_owned())?.map_err(|error| error.to_string())?;
        let mut expression = program.expression().clone();
        let mut counting = Counting::default();
        let cost = counting.part(&mut expression)?;
        let uses_old = counting.uses_old;
        Ok(Self { expression, cost, uses_old, is_deep: counting.deepest > SHALLOW })
    }

    /// What it is made of.
    pub(super) fn parts(&self) -> &IdedExpr {
        &self.expression
    }

    pub(super) fn uses(&self, variable: &str) -> bool {
        variable == "oldSelf" && self.uses_old
    }

    pub(super) fn evaluate(&self, variables: &Variables<'_>, budget: &mut Budget) -> Outcome {
        let limit = MOST_FOR_ONE.min(budget.0);
        let run = || self.run(variables, limit.saturating_sub(self.cost));
        let Some((result, left)) = (if self.is_deep { deep_stack(run) } else { Some(run()) }) else {
            return Outcome::Failed("evaluation failed".to_owned());
        };
        budget.0 = budget.0.saturating_sub(limit - left);
        match result {
            _ if left == 0 && limit < MOST_FOR_ONE => Outcome::TooDear(""),
            _ if left == 0 => Outcome::TooDear("operation cancelled: actual cost limit exceeded"),
            Some(Ok(value)) => Outcome::Value(value),
            Some(Err(error)) => Outcome::Failed(in_words(&error)),
            None => Outcome::Failed("evaluation failed".to_owned()),
        }
    }

    /// Evaluates it, and tells what it left of the cost it may have; no result when it panicked.
    fn run(&self, variables: &Variables<'_>, cost: u64) -> (Option<Result<Value, ExecutionError>>, u64) {
        LEFT.set(cost);
        let result = CONTEXT.with(|context| {
            let mut context = context.new_inner_scope();
            context.add_variable_from_value("self", variables.this.clone());
            if variables.optional {
                let former = variables.former.cloned().map_or_else(OptionalValue::none, OptionalValue::of);
                context.add_variable_from_value("oldSelf", Value::Opaque(Arc::new(former)));
            } else if let Some(former) = variables.former {
                context.add_variable_from_value("oldSelf", former.clone());
            }
            catch_unwind(AssertUnwindSafe(|| context.resolve(&self.expression))).ok()
        });
        (result, LEFT.get())
    }
}

/// The names of types, which are values in CEL.
const TYPES: [&str; 11] =
    ["bool", "bytes", "double", "duration", "int", "list", "map", "null_type", "string", "timestamp", "uint"];

/// What functions stand behind with a dot, as in `math.greatest`.
const NAMESPACES: [&str; 9] = ["base64", "cidr", "format", "ip", "jsonpatch", "math", "optional", "sets", "strings"];

/// A type, as `type` names it.
#[derive(Debug, PartialEq, Eq)]
struct TypeValue(String);

impl Opaque for TypeValue {
    fn runtime_type_name(&self) -> &str {
        "type"
    }
}

impl TypeValue {
    fn of(value: &Value) -> Self {
        Self(match value {
            Value::Float(_) => "double".to_owned(),
            Value::Null => "null_type".to_owned(),
            Value::Opaque(opaque) => opaque.runtime_type_name().to_owned(),
            other => other.type_of().to_string(),
        })
    }

    fn value(self) -> Value {
        Value::Opaque(Arc::new(self))
    }
}

/// Counts the parts of an expression, and has every round of its comprehensions counted when it is evaluated.
#[derive(Default)]
struct Counting {
    /// The variables of the comprehensions around.
    scope: Vec<String>,
    uses_old: bool,
    depth: usize,
    deepest: usize,
}

impl Counting {
    fn part(&mut self, expression: &mut IdedExpr) -> Result<u64, String> {
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        let below = match &mut expression.expr {
            Expr::Call(call) => {
                let target = call.target.as_deref_mut().filter(|target| !self.is_namespace(target));
                self.parts(target.into_iter().chain(&mut call.args))
            }
            Expr::Comprehension(comprehension) => self.rounds(comprehension),
            Expr::List(list) => self.parts(&mut list.elements),
            Expr::Map(map) => self.parts(map.entries.iter_mut().flat_map(|entry| match &mut entry.expr {
                EntryExpr::MapEntry(entry) => vec![&mut entry.key, &mut entry.value],
                EntryExpr::StructField(field) => vec![&mut field.value],
            })),
            Expr::Select(select) => self.part(&mut select.operand),
            Expr::Ident(name) => self.variable(name).map(|()| 0),
            Expr::Literal(_) => Ok(0),
            Expr::Struct(_) | Expr::Unspecified => Err("messages are not supported".to_owned()),
        };
        self.depth -= 1;
        Ok(below? + 1)
    }

    fn parts<'a>(&mut self, parts: impl IntoIterator<Item = &'a mut IdedExpr>) -> Result<u64, String> {
        parts.into_iter().try_fold(0, |sum, part| Ok(sum + self.part(part)?))
    }

    fn variable(&mut self, name: &str) -> Result<(), String> {
        self.uses_old |= name == "oldSelf";
        let known = matches!(name, "self" | "oldSelf") || TYPES.contains(&name);
        if known || self.scope.iter().any(|variable| variable == name) {
            return Ok(());
        }
        Err(format!("undeclared reference to '{name}' (in container '')"))
    }

    fn is_namespace(&self, target: &IdedExpr) -> bool {
        matches!(&target.expr, Expr::Ident(name) if NAMESPACES.contains(&name.as_str()) && !self.scope.contains(name))
    }

    fn rounds(&mut self, comprehension: &mut ComprehensionExpr) -> Result<u64, String> {
        let outside = self.part(&mut comprehension.iter_range)? + self.part(&mut comprehension.accu_init)?;
        let length = self.scope.len();
        self.scope.extend([comprehension.iter_var.clone(), comprehension.accu_var.clone()]);
        self.scope.extend(comprehension.iter_var2.clone());
        let round = self.part(&mut comprehension.loop_cond)? + self.part(&mut comprehension.loop_step)?;
        let result = self.part(&mut comprehension.result)?;
        self.scope.truncate(length);
        comprehension.loop_cond = counted(std::mem::take(&mut comprehension.loop_cond), round);
        Ok(outside + round + result)
    }
}

/// A condition that is looked at after the cost of a round is counted.
fn counted(condition: IdedExpr, round: u64) -> IdedExpr {
    let cost = part(Expr::Literal(LiteralValue::Int(i64::try_from(round).unwrap_or(i64::MAX).into())));
    let tick = part(Expr::Call(CallExpr { func_name: TICK.to_owned(), target: None, args: vec![cost] }));
    let never = part(Expr::Literal(LiteralValue::Boolean(false.into())));
    part(Expr::Call(CallExpr {
        func_name: operators::CONDITIONAL.to_owned(),
        target: None,
        args: vec![tick, condition, never],
    }))
}

fn part(expr: Expr) -> IdedExpr {
    IdedExpr { id: 0, expr }
}

/// Does something where there is stack for the deepest expression: the parser of CEL calls itself ever deeper before
/// it finds that an expression nests too much.
///
/// None when there is no thread to be had for it.
pub(in crate::schema) fn deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok()?;
        thread.join().ok()
    })
}

/// What went wrong, in the words of cel-go, and without values.
fn in_words(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchKey(key) => format!("no such key: {key}"),
        ExecutionError::IndexOutOfBounds(Value::Int(index)) => format!("index out of bounds: {index}"),
        ExecutionError::IndexOutOfBounds(_) => "index out of bounds".to_owned(),
        ExecutionError::DivisionByZero(_) => "division by zero".to_owned(),
        ExecutionError::RemainderByZero(_) => "modulus by zero".to_owned(),
        ExecutionError::Overflow(..) => "integer overflow".to_owned(),
        ExecutionError::UndeclaredReference(name) => format!("undeclared reference to '{name}' (in container '')"),
        ExecutionError::FunctionError { message, .. } => message.clone(),
        _ => "no such overload".to_owned(),
    }
}
