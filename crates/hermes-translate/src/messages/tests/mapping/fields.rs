//! Sampling, limits, and what has no counterpart.

use hermes_catalog::Quirks;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Number, Value, json};

use super::{base64, body, dropped, function, hello, media, text, thinking, tool, turn};
use crate::messages::tests::{target, written};
use crate::prompt::{
    Amount, Effort, Format, Media, Named, Other, PartKind, Prompt, Role, Thinking, Tier, Tool, ToolKind,
};

fn number(text: &str) -> Option<Number> {
    serde_json::from_str(text).ok()
}

fn with_foreign_fields() -> Prompt {
    let mut prompt = hello();
    prompt.others.push(Other {
        at: "store".to_owned(),
        value: json!(true),
    });
    prompt.tools.push(Tool {
        others: vec![Other {
            at: "tools[0].x".to_owned(),
            value: json!(1),
        }],
        ..function(json!({"type": "object"}))
    });
    let foreign = PartKind::Foreign {
        name: "x".to_owned(),
        value: json!({}),
    };
    let detailed = PartKind::Image(Media {
        detail: Some("high".to_owned()),
        ..media(base64("AA"), "image/png")
    });
    prompt
        .turns
        .push(turn(Role::User, vec![foreign, text("  "), detailed]));
    prompt.sampling.seed = Some(1.into());
    prompt.sampling.presence_penalty = Some(1.into());
    prompt.sampling.frequency_penalty = Some(1.into());
    prompt.sampling.logit_bias = Some(json!({}));
    prompt.sampling.top_logprobs = Some(1);
    prompt.verbosity = Some("low".to_owned());
    prompt.cache_key = Some("k".to_owned());
    prompt.metadata = Some(serde_json::Map::new());
    prompt.tier = Some(Tier::Flex);
    prompt
}

#[test]
fn what_only_the_client_knows_is_named() {
    let mut dropped = dropped(&with_foreign_fields(), Quirks::default());
    dropped.sort();
    assert_eq!(
        dropped,
        [
            "frequency_penalty",
            "logit_bias",
            "messages[1].content[0]",
            "messages[1].content[1]",
            "messages[1].content[2].detail",
            "metadata",
            "presence_penalty",
            "prompt_cache_key",
            "seed",
            "service_tier",
            "store",
            "tools[0].x",
            "top_logprobs",
            "verbosity",
        ]
    );
}

#[test]
fn wishes_without_a_counterpart_are_refused() {
    let mut logprobs = hello();
    logprobs.sampling.logprobs = true;
    let mut several = hello();
    several.sampling.n = Some(2);
    let mut object = hello();
    object.format = Format::JsonObject;
    for (prompt, at) in [
        (&logprobs, "logprobs"),
        (&several, "n"),
        (&object, "response_format"),
    ] {
        assert_eq!(written(prompt, Quirks::default()).unwrap_err().at, at);
    }
    let quirks = Quirks {
        taken: Some(vec!["emulate_json_object".to_owned()]),
        ..Quirks::default()
    };
    let (body, dropped) = written(&object, quirks).unwrap();
    assert!(body["system"].as_str().unwrap().contains("JSON"));
    assert_eq!(dropped, ["response_format"]);
}

#[test]
fn schemas_of_answers_are_closed() {
    let mut prompt = hello();
    prompt.format = Format::JsonSchema {
        name: Some("output".to_owned()),
        description: None,
        schema: json!({"type": "object", "properties": {"type": {"type": "object"}}, "required": ["type"]}),
        strict: None,
    };
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    let schema = &body["output_config"]["format"]["schema"];
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(
        schema["properties"]["type"],
        json!({"type": "object", "additionalProperties": false})
    );
    assert_eq!(dropped, ["response_format.json_schema.name"]);
}

#[rstest]
#[case::the_clients(Some(9), None, None, 9, false)]
#[case::the_models(None, Some(64_000), None, 64_000, false)]
#[case::nobodys(None, None, None, 4096, true)]
#[case::too_low(Some(1), None, Some(16), 16, false)]
fn a_limit_is_always_there(
    #[case] client: Option<u64>,
    #[case] default: Option<u64>,
    #[case] least: Option<u64>,
    #[case] expected: u64,
    #[case] told: bool,
) {
    let mut prompt = hello();
    prompt.sampling.max_tokens = client;
    let quirks = Quirks {
        limit_default: default,
        limit_least: least,
        ..Quirks::default()
    };
    let (body, dropped) = written(&prompt, quirks).unwrap();
    assert_eq!(body["max_tokens"], expected);
    assert_eq!(dropped == ["max_tokens"], told);
}

#[rstest]
#[case::fits(number("0.70"), None, None, r#"{"temperature":0.70}"#, &[])]
#[case::too_hot(number("1.7"), None, None, r#"{"temperature":1.0}"#, &["temperature"])]
#[case::silent_nucleus(number("0.5"), number("1"), None, r#"{"temperature":0.5}"#, &["top_p"])]
#[case::silent_temperature(number("1"), number("0.5"), None, r#"{"top_p":0.5}"#, &["temperature"])]
#[case::with_thoughts(number("0.5"), None, Some(Effort::Low), "{}", &["temperature"])]
#[case::high_nucleus_with_thoughts(None, number("0.99"), Some(Effort::Low), r#"{"top_p":0.99}"#, &[])]
#[case::low_nucleus_with_thoughts(None, number("0.9"), Some(Effort::Low), "{}", &["top_p"])]
fn sampling_is_fitted(
    #[case] temperature: Option<Number>,
    #[case] top_p: Option<Number>,
    #[case] effort: Option<Effort>,
    #[case] expected: &str,
    #[case] lost: &[&str],
) {
    let mut prompt = hello();
    (prompt.sampling.temperature, prompt.sampling.top_p) = (temperature, top_p);
    prompt.thinking = effort.map(|effort| thinking(Amount::Effort(effort)));
    let (mut body, dropped) = written(&prompt, Quirks::default()).unwrap();
    for field in ["model", "max_tokens", "messages", "thinking", "output_config"] {
        body.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(body.to_string(), expected);
    assert_eq!(dropped, lost);
}

#[test]
fn stop_texts_of_white_space_are_left_out() {
    let mut prompt = hello();
    prompt.sampling.stop = vec!["\n".to_owned(), "END".to_owned()];
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    assert_eq!(body["stop_sequences"], json!(["END"]));
    assert_eq!(dropped, ["stop"]);
}

#[rstest]
#[case(Tier::Auto, json!("auto"), json!(null))]
#[case(Tier::Standard, json!("standard_only"), json!(null))]
#[case(Tier::Priority, json!(null), json!("fast"))]
#[case(Tier::Flex, json!(null), json!(null))]
fn tiers_and_users(#[case] tier: Tier, #[case] service: Value, #[case] speed: Value) {
    let mut prompt = hello();
    prompt.tier = Some(tier);
    prompt.user = Some(Named {
        at: "user".to_owned(),
        text: "u".to_owned(),
    });
    prompt.stream = true;
    let body = body(&prompt, Quirks::default());
    assert_eq!((&body["service_tier"], &body["speed"]), (&service, &speed));
    assert_eq!(
        (&body["metadata"], &body["stream"]),
        (&json!({"user_id": "u"}), &json!(true))
    );
}

/// An upstream that refuses some fields and always gets others.
fn refusing() -> Quirks {
    let refused = [
        "temperature",
        "metadata.user_id",
        "cache_control",
        "tools.strict",
        "top_k",
    ];
    let set = [
        ("output_config.effort".to_owned(), json!("low")),
        ("temperature".to_owned(), json!(1)),
    ];
    Quirks {
        refused: Some(refused.map(str::to_owned).to_vec()),
        set: Some(set.into()),
        stream_only: Some(true),
        ..Quirks::default()
    }
}

#[test]
fn what_an_upstream_refuses_is_left_out_and_what_it_always_gets_is_set() {
    let mut prompt = hello();
    prompt.sampling.temperature = number("0.5");
    prompt.user = Some(Named {
        at: "safety_identifier".to_owned(),
        text: "u".to_owned(),
    });
    prompt.turns[0].parts[0].cache = Some(String::new());
    prompt.thinking = Some(Thinking {
        amount: Amount::Off,
        shown: Some(true),
        summary: None,
    });
    prompt.tools.push(tool(ToolKind::Function {
        schema: json!({"type": "object"}),
        strict: Some(true),
    }));
    let (body, dropped) = written(&prompt, refusing()).unwrap();
    assert_eq!(
        dropped,
        [
            "messages[1].content[0].cache_control",
            "temperature",
            "safety_identifier",
            "tools.strict"
        ]
    );
    assert_eq!((body.get("metadata"), &body["temperature"]), (None, &json!(1)));
    assert_eq!(
        (&body["output_config"]["effort"], &body["stream"]),
        (&json!("low"), &json!(true))
    );
}

#[test]
fn a_strict_client_gets_an_error_for_the_first_loss() {
    let mut prompt = hello();
    prompt.sampling.seed = Some(1.into());
    let names = crate::names::Names::default();
    let mut strict = crate::Dropped::new(true);
    let error = crate::messages::write_request(&prompt, &target(Quirks::default()), &names, &mut strict);
    assert_eq!(error.unwrap_err().at, "seed");
}
