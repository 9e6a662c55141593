use hermes_catalog::{Quirks, ThinkingStyle};
use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use crate::gemini::tests::support::sent;
use crate::prompt::{
    Amount, Choice, Effort, Format, Named, Other, Part, PartKind, Prompt, Role, Thinking, Tier, Tool,
    ToolKind, Turn,
};

mod conversation;

fn turn(role: Role, kinds: Vec<PartKind>) -> Turn {
    let parts = kinds.into_iter().enumerate();
    Turn {
        role,
        parts: parts
            .map(|(number, kind)| Part::new(kind, format!("m.content[{number}]")))
            .collect(),
        at: "m".to_owned(),
    }
}

fn text(text: &str) -> PartKind {
    PartKind::Text(text.to_owned())
}

fn asked() -> Prompt {
    Prompt {
        client: Some(Protocol::AnthropicMessages),
        turns: vec![turn(Role::User, vec![text("hello")])],
        ..Prompt::default()
    }
}

fn function(name: &str) -> Tool {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    tool(name, ToolKind::Function { schema, strict: None })
}

fn tool(name: &str, kind: ToolKind) -> Tool {
    Tool {
        kind,
        name: name.to_owned(),
        description: Some("d".to_owned()),
        namespace: None,
        cache: None,
        others: Vec::new(),
        at: "tools[0]".to_owned(),
    }
}

fn body(prompt: &Prompt) -> Value {
    sent(prompt, Quirks::default()).unwrap().0
}

fn dropped(prompt: &Prompt) -> Vec<String> {
    sent(prompt, Quirks::default()).unwrap().1
}

#[rstest]
#[case::off(Amount::Off, None, json!({"thinkingBudget": 0}))]
#[case::off_by_level(Amount::Off, Some(ThinkingStyle::Effort), json!({"thinkingLevel": "MINIMAL"}))]
#[case::low(Amount::Effort(Effort::Low), None, json!({"includeThoughts": true, "thinkingLevel": "LOW"}))]
#[case::medium(Amount::Effort(Effort::Medium), None, json!({"includeThoughts": true, "thinkingLevel": "MEDIUM"}))]
#[case::high(Amount::Effort(Effort::High), None, json!({"includeThoughts": true, "thinkingLevel": "HIGH"}))]
#[case::xhigh(Amount::Effort(Effort::XHigh), None, json!({"includeThoughts": true, "thinkingLevel": "XHIGH"}))]
#[case::max(Amount::Effort(Effort::Max), None, json!({"includeThoughts": true, "thinkingLevel": "XHIGH"}))]
#[case::adaptive(Amount::Adaptive, None, json!({"includeThoughts": true, "thinkingLevel": "HIGH"}))]
#[case::adaptive_in_tokens(Amount::Adaptive, Some(ThinkingStyle::Budget), json!({"includeThoughts": true, "thinkingBudget": -1}))]
#[case::budget(Amount::Budget(5000), None, json!({"includeThoughts": true, "thinkingBudget": 5000}))]
#[case::budget_as_level(Amount::Budget(5000), Some(ThinkingStyle::Effort), json!({"includeThoughts": true, "thinkingLevel": "MEDIUM"}))]
#[case::effort_in_tokens(Amount::Effort(Effort::Medium), Some(ThinkingStyle::Budget), json!({"includeThoughts": true, "thinkingBudget": 8192}))]
fn thinking(#[case] amount: Amount, #[case] style: Option<ThinkingStyle>, #[case] expected: Value) {
    let mut prompt = asked();
    prompt.thinking = Some(Thinking {
        amount,
        ..Thinking::default()
    });
    let quirks = Quirks {
        thinking: style,
        ..Quirks::default()
    };
    let (body, dropped) = sent(&prompt, quirks).unwrap();
    assert_eq!(body["generationConfig"]["thinkingConfig"], expected);
    assert_eq!(dropped, Vec::<String>::new());
}

#[test]
fn thinking_that_cannot_be_told_is_named() {
    let mut prompt = asked();
    prompt.thinking = Some(Thinking {
        amount: Amount::BetweenTools,
        ..Thinking::default()
    });
    assert_eq!(dropped(&prompt), ["thinking"]);
}

#[test]
fn efforts_and_budgets_stay_within_limits() {
    let mut prompt = asked();
    prompt.sampling.max_tokens = Some(2000);
    prompt.thinking = Some(Thinking {
        amount: Amount::Effort(Effort::Max),
        ..Thinking::default()
    });
    let quirks = |style| Quirks {
        thinking: Some(style),
        efforts: Some(vec!["low".to_owned(), "high".to_owned()]),
        ..Quirks::default()
    };
    let config =
        |style| sent(&prompt, quirks(style)).unwrap().0["generationConfig"]["thinkingConfig"].clone();
    assert_eq!(config(ThinkingStyle::Effort)["thinkingLevel"], "HIGH");
    assert_eq!(config(ThinkingStyle::Budget)["thinkingBudget"], 1999);
}

#[test]
fn sampling_and_limits() {
    let mut prompt = asked();
    let number = |text: &str| serde_json::from_str(text).unwrap();
    prompt.sampling.temperature = Some(number("0.50"));
    prompt.sampling.top_p = Some(number("0.9"));
    prompt.sampling.top_k = Some(number("40"));
    prompt.sampling.seed = Some(number("1"));
    prompt.sampling.presence_penalty = Some(number("1"));
    prompt.sampling.frequency_penalty = Some(number("2"));
    prompt.sampling.max_tokens = Some(9);
    prompt.sampling.stop = vec!["x".to_owned()];
    prompt.sampling.logprobs = true;
    prompt.sampling.top_logprobs = Some(2);
    prompt.sampling.logit_bias = Some(json!({"1": 1}));
    prompt.sampling.n = Some(1);
    let expected = r#"{"temperature":0.50,"topP":0.9,"topK":40,"seed":1,"presencePenalty":1,"frequencyPenalty":2,"maxOutputTokens":9,"stopSequences":["x"],"responseLogprobs":true,"logprobs":2}"#;
    assert_eq!(body(&prompt)["generationConfig"].to_string(), expected);
    assert_eq!(dropped(&prompt), ["logit_bias"]);
}

#[rstest]
#[case::no_output(|prompt: &mut Prompt| prompt.sampling.max_tokens = Some(0), "max_tokens")]
#[case::many_answers(|prompt: &mut Prompt| prompt.sampling.n = Some(2), "n")]
#[case::many_stops(|prompt: &mut Prompt| prompt.sampling.stop = vec!["x".to_owned(); 6], "stop_sequences")]
#[case::prefill(|prompt: &mut Prompt| prompt.turns.push(turn(Role::Assistant, vec![text("{")])), "m")]
#[case::hosted(|prompt: &mut Prompt| prompt.tools.push(tool("bash_20250124", ToolKind::Hosted(json!({})))), "tools[0]")]
#[case::narrowed(
    |prompt: &mut Prompt| prompt.tools.push(tool("web_search_20250305", ToolKind::Hosted(json!({"allowed_domains": ["a"]})))),
    "tools[0].allowed_domains",
)]
#[case::hosted_choice(|prompt: &mut Prompt| prompt.choice = Some(Choice::Hosted(json!({}))), "tool_choice")]
#[case::nothing(|prompt: &mut Prompt| prompt.turns.clear(), "messages")]
fn refused(#[case] change: fn(&mut Prompt), #[case] at: &str) {
    let mut prompt = asked();
    change(&mut prompt);
    let refusal = sent(&prompt, Quirks::default()).unwrap_err();
    assert_eq!(refusal.at, at);
}

#[rstest]
#[case::object(Format::JsonObject, json!({"responseMimeType": "application/json"}))]
#[case::schema(
    Format::JsonSchema { name: Some("n".to_owned()), description: Some("d".to_owned()), schema: json!({"type": "object"}), strict: Some(true) },
    json!({"responseMimeType": "application/json", "responseJsonSchema": {"type": "object", "title": "n", "description": "d"}}),
)]
fn formats(#[case] format: Format, #[case] expected: Value) {
    let prompt = Prompt { format, ..asked() };
    assert_eq!(body(&prompt)["generationConfig"], expected);
}

fn every_kind_of_tool() -> Vec<Tool> {
    let mut free = tool(
        "free",
        ToolKind::Custom {
            format: Some(json!({"type": "grammar"})),
        },
    );
    free.cache = Some(String::new());
    let mut strict = function("odd name!");
    strict.kind = ToolKind::Function {
        schema: json!({}),
        strict: Some(true),
    };
    strict.others = vec![Other {
        at: "tools[0].defer_loading".to_owned(),
        value: true.into(),
    }];
    let search = tool(
        "web_search_20250305",
        ToolKind::Hosted(json!({"type": "web_search_20250305", "name": "web_search", "max_uses": 3})),
    );
    let runs = tool(
        "code_execution_20250825",
        ToolKind::Hosted(json!({"type": "code_execution_20250825"})),
    );
    vec![function("f"), free, strict, search, runs]
}

#[test]
fn tools_of_every_kind() {
    let prompt = Prompt {
        tools: every_kind_of_tool(),
        ..asked()
    };
    let (body, dropped) = sent(&prompt, Quirks::default()).unwrap();
    let tools = body["tools"].as_array().unwrap();
    let declarations = tools[0]["functionDeclarations"].as_array().unwrap();
    assert_eq!(
        declarations[0],
        json!({
            "name": "f",
            "description": "d",
            "parametersJsonSchema": {"type": "object", "properties": {"a": {"type": "string"}}},
        })
    );
    assert_eq!(
        declarations[1]["parametersJsonSchema"]["required"],
        json!(["input"])
    );
    assert!(declarations[2]["name"].as_str().unwrap().starts_with("odd_name_"));
    assert_eq!(
        tools[1..],
        [json!({"googleSearch": {}}), json!({"codeExecution": {}})]
    );
    let expected = [
        "tools[0].cache_control",
        "tools[0].format",
        "tools[0].strict",
        "tools[0].defer_loading",
        "tools[0].max_uses",
    ];
    assert_eq!(dropped, expected);
}

#[test]
fn older_models_get_schemas_of_their_own() {
    let refused = [
        "tools.functionDeclarations.parametersJsonSchema",
        "generationConfig.responseJsonSchema",
    ];
    let quirks = Quirks {
        refused: Some(refused.map(str::to_owned).to_vec()),
        ..Quirks::default()
    };
    let format = Format::JsonSchema {
        name: None,
        description: None,
        schema: json!({"type": "object"}),
        strict: None,
    };
    let prompt = Prompt {
        tools: vec![function("f")],
        format,
        ..asked()
    };
    let (body, dropped) = sent(&prompt, quirks).unwrap();
    let declaration = &body["tools"][0]["functionDeclarations"][0];
    assert_eq!(
        declaration["parameters"],
        json!({"type": "OBJECT", "properties": {"a": {"type": "STRING"}}})
    );
    assert_eq!(
        body["generationConfig"]["responseSchema"],
        json!({"type": "OBJECT"})
    );
    assert_eq!(dropped, Vec::<String>::new());
}

#[rstest]
#[case::auto(Choice::Auto, json!({"mode": "AUTO"}))]
#[case::any(Choice::Any, json!({"mode": "ANY"}))]
#[case::never(Choice::Never, json!({"mode": "NONE"}))]
#[case::one(Choice::Tool { name: "f".to_owned(), custom: false }, json!({"mode": "ANY", "allowedFunctionNames": ["f"]}))]
#[case::some(
    Choice::Allowed { names: vec!["f".to_owned(), "g".to_owned()], must: true },
    json!({"mode": "ANY", "allowedFunctionNames": ["f", "g"]}),
)]
#[case::some_or_none(Choice::Allowed { names: vec!["f".to_owned()], must: false }, json!({"mode": "AUTO"}))]
fn choices(#[case] choice: Choice, #[case] expected: Value) {
    let fewer = matches!(choice, Choice::Allowed { must: false, .. });
    let prompt = Prompt {
        tools: vec![function("f"), function("g")],
        choice: Some(choice),
        parallel: Some(false),
        ..asked()
    };
    let (body, dropped) = sent(&prompt, Quirks::default()).unwrap();
    assert_eq!(body["toolConfig"]["functionCallingConfig"], expected);
    let declarations = body["tools"][0]["functionDeclarations"].as_array().unwrap();
    assert_eq!(declarations.len(), if fewer { 1 } else { 2 });
    assert_eq!(dropped.contains(&"tool_choice".to_owned()), fewer);
    assert!(dropped.contains(&"tool_choice.disable_parallel_tool_use".to_owned()));
}

#[test]
fn everything_else_is_named() {
    let mut prompt = asked();
    prompt.client = Some(Protocol::Responses);
    prompt.user = Some(Named {
        at: "safety_identifier".to_owned(),
        text: "u".to_owned(),
    });
    prompt.cache_key = Some("k".to_owned());
    prompt.metadata = Some(serde_json::Map::from_iter([("a".to_owned(), json!("b"))]));
    prompt.tier = Some(Tier::Named("scale".to_owned()));
    prompt.verbosity = Some("low".to_owned());
    prompt.others = vec![Other {
        at: "store".to_owned(),
        value: false.into(),
    }];
    prompt.turns[0].parts[0].cache = Some("5m".to_owned());
    let expected = [
        "m.content[0].prompt_cache_breakpoint",
        "text.verbosity",
        "service_tier",
        "store",
        "safety_identifier",
        "prompt_cache_key",
        "metadata",
    ];
    assert_eq!(dropped(&prompt), expected);
}

#[rstest]
#[case(Tier::Auto, None)]
#[case(Tier::Standard, Some("standard"))]
#[case(Tier::Priority, Some("priority"))]
#[case(Tier::Flex, Some("flex"))]
fn tiers(#[case] tier: Tier, #[case] expected: Option<&str>) {
    let prompt = Prompt {
        tier: Some(tier),
        ..asked()
    };
    assert_eq!(body(&prompt).get("serviceTier").and_then(Value::as_str), expected);
}

#[test]
fn what_an_upstream_refuses_or_always_wants() {
    let mut prompt = asked();
    prompt.sampling.temperature = serde_json::Number::from_f64(1.5);
    prompt.sampling.top_p = serde_json::Number::from_f64(0.5);
    prompt.sampling.max_tokens = Some(3);
    let quirks = Quirks {
        refused: Some(vec!["generationConfig.topP".to_owned(), "serviceTier".to_owned()]),
        set: Some(
            [
                ("generationConfig.mediaResolution".to_owned(), json!("LOW")),
                ("store".to_owned(), json!(false)),
            ]
            .into(),
        ),
        temperature_most: Some(1.0),
        limit_least: Some(16),
        ..Quirks::default()
    };
    let (body, dropped) = sent(&prompt, quirks).unwrap();
    assert_eq!(
        body["generationConfig"],
        json!({"temperature": 1.0, "maxOutputTokens": 16, "mediaResolution": "LOW"})
    );
    assert_eq!(body["store"], false);
    assert_eq!(dropped, ["temperature", "max_tokens", "top_p"]);
}
