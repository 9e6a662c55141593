"""Asks through the gateway with the official SDK of a protocol and tells how it fails.

usage: mistakes.py PROTOCOL BASE KEY   (PROTOCOL is called like the folder of its recordings)

Reads a list of `{"model", "stream"}` from stdin. Prints one list: for each the class of the SDK's exception, the classes above it, its
status, its text, and the headers of the answer; `{"class": null}` where the SDK raised nothing.
"""

import json
import sys

import anthropic
import openai
from google import genai
from google.genai import types

WORDS = [{"role": "user", "content": "Hello"}]


def client(protocol, base, key):
    """A function that asks once; streams are read to their end."""
    if protocol == "anthropic-messages":
        sdk = anthropic.Anthropic(base_url=base, api_key=key, max_retries=0, timeout=60)
        return lambda model, stream: sdk.messages.create(model=model, max_tokens=16, messages=WORDS, stream=stream)
    if protocol == "gemini":
        options = types.HttpOptions(base_url=base, timeout=60_000, retry_options=types.HttpRetryOptions(attempts=1))
        # The client closes its connections when nobody holds it any more.
        sdk = genai.Client(api_key=key, http_options=options)
        ways = {True: sdk.models.generate_content_stream, False: sdk.models.generate_content}
        return lambda model, stream: (sdk, ways[stream](model=model, contents="Hello"))[1]
    sdk = openai.OpenAI(base_url=base + "/v1", api_key=key, max_retries=0, timeout=60)
    if protocol == "openai-chat":
        return lambda model, stream: sdk.chat.completions.create(model=model, messages=WORDS, stream=stream)
    return lambda model, stream: sdk.responses.create(model=model, input="Hello", stream=stream)


def outcome(ask, model, stream):
    try:
        answer = ask(model, stream)
        if stream:
            for _ in answer:
                pass
    except Exception as error:
        response = getattr(error, "response", None)
        return {
            "class": type(error).__name__,
            "above": [one.__name__ for one in type(error).__mro__],
            "status": getattr(error, "status_code", None) or getattr(error, "code", None),
            "text": str(error),
            "headers": dict(getattr(response, "headers", None) or {}),
        }
    return {"class": None}


def main():
    protocol, base, key = sys.argv[1:4]
    ask = client(protocol, base, key)
    tries = json.load(sys.stdin)
    json.dump([outcome(ask, one["model"], one["stream"]) for one in tries], sys.stdout)


main()
