"""Exchanges of a recording, written by hand."""

from typing import Any

from msgspec import UNSET

from contract_tests.recordings.model import (
    Manifest,
    RecordedAccount,
    RecordedExchange,
    Recording,
    Request,
    Response,
    Spent,
)
from support.recorded import DALL_E

JSON = {"content-type": "application/json"}
_CALLS = {
    "generateImage": ("POST", "/aiimage/generate-image"),
    "checkAvailability": ("GET", "/aiimage/check-availability"),
    "getRecentImages": ("GET", "/aiimage/recent-images"),
    "getVersions": ("GET", "/aiimage/versions"),
}


def exchange(
    number: int,
    operation: str,
    sent: float,
    received: float,
    status: int | None = 200,
    body: Any = UNSET,
    role: str = "primary",
    fields: dict[str, Any] | None = None,
) -> RecordedExchange:
    method, target = _CALLS.get(operation, ("GET", "uploads/1.png"))
    content = {**DALL_E, **(fields or {})} if operation == "generateImage" else UNSET
    request = Request(method, target, f"Bearer {{{role}}}", {"accept": "application/json"}, json=content)
    response = None if status is None else Response(status, JSON, json={} if body is UNSET else body)
    return RecordedExchange(number, "", operation, role, sent, received, request, response)


def made(number: int, sent: float, received: float, role: str = "primary", **fields: Any) -> RecordedExchange:
    """Return a generation that was served."""
    count = int(fields.get("image_number_of_images", 1))
    ids = [number * 10 + index for index in range(count)]
    images = [{"id": id_, "title": f"{id_}.png", "input": "A kite", "output": f"uploads/{id_}.png"} for id_ in ids]
    body = {"status": "success", "images": images, "image_storage": "public"}
    return exchange(number, "generateImage", sent, received, 200, body, role, fields)


def refused(number: int, sent: float, status: int, role: str = "primary", **fields: Any) -> RecordedExchange:
    body = {"status": "error", "message": "No."}
    return exchange(number, "generateImage", sent, sent + 0.1, status, body, role, fields)


def check(number: int, sent: float, status: int, role: str = "primary") -> RecordedExchange:
    return exchange(number, "checkAvailability", sent, sent + 0.01, status, {"message": "x"}, role)


def recording(*exchanges: RecordedExchange, **accounts: RecordedAccount) -> Recording:
    base = "http://127.0.0.1:1/api/v1"
    manifest = Manifest("1", "", base, "http://127.0.0.1:1/", "2026-02-26T10:00:00Z", 0, accounts, Spent(0, 9))
    return Recording(manifest, exchanges)
