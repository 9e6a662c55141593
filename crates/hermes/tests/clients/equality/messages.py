"""Messages: what a recording says, and what Anthropic's SDK makes of an answer."""

import json

import strict
import view
from view import Failed, View, count, given, listed

REASONS = {word: reason for reason, word in view.WORDS["anthropic-messages"].items()}
STATUSES = {
    "invalid_request_error": 400, "authentication_error": 401, "billing_error": 402, "permission_error": 403, "not_found_error": 404,
    "request_too_large": 413, "rate_limit_error": 429, "api_error": 500, "timeout_error": 504, "overloaded_error": 529,
}


def recorded(body):
    if given(body, "type") == "error" or given(body, "error"):
        error = given(body, "error")
        raise Failed(given(error, "message"), STATUSES.get(given(error, "type"), 500))
    if not isinstance(given(body, "content"), list):
        raise Failed(None)
    said = View()
    for index, block in enumerate(body["content"]):
        read_block(said, index, block)
    said.reason = REASONS.get(given(body, "stop_reason"), "end")
    said.stop = given(body, "stop_sequence")
    said.explanation = given(body, "stop_details", "explanation") or ""
    said.usage = usage(given(body, "usage"))
    if given(body, "container"):
        said.foreign.append("container")
    if listed(body, "context_management", "applied_edits"):
        said.foreign.append("context_management")
    if given(body, "stop_details", "category"):
        said.foreign.append("stop_details.category")
    return said


def read_block(said, index, block):
    kind = given(block, "type")
    if kind == "text":
        said.say("text", given(block, "text"))
    elif kind == "thinking":
        said.say("thoughts", given(block, "thinking"))
        if given(block, "signature"):
            said.proofs.append(block["signature"])
    elif kind == "redacted_thinking":
        said.proofs.append(block["data"])
    elif kind == "tool_use":
        said.call(given(block, "id"), given(block, "name"), view.arguments(given(block, "input")))
    else:
        said.foreign.append(f"content[{index}]")
    for citation in listed(block, "citations"):
        said.cite(given(citation, "url"), given(citation, "title"))


def usage(counts):
    return (
        count(counts, "input_tokens"), count(counts, "cache_read_input_tokens"), count(counts, "cache_creation_input_tokens"),
        count(counts, "output_tokens"), count(counts, "output_tokens_details", "thinking_tokens"),
    )


def folded(raw):
    """The message that a recorded stream adds up to."""
    message = {"content": []}
    for name, event in view.parsed(raw):
        kind = given(event, "type") or name
        if kind == "error":
            recorded(event if given(event, "error") else {"error": event})
        elif kind == "message_start":
            if message["content"] and event["message"].get("id") != message.get("id"):
                # A second try of somebody between.
                raise Failed(None)
            message = {**event["message"], "content": list(event["message"].get("content") or [])}
        elif kind == "content_block_start":
            message["content"].append({**event["content_block"], "json": ""})
        elif kind == "content_block_delta":
            grow(message["content"][event["index"]], event["delta"])
        elif kind == "message_delta":
            told = {**event.get("delta", {}), **{name: event[name] for name in ("context_management",) if name in event}}
            message.update({name: value for name, value in told.items() if value is not None})
            counts = {name: value for name, value in (event.get("usage") or {}).items() if value is not None}
            message["usage"] = {**(message.get("usage") or {}), **counts}
        elif kind == "message_stop":
            return recorded(finished(message))
    raise Failed(None)


def grow(block, delta):
    if delta["type"] == "input_json_delta":
        block["json"] += delta["partial_json"]
    elif delta["type"] == "citations_delta":
        block["citations"] = (block.get("citations") or []) + [delta["citation"]]
    else:
        field = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}.get(delta["type"])
        if field == "signature":
            block[field] = delta[field]
        elif field:
            block[field] = (block.get(field) or "") + delta[field]


def finished(message):
    for block in message["content"]:
        text = block.pop("json", "")
        if text and block.get("type") == "tool_use":
            block["input"] = json.loads(text)
    return message


class Client:
    def __init__(self, base, key, http):
        import anthropic

        self.error = anthropic.APIError
        self.api = anthropic.Anthropic(base_url=base, api_key=key, max_retries=0, timeout=60, http_client=http)

    def ask(self, model, stream):
        question = {"model": model, "max_tokens": 64, "messages": [{"role": "user", "content": "What do you say?"}]}
        if not stream:
            return self.api.messages.create(**question)
        with self.api.messages.stream(**question) as answer:
            return answer.get_final_message()

    def heard(self, message, raw, stream):
        said = recorded(message.model_dump())
        said.reason = message.stop_reason
        return said

    def refused(self, raw):
        from anthropic.types import ErrorResponse

        return strict.check(ErrorResponse, raw)

    def strict(self, raw, stream):
        from anthropic import types

        if not stream:
            return strict.check(types.Message, raw)
        found, _ = view.events(raw)
        wrong = []
        for name, data in found:
            kind = json.loads(data).get("type")
            if kind != name:
                wrong.append(f"event {name} holds {kind}")
            if kind == "error":
                wrong += self.refused(data)
            elif kind != "ping":
                wrong += strict.check(types.RawMessageStreamEvent, data)
        return wrong
