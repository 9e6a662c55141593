//! Puts together what a client kept as the chunks of a stream: the official SDKs send the history of a chat with one content for each
//! chunk (google-genai 3.4). Only turns of the model come like that.

use crate::ids::MADE_UP;
use crate::prompt::{Part, PartKind, Prompt, Role, Turn};
use crate::proof::ProofKind;

/// Joins neighbouring turns of the model, and neighbouring texts and thoughts in them.
pub(super) fn fragments(prompt: &mut Prompt) {
    let mut turns: Vec<Turn> = Vec::with_capacity(prompt.turns.len());
    for turn in std::mem::take(&mut prompt.turns) {
        match turns.last_mut() {
            Some(last) if last.role == Role::Assistant && turn.role == Role::Assistant => {
                last.parts.extend(turn.parts);
            }
            _ => turns.push(turn),
        }
    }
    for turn in turns.iter_mut().filter(|turn| turn.role == Role::Assistant) {
        let mut parts: Vec<Part> = Vec::with_capacity(turn.parts.len());
        for part in std::mem::take(&mut turn.parts) {
            let inside = format!("{}.", part.at);
            let plain = !prompt.others.iter().any(|other| other.at.starts_with(&inside));
            let rest = if plain { join(&mut parts, part) } else { Some(part) };
            parts.extend(rest);
        }
        turn.parts = parts;
    }
    prompt.turns = turns;
}

/// Adds a part to the one before it, or gives it back.
fn join(parts: &mut [Part], part: Part) -> Option<Part> {
    // An empty text after a signature is what the signature stands on.
    let carries = matches!(parts, [.., one, two] if is_signature(one) && is_empty_text(two));
    let Some(last) = parts.last_mut().filter(|_| !carries) else {
        return Some(part);
    };
    match (&mut last.kind, part.kind) {
        (PartKind::Text(before), PartKind::Text(text)) => {
            before.push_str(&text);
            None
        }
        (
            PartKind::Thinking {
                text: before,
                proof: proof @ None,
            },
            PartKind::Thinking { text, proof: next },
        ) if next.as_ref().is_none_or(|one| one.kind != ProofKind::Thought) => {
            before.push_str(&text);
            *proof = next;
            None
        }
        (_, kind) => Some(Part { kind, ..part }),
    }
}

fn is_signature(part: &Part) -> bool {
    matches!(&part.kind, PartKind::Thinking { proof: Some(_), .. })
}

fn is_empty_text(part: &Part) -> bool {
    matches!(&part.kind, PartKind::Text(text) if text.is_empty())
}

/// Gives ids to calls and results that have none, by name and order, so that other protocols can link them.
pub(super) fn name_calls(turns: &mut [Turn]) {
    let mut open: Vec<(String, String)> = Vec::new();
    let mut count = 0_u32;
    for part in turns.iter_mut().flat_map(|turn| &mut turn.parts) {
        match &mut part.kind {
            PartKind::Call(call) => {
                if call.id.is_empty() {
                    count += 1;
                    call.id = format!("{MADE_UP}{count}");
                }
                open.push((call.name.clone(), call.id.clone()));
            }
            PartKind::Result(result) if result.id.is_empty() => {
                let name = result.name.as_deref().unwrap_or_default();
                let found = open
                    .iter()
                    .position(|(called, _)| called == name || name.is_empty());
                result.id = if let Some(found) = found {
                    open.remove(found).1
                } else {
                    count += 1;
                    format!("{MADE_UP}{count}")
                };
            }
            PartKind::Result(result) => open.retain(|(_, id)| *id != result.id),
            _ => {}
        }
    }
}
