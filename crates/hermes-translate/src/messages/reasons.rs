use serde_json::{Value, json};

use crate::read::{given, said, text};
use crate::reply::{Finish, Reason};

/// Why the model stopped, from an answer or from the end of a stream. Calls of tools win over a mere end.
pub(super) fn read(value: &Value, calls: bool) -> Finish {
    let reason = match text(value, "stop_reason").unwrap_or_default() {
        "max_tokens" => Reason::MaxTokens,
        "stop_sequence" => Reason::StopSequence,
        "tool_use" => Reason::ToolUse,
        "pause_turn" => Reason::Pause,
        "refusal" => Reason::Refusal,
        "model_context_window_exceeded" => Reason::ContextFull,
        _ if calls => Reason::ToolUse,
        _ => Reason::End,
    };
    let details = given(value, "stop_details");
    Finish {
        reason,
        stop_sequence: text(value, "stop_sequence").map(str::to_owned),
        explanation: details
            .and_then(|details| said(details, "explanation"))
            .map(str::to_owned),
    }
}

/// The name of a reason.
pub(super) fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::End => "end_turn",
        Reason::StopSequence => "stop_sequence",
        Reason::ToolUse => "tool_use",
        Reason::MaxTokens => "max_tokens",
        Reason::ContextFull => "model_context_window_exceeded",
        Reason::Refusal => "refusal",
        Reason::Pause => "pause_turn",
    }
}

/// An end with what the model said when it declined, for which this protocol has no block.
pub(super) fn declined(finish: &Finish, refusal: &str) -> Finish {
    let mut finish = finish.clone();
    if !refusal.is_empty() {
        if finish.reason == Reason::End {
            finish.reason = Reason::Refusal;
        }
        finish.explanation = Some(refusal.to_owned());
    }
    finish
}

/// The fields of an end; those of a message and those of the delta at the end of a stream are the same.
pub(super) fn fields(finish: &Finish) -> [(&'static str, Value); 3] {
    let details = finish
        .explanation
        .as_ref()
        .map(|explanation| json!({"type": "refusal", "category": null, "explanation": explanation}));
    [
        ("stop_reason", word(finish.reason).into()),
        ("stop_sequence", finish.stop_sequence.clone().into()),
        ("stop_details", details.unwrap_or_default()),
    ]
}
