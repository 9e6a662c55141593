"""Responses: what a recording says, and what OpenAI's SDK makes of an answer."""

import json

import strict
import view
from view import Failed, View, count, given, listed

TRACKS = {"content": "summary", "summary": "content"}
STATUSES = {"insufficient_quota": 402, "rate_limit_exceeded": 429, "server_error": 500}


def recorded(body, items=None, first=None):
    """What an answer says. `items` are its items by their numbers, `first` the tracks of thoughts that came first."""
    if given(body, "error"):
        refuse(body["error"])
    if not isinstance(given(body, "output"), list) and not items:
        raise Failed(None)
    said = View()
    items = items or dict(enumerate(body["output"]))
    for index in sorted(items):
        read_item(said, index, items[index], (first or {}).get(index))
    said.reason = reason(body, said)
    said.usage = usage(given(body, "usage"))
    return said


def refuse(error):
    code = given(error, "code") or given(error, "type")
    raise Failed(given(error, "message"), STATUSES.get(code), code)


def reason(body, said):
    why = given(body, "incomplete_details", "reason")
    if why == "content_filter":
        return "refusal"
    if why or given(body, "status") == "incomplete":
        return "limit"
    if said.calls():
        return "tools"
    return "refusal" if said.refusal() else "end"


def read_item(said, index, item, first):
    kind = given(item, "type")
    if kind == "message" and given(item, "role") == "assistant":
        if given(item, "phase"):
            said.foreign.append(f"output[{index}].phase")
        for part, value in enumerate(listed(item, "content")):
            read_part(said, f"output[{index}].content[{part}]", value)
    elif kind == "reasoning":
        tracks = {name: "\n\n".join(given(one, "text") or "" for one in listed(item, name)) for name in TRACKS}
        track = first or ("content" if tracks["content"] else "summary")
        said.say("thoughts", tracks[track])
        if tracks[TRACKS[track]] not in ("", tracks[track]):
            said.foreign.append(f"output[{index}].{TRACKS[track]}")
        if given(item, "encrypted_content"):
            said.proofs.append(item["encrypted_content"])
    elif kind in ("function_call", "custom_tool_call"):
        free = kind == "custom_tool_call"
        text = view.free(item["input"]) if free else view.arguments(item["arguments"])
        said.call(given(item, "call_id") or given(item, "id"), given(item, "name"), text)
        if given(item, "namespace"):
            said.foreign.append("namespace")
    else:
        said.foreign.append(f"output[{index}]")


def read_part(said, at, value):
    if given(value, "type") == "refusal":
        said.say("refusal", given(value, "refusal"))
    elif given(value, "text") is not None:
        said.say("text", value["text"])
    else:
        said.foreign.append(at)
    for number, annotation in enumerate(listed(value, "annotations")):
        if given(annotation, "url"):
            said.cite(annotation["url"], given(annotation, "title"))
            said.span(annotation["url"], value["text"][count(annotation, "start_index") : count(annotation, "end_index")])
        else:
            said.cite(None, given(annotation, "filename"))
            said.foreign.append(f"{at}.annotations[{number}]")
    if listed(value, "logprobs"):
        said.foreign.append(f"{at}.logprobs")


def usage(counts):
    prompt = count(counts, "input_tokens")
    read, written = count(counts, "input_tokens_details", "cached_tokens"), count(counts, "input_tokens_details", "cache_write_tokens")
    fresh, reasoning = prompt - read - written, count(counts, "output_tokens_details", "reasoning_tokens")
    return (fresh if fresh >= 0 else prompt, read, written, count(counts, "output_tokens"), reasoning)


def folded(raw):
    """What the items say when they are done, and the last event of the rest."""
    items, first, deltas = {}, {}, {}
    for name, event in view.parsed(raw):
        kind = given(event, "type") or name
        index = given(event, "output_index")
        if kind == "error":
            refuse(given(event, "error") or event)
        elif kind == "response.output_item.done":
            items[index] = event["item"]
        elif kind == "response.output_text.delta":
            place = (index, event["content_index"])
            deltas[place] = deltas.get(place, "") + event["delta"]
        elif kind in ("response.reasoning_text.delta", "response.reasoning_summary_text.delta"):
            first.setdefault(index, "summary" if "summary" in kind else "content")
        elif kind in ("response.completed", "response.incomplete", "response.failed"):
            others = list(other(items, deltas))
            for index, part in others:
                # What came has been read already when the other is told.
                items[index]["content"][part]["text"] = deltas[index, part]
            said = recorded(event["response"], items, first)
            said.foreign += [f"output[{index}].content[{part}].text" for index, part in others]
            return said
    raise Failed(None)


def other(items, deltas):
    """The texts that say something else when they are done than when they came."""
    for (index, part), text in deltas.items():
        done = given(items.get(index), "content", part, "text")
        if done and text and not done.startswith(text):
            yield index, part


def added_up(found):
    """The texts that the deltas of a stream add up to, by the place of each."""
    texts = {}
    for event in found:
        kind = event["type"]
        if kind.endswith(".delta"):
            part = event.get("content_index", event.get("summary_index"))
            place = (event["output_index"], kind.removesuffix(".delta"), part)
            texts[place] = texts.get(place, "") + event["delta"]
    return texts


def texts(output):
    """The same of a whole answer."""
    found = {}
    for index, item in enumerate(output):
        for name, kind in (("arguments", "function_call_arguments"), ("input", "custom_tool_call_input")):
            if given(item, name):
                found[index, f"response.{kind}", None] = item[name]
        kinds = {"output_text": "output_text", "refusal": "refusal", "reasoning_text": "reasoning_text", "summary_text": "reasoning_summary_text"}
        for list_name in ("content", "summary"):
            for part, value in enumerate(listed(item, list_name)):
                text = given(value, "text") or given(value, "refusal")
                if text:
                    found[index, f"response.{kinds[value['type']]}", part] = text
    return found


class Client:
    def __init__(self, base, key, http):
        import openai

        self.error = openai.APIError
        self.api = openai.OpenAI(base_url=base + "/v1", api_key=key, max_retries=0, timeout=60, http_client=http)

    def ask(self, model, stream):
        question = {"model": model, "max_output_tokens": 64, "input": "What do you say?"}
        if not stream:
            return self.api.responses.create(**question)
        with self.api.responses.stream(**question) as answer:
            last = None
            for last in answer:
                pass
            # The SDK has a final object only of what is complete.
            return last.response if last.type == "response.incomplete" else answer.get_final_response()

    def heard(self, response, raw, stream):
        body = response.model_dump()
        said = recorded(body)
        said.reason = {"refusal": "refusal", "limit": "max_output_tokens"}.get(reason(body, said), body["status"])
        return said

    def refused(self, raw):
        return strict.fields(raw, ("message", "type", "param", "code"))

    def strict(self, raw, stream):
        from openai.types import responses

        if not stream:
            return strict.check(responses.Response, raw)
        wrong, found = [], []
        for number, (name, data) in enumerate(view.events(raw)[0]):
            event = json.loads(data)
            found.append(event)
            wrong += strict.check(responses.ResponseStreamEvent, data)
            if name != event["type"] or event["sequence_number"] != number:
                wrong.append(f"{name} {number}: {data[:200]}")
        last = found[-1]
        if last["type"] in ("response.completed", "response.incomplete") and added_up(found) != texts(last["response"]["output"]):
            wrong.append(f"the deltas say {added_up(found)}, the end {texts(last['response']['output'])}")
        return wrong
