use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hermes_core::Protocol;
use hermes_text::Both;
use hermes_text::errors::catalog as text;
use toml::{Table, Value};

use crate::CatalogError;
use crate::row::COMMON_LOGIN_KEYS;
use crate::source::Source;

/// A row is a few KiB; a larger file is not one.
const LARGEST_FILE: u64 = 1 << 20;

/// For each list that merges by identity, where in the overlay each element of the merged list stands.
pub(crate) type Places = BTreeMap<&'static str, Vec<Option<usize>>>;

/// What makes two elements of a list the same one.
type Identity = fn(&Value) -> Option<String>;

/// Reads every `*.toml` of a folder, in the order of the names.
pub(crate) fn read_folder(folder: &Path) -> Result<Vec<Source>, CatalogError> {
    let mut paths = Vec::new();
    let entries = fs_err::read_dir(folder).map_err(|error| foreign(folder, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| foreign(folder, &error))?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.into_iter().map(read_file).collect()
}

fn read_file(path: PathBuf) -> Result<Source, CatalogError> {
    let shape = fs_err::metadata(&path).map_err(|error| foreign(&path, &error))?;
    // A pipe or a device would block or never end.
    if !shape.is_file() {
        return Err(unreadable(&path, Both::of(text::read_no_file)));
    }
    if shape.len() > LARGEST_FILE {
        return Err(unreadable(&path, Both::of(text::read_too_large)));
    }
    let text = fs_err::read_to_string(&path).map_err(|error| foreign(&path, &error))?;
    Source::parse(path.display().to_string(), text)
}

fn foreign(path: &Path, error: &std::io::Error) -> CatalogError {
    unreadable(path, Both::same(hermes_core::chain(error)))
}

fn unreadable(path: &Path, problem: Both) -> CatalogError {
    CatalogError::Read {
        path: path.display().to_string(),
        problem,
    }
}

/// Lays one row's table over another: tables merge, `login` and `regions` by `id`, `runtime` by `protocol` and `methods`;
/// everything else replaces.
pub(crate) fn merge(mut base: Table, over: Table) -> (Table, Places) {
    let mut places = Places::new();
    for (name, value) in over {
        let identity: Option<(&'static str, Identity)> = match name.as_str() {
            "login" => Some(("login", id_of)),
            "regions" => Some(("regions", id_of)),
            "runtime" => Some(("runtime", runtime_of)),
            _ => None,
        };
        let merged = match (identity, base.remove(&name), value) {
            (Some((list, identity)), Some(Value::Array(base)), Value::Array(over)) => {
                let (merged, found) = merge_list(base, over, identity);
                places.insert(list, found);
                Value::Array(merged)
            }
            (_, Some(old), new) => merge_value(&name, old, new),
            (_, None, new) => new,
        };
        base.insert(name, merged);
    }
    (base, places)
}

/// Merges lists whose elements have an identity; new elements come last.
fn merge_list(base: Vec<Value>, over: Vec<Value>, identity: Identity) -> (Vec<Value>, Vec<Option<usize>>) {
    let mut places = vec![None; base.len()];
    let mut merged = base;
    for (index, element) in over.into_iter().enumerate() {
        let wanted = identity(&element);
        let known = places
            .iter()
            .zip(&merged)
            .position(|(place, old)| place.is_none() && wanted.is_some() && identity(old) == wanted);
        if let Some(known) = known {
            let old = std::mem::replace(&mut merged[known], Value::Boolean(false));
            merged[known] = merge_value("", without_other_dialect(old, &element), element);
            places[known] = Some(index);
        } else {
            merged.push(element);
            places.push(Some(index));
        }
    }
    (merged, places)
}

fn merge_value(name: &str, base: Value, over: Value) -> Value {
    match (base, over) {
        // These two name one choice of several; a mixture of two choices would be neither.
        (_, over) if name == "auth" || name == "yields" => over,
        (Value::Table(mut base), Value::Table(over)) => {
            for (name, value) in over {
                let value = match base.remove(&name) {
                    Some(old) => merge_value(&name, old, value),
                    None => value,
                };
                base.insert(name, value);
            }
            Value::Table(base)
        }
        (_, over) => over,
    }
}

/// Drops the steps of a login whose dialect the overlay changes: they mean nothing to the new one.
fn without_other_dialect(base: Value, over: &Value) -> Value {
    match (base, over.get("dialect")) {
        (Value::Table(mut base), Some(dialect)) if base.get("dialect").is_some_and(|old| old != dialect) => {
            base.retain(|name, _| COMMON_LOGIN_KEYS.contains(&name));
            Value::Table(base)
        }
        (base, _) => base,
    }
}

fn id_of(element: &Value) -> Option<String> {
    element.get("id")?.as_str().map(str::to_owned)
}

fn runtime_of(element: &Value) -> Option<String> {
    let protocol: Protocol = element.get("protocol")?.clone().try_into().ok()?;
    let mut methods: Vec<&str> = match element.get("methods") {
        Some(methods) => methods.as_array()?.iter().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    };
    methods.sort_unstable();
    Some(format!("{} {}", protocol.as_str(), methods.join(" ")))
}
