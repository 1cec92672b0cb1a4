"""Deviations of the replies: another status, or another body."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from contract_tests.wrong_servers.catalogue import altered, breaks, differs, variant, with_status
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account
from contract_tests.wrong_servers.wire import Reply, Request

# With another status

_STATUSES = (
    ("locked", "locked", "LOCK-ONE", "A generation that the lock prevents", (400, 403, 422, 423, 429, 500, 503, 200)),
    ("busy", "busy", "LOCK-CHECK", "A check during a generation", (423, 503, 200)),
    ("poor", "too_poor", "CREDIT-419", "A generation without enough credits", (402, 403, 422, 429, 500, 200)),
    ("limit", "over_limit", "DAILY-429", "A generation beyond the daily limit", (403, 419, 409, 503, 200)),
    ("generated", "generated", "SHAPE", "A finished generation", (201, 202)),
)
_UNDOCUMENTED = {200: " with an error in the body", 500: ""}


def _add_statuses() -> None:
    for name, method, rule, situation, statuses in _STATUSES:
        for status in statuses:
            rules = f"{rule} SHAPE" if status in _UNDOCUMENTED else rule
            sentence = f"{situation} gets a {status}{_UNDOCUMENTED.get(status, '')}."
            changed: dict[str, Any] = {method: with_status(method, status)}
            variant(f"{name}-as-{status}", rules, sentence, **changed)


_add_statuses()

# With another body

Change = Callable[[Any], Any]


def _without(name: str) -> Change:
    return lambda fields: {key: value for key, value in fields.items() if key != name}


def _with(**fields: Any) -> Change:
    return lambda body: body | fields


def _changed(name: str, change: Change) -> Change:
    return lambda fields: fields | {name: change(fields[name])}


def _inside_data(body: Any) -> Any:
    return {"data": body}


def _by_id(entries: Any) -> Any:
    return {str(entry["id"]): entry for entry in entries}


def _seconds(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp())


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


# Each method of the service returns a reply, the body of a generation (`made`), or one image of a list
# (`entry`, `listed`).
_BODIES: dict[str, tuple[tuple[str, str, Change, str], ...]] = {
    "available": (
        ("available-without-status", "SHAPE", _without("status"), "Availability has no status."),
        ("available-without-message", "SHAPE", _without("message"), "Availability has no message."),
        ("available-with-other-word", "SHAPE", _with(status="ok"), "Availability has the status ok."),
    ),
    "busy": (("busy-with-other-word", "SHAPE", _with(status="busy"), "The 409 of a check has the status busy."),),
    "versions": (
        (
            "versions-as-list",
            "VERSIONS",
            lambda body: [{"engine": name, "version": value} for name, value in body.items()],
            "The versions are a list.",
        ),
        ("versions-as-numbers", "VERSIONS", lambda body: dict.fromkeys(body, 3), "The versions are numbers."),
        ("versions-inside-data", "VERSIONS", _inside_data, "The versions are inside data."),
        ("version-as-null", "VERSIONS", _with(**{"dall-e": None}), "One of the versions is null."),
    ),
    "made": (
        ("generated-without-status", "SHAPE", _without("status"), "A generation has no status."),
        ("generated-with-other-word", "SHAPE", _with(status="completed"), "A generation has the status completed."),
        ("generated-without-storage", "SHAPE", _without("image_storage"), "A generation has no image_storage."),
        ("storage-as-number", "SHAPE", _with(image_storage=1), "image_storage is a number."),
        ("images-as-object", "SHAPE", _changed("images", _by_id), "images is an object by id."),
        ("generated-inside-data", "SHAPE", _inside_data, "The reply of a generation is inside data."),
    ),
    "generated": (
        (
            "warning-before-json",
            "SHAPE",
            lambda body: b"\nNotice: Undefined index: seed\n" + _json(body),
            "A warning of the interpreter precedes the JSON of a generation.",
        ),
    ),
    "entry": (
        ("id-as-text", "SHAPE", _changed("id", str), "A new image has its id as text."),
        ("image-without-id", "SHAPE", _without("id"), "A new image has no id."),
        ("image-without-title", "SHAPE", _without("title"), "A new image has no title."),
        ("image-without-input", "SHAPE", _without("input"), "A new image has no input."),
        ("image-without-output", "SHAPE", _without("output"), "A new image has no output."),
        ("title-as-null", "SHAPE", _with(title=None), "The title of a new image is null."),
    ),
    "recent": (
        ("recent-inside-data", "SHAPE", _inside_data, "The recent images are inside data."),
        ("no-recent-images-as-null", "SHAPE", lambda body: body or None, "An empty list of recent images is null."),
        (
            "warning-behind-json",
            "SHAPE",
            lambda body: _json(body) + b"\nWarning: Undefined variable $page\n",
            "A warning of the interpreter follows the JSON of the recent images.",
        ),
    ),
    "listed": (
        ("recent-id-as-text", "SHAPE", _changed("id", str), "A listed image has its id as text."),
        ("recent-without-title", "SHAPE", _without("title"), "A listed image has no title."),
        ("recent-without-time", "SHAPE", _without("created_at"), "A listed image has no time."),
        ("time-as-number", "SHAPE", _changed("created_at", _seconds), "The time of a listed image is a number."),
        (
            "time-without-zone",
            "SHAPE",
            _changed("created_at", lambda time: time[:19].replace("T", " ")),
            "The time of a listed image has no zone.",
        ),
        (
            "recent-with-other-ids",
            "RECENT-SAME",
            _changed("id", lambda id_: id_ + 1_000_000_007),
            "A listed image has another id.",
        ),
        (
            "recent-with-other-titles",
            "RECENT-SAME",
            lambda fields: fields | {"title": f"Image {fields['id']}"},
            "A listed image has its id as its title.",
        ),
        (
            "recent-with-other-outputs",
            "RECENT-SAME",
            lambda fields: fields | {"output": f"thumbnails/{fields['title']}"},
            "The output of a listed image is a thumbnail.",
        ),
        (
            "recent-output-with-slash",
            "RECENT-SAME",
            _changed("output", lambda path: f"/{path}"),
            "The output of a listed image begins with a slash.",
        ),
        (
            "recent-input-cut",
            "RECENT-SAME",
            _changed("input", lambda prompt: prompt[:20]),
            "The input of a listed image ends after 20 characters.",
        ),
        ("recent-input-empty", "RECENT-SAME", _with(input=""), "The input of a listed image is empty."),
    ),
}


def _add_bodies() -> None:
    for method, rows in _BODIES.items():
        for name, rule, change, sentence in rows:
            changed: dict[str, Any] = {method: altered(method, change)}
            variant(name, rule, sentence, **changed)


_add_bodies()


@breaks("SHAPE", how="The 409 of a check is a web page.")
class BusyAsPage(Service):
    def busy(self) -> Reply:
        return Reply(409, b"<h1>Conflict</h1>", content_type="text/html")


@breaks("SHAPE", how="An empty list of recent images gets a 404.")
class NoRecentImagesAs404(Service):
    def recent(self, account: Account) -> Reply:
        return super().recent(account) if account.images else Reply(404, {"message": "No images yet."})


@breaks("SHAPE", how="Replies with 200 have the content type of a web page.")
class JsonAsPage(Service):
    def before_sending(self, request: Request, reply: Reply) -> Reply:
        return replace(reply, content_type="text/html") if reply.status == 200 else reply


# To pages of other origins


@differs("CORS", how="Pages of other origins may neither call it nor read its replies.")
class SameOriginOnly(Service):
    def preflight(self, request: Request) -> Reply | None:
        return None

    def for_browsers(self, request: Request, reply: Reply) -> Reply:
        return reply


@differs("CORS", how="A preflight needs a token, which no browser sends.")
class PreflightNeedsToken(Service):
    def preflight(self, request: Request) -> Reply | None:
        return self.unauthenticated() if super().preflight(request) else None


@differs("CORS", how="Pages of other origins may send requests, and not read the replies.")
class UnreadableByPages(Service):
    def for_browsers(self, request: Request, reply: Reply) -> Reply:
        return super().for_browsers(request, reply) if request.method == "OPTIONS" else reply


@differs("CORS", how="A preflight does not allow the header Authorization.")
class PreflightWithoutAuthorization(Service):
    def preflight(self, request: Request) -> Reply | None:
        reply = super().preflight(request)
        return reply and replace(reply, headers={**reply.headers, "Access-Control-Allow-Headers": "content-type"})
