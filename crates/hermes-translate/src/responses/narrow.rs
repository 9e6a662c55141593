//! A request in Responses for an upstream that takes less than that: changed where it must be, and left as it is elsewhere.

use hermes_catalog::Quirks;
use serde_json::{Map, Value, json};

use super::fields::{set, take};
use crate::dropped::Dropped;
use crate::read::said;
use crate::unsupported::Unsupported;

/// Holds a request to the rules; whether anything had to be changed.
pub(crate) fn narrow(body: &mut Value, quirks: &Quirks, dropped: &mut Dropped) -> Result<bool, Unsupported> {
    if !body.is_object() {
        return Ok(false);
    }
    let mut changed = instructions(body, quirks);
    changed |= input(body, quirks);
    changed |= tier(body, quirks, dropped)?;
    changed |= refused(body, quirks, dropped)?;
    changed |= fixed(body, quirks, dropped)?;
    Ok(changed)
}

/// Puts instructions where there are none.
fn instructions(body: &mut Value, quirks: &Quirks) -> bool {
    match &quirks.instructions {
        Some(text) if said(body, "instructions").is_none() => {
            set(body, "instructions", text.as_str().into());
            true
        }
        _ => false,
    }
}

/// Makes a text the list that it is short for; gives items the role that stands for the system's, and takes ids that mean nothing.
fn input(body: &mut Value, quirks: &Quirks) -> bool {
    let Some(input) = body.get_mut("input") else {
        return false;
    };
    if let Value::String(text) = input {
        let text = std::mem::take(text);
        *input = json!([{"role": "user", "content": [{"type": "input_text", "text": text}]}]);
        return true;
    }
    let mut changed = false;
    for item in input.as_array_mut().into_iter().flatten() {
        if let Some(item) = item.as_object_mut() {
            changed |= role(item, quirks) | id(item, quirks);
        }
    }
    changed
}

fn role(item: &mut Map<String, Value>, quirks: &Quirks) -> bool {
    match (item.get_mut("role"), &quirks.system_role) {
        (Some(role), Some(other)) if role == "system" && other != "system" => {
            *role = other.as_str().into();
            true
        }
        _ => false,
    }
}

fn id(item: &mut Map<String, Value>, quirks: &Quirks) -> bool {
    // Of a reference the id is all there is.
    let reference = item.get("type").is_some_and(|kind| kind == "item_reference");
    !reference && quirks.refuses("input.id") && item.shift_remove("id").is_some()
}

/// An upstream may take some of the tiers only: `service_tier.flex` refuses one.
fn tier(body: &mut Value, quirks: &Quirks, dropped: &mut Dropped) -> Result<bool, Unsupported> {
    const FIELD: &str = "service_tier";
    let refused = said(body, FIELD).is_some_and(|tier| quirks.refuses(&format!("{FIELD}.{tier}")));
    if refused {
        dropped.add(FIELD)?;
        take(body, FIELD);
    }
    Ok(refused)
}

/// Takes what is refused; a field that says nothing goes without a word.
fn refused(body: &mut Value, quirks: &Quirks, dropped: &mut Dropped) -> Result<bool, Unsupported> {
    let mut changed = false;
    for path in quirks.refused.iter().flatten() {
        let given = body.pointer(&pointer(path)).is_some_and(|value| !value.is_null());
        if take(body, path) {
            changed = true;
            if given {
                dropped.add(path.as_str())?;
            }
        }
    }
    Ok(changed)
}

/// Sets what has to be so.
fn fixed(body: &mut Value, quirks: &Quirks, dropped: &mut Dropped) -> Result<bool, Unsupported> {
    let mut changed = false;
    for (path, wanted) in quirks.set.iter().flatten() {
        let given = body.pointer(&pointer(path)).filter(|value| !value.is_null());
        if given == Some(wanted) {
            continue;
        }
        if given.is_some() {
            dropped.add(path.as_str())?;
        }
        set(body, path, wanted.clone());
        changed = true;
    }
    Ok(changed)
}

fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

#[cfg(test)]
mod tests;
