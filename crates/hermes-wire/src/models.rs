use hermes_core::UnixMs;
use serde_json::{Value, json};

/// A model as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelEntry {
    /// Id to put into requests.
    pub id: String,
    /// Name for people; the id where none is known.
    pub name: Option<String>,
    /// Who serves it.
    pub owner: String,
    /// Release date, where known.
    pub created: Option<UnixMs>,
    /// Whether a request for it can be served now.
    pub available: bool,
    /// When it can be served again, where that is known.
    pub available_at: Option<UnixMs>,
}

/// The part of a list that a client asked for, as Anthropic's query names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    /// Most entries; all without one.
    pub limit: Option<usize>,
    /// Only what follows this id.
    pub after: Option<String>,
    /// Only what precedes this id.
    pub before: Option<String>,
}

impl ListPage {
    /// The entries of the page, and whether there are more in its direction.
    fn cut<'a>(&self, entries: &'a [ModelEntry]) -> (&'a [ModelEntry], bool) {
        let place = |id: &Option<String>| entries.iter().position(|entry| Some(&entry.id) == id.as_ref());
        let start = place(&self.after).map_or(0, |at| at + 1);
        let end = place(&self.before).unwrap_or(entries.len()).max(start);
        let range = &entries[start..end];
        match self.limit {
            Some(limit) if limit < range.len() && self.before.is_some() => {
                (&range[range.len() - limit..], true)
            }
            Some(limit) if limit < range.len() => (&range[..limit], true),
            _ => (range, false),
        }
    }
}

/// The shape of a model list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListShape {
    /// `{data, has_more, first_id, last_id}`: for requests that carry `anthropic-version`.
    Anthropic,
    /// `{object: "list", data}`, with the `models` that some coding agents read beside it.
    OpenAi,
    /// `{models}` of Gemini: for requests under `/v1beta`.
    Gemini,
}

/// The body of `GET /v1/models`. Only Anthropic's lists have pages.
pub fn model_list(entries: &[ModelEntry], shape: ListShape, page: &ListPage) -> Vec<u8> {
    let (entries, more) = match shape {
        ListShape::Anthropic => page.cut(entries),
        ListShape::OpenAi | ListShape::Gemini => (entries, false),
    };
    let data: Vec<Value> = entries.iter().map(|entry| model(entry, shape)).collect();
    let body = match shape {
        ListShape::Anthropic => json!({
            "data": data,
            "has_more": more,
            "first_id": entries.first().map(|entry| &entry.id),
            "last_id": entries.last().map(|entry| &entry.id),
        }),
        ListShape::OpenAi => json!({
            "object": "list",
            "data": data,
            "models": entries.iter().zip(0_i64..).map(coding_model).collect::<Vec<_>>(),
        }),
        ListShape::Gemini => json!({ "models": data }),
    };
    body.to_string().into_bytes()
}

/// The body of `GET /v1/models/{id}`.
pub fn model_one(entry: &ModelEntry, shape: ListShape) -> Vec<u8> {
    model(entry, shape).to_string().into_bytes()
}

fn model(entry: &ModelEntry, shape: ListShape) -> Value {
    let created = entry.created.unwrap_or(UnixMs::from_millis(0));
    let mut model = match shape {
        ListShape::Anthropic => json!({
            "type": "model",
            "id": entry.id,
            "display_name": entry.name.as_ref().unwrap_or(&entry.id),
            "created_at": rfc3339(created),
            "lifecycle": "active",
        }),
        ListShape::OpenAi => json!({
            "id": entry.id,
            "object": "model",
            "created": created.as_seconds(),
            "owned_by": entry.owner,
        }),
        ListShape::Gemini => json!({
            "name": format!("models/{}", entry.id),
            "displayName": entry.name.as_ref().unwrap_or(&entry.id),
            "supportedGenerationMethods": ["generateContent", "streamGenerateContent", "countTokens"],
        }),
    };
    // Ours, beside the vendors' fields.
    model["available"] = json!(entry.available);
    if let Some(at) = entry.available_at {
        model["available_at"] = json!(rfc3339(at));
    }
    model
}

/// The fields that the agent behind the Responses protocol asks of a model it did not know (seen with its version 0.169); lower priority is listed first.
fn coding_model((entry, priority): (&ModelEntry, i64)) -> Value {
    json!({
        "slug": entry.id,
        "display_name": entry.name.as_ref().unwrap_or(&entry.id),
        "description": null,
        "default_reasoning_level": "medium",
        "supported_reasoning_levels": [
            {"effort": "low", "description": "Low"},
            {"effort": "medium", "description": "Medium"},
            {"effort": "high", "description": "High"},
        ],
        "shell_type": "shell_command",
        "visibility": "list",
        "supported_in_api": true,
        "priority": priority,
        "upgrade": null,
        "base_instructions": "",
        "supports_reasoning_summaries": false,
        "support_verbosity": false,
        "default_verbosity": null,
        "apply_patch_tool_type": null,
        "truncation_policy": {"mode": "bytes", "limit": 10_000},
        "supports_parallel_tool_calls": true,
        "context_window": null,
        "experimental_supported_tools": [],
    })
}

/// A moment as `YYYY-MM-DDTHH:MM:SSZ`, by Howard Hinnant's `civil_from_days`.
fn rfc3339(moment: UnixMs) -> String {
    let seconds = moment.as_seconds();
    let days = seconds.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let clock = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (clock / 3_600, clock / 60 % 60, clock % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests;
