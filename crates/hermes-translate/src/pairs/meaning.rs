//! What a request means, whatever protocol it came by.

use serde_json::{Value, json};

use crate::ids::Ids;
use crate::names;
use crate::prompt::{
    Amount, Choice, Effort, Format, Media, Part, PartKind, Prompt, Role, Tool, ToolKind, free_text_schema,
};

/// What a request means.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Meaning {
    pub(super) said: Vec<(String, String)>,
    pub(super) tools: Vec<String>,
    pub(super) controls: Vec<String>,
}

impl Meaning {
    /// Leaves out the controls, or the thoughts, when some of them were left out on the way: the paths name them in another protocol's
    /// words. Everything else that is said has to be there in any case.
    pub(super) fn forget(&mut self, lost: &[String]) {
        let conversation = ["messages", "contents", "input", "system", "instructions"];
        if lost
            .iter()
            .any(|path| conversation.iter().any(|part| path.starts_with(part)))
        {
            self.said.retain(|(kind, _)| kind != "model thought");
        }
        if lost
            .iter()
            .any(|path| !conversation.iter().any(|part| path.starts_with(part)))
        {
            self.controls.clear();
        }
    }
}

/// The meaning of a request. Instructions are one however they are named; a limit is none where a protocol demands one.
pub(super) fn meaning(prompt: &Prompt) -> Meaning {
    let mut out = Meaning {
        tools: prompt.tools.iter().map(tool).collect(),
        controls: controls(prompt),
        ..Meaning::default()
    };
    let mut ids = Ids::new(None, false);
    let mut parts: Vec<(&str, &str, String)> = Vec::new();
    for turn in &prompt.turns {
        let role = match turn.role {
            Role::System | Role::Developer => "system",
            Role::User => "user",
            Role::Assistant => "model",
        };
        for part in &turn.parts {
            let (kind, told) = told(part, &mut ids);
            parts.push((role, kind, told));
        }
    }
    out.said = joined(in_order(parts));
    out
}

/// The parts of each answer in the order that Chat Completions has for them: thoughts, texts, calls.
fn in_order<'a>(parts: Vec<(&'a str, &'a str, String)>) -> Vec<(&'a str, &'a str, String)> {
    let rank = |kind: &str| {
        ["thought", "text"]
            .iter()
            .position(|one| *one == kind)
            .unwrap_or(2)
    };
    let mut out = parts;
    for answer in out.chunk_by_mut(|one, other| one.0 == other.0) {
        if answer[0].0 == "model" {
            answer.sort_by_key(|part| rank(part.1));
        }
    }
    out
}

/// Texts of one side after each other are one, and empty ones say nothing.
fn joined(parts: Vec<(&str, &str, String)>) -> Vec<(String, String)> {
    let mut said: Vec<(String, String)> = Vec::new();
    for (role, kind, told) in parts.into_iter().filter(|part| !part.2.is_empty()) {
        let key = format!("{role} {kind}");
        match said.last_mut() {
            Some((last, text)) if *last == key && kind == "text" => {
                // The model's own go on; those of others stand beside each other.
                text.push_str(if role == "model" { "" } else { "\n\n" });
                text.push_str(&told);
            }
            _ => said.push((key, told)),
        }
    }
    said
}

fn told(part: &Part, ids: &mut Ids) -> (&'static str, String) {
    match &part.kind {
        PartKind::Text(text) | PartKind::Refusal(text) => ("text", text.clone()),
        PartKind::Image(medium) => ("image", media(medium)),
        PartKind::File(medium) | PartKind::Audio(medium) => ("file", media(medium)),
        PartKind::Thinking { text, proof } => {
            let proof = proof.as_ref().map(|one| (one.kind, &one.data));
            let told = format!("{text} {proof:?}");
            ("thought", told)
        }
        PartKind::Call(call) => {
            let arguments: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
            let id = ids.call(&call.id, &call.name);
            ("call", format!("{id} {} {arguments}", call.name))
        }
        PartKind::Result(result) => {
            let id = ids.result(&result.id, result.name.as_deref());
            let parts = result.parts.iter().map(|part| told(part, ids));
            let said = joined(parts.map(|(kind, told)| ("tool", kind, told)).collect());
            let failed = if result.is_error { " failed" } else { "" };
            ("result", format!("{id}{failed} {said:?}"))
        }
        PartKind::Foreign { value, .. } => ("other", value.to_string()),
    }
}

fn media(medium: &Media) -> String {
    // Two names of one type.
    let mime = medium.mime.replace("audio/mpeg", "audio/mp3");
    format!("{mime} {:?}", medium.source)
}

fn tool(tool: &Tool) -> String {
    let kind = match &tool.kind {
        ToolKind::Function { schema, strict } => {
            let mut schema = schema.clone();
            // Some protocols demand the field.
            if schema.get("properties").is_none() {
                schema["properties"] = json!({});
            }
            format!("{schema} {}", strict.unwrap_or_default())
        }
        ToolKind::Custom { .. } => format!("{} false", free_text_schema()),
        // The same search under the names of three protocols.
        ToolKind::Hosted(value) if searches(&tool.name) => return format!("search {:?}", settings(value)),
        ToolKind::Hosted(value) => value.to_string(),
    };
    let description = tool.description.as_deref().unwrap_or_default();
    format!("{} {description:?} {kind}", tool.name)
}

fn searches(name: &str) -> bool {
    name.starts_with("web_search") || name.starts_with("google")
}

/// Where a search looks, and for whom.
fn settings(value: &Value) -> (Value, Value) {
    let domains = value
        .pointer("/filters/allowed_domains")
        .or_else(|| value.get("allowed_domains"));
    let place = value.get("user_location");
    (
        domains.cloned().unwrap_or_default(),
        place.cloned().unwrap_or_default(),
    )
}

fn controls(prompt: &Prompt) -> Vec<String> {
    let mut sampling = prompt.sampling.clone();
    // Messages demands a limit, and one answer is what comes anyway.
    sampling.max_tokens = None;
    sampling.n = sampling.n.filter(|count| *count != 1);
    let choice = prompt.choice.as_ref().filter(|choice| **choice != Choice::Auto);
    vec![
        format!("{choice:?}"),
        format!("{:?}", prompt.parallel.filter(|parallel| !parallel)),
        format!("{sampling:?}"),
        format!("{:?}", prompt.thinking.as_ref().map(|one| amount(one.amount))),
        format(&prompt.format),
        format!("{:?}", prompt.verbosity),
        format!("{:?}", prompt.tier),
    ]
}

/// How much is thought, in the words that every protocol has.
fn amount(amount: Amount) -> Amount {
    match amount {
        Amount::Adaptive => Amount::Effort(Effort::High),
        Amount::Budget(tokens) => Amount::Effort(Effort::of_budget(tokens)),
        amount => amount,
    }
}

/// The form of the answer. Gemini's place for the name is the title, and Messages and Gemini are always strict.
fn format(format: &Format) -> String {
    let Format::JsonSchema { name, schema, .. } = format else {
        return format!("{format:?}");
    };
    let name = names::of_schema(name.as_deref(), schema);
    let mut schema = schema.clone();
    if let Value::Object(fields) = &mut schema
        && fields.get("title").and_then(Value::as_str) == Some(&name)
    {
        fields.shift_remove("title");
    }
    format!("{name} {schema}")
}
