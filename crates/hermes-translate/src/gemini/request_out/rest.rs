//! What has no place in the common form: back where it stood for a client of the same protocol, left out by name for others.

use serde_json::{Map, Value};

use super::Request;
use crate::dropped::Dropped;
use crate::gemini::json::{camel, set_path, take_path};
use crate::prompt::Other;
use crate::unsupported::Unsupported;

pub(super) fn write(
    request: Request<'_>,
    body: &mut Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    let prompt = request.prompt;
    for other in &prompt.others {
        if request.own() && !other.at.contains('[') {
            set(body, &other.at, other);
        } else if !(request.own() && stands_in_part(request, &other.at)) {
            dropped.add(&other.at)?;
        }
    }
    if request.own() {
        for other in &prompt.needs {
            set(body, &other.at, other);
        }
        for (at, value) in &prompt.own {
            let (at, value) = (at.clone(), value.clone());
            set(body, &at.clone(), &Other { at, value });
        }
    }
    if let Some(user) = &prompt.user {
        dropped.add(&user.at)?;
    }
    if prompt.cache_key.is_some() {
        dropped.add("prompt_cache_key")?;
    }
    if prompt.metadata.as_ref().is_some_and(|pairs| !pairs.is_empty()) {
        dropped.add("metadata")?;
    }
    refused(request, body, dropped)
}

/// Puts a field where its path says; names on the way are the ones that were written already.
pub(super) fn set(target: &mut Map<String, Value>, path: &str, other: &Other) {
    set_path(target, path, other.value.clone());
}

/// Puts the fields of a part back that stood in it.
pub(super) fn of_part(request: Request<'_>, at: &str, fields: &mut Map<String, Value>) {
    if !request.own() {
        return;
    }
    for other in &request.prompt.others {
        if let Some(path) = inside(&other.at, at) {
            set(fields, path, other);
        }
    }
}

fn inside<'a>(path: &'a str, at: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(at)?.strip_prefix('.')?;
    (!rest.contains('[')).then_some(rest)
}

fn stands_in_part(request: Request<'_>, path: &str) -> bool {
    let mut parts = request.prompt.turns.iter().flat_map(|turn| &turn.parts);
    parts.any(|part| inside(path, &part.at).is_some())
}

/// Takes away what this upstream refuses, and sets what it always wants.
fn refused(
    request: Request<'_>,
    body: &mut Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    let quirks = &request.target.quirks;
    for field in quirks.refused.iter().flatten() {
        if take_path(body, field).is_some() {
            dropped.add(request.at(field))?;
        }
    }
    for (path, value) in quirks.set.iter().flatten() {
        set_path(body, path, value.clone());
    }
    if body
        .get("generationConfig")
        .is_some_and(|config| config.as_object().is_some_and(Map::is_empty))
    {
        body.shift_remove(&camel("generationConfig"));
    }
    Ok(())
}
