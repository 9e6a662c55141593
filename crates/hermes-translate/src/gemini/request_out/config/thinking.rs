use hermes_catalog::ThinkingStyle;
use hermes_core::Protocol;
use serde_json::{Map, Value};

use super::super::Request;
use crate::dropped::Dropped;
use crate::prompt::{Amount, Effort, Thinking};
use crate::unsupported::Unsupported;

/// The amount in the words of this upstream.
enum Told {
    Level(Effort),
    Budget(Value),
    Nothing,
}

pub(super) fn write(
    request: Request<'_>,
    config: &mut Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    let Some(thinking) = &request.prompt.thinking else {
        return Ok(());
    };
    let at = request.at("generationConfig.thinkingConfig");
    if request.target.quirks.thinking == Some(ThinkingStyle::None) || thinking.amount == Amount::BetweenTools
    {
        return dropped.add(at);
    }
    // Whether thoughts are summed up is one thing, how is another that only the client's protocol knows.
    if thinking.summary.as_deref().is_some_and(|word| word != "auto") {
        dropped.add(format!("{at}.summary"))?;
    }
    let mut fields = Map::new();
    let shown = match thinking.shown {
        None if request.own() || thinking.amount == Amount::Off => None,
        None => Some(true),
        shown => shown,
    };
    if let Some(shown) = shown {
        fields.insert("includeThoughts".to_owned(), shown.into());
    }
    match told(request, thinking) {
        Told::Level(effort) => {
            fields.insert("thinkingLevel".to_owned(), level(effort).into());
        }
        Told::Budget(tokens) => {
            fields.insert("thinkingBudget".to_owned(), tokens);
        }
        Told::Nothing => {}
    }
    config.insert("thinkingConfig".to_owned(), Value::Object(fields));
    Ok(())
}

fn told(request: Request<'_>, thinking: &Thinking) -> Told {
    let style = request.target.quirks.thinking;
    let in_tokens = style == Some(ThinkingStyle::Budget);
    match thinking.amount {
        Amount::Off if style == Some(ThinkingStyle::Effort) => Told::Level(nearest(request, Effort::Minimal)),
        Amount::Off => Told::Budget(0.into()),
        Amount::Budget(tokens) if style == Some(ThinkingStyle::Effort) => {
            Told::Level(nearest(request, Effort::of_budget(tokens)))
        }
        Amount::Budget(tokens) => Told::Budget(tokens.into()),
        _ if style == Some(ThinkingStyle::Switch) => Told::Nothing,
        Amount::Effort(effort) if in_tokens => Told::Budget(budget(request, nearest(request, effort)).into()),
        Amount::Effort(effort) => Told::Level(nearest(request, effort)),
        // The model decides by itself when it is asked in tokens, and thinks much where its protocol would do so.
        Amount::Adaptive if in_tokens && !request.own() => Told::Budget((-1).into()),
        Amount::Adaptive if request.prompt.client == Some(Protocol::AnthropicMessages) => {
            Told::Level(nearest(request, Effort::High))
        }
        Amount::Adaptive | Amount::BetweenTools => Told::Nothing,
    }
}

/// The budget of a degree, within the limit of the whole answer.
fn budget(request: Request<'_>, effort: Effort) -> u64 {
    let most = request.prompt.sampling.max_tokens;
    effort
        .budget()
        .min(most.map_or(u64::MAX, |most| most.saturating_sub(1)))
}

/// The nearest degree that the upstream takes; the lesser of two.
fn nearest(request: Request<'_>, effort: Effort) -> Effort {
    let taken = request.target.quirks.efforts.iter().flatten();
    let taken = taken.filter_map(|word| Effort::of(word));
    taken
        .min_by_key(|one| (*one as u8).abs_diff(effort as u8))
        .unwrap_or(effort)
}

/// The highest word stands for all that is more (google-genai 3.4, `ThinkingLevel`).
fn level(effort: Effort) -> &'static str {
    match effort {
        Effort::Minimal => "MINIMAL",
        Effort::Low => "LOW",
        Effort::Medium => "MEDIUM",
        Effort::High => "HIGH",
        Effort::XHigh | Effort::Max => "XHIGH",
    }
}
