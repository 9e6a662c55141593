use hermes_core::Protocol::{self, AnthropicMessages, ChatCompletions, Responses};
use rstest::rstest;
use serde_json::{Value, json};

use super::{Usage, usage_of};

#[rstest]
#[case(AnthropicMessages, json!({"input_tokens": 5, "output_tokens": 7, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 20, "output_tokens_details": {"thinking_tokens": 3}}), [5, 100, 20, 7, 3])]
#[case(AnthropicMessages, json!({"output_tokens": 7, "cache_read_input_tokens": null}), [0, 0, 0, 7, 0])]
#[case(ChatCompletions, json!({"prompt_tokens": 100, "completion_tokens": 9, "total_tokens": 109, "prompt_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 10}, "completion_tokens_details": {"reasoning_tokens": 4}}), [30, 60, 10, 9, 4])]
#[case(ChatCompletions, json!({"prompt_tokens": 28, "completion_tokens": 1, "total_tokens": 241, "completion_tokens_details": {"reasoning_tokens": 212}}), [28, 0, 0, 213, 212])]
#[case(ChatCompletions, json!({"prompt_tokens": 50, "completion_tokens": 1, "prompt_cache_hit_tokens": 32, "prompt_cache_miss_tokens": 18}), [18, 32, 0, 1, 0])]
#[case(ChatCompletions, json!({"prompt_tokens": 50, "completion_tokens": 1, "cached_tokens": 40}), [10, 40, 0, 1, 0])]
#[case(ChatCompletions, json!({"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 40}}), [5, 40, 0, 1, 0])]
#[case(ChatCompletions, json!({"prompt_tokens": "12", "completion_tokens": 3.0, "prompt_tokens_details": null}), [12, 0, 0, 3, 0])]
#[case(Responses, json!({"input_tokens": 100, "input_tokens_details": {"cached_tokens": 64}, "output_tokens": 9, "output_tokens_details": {"reasoning_tokens": 2}, "total_tokens": 109}), [36, 64, 0, 9, 2])]
fn usage_is_read_into_one_form(#[case] protocol: Protocol, #[case] usage: Value, #[case] expected: [u64; 5]) {
    let [input, cache_read, cache_write, output, reasoning] = expected;
    let expected = Usage {
        input,
        cache_read,
        cache_write,
        output,
        reasoning,
    };
    assert_eq!(usage_of(protocol, &usage), Some(expected));
}

#[test]
fn usage_without_a_count_is_none() {
    for value in [
        json!(null),
        json!({}),
        json!([1]),
        json!({"type": "object"}),
        json!({"input_tokens": {"type": "integer"}}),
        json!({"prompt_tokens": -1}),
    ] {
        for protocol in Protocol::ALL {
            assert_eq!(usage_of(protocol, &value), None, "{value}");
        }
    }
}
