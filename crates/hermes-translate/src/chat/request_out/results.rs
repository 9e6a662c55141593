//! Results of tools.

use serde_json::{Map, Value};

use super::Job;
use super::content;
use crate::ids::Ids;
use crate::prompt::{Part, PartKind, ToolResult};
use crate::read::path;
use crate::unsupported::Unsupported;

/// What stands in a result for what only a user's message may hold (OpenAI refuses anything but text there).
const ELSEWHERE: &str = "[attached in the next message]";

/// Writes the message of a result. Images and the like wait in `attached` for a message of their own.
pub(super) fn write<'a>(
    job: &mut Job<'_>,
    part: &Part,
    result: &'a ToolResult,
    ids: &mut Ids,
    attached: &mut Vec<&'a Part>,
) -> Result<Value, Unsupported> {
    let mut message = Map::new();
    message.insert("role".to_owned(), "tool".into());
    let id = ids.result(&result.id, result.name.as_deref());
    message.insert("tool_call_id".to_owned(), id.into());
    if let Some(name) = result.name.as_deref().filter(|_| job.same) {
        message.insert("name".to_owned(), name.into());
    }
    let mut written = Vec::new();
    for inner in &result.parts {
        let attach = matches!(
            inner.kind,
            PartKind::Image(_) | PartKind::File(_) | PartKind::Audio(_)
        );
        if attach && !job.same && !is_text(inner) {
            attached.push(inner);
            written.push(text_part(ELSEWHERE));
        } else {
            written.extend(content::write_part(job, inner)?);
        }
    }
    if result.is_error {
        job.drop(path(&part.at, "is_error"))?;
        written.insert(0, text_part("Error: "));
    }
    let joint = if result.is_error { "" } else { "\n" };
    let listed = job.same && result.parts.iter().any(|inner| inner.at.ends_with(']'));
    let joint = Some(joint).filter(|_| !job.same);
    let content = content::shaped(written, joint, listed);
    message.insert("content".to_owned(), content.unwrap_or_else(|| "".into()));
    job.extras.put(&part.at, &mut message);
    Ok(message.into())
}

fn is_text(part: &Part) -> bool {
    use crate::prompt::Source;
    matches!(&part.kind, PartKind::File(media) if matches!(media.source, Source::Text(_)))
}

fn text_part(text: &str) -> Map<String, Value> {
    Map::from_iter([
        ("type".to_owned(), "text".into()),
        ("text".to_owned(), text.into()),
    ])
}
