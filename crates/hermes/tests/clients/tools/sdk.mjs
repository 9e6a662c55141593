// Asks a model for the word in a file that only this side can read, with an official SDK, streaming.
//
// Usage: sdk.mjs FOLDER messages|chat|responses BASE KEY MODEL, where FOLDER holds `node_modules` with the SDKs.

import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, protocol, base, apiKey, model] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/package.json`));

const PROMPT = "Which word is in the file word.txt? Use the tool.";
const SCHEMA = {
  type: "object",
  properties: { path: { type: "string" } },
  required: ["path"],
  additionalProperties: false,
};
const TOOL = { name: "read_file", description: "Reads a file" };

const read = (given) => readFileSync(given.path, "utf8");

async function messages() {
  const { Anthropic } = require("@anthropic-ai/sdk");
  const client = new Anthropic({ baseURL: base, apiKey });
  const turns = [{ role: "user", content: PROMPT }];
  const tools = [{ ...TOOL, input_schema: SCHEMA }];
  for (;;) {
    const stream = client.messages.stream({ model, max_tokens: 1000, messages: turns, tools });
    let streamed = "";
    stream.on("text", (text) => (streamed += text));
    const message = await stream.finalMessage();
    const text = message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    assert.equal(streamed, text);
    if (message.stop_reason !== "tool_use") {
      assert.equal(message.stop_reason, "end_turn");
      return text;
    }
    turns.push({ role: "assistant", content: message.content });
    const calls = message.content.filter((block) => block.type === "tool_use");
    turns.push({
      role: "user",
      content: calls.map((call) => ({ type: "tool_result", tool_use_id: call.id, content: read(call.input) })),
    });
  }
}

async function chat() {
  const { OpenAI } = require("openai");
  const client = new OpenAI({ baseURL: `${base}/v1`, apiKey });
  const turns = [{ role: "user", content: PROMPT }];
  const tools = [{ type: "function", function: { ...TOOL, parameters: SCHEMA, strict: true } }];
  for (;;) {
    const stream = client.chat.completions.stream({
      model,
      messages: turns,
      tools,
      stream_options: { include_usage: true },
    });
    let streamed = "";
    stream.on("content", (delta) => (streamed += delta));
    const completion = await stream.finalChatCompletion();
    const [choice] = completion.choices;
    assert.equal(streamed, choice.message.content ?? "");
    assert.ok(completion.usage.completion_tokens > 0);
    if (choice.finish_reason !== "tool_calls") {
      assert.equal(choice.finish_reason, "stop");
      return choice.message.content;
    }
    turns.push(choice.message);
    for (const call of choice.message.tool_calls) {
      turns.push({ role: "tool", tool_call_id: call.id, content: read(JSON.parse(call.function.arguments)) });
    }
  }
}

async function responses() {
  const { OpenAI } = require("openai");
  const client = new OpenAI({ baseURL: `${base}/v1`, apiKey });
  const input = [{ role: "user", content: PROMPT }];
  const tools = [{ type: "function", ...TOOL, parameters: SCHEMA, strict: true }];
  for (;;) {
    const stream = client.responses.stream({ model, input, tools, store: false });
    let streamed = "";
    stream.on("response.output_text.delta", (event) => (streamed += event.delta));
    const response = await stream.finalResponse();
    assert.equal(response.status, "completed");
    assert.equal(streamed, response.output_text);
    const calls = response.output.filter((item) => item.type === "function_call");
    if (calls.length === 0) {
      return response.output_text;
    }
    input.push(...response.output.map(({ parsed_arguments: _, ...item }) => item));
    for (const call of calls) {
      input.push({ type: "function_call_output", call_id: call.call_id, output: read(JSON.parse(call.arguments)) });
    }
  }
}

console.log(await { messages, chat, responses }[protocol]());
