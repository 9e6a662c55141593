"""Asks a model for the word in a file that only this side can read, with the program `llm`, streaming.

Usage: llm_tools.py messages|chat BASE KEY MODEL
"""

import os
import subprocess
import sys
from pathlib import Path

FUNCTIONS = '''
def read_word(path: str) -> str:
    "Reads a file"
    return open(path).read()
'''


def main():
    protocol, base, key, model = sys.argv[1:]
    home = Path("home/llm")
    home.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "LLM_USER_PATH": str(home.absolute())}
    if protocol == "chat":
        (home / "extra-openai-models.yaml").write_text(
            f"- model_id: lab\n  model_name: {model}\n  api_base: {base}/v1\n  supports_tools: true\n  api_key_name: lab\n"
        )
        name = "lab"
    else:
        # The plugin takes any model's name only from the code.
        run = (
            "import sys, llm, llm_anthropic\n"
            "from llm.plugins import pm\n"
            f"model = llm_anthropic.ClaudeMessages({model!r}, base_url={base!r})\n"
            "def read_word(path: str) -> str:\n    'Reads a file'\n    return open(path).read()\n"
            f"model.key = {key!r}\n"
            "for piece in model.chain('Which word is in word.txt?', tools=[read_word], stream=True):\n    print(piece, end='')\n"
        )
        sys.exit(subprocess.run([sys.executable, "-c", run], env=environment).returncode)
    command = [Path(sys.executable).with_name("llm"), "-m", name, "--key", key, "--functions", FUNCTIONS, "Which word is in word.txt?"]
    sys.exit(subprocess.run(command, env=environment).returncode)


if __name__ == "__main__":
    main()
