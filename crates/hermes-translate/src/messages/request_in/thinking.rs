use serde_json::Value;

use crate::prompt::{Amount, Effort, Other, Prompt, Thinking};
use crate::read::{given, others, text, whole};

/// How much the model is to think: `thinking`, and the effort of `output_config`.
pub(super) fn read(body: &Value, prompt: &mut Prompt) {
    let effort = given(body, "output_config").and_then(|config| given(config, "effort"));
    let degree = effort.and_then(Value::as_str).and_then(Effort::of);
    let thinking = given(body, "thinking");
    let amount = match thinking {
        Some(thinking) => amount(thinking, degree),
        // Effort alone is no wish for thoughts, but it is what other protocols call effort of reasoning.
        None => degree.map(Amount::Effort),
    };
    if let (Some(value), Some(_)) = (thinking, amount) {
        prompt.own.insert("thinking".to_owned(), value.clone());
        let unknown = others(value, &["type", "budget_tokens", "display"], "thinking");
        prompt.others.extend(unknown);
    } else if let Some(value) = thinking {
        keep("thinking", value, prompt);
    }
    if let Some(effort) = effort
        && !matches!(amount, Some(Amount::Effort(_)))
    {
        keep("output_config.effort", effort, prompt);
    }
    prompt.thinking = amount.map(|amount| Thinking {
        amount,
        shown: thinking.and_then(shown),
        summary: None,
    });
}

fn amount(thinking: &Value, degree: Option<Effort>) -> Option<Amount> {
    match text(thinking, "type")? {
        "disabled" => Some(Amount::Off),
        "adaptive" => Some(degree.map_or(Amount::Adaptive, Amount::Effort)),
        "enabled" => Some(whole(thinking, "budget_tokens").map_or(Amount::Adaptive, Amount::Budget)),
        "between_tools" => Some(Amount::BetweenTools),
        _ => None,
    }
}

fn shown(thinking: &Value) -> Option<bool> {
    match text(thinking, "display")? {
        "summarized" => Some(true),
        "omitted" => Some(false),
        _ => None,
    }
}

fn keep(at: &str, value: &Value, prompt: &mut Prompt) {
    prompt.others.push(Other {
        at: at.to_owned(),
        value: value.clone(),
    });
}
