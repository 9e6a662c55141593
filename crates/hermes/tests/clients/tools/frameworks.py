"""Asks a model for the word in a file that only this side can read, through a framework, streaming.

Usage: frameworks.py pydantic-ai|langchain messages|chat|responses BASE KEY MODEL
"""

import asyncio
import sys
from pathlib import Path

PROMPT = "Which word is in the file word.txt? Use the tool."


def read_word(path: str) -> str:
    """Reads a file."""
    return Path(path).read_text()


def pydantic(protocol, base, key, model):
    from pydantic_ai import Agent
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
    from pydantic_ai.providers.anthropic import AnthropicProvider
    from pydantic_ai.providers.openai import OpenAIProvider

    if protocol == "messages":
        chosen = AnthropicModel(model, provider=AnthropicProvider(base_url=base, api_key=key))
    else:
        provider = OpenAIProvider(base_url=base + "/v1", api_key=key)
        chosen = {"chat": OpenAIChatModel, "responses": OpenAIResponsesModel}[protocol](model, provider=provider)
    agent = Agent(chosen, tools=[read_word])

    async def ask():
        text = ""
        async with agent.iter(PROMPT) as run:
            async for node in run:
                if Agent.is_model_request_node(node):
                    async with node.stream(run.ctx) as stream:
                        async for _ in stream:
                            pass
            text = run.result.output
        return text

    return asyncio.run(ask())


def langchain(protocol, base, key, model):
    from langchain.agents import create_agent

    if protocol == "messages":
        from langchain_anthropic import ChatAnthropic

        chosen = ChatAnthropic(model=model, base_url=base, api_key=key, max_tokens=1000, streaming=True)
    else:
        from langchain_openai import ChatOpenAI

        responses = protocol == "responses"
        chosen = ChatOpenAI(model=model, base_url=base + "/v1", api_key=key, use_responses_api=responses, streaming=True)
    agent = create_agent(chosen, tools=[read_word])
    state = None
    for kind, data in agent.stream({"messages": [("user", PROMPT)]}, stream_mode=["values", "messages"]):
        if kind == "values":
            state = data
    return state["messages"][-1].text


def main():
    name, *rest = sys.argv[1:]
    print({"pydantic-ai": pydantic, "langchain": langchain}[name](*rest))


if __name__ == "__main__":
    main()
