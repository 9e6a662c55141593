"""Gemini: what a recording says, and what Google's SDK makes of an answer."""

import base64
import json
import re

import strict
import view
from view import Failed, View, count, given, listed

REFUSALS = {
    "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_RECITATION",
}
FAILURES = {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE"}
LOST = ("logprobsResult", "urlContextMetadata")
GROUNDING_LOST = ("searchEntryPoint", "webSearchQueries", "imageSearchQueries", "retrievalQueries", "googleMapsWidgetContextToken")


class Reader:
    def __init__(self):
        self.said, self.counts, self.word, self.told, self.partial, self.grounding, self.supports = View(), None, None, None, None, None, None

    def chunk(self, body):
        error = given(body, "error")
        if error:
            raise Failed(given(error, "message"), given(error, "code"))
        if isinstance(given(body, "usageMetadata"), dict):
            self.counts = body["usageMetadata"]
        for candidate in listed(body, "candidates"):
            if given(candidate, "index"):
                self.said.foreign.append(f"candidates[{candidate['index']}]")
                continue
            for number, part in enumerate(listed(candidate, "content", "parts")):
                self.part(number, part)
            self.word = given(candidate, "finishReason") or self.word
            self.told = given(candidate, "finishMessage") or self.told
            self.sources(candidate)
        block = given(body, "promptFeedback", "blockReason")
        if block:
            self.word, self.told = self.word or "SAFETY", given(body, "promptFeedback", "blockReasonMessage")
            self.said.hint = block

    def part(self, number, part):
        if "functionCall" in part:
            self.call(part["functionCall"])
        elif given(part, "text") is not None:
            self.said.say("thoughts" if given(part, "thought") else "text", part["text"])
        else:
            # What it proves goes with it.
            names = [name for name, value in part.items() if isinstance(value, dict)]
            self.said.foreign += [f"candidates[0].content.parts[{number}].{name}" for name in names]
            return
        if given(part, "thoughtSignature"):
            self.said.proofs.append(part["thoughtSignature"])

    def call(self, call):
        if given(call, "name"):
            self.partial = {"id": given(call, "id"), "name": call["name"], "args": given(call, "args") or {}}
            self.said.pieces.append(("call", self.partial))
        for piece in listed(call, "partialArgs"):
            put(self.partial["args"], piece)

    def sources(self, candidate):
        for name in LOST:
            if given(candidate, name):
                self.said.foreign.append(f"candidates[0].{name}")
        for name in GROUNDING_LOST:
            if given(candidate, "groundingMetadata", name):
                self.said.foreign.append(f"candidates[0].groundingMetadata.{name}")
        self.grounding = listed(candidate, "groundingMetadata", "groundingChunks") or self.grounding
        self.supports = listed(candidate, "groundingMetadata", "groundingSupports") or self.supports
        for one in listed(candidate, "citationMetadata", "citations") or listed(candidate, "citationMetadata", "citationSources"):
            self.said.cite(given(one, "uri"), given(one, "title"))

    def cite(self):
        addresses = []
        for chunk in self.grounding or []:
            inner = next((chunk[name] for name in ("web", "retrievedContext", "maps", "image") if given(chunk, name)), chunk)
            addresses.append(given(inner, "uri") or given(inner, "sourceUri") or given(inner, "imageUri"))
            self.said.cite(addresses[-1], given(inner, "title"))
        for support in self.supports or []:
            for index in listed(support, "groundingChunkIndices"):
                self.said.span(addresses[index], given(support, "segment", "text"))

    def end(self):
        said = self.said
        self.cite()
        call = lambda one: ("call", one["id"] or "", one["name"], json.dumps(one["args"], sort_keys=True))
        said.pieces = view.joined(call(piece[1]) if piece[0] == "call" else piece for piece in said.pieces)
        if self.word in FAILURES:
            raise Failed(self.told)
        if self.word is None:
            raise Failed(None)
        said.reason = "limit" if self.word == "MAX_TOKENS" else "refusal" if self.word in REFUSALS else "tools" if said.calls() else "end"
        if said.reason == "refusal":
            said.explanation, said.hint = self.told or "", said.hint or self.word
        said.usage = usage(self.counts)
        return said


def put(arguments, piece):
    """A piece of arguments at its path; texts come in several."""
    path = [name or int(number) for name, number in re.findall(r"\.?([A-Za-z_]\w*)|\[(\d+)\]", piece["jsonPath"].removeprefix("$"))]
    place = arguments
    for step, following in zip(path, path[1:]):
        empty = [] if isinstance(following, int) else {}
        if isinstance(place, list):
            place.extend([None] * (step + 1 - len(place)))
            place[step] = empty if place[step] is None else place[step]
        else:
            place.setdefault(step, empty)
        place = place[step]
    value = next((piece[name] for name in ("stringValue", "numberValue", "boolValue") if name in piece), None)
    last = path[-1]
    if isinstance(place, list):
        place.extend([None] * (last + 1 - len(place)))
        before = place[last]
    else:
        before = place.get(last)
    place[last] = before + (value or "") if isinstance(before, str) else value


def usage(counts):
    read, thoughts = count(counts, "cachedContentTokenCount"), count(counts, "thoughtsTokenCount")
    prompt = count(counts, "promptTokenCount") + count(counts, "toolUsePromptTokenCount")
    return (prompt - read if prompt >= read else prompt, read, 0, count(counts, "candidatesTokenCount") + thoughts, thoughts)


def gathered(chunks):
    reader = Reader()
    for chunk in chunks:
        reader.chunk(chunk)
    return reader


def recorded(body):
    if not any(given(body, name) for name in ("candidates", "promptFeedback", "error")):
        raise Failed(None)
    return gathered([body]).end()


def folded(raw):
    return gathered(chunk for _, chunk in view.parsed(raw)).end()


class Client:
    def __init__(self, base, key, http):
        from google import genai
        from google.genai import errors, types

        self.error = errors.APIError
        self.api = genai.Client(api_key=key, http_options=types.HttpOptions(base_url=base, httpx_client=http))

    def ask(self, model, stream):
        question = {"model": model, "contents": "What do you say?", "config": {"max_output_tokens": 64}}
        if not stream:
            return [self.api.models.generate_content(**question)]
        return list(self.api.models.generate_content_stream(**question))

    def heard(self, chunks, raw, stream):
        """The SDK puts nothing together; a program adds the parts up. It leaves the message at the end out, in which drops are told:
        it takes the comments of a stream for a broken answer."""
        reader = gathered(chunk.model_dump(by_alias=True, exclude_none=True, mode="json") for chunk in chunks)
        last = json.loads(view.events(raw)[0][-1][1] if stream else raw)
        words, _, left = (given(last, "candidates", 0, "finishMessage") or "").partition("Left out: ")
        word, reader.word = reader.word, "STOP"
        said = reader.end()
        said.reason, said.explanation = word, words.strip()
        said.told = left.removesuffix(".").split(", ") if left and stream else []
        stop = re.fullmatch(r'The stop sequence (".*") was met\.', said.explanation)
        said.stop = json.loads(stop[1]) if stop else None
        inner = lambda proof: base64.b64decode(proof.replace("-", "+").replace("_", "/") + "===").decode()
        said.proofs = [inner(proof) for proof in said.proofs]
        return said

    def refused(self, raw):
        return strict.fields(raw, ("code", "message", "status"))

    def strict(self, raw, stream):
        from google.genai import types

        texts = [data for _, data in view.events(raw)[0]] if stream else [raw]
        bodies = [text for text in texts if "error" not in json.loads(text)]
        return [wrong for text in bodies for wrong in strict.check(types.GenerateContentResponse, text)]
