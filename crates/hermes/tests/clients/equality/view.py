"""An answer as a person's program can know it, whatever its protocol."""

import dataclasses
import json

# What a reason is called where it is the last word of an answer.
WORDS = {
    "anthropic-messages": {
        "end": "end_turn", "stop": "stop_sequence", "tools": "tool_use", "limit": "max_tokens",
        "full": "model_context_window_exceeded", "refusal": "refusal", "pause": "pause_turn",
    },
    "openai-chat": {
        "end": "stop", "stop": "stop", "tools": "tool_calls", "limit": "length", "full": "length", "refusal": "content_filter",
        "pause": "stop",
    },
    "openai-responses": {
        "end": "completed", "stop": "completed", "tools": "completed", "limit": "max_output_tokens", "full": "max_output_tokens",
        "refusal": "refusal", "pause": "completed",
    },
    "gemini": {
        "end": "STOP", "stop": "STOP", "tools": "STOP", "limit": "MAX_TOKENS", "full": "MAX_TOKENS", "refusal": "SAFETY", "pause": "STOP",
    },
}

RANKS = {"thoughts": 0, "text": 1, "call": 2}


class Failed(Exception):
    """An answer that is an error. Without a status nothing is known but that it is no answer."""

    def __init__(self, message, status=None, code=None):
        super().__init__(message)
        self.message, self.status, self.code = message, status, code


@dataclasses.dataclass
class View:
    # ("text", words), ("thoughts", words), ("refusal", words) or ("call", id, name, arguments).
    pieces: list = dataclasses.field(default_factory=list)
    # Addresses and titles of pages that are cited; other sources are counted only.
    pages: set = dataclasses.field(default_factory=set)
    places: list = dataclasses.field(default_factory=list)
    # The words of the answer that a page is cited for, with its address.
    spans: set = dataclasses.field(default_factory=set)
    # Why it was declined, where that is told apart from the text.
    explanation: str = ""
    # A word that the explanation has to hold where the provider gave no words.
    hint: str = ""
    reason: str = "end"
    stop: str | None = None
    # Input that no cache served, read from a cache, written to one, output with reasoning, reasoning.
    usage: tuple = (0, 0, 0, 0, 0)
    proofs: list = dataclasses.field(default_factory=list)
    # What other protocols have no place for, as the paths by which a drop is told.
    foreign: list = dataclasses.field(default_factory=list)
    # What an answer itself says was left out.
    told: list = dataclasses.field(default_factory=list)

    def say(self, kind, words):
        if words:
            self.pieces.append((kind, words))

    def call(self, id, name, arguments):
        self.pieces.append(("call", id or "", name or "", arguments))

    def cite(self, url, title):
        if url:
            self.pages.add((url, title or url))
        else:
            self.places.append(title)

    def span(self, url, words):
        if url and words:
            self.spans.add((url, words))

    def calls(self):
        return any(piece[0] == "call" for piece in self.pieces)

    def refusal(self):
        return "".join(piece[1] for piece in self.pieces if piece[0] == "refusal")


def given(value, *path):
    """What stands at a path, if anything does."""
    for name in path:
        if isinstance(value, list) and isinstance(name, int) and name < len(value):
            value = value[name]
        elif isinstance(value, dict):
            value = value.get(name)
        else:
            return None
    return value


def count(value, *path):
    found = given(value, *path)
    return int(found) if isinstance(found, (int, float)) and not isinstance(found, bool) and found > 0 else 0


def listed(value, *path):
    found = given(value, *path)
    return found if isinstance(found, list) else []


def arguments(text):
    """Arguments of a call in one spelling. An empty text is an empty object; what is no object stays the text that it is."""
    if not isinstance(text, str):
        return json.dumps({} if text is None else text, sort_keys=True)
    if not text.strip():
        return "{}"
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    return json.dumps(value if isinstance(value, dict) else {"input": text}, sort_keys=True)


def free(text):
    """The input of a tool that takes free text, as an object holds it."""
    return json.dumps({"input": text or ""}, sort_keys=True)


def joined(pieces):
    """Words after each other are one."""
    out = []
    for piece in pieces:
        if out and piece[0] != "call" and out[-1][0] == piece[0]:
            out[-1] = (piece[0], out[-1][1] + piece[1])
        else:
            out.append(piece)
    return out


def events(raw):
    """The data of every event of a stream with its name, and the comments."""
    found, comments, name, data = [], [], None, []
    for line in raw.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line.startswith(":"):
            comments.append(line[1:].strip())
        elif line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line:
            if data:
                found.append((name, "\n".join(data)))
            name, data = None, []
    if data:
        found.append((name, "\n".join(data)))
    return found, comments


def parsed(raw):
    """The events of a recorded stream as JSON, without the word that ends some of them."""
    return [(name, json.loads(data)) for name, data in events(raw)[0] if data.strip() and data.strip() != "[DONE]"]


def expected(view, client):
    """How a client of this protocol says the same, before drops are taken into account."""
    pieces = list(view.pieces)
    explanation = view.refusal() or view.explanation
    if client == "gemini":
        pieces = [("text", piece[1]) if piece[0] == "refusal" else piece for piece in pieces]
        explanation = view.explanation
    else:
        pieces = [piece for piece in pieces if piece[0] != "refusal"]
    if client == "openai-chat":
        pieces.sort(key=lambda piece: RANKS[piece[0]])
    reason = view.reason
    if view.calls() and reason in ("end", "pause"):
        reason = "tools"
    if reason == "end" and view.refusal():
        reason = "refusal"
    usage = view.usage
    if client == "gemini":
        usage = (usage[0] + usage[2], usage[1], 0, usage[3], usage[4])
    return dataclasses.replace(view, pieces=joined(pieces), explanation=explanation, reason=WORDS[client][reason], usage=usage)
