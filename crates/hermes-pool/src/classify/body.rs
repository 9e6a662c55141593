//! What an error body says, wherever it says it.

use serde_json::Value;

use super::Answer;

/// Where providers put codes: OpenAI and Anthropic under `error`, Google as `status`, MiniMax in `base_resp`, the ChatGPT
/// back end in `detail`, Cerebras flat.
const CODE_PLACES: [&str; 12] = [
    "/error/code",
    "/error/type",
    "/error/status",
    "/error/details/error_code",
    "/error/error_code",
    "/error",
    "/code",
    "/type",
    "/error_code",
    "/detail/error_code",
    "/detail/code",
    "/base_resp/status_code",
];
/// Where they put sentences for people.
const TEXT_PLACES: [&str; 8] = [
    "/error/message",
    "/message",
    "/detail",
    "/detail/message",
    "/error",
    "/error_description",
    "/base_resp/status_msg",
    "/msg",
];
/// Where a body brings headers along: the ChatGPT back end beside the error of a stream, OpenRouter in `metadata`.
const HEADER_PLACES: [&str; 3] = ["/headers", "/error/headers", "/error/metadata/headers"];
/// A longer value of `error` is a sentence, not a code.
const LONGEST_CODE: usize = 80;

/// An error body, taken apart.
pub(super) struct Said {
    json: Option<Value>,
    codes: Vec<String>,
    /// The sentences, in lower case; the whole body where it is not JSON.
    text: String,
    /// The whole body in lower case.
    whole: String,
    page: bool,
}

impl Said {
    pub(super) fn read(answer: &Answer<'_>) -> Self {
        let whole = String::from_utf8_lossy(answer.body).to_lowercase();
        let json = serde_json::from_slice::<Value>(answer.body)
            .ok()
            .map(first_of_list)
            .map(innermost);
        let start = whole.trim_start_matches('\u{feff}').trim_start();
        let declared = answer
            .header("content-type")
            .is_some_and(|kind| kind.contains("text/html"));
        let page =
            json.is_none() && (declared || start.starts_with("<!doctype") || start.starts_with("<html"));
        let codes = json.as_ref().map(codes).unwrap_or_default();
        let text = json.as_ref().map_or_else(|| whole.clone(), sentences);
        Self {
            json,
            codes,
            text,
            whole,
            page,
        }
    }

    /// Whether it is a web page.
    pub(super) fn is_page(&self) -> bool {
        self.page
    }

    pub(super) fn has_code(&self, wanted: &[&str]) -> bool {
        self.codes
            .iter()
            .any(|code| wanted.iter().any(|one| code.eq_ignore_ascii_case(one)))
    }

    pub(super) fn has_any_code(&self, wanted: &[String]) -> bool {
        self.codes
            .iter()
            .any(|code| wanted.iter().any(|one| code.eq_ignore_ascii_case(one)))
    }

    /// Whether one of these (in lower case) occurs in its sentences.
    pub(super) fn mentions(&self, wanted: &[&str]) -> bool {
        wanted.iter().any(|one| self.text.contains(one))
    }

    /// Whether one of these occurs anywhere in it.
    pub(super) fn holds(&self, wanted: &[String]) -> bool {
        wanted.iter().any(|one| self.whole.contains(&one.to_lowercase()))
    }

    /// The texts and numbers of an object of headers that the body brings along, with names in lower case.
    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let Some(Value::Object(fields)) = self.at(&HEADER_PLACES) else {
            return Vec::new();
        };
        let texts = fields.iter().filter_map(|(name, value)| match value {
            Value::String(text) => Some((name.to_lowercase(), text.clone())),
            Value::Number(number) => Some((name.to_lowercase(), number.to_string())),
            _ => None,
        });
        texts.collect()
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The first of these JSON pointers that is there.
    pub(super) fn at(&self, pointers: &[&str]) -> Option<&Value> {
        let json = self.json.as_ref()?;
        pointers.iter().find_map(|pointer| json.pointer(pointer))
    }
}

/// A failed response inside a stream holds its error one level deeper.
fn innermost(value: Value) -> Value {
    match value.pointer("/response/error") {
        Some(error) if error.is_object() => serde_json::json!({ "error": error }),
        _ => value,
    }
}

/// Google wraps the error of a stream into a list.
fn first_of_list(value: Value) -> Value {
    match value {
        Value::Array(mut list) if !list.is_empty() => list.swap_remove(0),
        other => other,
    }
}

fn codes(json: &Value) -> Vec<String> {
    let named = CODE_PLACES.iter().filter_map(|place| json.pointer(place));
    let reasons = json
        .pointer("/error/details")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let reasons = reasons.filter_map(|detail| detail.get("reason"));
    let listed = json.pointer("/errors/0/code");
    named.chain(reasons).chain(listed).filter_map(code).collect()
}

fn code(value: &Value) -> Option<String> {
    match value {
        Value::String(code) if !code.is_empty() && code.len() <= LONGEST_CODE => Some(code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    }
}

fn sentences(json: &Value) -> String {
    let found = TEXT_PLACES
        .iter()
        .filter_map(|place| json.pointer(place)?.as_str());
    found.collect::<Vec<_>>().join("\n").to_lowercase()
}
