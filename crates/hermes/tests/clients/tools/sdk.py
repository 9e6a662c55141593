"""Asks a model for the word in a file that only this side can read, with an official SDK, streaming.

Usage: sdk.py messages|chat|responses|gemini BASE KEY MODEL
"""

import json
import sys
from pathlib import Path

PROMPT = "Which word is in the file word.txt? Use the tool."
SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"], "additionalProperties": False}
TOOL = {"name": "read_file", "description": "Reads a file"}


def read(arguments):
    return Path(arguments["path"]).read_text()


def messages(base, key, model):
    import anthropic

    client = anthropic.Anthropic(base_url=base, api_key=key)
    turns = [{"role": "user", "content": PROMPT}]
    tools = [{**TOOL, "input_schema": SCHEMA}]
    while True:
        with client.messages.stream(model=model, max_tokens=1000, messages=turns, tools=tools) as stream:
            streamed = "".join(stream.text_stream)
            message = stream.get_final_message()
        text = "".join(block.text for block in message.content if block.type == "text")
        assert streamed == text, (streamed, text)
        if message.stop_reason != "tool_use":
            assert message.stop_reason == "end_turn", message.stop_reason
            assert message.usage.output_tokens > 0, message.usage
            return text
        turns.append({"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in message.content]})
        calls = [block for block in message.content if block.type == "tool_use"]
        turns.append({
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": call.id, "content": read(call.input)} for call in calls],
        })


def chat(base, key, model):
    import openai

    client = openai.OpenAI(base_url=base + "/v1", api_key=key)
    turns = [{"role": "user", "content": PROMPT}]
    tools = [{"type": "function", "function": {**TOOL, "parameters": SCHEMA, "strict": True}}]
    while True:
        asked = {"model": model, "messages": turns, "tools": tools, "stream_options": {"include_usage": True}}
        with client.chat.completions.stream(**asked) as stream:
            streamed = "".join(event.delta for event in stream if event.type == "content.delta")
            completion = stream.get_final_completion()
        choice = completion.choices[0]
        assert streamed == (choice.message.content or ""), (streamed, choice)
        assert completion.usage.completion_tokens > 0, completion.usage
        if choice.finish_reason != "tool_calls":
            assert choice.finish_reason == "stop", choice.finish_reason
            return choice.message.content
        calls = choice.message.tool_calls
        turns.append({
            "role": "assistant",
            "content": choice.message.content,
            "tool_calls": [{"id": call.id, "type": "function", "function": {"name": call.function.name, "arguments": call.function.arguments}} for call in calls],
        })
        turns += [{"role": "tool", "tool_call_id": call.id, "content": read(json.loads(call.function.arguments))} for call in calls]


def responses(base, key, model):
    import openai

    client = openai.OpenAI(base_url=base + "/v1", api_key=key)
    items = [{"role": "user", "content": PROMPT}]
    tools = [{"type": "function", **TOOL, "parameters": SCHEMA, "strict": True}]
    while True:
        asked = {"model": model, "input": items, "tools": tools, "store": False, "include": ["reasoning.encrypted_content"]}
        with client.responses.stream(**asked) as stream:
            streamed = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
            response = stream.get_final_response()
        assert response.status == "completed", response
        assert streamed == response.output_text, (streamed, response)
        assert response.usage.output_tokens > 0, response.usage
        calls = [item for item in response.output if item.type == "function_call"]
        if not calls:
            return response.output_text
        items += [item.model_dump(exclude_none=True, exclude={"parsed", "parsed_arguments"}) for item in response.output]
        items += [{"type": "function_call_output", "call_id": call.call_id, "output": read(json.loads(call.arguments))} for call in calls]


def gemini(base, key, model):
    from google import genai
    from google.genai import types

    client = genai.Client(api_key=key, http_options=types.HttpOptions(base_url=base))
    tool = types.Tool(function_declarations=[types.FunctionDeclaration(**TOOL, parameters_json_schema=SCHEMA)])
    config = types.GenerateContentConfig(tools=[tool], automatic_function_calling={"disable": True})
    turns = [types.Content(role="user", parts=[types.Part(text=PROMPT)])]
    while True:
        chunks = list(client.models.generate_content_stream(model=model, contents=turns, config=config))
        assert chunks[-1].candidates[0].finish_reason == types.FinishReason.STOP, chunks[-1]
        parts = [part for chunk in chunks for part in chunk.candidates[0].content.parts or []]
        calls = [part.function_call for part in parts if part.function_call]
        if not calls:
            return "".join(part.text for part in parts if part.text)
        turns.append(types.Content(role="model", parts=parts))
        answers = [types.Part.from_function_response(name=call.name, response={"output": read(call.args)}) for call in calls]
        turns.append(types.Content(role="user", parts=answers))


def main():
    protocol, base, key, model = sys.argv[1:]
    kinds = {"messages": messages, "chat": chat, "responses": responses, "gemini": gemini}
    print(kinds[protocol](base, key, model))


if __name__ == "__main__":
    main()
