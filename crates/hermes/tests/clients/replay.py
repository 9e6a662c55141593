"""Drives an official Python SDK through the gateway over recorded cases and compares every byte.

usage: replay.py PROTOCOL FIXTURES GATEWAY DIRECT KEY

GATEWAY and DIRECT are base URLs: the gateway, and the simulated provider that replays the recording named by the header
`x-sim-case`. For each case the SDK's request goes through the gateway; the body of the answer must equal what the provider
sends when it is asked directly, and, for streams, the recorded file. Prints one JSON object with the counts and failures.
"""

import json
import pathlib
import sys
import urllib.parse
import urllib.request

import anthropic
import openai

PATHS = {
    "anthropic-messages": ("/v1/messages", "/v1/messages/count_tokens"),
    "openai-chat": ("/chat/completions",),
    "openai-responses": ("/responses",),
}


class Case:
    def __init__(self, file):
        self.name = file.name.removesuffix(".request.json")
        self.request = json.loads(file.read_text())
        self.response = json.loads(file.with_name(self.name + ".response.json").read_text())
        stream = self.response.get("sse")
        self.stream = file.with_name(stream).read_bytes() if stream else None

    def path(self, protocol):
        """The protocol's own path that the recorded URL ends in; none for calls that this run does not make."""
        url = self.request["url"]
        if url is None:
            return PATHS[protocol][0]
        recorded = urllib.parse.urlparse(url).path
        return next((path for path in reversed(PATHS[protocol]) if recorded.endswith(path)), None)

    def usable(self, protocol):
        # A refused or limited credential is the pool's business, not a pass-through.
        return isinstance(self.request["body"], dict) and self.path(protocol) and self.response["status"] not in (401, 429)


def make_client(protocol, base, key):
    if protocol == "anthropic-messages":
        return anthropic.Anthropic(base_url=base, api_key=key, max_retries=0, timeout=60)
    return openai.OpenAI(base_url=base + "/v1", api_key=key, max_retries=0, timeout=60)


def resource(client, protocol, path):
    if protocol == "anthropic-messages":
        return client.messages
    return client.chat.completions if path == "/chat/completions" else client.responses


def arguments(case, path):
    body = dict(case.request["body"])
    named = {name: body.pop(name) for name in ("model", "messages", "input", "max_tokens", "tools", "stream") if name in body}
    if path.endswith("count_tokens"):
        named.pop("max_tokens", None)
    return {**named, "extra_body": body, "extra_headers": {"x-sim-case": case.name}}


def call(client, protocol, case):
    """The raw body of the answer, the SDK's own reading of it, and the bytes that the SDK sent."""
    path = case.path(protocol)
    api = resource(client, protocol, path)
    method = "count_tokens" if path.endswith("count_tokens") else "create"
    keywords = arguments(case, path)
    try:
        with getattr(api.with_streaming_response, method)(**keywords) as answer:
            raw = b"".join(answer.iter_bytes())
            status, sent = answer.status_code, answer.http_response.request.content
    except (anthropic.APIStatusError, openai.APIStatusError) as error:
        raw, status, sent = error.response.content, error.response.status_code, error.response.request.content
        return raw, status, sent
    parsed = getattr(api, method)(**keywords)
    if keywords.get("stream"):
        parsed = list(parsed)
    assert parsed is not None
    return raw, status, sent


def direct(base, protocol, case, sent):
    path = case.path(protocol)
    path = path if path.startswith("/v1") else "/v1" + path
    request = urllib.request.Request(base + path, data=sent, method="POST")
    for name, value in {
        "x-sim-case": case.name, "x-sim-direct": "1", "content-type": "application/json", "x-api-key": "direct", "authorization": "Bearer direct"
    }.items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return error.read()


def check(client, protocol, case, base):
    try:
        raw, status, sent = call(client, protocol, case)
    except Exception as error:  # one failing case must not hide the others
        if case.name in ODD:
            return None
        return f"{type(error).__name__}: {error}"
    if status != case.response["status"] and case.response["status"] is not None:
        return f"status {status} instead of {case.response['status']}"
    if raw != direct(base, protocol, case, sent):
        return "the body differs from the provider's own"
    if case.stream is not None and raw != case.stream:
        return "the stream differs from the recording"
    if case.stream is None and json.loads(raw) != case.response["body"]:
        return "the body differs from the recording"
    return None


# Recordings that carry an error inside a 200 stream: the SDK raises, as it must.
ODD = {"groq-stream-reasoning-02", "openrouter-stream-reasoning-maxtok"}


def main():
    protocol, fixtures, gateway, provider, key = sys.argv[1:]
    client = make_client(protocol, gateway, key)
    cases = [Case(file) for file in sorted(pathlib.Path(fixtures, protocol).glob("*.request.json"))]
    cases = [case for case in cases if case.usable(protocol)]
    failures = {}
    for case in cases:
        problem = check(client, protocol, case, provider)
        if problem:
            failures[case.name] = problem
    streams = sum(case.stream is not None for case in cases)
    tools = sum(bool(case.request["body"].get("tools")) for case in cases)
    print(json.dumps({"cases": len(cases), "streams": streams, "with_tools": tools, "failures": failures}))


if __name__ == "__main__":
    main()
