"""Runs for tests of the judgement and of the timeline, made by hand."""

from collections.abc import Sequence
from typing import Any

from mock_server.domain.clock import SECOND, Instant
from mock_server.domain.entry import PICTURE, Entry
from mock_server.domain.world import Image
from mock_server.proving.observed import Arrival, Ended, Run
from mock_server.proving.points import points_of

START: Instant = 1_000_000 * SECOND
GENERATE = "generateImage"


def entry(name: str, at: float = 0, ended: float | None = None, **values: Any) -> Entry:
    began = START + round(at * SECOND)
    end = began if ended is None else START + round(ended * SECOND)
    operation = values.pop("operation", GENERATE)
    return Entry(name, "w", "tok***", began, end, operation, "GET", "/x", **{"status": 200, **values})


def order(number: int, name: str, at: float = 0, ended: float = 4, point: str | None = None, **values: Any) -> Arrival:
    """Return a generate-image request."""
    return Arrival(
        number,
        GENERATE,
        "POST",
        "/api/v1/aiimage/generate-image",
        START + round(at * SECOND),
        points_of(GENERATE).get(point or ""),
        point is not None,
        values.pop("delivered", point is None),
        entry(name, at, ended, **values),
    )


def fetch(number: int, title: str, at: float = 4, delivered: bool = True, **values: Any) -> Arrival:
    """Return a request for a picture."""
    found = entry(f"p{number}", at, operation=PICTURE, picture=title, **values)
    path, instant = f"/uploads/{title}", START + round(at * SECOND)
    return Arrival(number, PICTURE, "GET", path, instant, delivered=delivered, entry=found)


def image(generation: str, title: str, at: float = 4, credits: int = 1) -> Image:  # noqa: A002 (as in Image)
    created = START + round(at * SECOND)
    return Image(1, generation, title, "flux-pro", "A fox", 1, 1, "", None, "uploads/", created, created, credits)


def run(requests: list[Arrival], images: Sequence[Image], ended: Ended = "success", valued: bool = True) -> Run:
    return Run(ended, "said", requests, images, valued)


RECORDING = run([order(1, "a"), fetch(2, "a.png")], [image("a", "a.png")])
