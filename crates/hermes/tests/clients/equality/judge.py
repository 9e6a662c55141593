"""Whether what was heard is what was said, without what was told to be left out."""

import base64

import view
from view import Failed

# Answers that the pool takes for a fault of the login.
SPENT = (401, 402, 403, 429)
# The statuses that a client sees under another number.
STATUSES = {"openai-chat": {529: 503}, "openai-responses": {529: 503}, "gemini": {529: 503}}


def judge(client, said, heard, told):
    """How a case came out, and what is wrong with it."""
    if isinstance(said, Failed):
        return "failures", failure(client, said, heard)
    if isinstance(heard, Exception):
        return "undeclared", [f"raised {type(heard).__name__}: {heard}"]
    wrong = []
    lost = foreign(client, said)
    if "..." not in told:
        wrong += [f"{path} was lost, told was {told}" for path in lost if path not in told]
    want = view.expected(said, client)
    compare("pieces", view.joined(want.pieces), named(want.pieces, kept(client, heard), wrong), wrong)
    compare("pages", sorted(want.pages), sorted(heard.pages), wrong)
    missing = want.spans - heard.spans
    if missing and "citations.range" not in told:
        wrong.append(f"spans: {missing} are not in {heard.spans}")
    if "citations" not in told and not any(".annotations[" in path for path in told):
        compare("places", places(client, want), places(client, heard), wrong)
    compare("reason", want.reason, heard.reason, wrong)
    if "stop_sequence" not in told:
        compare("stop", want.stop, heard.stop, wrong)
    compare("usage", want.usage, heard.usage, wrong)
    compare("proofs", sorted(want.proofs), sorted(unwrapped(proof) for proof in heard.proofs), wrong)
    explanation(client, want, heard, wrong)
    return ("declared" if told else "equal"), wrong


def compare(what, said, heard, wrong):
    if said != heard:
        wrong.append(f"{what}: said {said!r}, heard {heard!r}")


def foreign(client, said):
    """What has to be told as left out."""
    lost = list(said.foreign)
    if said.reason == "pause" and client in ("openai-chat", "openai-responses"):
        lost.append("stop_reason")
    return lost


def kept(client, heard):
    """What was heard, without what stands in a place for refusals."""
    pieces = [("text", piece[1]) if client == "gemini" and piece[0] == "refusal" else piece for piece in heard.pieces]
    pieces = [piece for piece in pieces if piece[0] != "refusal"]
    if client == "openai-chat":
        pieces.sort(key=lambda piece: view.RANKS[piece[0]])
    return view.joined(pieces)


def named(want, pieces, wrong):
    """Calls without the ids that were made for them; each has another one."""
    ids = [piece[1] for piece in pieces if piece[0] == "call"]
    if "" in ids or (len(set(ids)) < len(ids) and len(set(ids)) < len({piece[1:3] for piece in want if piece[0] == "call"})):
        wrong.append(f"ids {ids}")
    bare = iter([piece[1] == "" for piece in want if piece[0] == "call"])
    return [(piece[0], "", *piece[2:]) if piece[0] == "call" and next(bare, False) else piece for piece in pieces]


def places(client, heard):
    """How many sources have no address; Gemini's clients are told of each once."""
    return min(len(heard.places), 1) if client == "gemini" else len(heard.places)


def explanation(client, want, heard, wrong):
    told = heard.refusal() or heard.explanation
    if client == "gemini" and want.reason != "SAFETY":
        # There it also says what the protocol has no word for.
        return
    if want.explanation or not want.hint:
        compare("refusal", want.explanation, told, wrong)
    elif want.hint not in told:
        wrong.append(f"refusal: {want.hint} is not in {told!r}")


def unwrapped(proof):
    """A proof as its issuer minted it."""
    tag, _, _, data = proof.split(".", 3)
    if tag != "hz1":
        return f"bare {proof}"
    return base64.urlsafe_b64decode(data + "===").decode()


def failure(client, said, heard):
    if not isinstance(heard, Exception):
        return [f"no error, but {heard}"]
    wrong = []
    # A refused login comes back by no waiting, so it is told as final.
    ours = 400 if said.status == 401 else 429
    if said.status in SPENT and getattr(heard, "status_code", getattr(heard, "code", None)) == ours and "can serve now" in str(heard):
        # The pool has no other login; whose fault that is is not the client's business.
        return wrong
    if said.message and said.message not in str(heard):
        wrong.append(f"{said.message!r} is not in {heard}")
    status = getattr(heard, "status_code", None) or getattr(heard, "code", None)
    want = STATUSES.get(client, {}).get(said.status, said.status)
    if want and isinstance(status, int) and status not in (want, 200):
        wrong.append(f"status {status} in place of {want}: {heard}")
    return wrong
