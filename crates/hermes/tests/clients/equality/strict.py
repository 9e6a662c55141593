"""What is sent has to be what the official types say, and nothing else."""

import functools
import json
import typing

import pydantic

# Beside the official types stands only what providers themselves send beside them, by what it is a field of.
EXTRA = {
    # Thoughts and their proofs, as DeepSeek and OpenRouter tell them, and Gemini's signature of a call.
    ("ChatCompletionMessage", "reasoning_content"), ("ChoiceDelta", "reasoning_content"),
    ("ChatCompletionMessage", "reasoning_details"), ("ChoiceDelta", "reasoning_details"),
    ("ChatCompletionMessageFunctionToolCall", "extra_content"), ("ChoiceDeltaToolCall", "extra_content"),
    # Sources, which the types know of whole answers only, and those that have no address.
    ("ChoiceDelta", "annotations"), ("ChatCompletionMessage", "citations"), ("ChoiceDelta", "citations"),
    # The text of a page that is cited, as OpenRouter tells it.
    ("AnnotationURLCitation", "content"),
    # The text that ended an answer, as vLLM tells it.
    ("Choice", "stop_reason"),
    # OpenAI's own.
    ("Response", "store"), ("ResponseFunctionCallArgumentsDoneEvent", "name"), ("ResponseErrorEvent", "error"),
}


@functools.cache
def adapter(kind):
    return pydantic.TypeAdapter(kind)


def check(kind, data):
    """What of a JSON text is wrong."""
    try:
        value = adapter(kind).validate_json(data, strict=True)
    except pydantic.ValidationError as error:
        told = [f"{'.'.join(str(one) for one in item['loc'])}: {item['msg']}" for item in error.errors()[:4]]
        return [f"not {kind}: {told} in {str(data)[:300]}"]
    return [f"has {path} in {str(data)[:300]}" for path in extras(value, "")]


def fields(raw, names):
    """What an error lacks for which there is no official type."""
    error = json.loads(raw)["error"]
    return [f"no {name} in {raw[:300]}" for name in names if name not in error]


def extras(value, path):
    """Fields that the types do not know."""
    if isinstance(value, pydantic.BaseModel):
        for name in value.model_extra or {}:
            # Errors of Messages have details, such as the provider's own code, that the types do not know.
            of = type(value).__name__
            if (of, name) not in EXTRA and not (of.endswith("ErrorObject") and name == "details"):
                yield f"{path}.{name} of {of}"
        for name in type(value).model_fields:
            yield from extras(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from extras(inner, f"{path}[{number}]")
    elif isinstance(value, typing.Mapping):
        for name, inner in value.items():
            yield from extras(inner, f"{path}.{name}")
