//! What comes last: fields put back or left out, refused ones, and those that are always sent.

use serde_json::{Map, Value};

use super::{Job, paths};
use crate::unsupported::Unsupported;

/// Objects of which single fields may be among the others.
const PARENTS: [&str; 3] = ["stream_options.", "response_format.json_schema.", "messages["];

/// Fields that the writer adds by itself; their loss means nothing to the client.
const ADDED: [&str; 2] = ["stream_options", "stream"];

pub(super) fn write(job: &mut Job<'_>, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    put_back(job, body)?;
    let mut value = Value::Object(std::mem::take(body));
    for path in job.target.quirks.refused.iter().flatten() {
        let removed = remove(&mut value, path);
        if removed && !ADDED.contains(&path.split('.').next().unwrap_or_default()) {
            job.drop(paths::client(job.prompt.client, path))?;
        }
    }
    for (path, wanted) in job.target.quirks.set.iter().flatten() {
        set(&mut value, path, wanted);
    }
    if let Value::Object(written) = value {
        *body = written;
    }
    Ok(())
}

/// Puts back what the same protocol's client wrote beyond the common form; everything else is left out by name.
fn put_back(job: &mut Job<'_>, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    let prompt = job.prompt;
    for other in &prompt.others {
        let top = !PARENTS.iter().any(|parent| other.at.starts_with(parent));
        let in_own = prompt.own.keys().any(|name| {
            other
                .at
                .strip_prefix(name.as_str())
                .is_some_and(|rest| rest.starts_with('.'))
        });
        if !job.same {
            job.drop(other.at.as_str())?;
        } else if in_own {
            // The whole object was put back where the upstream is told in the client's own way.
            let name = other.at.split('.').next().unwrap_or_default();
            if body.get(name) != prompt.own.get(name) {
                job.drop(other.at.as_str())?;
            }
        } else if top {
            body.entry(other.at.as_str())
                .or_insert_with(|| other.value.clone());
        } else {
            put_inside(body, &other.at, &other.value);
        }
    }
    for at in job.extras.left() {
        job.dropped.add(at)?;
    }
    Ok(())
}

/// Puts a field into an object that was written; without the object it means nothing.
fn put_inside(body: &mut Map<String, Value>, at: &str, value: &Value) {
    let (inside, field) = if let Some(field) = at.strip_prefix("stream_options.") {
        (body.get_mut("stream_options"), field)
    } else if let Some(field) = at.strip_prefix("response_format.json_schema.") {
        let format = body.get_mut("response_format");
        (format.and_then(|format| format.get_mut("json_schema")), field)
    } else {
        return;
    };
    if let Some(Value::Object(inside)) = inside {
        inside.insert(field.to_owned(), value.clone());
    }
}

/// Removes a dotted path; lists on the way are walked through.
fn remove(value: &mut Value, path: &str) -> bool {
    match value {
        Value::Array(list) => {
            let removed = list.iter_mut().filter_map(|one| remove(one, path).then_some(()));
            removed.count() > 0
        }
        Value::Object(fields) => {
            if let Some((first, rest)) = path.split_once('.') {
                return fields.get_mut(first).is_some_and(|inner| remove(inner, rest));
            }
            fields.shift_remove(path).is_some()
        }
        _ => false,
    }
}

fn set(value: &mut Value, path: &str, wanted: &Value) {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Value::Object(fields) = value else { return };
    match path.split_once('.') {
        Some((first, rest)) => set(fields.entry(first).or_insert(Value::Null), rest, wanted),
        None => {
            fields.insert(path.to_owned(), wanted.clone());
        }
    }
}
