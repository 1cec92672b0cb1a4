"""Random sequences of calls, valid and invalid, overlapping, by accounts in several states."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.oracle.engines import load_engines, source_field
from contract_tests.oracle.samples import upload

PREFIX = "/api/v1/aiimage"
LIMIT = 50
_QUEUE_SECONDS = 3
_BOUNDARY = "a-boundary"


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


def random_state(chance: random.Random) -> dict[str, Any]:
    states: list[tuple[int, dict[str, Any]]] = [
        (5, {}),
        (1, {"credits": 0}),
        (1, {"credits": chance.randint(1, 3)}),
        (1, {"used_today": LIMIT}),
        (1, {"used_today": LIMIT - chance.randint(1, 2)}),
        (1, {"lock": {"until": None}}),
    ]
    return chance.choices([state for _, state in states], [weight for weight, _ in states])[0]


def random_steps(chance: random.Random) -> list[Step]:
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
