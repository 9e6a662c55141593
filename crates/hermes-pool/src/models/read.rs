//! The lists of models of the vendors, each in its own shape.

use hermes_core::UnixMs;
use serde_json::Value;

use super::ListedModel;
use crate::classify::json_moment;

/// Most models that are kept of a provider.
const MOST: usize = 2_000;
/// Longest id or name that is kept, bytes.
const LONGEST: usize = 200;

/// `data` (OpenAI, Anthropic and most others), `models` (Gemini, the backend of the ChatGPT plan), or a bare list (seen at small vendors).
pub(super) fn list(body: &Value, now: UnixMs) -> Option<Vec<ListedModel>> {
    let listed = ["data", "models"]
        .iter()
        .find_map(|field| body.get(*field)?.as_array());
    let listed = listed.or_else(|| body.as_array())?;
    let models = listed.iter().filter(|model| is_for_text(model));
    Some(models.filter_map(|model| one(model, now)).take(MOST).collect())
}

/// Gemini lists what each model can do.
fn is_for_text(model: &Value) -> bool {
    let calls = model.get("supportedGenerationMethods").and_then(Value::as_array);
    calls.is_none_or(|calls| calls.iter().any(|call| call == "generateContent"))
}

fn one(model: &Value, now: UnixMs) -> Option<ListedModel> {
    let said = |field: &str| model.get(field)?.as_str().filter(|text| is_plain(text));
    // Gemini's `name` is the id with its kind before it; elsewhere `name` is for people.
    let gemini = said("name").and_then(|name| name.strip_prefix("models/"));
    let id = said("id").or_else(|| said("slug")).or(gemini)?;
    let name = said("display_name").or_else(|| said("displayName"));
    let name = name.or_else(|| said("name").filter(|_| gemini.is_none()));
    let created = model.get("created").or_else(|| model.get("created_at"));
    Some(ListedModel {
        id: id.to_owned(),
        name: name.filter(|name| *name != id).map(str::to_owned),
        // Zero is written for "not known".
        created: created
            .and_then(|moment| json_moment(moment, now))
            .filter(|moment| moment.as_seconds() > 0 && *moment <= now),
    })
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control)
}
