"""Journal entries for tests: one entry, or a script with one request a line in the form of docs/verdict.md."""

import json
import re
from typing import Any

from mock_server.domain.clock import DAY, seconds
from mock_server.domain.entry import PICTURE, Entry

from .clocks import START

OPERATIONS = {
    "generate-image": ("generateImage", "POST"),
    "check-availability": ("checkAvailability", "GET"),
    "recent-images": ("getRecentImages", "GET"),
    "versions": ("getVersions", "GET"),
    "picture": (PICTURE, "GET"),
}
_LINE = re.compile(
    r"(?P<at>[0-9.]+)(?:\+(?P<took>[0-9.]+))? +(?P<operation>[a-z-]+)(?: +(?P<subject>\{.*\}|[\w-]+\.png))?"
    r" +-> +(?P<status>[0-9]+|lost)(?P<words>( +[a-z]+(=\S+)?)*)"
)


def entry(at: float = 0, operation: str = "generate-image", status: int | None = 200, **changes: Any) -> Entry:
    """Return an entry of a request sent `at` seconds after the start and answered at once. changes: other fields."""
    name, method = OPERATIONS[operation]
    sent = START + seconds(at)
    path = f"/uploads/{changes.get('picture')}" if name == PICTURE else f"/api/v1/aiimage/{operation}"
    code = _code(name, status) if (status or 0) >= 400 and not changes.get("faults") else None
    plain = {
        "code": code,
        "id": "1",
        "world": "w",
        "token": "de..mo",
        "at": sent,
        "ended": sent,
        "path": path,
        "method": method,
    }
    return Entry(**{**plain, "operation": name, "status": status, **changes})


def _code(operation: str, status: int | None) -> str | None:
    """Return the code of the refusal by a rule with which an operation is answered `status`."""
    if status == 404:
        return "no-picture" if operation == PICTURE else "no-route"
    if status == 409:
        return "busy" if operation == "checkAvailability" else "locked"
    return {
        400: "invalid",
        401: "unauthenticated",
        405: "wrong-method",
        413: "too-large",
        419: "no-credits",
        422: "invalid",
        429: "daily-limit",
    }.get(status or 0, "unknown")


def script(text: str) -> list[Entry]:
    """Return the entries of a script, with ids from 1."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [_entry(str(number), line.strip()) for number, line in enumerate(lines, 1)]


def _entry(number: str, line: str) -> Entry:
    found = _LINE.fullmatch(line)
    assert found, f"not understood: {line}"
    words = dict(word.partition("=")[::2] for word in found["words"].split())
    at, subject = float(found["at"]), found["subject"] or ""
    status = None if found["status"] == "lost" else int(found["status"])
    picture = subject if found["operation"] == "picture" else None
    state = {"credits": "credits", "limit": "daily_limit"}
    made = entry(
        at,
        found["operation"],
        status,
        id=number,
        ended=START + seconds(at + float(found["took"] or 0)),
        fields=json.loads(subject) if subject.startswith("{") else {},
        complete=status is not None and "cut" not in words,
        state={state[name]: int(value) for name, value in words.items() if name in state},
        ends_at=(START // DAY + 1) * DAY if status == 429 else None,
        made=tuple(words["made"].split(",")) if "made" in words else (),
        picture=picture if status == 200 else None,
        authorized=found["operation"] != "picture" or "token" in words,
        faults=(words["fault"],) if "fault" in words else (),
    )
    unknown = words.keys() - {"cut", "credits", "limit", "made", "token", "fault"}
    assert not unknown, f"not understood: {unknown}"
    return made
