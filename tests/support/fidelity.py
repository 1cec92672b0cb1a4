"""How alike a drawn server and a mock with its profile are: the same random sequences of calls, and what differs."""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import urlsplit

from contract_tests.wrong_servers.drawn.service import Request, Service
from contract_tests.wrong_servers.state import token_of
from support.sequences import LIMIT, Step, random_state, random_steps

NOON = "2026-02-26T12:00:00Z"
_ERROR = 400
_SECONDS = 20
_AFTERWARDS_SECONDS = 60
_INVALID = token_of("invalid")
_CORE = re.compile(r"A lamp of number \d+")
_KNOWN_ERROR = ("status", "message", "errors", "error", "success")
_KNOWN_BODY = ("status", "message", "images", "image_storage")


@dataclass(frozen=True)
class Answer:
    """A reply before it is compared."""

    status: int
    body: Any
    location: str = ""


class Side(Protocol):
    """A server to which sequences are sent."""

    def call(self, step: Step, token: str) -> Answer: ...

    def control(self, method: str, path: str, body: Mapping[str, Any]) -> Any: ...

    def overlapped(self, step: Step, token: str) -> list[Answer]: ...


class DrawnSide:
    """A drawn server without a socket."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._pool = ThreadPoolExecutor(8)

    def call(self, step: Step, token: str) -> Answer:
        headers = {"content-type": step.content_type, "accept": step.accept, "host": "127.0.0.1"}
        if step.token is not None:
            headers["authorization"] = f"Bearer {token if step.token else _INVALID}"
        reply = self._service.answer(Request(step.method, step.path, headers, step.content))
        body = json.loads(json.dumps(reply.body)) if not isinstance(reply.body, bytes) else reply.body
        return Answer(reply.status, body, reply.headers.get("Location", ""))

    def control(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        reply = self._service.answer(Request(method, f"/_mock{path}", {}, json.dumps(body).encode()))
        assert reply.status < _ERROR, reply.body
        return reply.body

    def overlapped(self, step: Step, token: str) -> list[Answer]:
        """Send the calls of a step while its own runs, then let the clock pass the end of all."""
        begun = [self._begin(each, token) for each in (step, *step.meanwhile)]
        self.control("POST", f"/worlds/{token}/clock", {"advance": step.advance})
        first, *others = [future.result(_SECONDS) for future in begun]
        return [*others, first]

    def _begin(self, step: Step, token: str) -> Future[Answer]:
        """Send a call; return once it is answered or its generation runs."""
        before = self._running(token)
        future = self._pool.submit(self.call, step, token)
        while not future.done() and self._running(token) == before:
            pass
        return future

    def _running(self, token: str) -> Any:
        return self.control("GET", f"/worlds/{token}", {})["running"]


@dataclass
class Comparison:
    """Sequences that were compared. alike: those with every reply alike. causes: of the first difference in each other.

    usual_replies: those to an account that is not refused for its state, as one account with credits shows them.
    """

    sequences: int = 0
    alike: int = 0
    replies: int = 0
    alike_replies: int = 0
    usual_replies: int = 0
    alike_usual_replies: int = 0
    causes: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        return self.alike / self.sequences

    @property
    def share_of_replies(self) -> float:
        return self.alike_replies / self.replies

    @property
    def share_of_usual_replies(self) -> float:
        return self.alike_usual_replies / self.usual_replies


def compare(drawn: Side, mock: Side, seed: int, sequences: int, least: float = 0) -> Comparison:
    """Send random sequences to both sides. least: the seconds that each generation takes at least."""
    result = Comparison()

    def lasting(step: Step) -> Step:
        return replace(step, advance=max(step.advance, least)) if step.method == "POST" else step

    for number in range(sequences):
        chance = random.Random(f"{seed} {number}")
        state, steps, token = random_state(chance), [*map(lasting, random_steps(chance))], f"sequence-{number}"
        answers = [list(_play(side, state, steps, token)) for side in (drawn, mock)]
        pairs = list(zip(*answers, strict=True))
        differing = [_difference(kind, one, other) for (kind, one), (_, other) in pairs if one != other]
        result.sequences += 1
        result.replies += len(pairs)
        result.alike_replies += len(pairs) - len(differing)
        result.alike += not differing
        if not state:
            result.usual_replies += len(pairs)
            result.alike_usual_replies += len(pairs) - len(differing)
        result.causes.update(differing[:1])
    return result


def _play(side: Side, state: Mapping[str, Any], steps: Sequence[Step], token: str) -> Iterator[tuple[str, Any]]:
    side.control("PUT", f"/worlds/{token}", {})
    side.control("POST", f"/worlds/{token}/clock", {"set": NOON, "freeze": True})
    side.control(
        "PATCH", f"/worlds/{token}", {"daily_limit": LIMIT, "credits": 100, "generation_time": 0, "lock": None, **state}
    )
    for step in steps:
        if step.kind == "wait":
            side.control("POST", f"/worlds/{token}/clock", {"advance": step.advance})
        elif step.meanwhile or step.advance:
            side.control("PATCH", f"/worlds/{token}", {"generation_time": step.advance})
            for part, answer in zip((*step.meanwhile, step), side.overlapped(step, token), strict=True):
                yield part.kind, _normal(answer)
            side.control("PATCH", f"/worlds/{token}", {"generation_time": 0})
        else:
            yield step.kind, _normal(side.call(step, token))
    # A lock that all accounts share must not outlive the sequence, as the next one begins at the same time.
    side.control("POST", f"/worlds/{token}/clock", {"advance": _AFTERWARDS_SECONDS})


def _normal(answer: Answer) -> tuple[int, Any]:
    if answer.location:
        return answer.status, "a redirect"
    return answer.status, _normal_body(answer)


def _normal_body(answer: Answer) -> Any:
    body = answer.body
    if isinstance(body, bytes):
        return "no body" if not body else "a page"
    if isinstance(body, list):
        return [_image(entry) for entry in body]
    if not isinstance(body, dict):
        return body
    if answer.status >= _ERROR:
        return {name: _error(name, body[name]) for name in _meaningful(body)}
    if "images" in body or "status" in body:
        return {name: _part(name, body[name]) for name in _KNOWN_BODY if name in body}
    return body


def _meaningful(body: Mapping[str, Any]) -> list[str]:
    """Return the known fields of an error; empty ones, and `success` without an envelope, only decorate it."""
    enveloped = isinstance(body.get("error"), dict)
    return [name for name in _KNOWN_ERROR if body.get(name) not in (None, []) and (enveloped or name != "success")]


def _error(name: str, value: Any) -> Any:
    match name, value:
        case "errors", dict():
            return dict.fromkeys(sorted(value), "texts")
        case "errors", list():
            return ["a text"]
        case "error", dict():
            details = value.get("details")
            return {"message": "a text", "details": sorted(details) if isinstance(details, dict) else []}
        case (("message" | "error"), _):
            return "a text"
    return value


def _part(name: str, value: Any) -> Any:
    if name == "images" and isinstance(value, list):
        return [_image(entry) for entry in value]
    return "a text" if name == "message" else value


def _image(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    text, status = str(entry.get("input")), entry.get("status")
    found = _CORE.search(text)
    before, core, rest = text.partition(found[0]) if found else ("", text, "")
    shown = {
        "input": (bool(before), core, bool(rest.strip())),
        "status": status if status in {"IN_QUEUE", "COMPLETED"} else None,
    }
    shown["output"] = "a placeholder" if status == "IN_QUEUE" else _form(str(entry.get("output")))
    if "created_at" in entry:
        shown["created_at"] = "fractions" if "." in str(entry["created_at"]) else "seconds"
    return shown


def _form(output: str) -> str:
    parts = urlsplit(output)
    return "url" if parts.scheme else "slash" if output.startswith("/") else "relative"


def _difference(kind: str, one: tuple[int, Any], other: tuple[int, Any]) -> str:
    """Return what differs in a few words, the same for the same cause."""
    if one[0] != other[0]:
        return f"{kind}: {one[0]}, not {other[0]}"
    return f"{kind} {one[0]}: {_place(one[1], other[1])}"


def _place(one: Any, other: Any, where: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in {**one, **other}:
            if one.get(name, ...) != other.get(name, ...):
                return _place(one.get(name, "nothing"), other.get(name, "nothing"), f"{where}/{name}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for first, second in zip(one, other, strict=True):
            if first != second:
                return _place(first, second, f"{where}/*")
    if isinstance(one, list) and isinstance(other, list):
        return f"{where} {len(one)} entries, not {len(other)}"
    return f"{where} {_CORE.sub('A lamp', str(one))[:60]}, not {_CORE.sub('A lamp', str(other))[:60]}"
