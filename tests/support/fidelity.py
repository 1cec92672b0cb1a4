"""How alike a drawn server and a mock with its profile are: the same random sequences of calls, and what differs."""

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from contract_tests.oracle.engines import load_engines, source_field
from contract_tests.oracle.samples import upload
from contract_tests.wrong_servers.drawn.service import Request, Service
from contract_tests.wrong_servers.state import token_of

PREFIX = "/api/v1/aiimage"
NOON = "2026-02-26T12:00:00Z"
LIMIT = 50
_ERROR = 400
_SECONDS = 20
_QUEUE_SECONDS = 3
_INVALID = token_of("invalid")
_BOUNDARY = "a-boundary"
_CORE = re.compile(r"A lamp of number \d+")
_KNOWN_ERROR = ("status", "message", "errors", "error", "success")
_KNOWN_BODY = ("status", "message", "images", "image_storage")


@dataclass(frozen=True)
class Answer:
    """A reply before it is compared."""

    status: int
    body: Any
    location: str = ""


@dataclass(frozen=True)
class Step:
    """A call of a sequence, or a change of the clock. kind: by which differences are counted."""

    kind: str
    method: str = "GET"
    path: str = ""
    token: bool | None = True
    content: bytes = b""
    content_type: str = "application/json"
    accept: str = "application/json"
    advance: float = 0
    meanwhile: tuple["Step", ...] = ()


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
    """Sequences that were compared. alike: the sequences with every reply alike. causes: of the first difference in each other.

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


def compare(drawn: Side, mock: Side, seed: int, sequences: int) -> Comparison:
    """Send random sequences to both sides."""
    result = Comparison()
    for number in range(sequences):
        chance = random.Random(f"{seed} {number}")
        state, steps, token = _state(chance), _steps(chance), f"sequence-{number}"
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


# Sequences


def _state(chance: random.Random) -> dict[str, Any]:
    states: list[tuple[int, dict[str, Any]]] = [
        (5, {}),
        (1, {"credits": 0}),
        (1, {"credits": chance.randint(1, 3)}),
        (1, {"used_today": LIMIT}),
        (1, {"used_today": LIMIT - chance.randint(1, 2)}),
        (1, {"lock": {"until": None}}),
    ]
    return chance.choices([state for _, state in states], [weight for weight, _ in states])[0]


def _steps(chance: random.Random) -> list[Step]:
    numbers = iter(chance.sample(range(100, 1000), 20))
    made = [_step(chance, numbers) for _ in range(chance.randint(2, 7))]
    return [*made, _get("recent-images")]


def _step(chance: random.Random, numbers: Iterator[int]) -> Step:
    match chance.choices(range(9), (6, 5, 2, 1, 1, 1, 1, 1, 2))[0]:
        case 0:
            return _of_engine(_fields(chance, next(numbers)))
        case 1:
            return _get(chance.choice(("check-availability", "versions", "recent-images", "recent-images")))
        case 2:
            return _generation(_invalid(chance, next(numbers)), "invalid")
        case 3:
            return _upload(chance, next(numbers))
        case 4:
            return Step("no token", path=f"{PREFIX}/versions", token=chance.choice((None, False)))
        case 5:
            return Step("no JSON accepted", path=f"{PREFIX}/recent-images", token=None, accept="text/html")
        case 6:
            return Step("unknown path", path=f"{PREFIX}/{chance.choice(('nowhere', 'versions/'))}")
        case 7:
            return Step("wait", advance=chance.choice((1, 5, 11)))
    return _overlap(chance, numbers)


def _get(name: str) -> Step:
    return Step(name, path=f"{PREFIX}/{name}")


def _generation(fields: Mapping[str, Any], kind: str = "generation", **others: Any) -> Step:
    return Step(kind, "POST", f"{PREFIX}/generate-image", content=json.dumps(fields).encode(), **others)


def _of_engine(fields: Mapping[str, Any]) -> Step:
    """Return a generation; one that may be queued takes a while, since there is no queue without a duration."""
    queues = any(each.queues for each in load_engines() if each.selected_by(fields))
    return _generation(fields, advance=_QUEUE_SECONDS if queues else 0)


def _fields(chance: random.Random, number: int) -> dict[str, Any]:
    """Return a valid request for a few images, most often for one."""
    engine = chance.choice([each for each in load_engines() if not each.form])
    fields = engine.sample(f"A lamp of number {number}")
    if engine.modifiers and chance.random() < 0.3:
        fields = engine.modified(fields)
    if chance.random() < 0.1:
        fields[engine.prompt] = f" {fields[engine.prompt]}\n"
    fields[engine.count] = chance.choices((1, 2, 3, 5), (12, 4, 2, 1))[0]
    return fields


def _invalid(chance: random.Random, number: int) -> dict[str, Any]:
    fields = _fields(chance, number)
    required = [name for name in fields if name != "image_generator"]
    match chance.randrange(4):
        case 0:
            del fields[chance.choice(required)]
        case 1:
            fields["image_generator"] = "daguerreotype"
        case 2:
            for name in chance.sample(required, 2):
                del fields[name]
        case 3:
            fields["image_number_of_images"] = chance.choice((0, -1, "several"))
    # A modifier may have been left out, which is fine.
    return fields if _lacks(fields) else {**fields, "image_number_of_images": "several"}


def _lacks(fields: Mapping[str, Any]) -> bool:
    named = [each for each in load_engines() if each.selected_by(fields) and not each.needs_source]
    count = fields.get("image_number_of_images")
    return not named or not named[0].required <= fields.keys() or not isinstance(count, int) or count < 1


def _upload(chance: random.Random, number: int) -> Step:
    engine = next(each for each in load_engines() if each.needs_source)
    fields = {**engine.sample(f"A lamp of number {number}")}
    fields.pop(source_field(), None)
    name, content, kind = upload("teapot.png")
    if chance.random() < 0.2:
        content += bytes(chance.choice((2**15, 2**19)))
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    head = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{source_field()}"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    body = "".join(parts).encode() + head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
    return Step(
        "upload",
        "POST",
        f"{PREFIX}/generate-image",
        content=body,
        content_type=f"multipart/form-data; boundary={_BOUNDARY}",
    )


def _overlap(chance: random.Random, numbers: Iterator[int]) -> Step:
    """Return a generation of some seconds, and calls while it runs."""
    others = [
        _get("check-availability"),
        _generation(_fields(chance, next(numbers)), "second generation"),
        _generation(_invalid(chance, next(numbers)), "invalid meanwhile"),
        _get("recent-images"),
    ]
    meanwhile = tuple(chance.sample(others, chance.randint(1, 3)))
    return _generation(
        _fields(chance, next(numbers)), "generation", advance=chance.choice((2, 4, 12)), meanwhile=meanwhile
    )


# Bodies


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
        return {name: _error(name, body[name]) for name in _KNOWN_ERROR if name in body}
    if "images" in body or "status" in body:
        return {name: _part(name, body[name]) for name in _KNOWN_BODY if name in body}
    return body


def _error(name: str, value: Any) -> Any:
    match name, value:
        case "errors", dict():
            return dict.fromkeys(sorted(value), "texts")
        case "errors", list():
            return ["a text"] if value else []
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
