"""What an official SDK makes of every recorded answer behind the gateway, beside what the recording says.

usage: equality CLIENT FIXTURES, with a JSON list of upstreams on standard input: `{protocol, base, key, model, spare}`

Each recording of another protocol than the client's is asked for twice, whole and as a stream, through the gateway at `base`. Its name
after `model` makes the model; `spare` names more logins, one for each answer that costs a login its good name. Prints one JSON object:
the counts for each upstream, and what was found wrong.
"""

import concurrent.futures
import json
import pathlib
import sys
import threading
import time

import httpx2

import judge
import view
from view import Failed

MODULES = {"anthropic-messages": "messages", "openai-chat": "chat", "openai-responses": "responses", "gemini": "gemini"}
THREADS = 4
DROPPED = "x-hermes-dropped "


class Tap(httpx2.BaseTransport):
    """Keeps the last answer as it came."""

    def __init__(self):
        self.inner, self.raw, self.headers, self.status = httpx2.HTTPTransport(), b"", {}, None

    def handle_request(self, request):
        self.raw, self.headers, self.status = b"", {}, None
        answer = self.inner.handle_request(request)
        self.headers, self.status = answer.headers, answer.status_code
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=Copy(self, answer), extensions=answer.extensions)

    def close(self):
        self.inner.close()


class Copy(httpx2.SyncByteStream):
    def __init__(self, tap, answer):
        self.tap, self.answer = tap, answer

    def __iter__(self):
        for piece in self.answer.stream:
            self.tap.raw += piece
            yield piece

    def close(self):
        self.answer.close()


class Case:
    def __init__(self, upstream, file):
        self.upstream, self.name = upstream, file.name.removesuffix(".response.json")
        recording = json.loads(file.read_text())
        reader = __import__(MODULES[upstream["protocol"]])
        stream = recording.get("sse")
        self.status = recording["status"] or 200
        try:
            if stream:
                self.said = reader.folded(file.with_name(stream).read_bytes())
            else:
                self.said = reader.recorded(recording["body"])
        except Failed as failed:
            self.said = failed
            if self.status != 200:
                failed.status = self.status

    def costs(self):
        """Whether the pool takes the answer for a fault of its login, or remembers that the login has not got the model."""
        failed = isinstance(self.said, Failed)
        return failed and (self.said.status not in (400, None) or self.said.code == "model_not_found")


class Run:
    def __init__(self, client):
        self.client, self.module, self.local = client, __import__(MODULES[client]), threading.local()

    def sdk(self, upstream):
        known = self.local.__dict__.setdefault("clients", {})
        if upstream["base"] not in known:
            tap = Tap()
            known[upstream["base"]] = tap, self.module.Client(upstream["base"], upstream["key"], httpx2.Client(transport=tap, timeout=60))
        return known[upstream["base"]]

    def ask(self, case, stream, login):
        tap, sdk = self.sdk(case.upstream)
        try:
            answer = sdk.ask(f"{login}/{case.name}", stream)
            heard = sdk.heard(answer, tap.raw, stream)
        except sdk.error as error:
            heard = error
        except Exception as error:  # one case must not hide the others
            return "undeclared", [f"{type(error).__name__}: {error} {tap.raw[-500:]!r}"]
        wrong = sdk.strict(tap.raw, stream) if tap.status == 200 else sdk.refused(tap.raw)
        told = [path for path in tap.headers.get("x-hermes-dropped", "").split(",") if path]
        if stream:
            _, comments = view.events(tap.raw)
            told += [one.removeprefix(DROPPED) for one in comments if one.startswith(DROPPED)]
        told += getattr(heard, "told", [])
        outcome, problems = judge.judge(self.client, case.said, heard, told)
        wrong += problems
        return ("undeclared", wrong) if wrong else (outcome, [])


def main():
    client, fixtures = sys.argv[1:]
    begun = time.monotonic()
    run, upstreams = Run(client), json.load(sys.stdin)
    jobs = []
    for upstream in upstreams:
        if upstream["protocol"] == client:
            continue
        spare = iter(upstream["spare"])
        files = sorted(pathlib.Path(fixtures, upstream["protocol"]).glob("*.response.json"))
        for case in (Case(upstream, file) for file in files):
            jobs += [(case, stream, next(spare) if case.costs() else upstream["model"]) for stream in (False, True)]
    counts = {upstream["protocol"]: {"cases": 0} for upstream in upstreams if upstream["protocol"] != client}
    wrong = {}
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        for (case, stream, _), (outcome, problems) in zip(jobs, pool.map(lambda job: run.ask(*job), jobs)):
            row = counts[case.upstream["protocol"]]
            row["cases"] += 1
            row[outcome] = row.get(outcome, 0) + 1
            if problems:
                wrong[f"{case.upstream['protocol']} {case.name} {'stream' if stream else 'whole'}"] = problems
    print(json.dumps({"counts": counts, "wrong": wrong, "seconds": time.monotonic() - begun}))


if __name__ == "__main__":
    main()
