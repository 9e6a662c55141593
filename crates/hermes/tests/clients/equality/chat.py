"""Chat Completions: what a recording says, and what OpenAI's SDK makes of an answer."""

import json

import strict
import view
from view import Failed, View, count, given, listed

REASONS = {
    "length": "limit", "max_tokens": "limit", "model_length": "full", "content_filter": "refusal", "refusal": "refusal",
    "sensitive": "refusal", "tool_calls": "tools", "function_call": "tools",
}


class Reader:
    """Gathers an answer: a whole one is a single chunk."""

    def __init__(self):
        self.said, self.calls, self.counts, self.reason, self.cited = View(), {}, None, None, []

    def chunk(self, body):
        refuse(body)
        for counts in (given(body, "usage"), given(body, "x_groq", "usage"), given(body, "choices", 0, "usage")):
            if isinstance(counts, dict) and (self.counts is None or count(counts, "total_tokens")):
                self.counts = counts
                break
        self.lists(body)
        for number, choice in enumerate(listed(body, "choices")):
            if number:
                self.said.foreign.append(f"choices[{given(choice, 'index') or number}]")
                continue
            place = "delta" if isinstance(given(choice, "delta"), dict) else "message"
            self.message(given(choice, place) or {}, place)
            self.reason = given(choice, "finish_reason") or self.reason
            stop = given(choice, "stop_reason")
            self.said.stop = stop if isinstance(stop, str) and stop else self.said.stop
            if listed(choice, "logprobs", "content"):
                self.said.foreign.append("choices[0].logprobs")

    def lists(self, body):
        titles = {given(one, "url"): given(one, "title") for one in listed(body, "search_results")}
        for entry in listed(body, "citations"):
            url = entry if isinstance(entry, str) else given(entry, "url")
            self.said.cite(url, titles.get(url) or given(entry, "title"))

    def message(self, message, place):
        self.think(message)
        content = given(message, "content")
        for number, part in enumerate(content if isinstance(content, list) else [content]):
            if isinstance(part, str) or given(part, "type") == "text":
                self.said.say("text", part if isinstance(part, str) else part["text"])
            elif given(part, "type") == "thinking":
                inner = part["thinking"]
                self.said.say("thoughts", inner if isinstance(inner, str) else "".join(one.get("text", "") for one in inner))
            elif part:
                self.said.foreign.append(f"choices[0].{place}.content[{number}]")
        self.said.say("refusal", given(message, "refusal"))
        for call in listed(message, "tool_calls"):
            self.call(call)
        if given(message, "function_call", "name"):
            self.call({"index": "old", "function": message["function_call"]})
        for number, entry in enumerate(listed(message, "annotations")):
            if given(entry, "url_citation"):
                self.said.cite(given(entry, "url_citation", "url"), given(entry, "url_citation", "title"))
                self.cited.append(entry["url_citation"])
            else:
                self.said.foreign.append(f"choices[0].{place}.annotations[{number}]")
        for entry in listed(message, "citations"):
            self.said.cite(given(entry, "url"), given(entry, "title"))
        for name in ("images", "audio"):
            if says(given(message, name)):
                self.said.foreign.append(f"choices[0].{place}.{name}")

    def think(self, message):
        details = listed(message, "reasoning_details")
        told = [given(one, "text") or given(one, "summary") or "" for one in details]
        field = given(message, "reasoning_content") or given(message, "reasoning")
        if not any(told):
            self.said.say("thoughts", field)
        for one, text in zip(details, told):
            # A signature at the end of a stream comes with all of its thoughts once more.
            proof = given(one, "signature") or given(one, "data")
            if not (proof and text and text == "".join(piece[1] for piece in self.said.pieces if piece[0] == "thoughts")):
                self.said.say("thoughts", text)
            if proof:
                self.said.proofs.append(proof)
        signature = given(message, "extra_content", "google", "thought_signature")
        if signature:
            self.said.proofs.append(signature)

    def call(self, call):
        index = given(call, "index")
        known = self.calls.get(index) if index is not None else None
        if known is None:
            known = {"id": "", "name": "", "arguments": "", "custom": bool(given(call, "custom", "name"))}
            self.calls[index if index is not None else ("whole", len(self.calls))] = known
            self.said.pieces.append(("call", known))
        inner = call["custom"] if known["custom"] and given(call, "custom") else given(call, "function") or {}
        known["id"] = known["id"] or given(call, "id") or ""
        known["name"] = known["name"] or given(inner, "name") or ""
        more = given(inner, "input") or given(inner, "arguments") or ""
        known["arguments"] = known["arguments"] + more if isinstance(more, str) else more
        signature = given(call, "extra_content", "google", "thought_signature")
        if signature:
            self.said.proofs.append(signature)

    def end(self):
        said = self.said
        read = lambda call: (view.free if call["custom"] else view.arguments)(call["arguments"])
        said.pieces = view.joined(
            ("call", piece[1]["id"], piece[1]["name"], read(piece[1])) if piece[0] == "call" else piece for piece in said.pieces
        )
        text = "".join(piece[1] for piece in said.pieces if piece[0] == "text")
        for one in self.cited:
            said.span(given(one, "url"), text[count(one, "start_index") : count(one, "end_index")])
        tagged(said)
        said.usage = usage(self.counts)
        said.reason = REASONS.get(self.reason, "tools" if self.calls else "end")
        if said.reason == "end" and said.stop is not None:
            said.reason = "stop"
        if said.reason != "stop":
            said.stop = None
        return said


def says(value):
    """Whether something is more than an empty form."""
    if isinstance(value, dict):
        return any(map(says, value.values()))
    return any(map(says, value)) if isinstance(value, list) else bool(value)


def refuse(body):
    error = given(body, "error")
    if error or (given(body, "choices") is None and given(body, "message")):
        code = given(error, "code")
        status = code if isinstance(code, int) else given(error, "status_code")
        raise Failed(given(error, "message") if error else body["message"], status, given(error, "code"))


def tagged(said):
    """Thoughts between tags at the beginning of the text."""
    if not said.pieces or said.pieces[0][0] != "text" or not said.pieces[0][1].lstrip().startswith("<think>"):
        return
    inside, _, rest = said.pieces[0][1].lstrip().removeprefix("<think>").partition("</think>")
    words = [("thoughts", inside.strip()), ("text", rest.lstrip())]
    said.pieces[:1] = [piece for piece in words if piece[1]]


def usage(counts):
    prompt, output = count(counts, "prompt_tokens"), count(counts, "completion_tokens")
    read = count(counts, "prompt_tokens_details", "cached_tokens") or count(counts, "cached_tokens") or count(counts, "prompt_cache_hit_tokens")
    written = count(counts, "prompt_tokens_details", "cache_write_tokens")
    reasoning = count(counts, "completion_tokens_details", "reasoning_tokens")
    if reasoning and count(counts, "total_tokens") == prompt + output + reasoning:
        output += reasoning
    fresh = prompt - read - written
    return (fresh if fresh >= 0 else prompt, read, written, output, reasoning)


def recorded(body):
    refuse(body)
    if not listed(body, "choices"):
        raise Failed(None)
    reader = Reader()
    reader.chunk(body)
    return reader.end()


def folded(raw):
    reader = Reader()
    try:
        found = view.parsed(raw)
    except ValueError:
        raise Failed(None) from None
    for _, chunk in found:
        reader.chunk(chunk)
    if not reader.reason and "[DONE]" not in raw.decode():
        raise Failed(None)
    return reader.end()


class Client:
    def __init__(self, base, key, http):
        import openai

        self.error = openai.APIError
        self.api = openai.OpenAI(base_url=base + "/v1", api_key=key, max_retries=0, timeout=60, http_client=http)

    def ask(self, model, stream):
        question = {"model": model, "max_completion_tokens": 64, "messages": [{"role": "user", "content": "What do you say?"}]}
        if not stream:
            return self.api.chat.completions.create(**question)
        with self.api.chat.completions.stream(**question, stream_options={"include_usage": True}) as answer:
            # The final object is refused where the answer was cut short or declined, from any provider; this is what it is made of.
            return answer.until_done().current_completion_snapshot

    def heard(self, completion, raw, stream):
        body = completion.model_dump()
        reader = Reader()
        reader.chunk(body)
        said = reader.end()
        said.reason = body["choices"][0]["finish_reason"]
        said.stop = given(body, "choices", 0, "stop_reason")
        return said

    def refused(self, raw):
        return strict.fields(raw, ("message", "type", "param", "code"))

    def strict(self, raw, stream):
        from openai.types import chat

        if not stream:
            return strict.check(chat.ChatCompletion, raw)
        wrong = []
        for name, data in view.events(raw)[0]:
            if data != "[DONE]" and "error" not in json.loads(data):
                wrong += strict.check(chat.ChatCompletionChunk, data)
            if name:
                wrong.append(f"an event named {name}")
        return wrong
