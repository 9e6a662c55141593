//! The arguments of a call that come in pieces, each under the path of what it is a piece of (`streamFunctionCallArguments`).

use serde_json::{Map, Value};

use super::super::json::{entry, get, text};

/// Longest list that arguments may hold, and deepest path, so that a wrong path costs nothing.
const LONGEST: usize = 1 << 16;
const DEEPEST: usize = 128;

/// A call that is being put together.
#[derive(Clone)]
pub(super) struct Partial {
    key: u32,
    args: Value,
}

#[derive(Clone)]
enum Step {
    Name(String),
    Number(usize),
}

impl Partial {
    pub(super) fn new(key: u32, args: Value) -> Self {
        Self { key, args }
    }

    /// Takes pieces; tells whether they could be put in their places.
    pub(super) fn take(&mut self, pieces: &Value) -> bool {
        let pieces = match pieces {
            Value::Array(pieces) => pieces.as_slice(),
            piece => std::slice::from_ref(piece),
        };
        pieces.iter().all(|piece| self.piece(piece).is_some())
    }

    /// The block and its arguments.
    pub(super) fn end(self) -> (u32, String) {
        (self.key, self.args.to_string())
    }

    fn piece(&mut self, piece: &Value) -> Option<()> {
        let steps = steps(text(piece, "jsonPath")?)?;
        let value = value(piece)?;
        let place = steps.into_iter().try_fold(&mut self.args, into)?;
        match (place, value) {
            (Value::String(before), Value::String(more)) => before.push_str(&more),
            (place, value) => *place = value,
        }
        Some(())
    }
}

fn value(piece: &Value) -> Option<Value> {
    let mut names = ["stringValue", "numberValue", "boolValue"].iter();
    let found = names.find_map(|name| get(piece, name));
    match found {
        Some(value) => Some(value.clone()),
        None => piece
            .as_object()?
            .keys()
            .any(|name| name.starts_with("null"))
            .then_some(Value::Null),
    }
    .or_else(|| entry(piece, "willContinue").map(|_| Value::String(String::new())))
}

/// The place that a step leads to, made where it is not there yet.
fn into(place: &mut Value, step: Step) -> Option<&mut Value> {
    match step {
        Step::Name(name) => {
            if place.is_null() {
                *place = Value::Object(Map::new());
            }
            Some(place.as_object_mut()?.entry(name).or_insert(Value::Null))
        }
        Step::Number(number) => {
            if place.is_null() {
                *place = Value::Array(Vec::new());
            }
            let list = place.as_array_mut()?;
            if number >= LONGEST {
                return None;
            }
            if list.len() <= number {
                list.resize(number + 1, Value::Null);
            }
            list.get_mut(number)
        }
    }
}

/// The steps of a path such as `$.recipe.steps[0]` or `$['a.b']` (RFC 9535, names and numbers only).
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    let mut steps = Vec::new();
    while !rest.is_empty() && steps.len() < DEEPEST {
        if let Some(after) = rest.strip_prefix('[') {
            let (step, after) = bracket(after)?;
            steps.push(step);
            rest = after;
        } else {
            let after = rest.strip_prefix('.').unwrap_or(rest);
            let end = after.find(['.', '[']).unwrap_or(after.len());
            if end == 0 {
                return None;
            }
            steps.push(Step::Name(after[..end].to_owned()));
            rest = &after[end..];
        }
    }
    rest.is_empty().then_some(steps)
}

fn bracket(text: &str) -> Option<(Step, &str)> {
    let quote = text.chars().next().filter(|one| matches!(one, '\'' | '"'));
    let Some(quote) = quote else {
        let (number, rest) = text.split_once(']')?;
        return Some((Step::Number(number.trim().parse().ok()?), rest));
    };
    let (mut name, mut escaped) = (String::new(), false);
    for (at, one) in text.char_indices().skip(1) {
        if escaped {
            name.push(one);
            escaped = false;
        } else if one == '\\' {
            escaped = true;
        } else if one == quote {
            let rest = text[at + 1..].strip_prefix(']')?;
            return Some((Step::Name(name), rest));
        } else {
            name.push(one);
        }
    }
    None
}

#[cfg(test)]
mod tests;
