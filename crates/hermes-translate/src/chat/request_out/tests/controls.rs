use hermes_catalog::{Quirks, ThinkingStyle};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::{asking, taken, tool, written, written_with};
use crate::prompt::{Amount, Effort, Format, Prompt, Sampling, Thinking};

#[rstest]
#[case::openai("max_completion_tokens", Some("max_completion_tokens"))]
#[case::others("max_tokens", None)]
fn the_field_of_the_limit(#[case] field: &str, #[case] quirk: Option<&str>) {
    let mut prompt = asking();
    prompt.sampling.max_tokens = Some(5);
    let quirks = Quirks {
        limit_field: quirk.map(str::to_owned),
        limit_least: Some(16),
        ..Quirks::default()
    };
    let (body, dropped) = written_with(&prompt, quirks).unwrap();
    assert_eq!(body[field], 16);
    assert_eq!(dropped, ["max_tokens"]);
}

#[test]
fn a_limit_of_nothing_is_refused() {
    let mut prompt = asking();
    prompt.sampling.max_tokens = Some(0);
    assert_eq!(
        written_with(&prompt, Quirks::default()).unwrap_err().at,
        "max_tokens"
    );
}

#[test]
fn sampling() {
    let number = |text: &str| Some(serde_json::from_str(text).unwrap());
    let mut prompt = asking();
    prompt.sampling = Sampling {
        temperature: number("1.50"),
        top_p: number("0.90"),
        top_k: number("5"),
        stop: vec!["S".to_owned()],
        seed: number("3"),
        presence_penalty: number("-1"),
        frequency_penalty: number("2"),
        logit_bias: Some(json!({"1": 2})),
        logprobs: true,
        top_logprobs: Some(2),
        n: Some(2),
        max_tokens: None,
    };
    let (body, dropped) = written(&prompt);
    assert!(
        body.to_string().contains("\"temperature\":1.50"),
        "numbers keep their text"
    );
    assert_eq!(
        (&body["stop"], &body["n"], &body["seed"]),
        (&json!(["S"]), &json!(2), &json!(3))
    );
    assert_eq!(body["logit_bias"], json!({"1": 2}));
    assert_eq!(
        (&body["logprobs"], &body["top_logprobs"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(dropped, ["top_k"]);
    let mut quirks = taken(&["top_k"]);
    quirks.temperature_most = Some(1.0);
    let (body, dropped) = written_with(&prompt, quirks).unwrap();
    assert_eq!((&body["top_k"], &body["temperature"]), (&json!(5), &json!(1.0)));
    assert_eq!(dropped, ["temperature"]);
}

#[test]
fn more_than_four_stop_texts_are_refused() {
    let mut prompt = asking();
    prompt.sampling.stop = vec!["S".to_owned(); 5];
    assert_eq!(
        written_with(&prompt, Quirks::default()).unwrap_err().at,
        "stop_sequences"
    );
}

fn thinking(amount: Amount) -> Prompt {
    let mut prompt = asking();
    prompt.thinking = Some(Thinking {
        amount,
        shown: None,
        summary: None,
    });
    prompt
}

#[rstest]
#[case(Amount::Effort(Effort::Low), "low")]
#[case(Amount::Effort(Effort::Max), "max")]
#[case(Amount::Adaptive, "high")]
#[case(Amount::Budget(1024), "low")]
#[case(Amount::Budget(8192), "medium")]
#[case(Amount::Budget(24_576), "high")]
#[case(Amount::Budget(24_577), "xhigh")]
fn degrees_of_thinking(#[case] amount: Amount, #[case] word: &str) {
    let (body, dropped) = written(&thinking(amount));
    assert_eq!(body["reasoning_effort"], word);
    assert!(dropped.is_empty());
}

#[rstest]
#[case::nearest(Amount::Effort(Effort::Max), &["low", "high"], Some("high"), true)]
#[case::between(Amount::Effort(Effort::Medium), &["low", "high"], Some("high"), true)]
#[case::off(Amount::Off, &["none", "low"], Some("none"), false)]
#[case::not_off(Amount::Off, &["low"], None, true)]
#[case::between_tools(Amount::BetweenTools, &["low"], None, true)]
fn degrees_that_are_taken(
    #[case] amount: Amount,
    #[case] efforts: &[&str],
    #[case] word: Option<&str>,
    #[case] told: bool,
) {
    let quirks = Quirks {
        efforts: Some(efforts.iter().map(|word| (*word).to_owned()).collect()),
        ..Quirks::default()
    };
    let (body, dropped) = written_with(&thinking(amount), quirks).unwrap();
    assert_eq!(body.get("reasoning_effort").and_then(Value::as_str), word);
    assert_eq!(dropped, if told { vec!["thinking"] } else { vec![] });
}

#[rstest]
#[case::budget(ThinkingStyle::Budget, Amount::Budget(2000), json!({"reasoning": {"max_tokens": 2000}}), false)]
#[case::effort(ThinkingStyle::Budget, Amount::Effort(Effort::Medium), json!({"reasoning": {"max_tokens": 8192}}), false)]
#[case::no_budget(ThinkingStyle::Budget, Amount::Off, json!({"reasoning": {"enabled": false}}), false)]
#[case::too_little(ThinkingStyle::Budget, Amount::Budget(100), json!({}), true)]
#[case::on(ThinkingStyle::Switch, Amount::Adaptive, json!({"thinking": {"type": "enabled"}}), false)]
#[case::off(ThinkingStyle::Switch, Amount::Off, json!({"thinking": {"type": "disabled"}}), false)]
#[case::degree(ThinkingStyle::Switch, Amount::Effort(Effort::Low), json!({"thinking": {"type": "enabled"}}), true)]
#[case::none(ThinkingStyle::None, Amount::Adaptive, json!({}), true)]
fn styles_of_thinking(
    #[case] style: ThinkingStyle,
    #[case] amount: Amount,
    #[case] expected: Value,
    #[case] told: bool,
) {
    let quirks = Quirks {
        thinking: Some(style),
        ..Quirks::default()
    };
    let (body, dropped) = written_with(&thinking(amount), quirks).unwrap();
    for field in ["reasoning", "thinking", "reasoning_effort"] {
        assert_eq!(body.get(field), expected.get(field), "{field}");
    }
    assert_eq!(!dropped.is_empty(), told);
}

#[test]
fn structured_answers() {
    let mut prompt = asking();
    prompt.format = Format::JsonSchema {
        name: None,
        description: None,
        schema: json!({"type": "object"}),
        strict: None,
    };
    let (body, _) = written(&prompt);
    let inner = json!({"name": "output", "schema": {"type": "object"}});
    assert_eq!(
        body["response_format"],
        json!({"type": "json_schema", "json_schema": inner})
    );
    prompt.format = Format::JsonObject;
    assert_eq!(
        written(&prompt).0["response_format"],
        json!({"type": "json_object"})
    );
}

#[test]
fn refused_fields_and_fixed_ones() {
    let mut prompt = asking();
    prompt.stream = true;
    prompt.sampling.temperature = Some(1.into());
    prompt.tools = vec![tool("f")];
    let quirks = Quirks {
        refused: Some(vec![
            "temperature".into(),
            "stream_options".into(),
            "tools.function.strict".into(),
        ]),
        set: Some([("store".to_owned(), json!(false)), ("a.b".to_owned(), json!(1))].into()),
        ..Quirks::default()
    };
    let (body, dropped) = written_with(&prompt, quirks).unwrap();
    assert!(body.get("temperature").is_none() && body.get("stream_options").is_none());
    assert!(body["tools"][0]["function"].get("strict").is_none());
    assert_eq!((&body["store"], &body["a"]), (&json!(false), &json!({"b": 1})));
    assert_eq!(dropped, ["temperature", "tools.function.strict"]);
}
