"""The bodies of replies, in the drawn form: errors, entries of images, extra fields."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta, timezone
from typing import Any
from urllib.parse import quote

from contract_tests.wrong_servers.drawn.accounts import Picture
from contract_tests.wrong_servers.drawn.document import engines
from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.drawn.orders import SOURCE, Problem
from contract_tests.wrong_servers.drawn.timeline import iso

_DOCUMENTED = {
    "available": "Image generation is available.",
    "busy": "Image generation in progress. Please try again later.",
    "unauthenticated": "Unauthenticated.",
    "no-credits": "You have no credits left. Please consider upgrading your plan.",
    "daily-limit": "You have reached the maximum number of image generation allowed.",
    "failed": "The generation has failed.",
}
_OTHER = {
    "available": "Go ahead.",
    "busy": "Un instant, une image est en cours.",
    "unauthenticated": "Kein Zugang.",
    "no-credits": "Payment needed.",
    "daily-limit": "Tomorrow again!",
    "failed": "Something went wrong.",
}
_EAST = timezone(timedelta(hours=5, minutes=30))
_CODES = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 422: "VALIDATION_ERROR", 429: "RATE_LIMITED"}
_SHORT = 20
_MARKS = {"shortened in recent-images": "...", "shortened with one character": "\u2026"}


@dataclass(frozen=True)
class Reply:
    """A reply before it is put into bytes; a body that is not bytes is sent as JSON."""

    status: int
    body: Any
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def page(status: int, title: str) -> Reply:
    """Return an HTML page, as a web server in front sends it."""
    return Reply(status, f"<!doctype html><title>{title}</title><h1>{title}</h1>".encode(), "text/html; charset=UTF-8")


class Replies:
    """Makes the replies of one drawn server."""

    def __init__(self, drawn: Draw) -> None:
        self._drawn = drawn
        self._chance = random.Random(1)

    def text(self, name: str) -> str:
        return (_DOCUMENTED if self._drawn["wording"] == "documented" else _OTHER)[name]

    # Refusals

    def available(self) -> Reply:
        return Reply(200, self._adorned({"status": "success", "message": self.text("available")}, "check"))

    def busy(self) -> Reply:
        """The 409 of check-availability, which is documented in full."""
        return Reply(409, self._adorned({"status": "error", "message": self.text("busy")}, "check"))

    def locked(self) -> Reply:
        body: dict[str, Any] = {"status": "error", "message": self.text("busy")}
        if self._drawn["status of generate's 409"] != "error":
            del body["status"]
        if self._drawn["status of generate's 409"] == "and no message":
            body = {"error": self.text("busy")}
        return self.error(409, body, "LOCKED")

    def no_credits(self) -> Reply:
        return self.error(419, {"status": "error", "message": self.text("no-credits")}, "INSUFFICIENT_CREDITS")

    def daily_limit(self, seconds_left: int) -> Reply:
        text = self.text("daily-limit")
        errors = self._drawn["429 body"] == "errors"
        flat = {"errors": [text]} if errors else {"status": "error", "message": text}
        reply = self.error(429, flat, "DAILY_LIMIT")
        if self._drawn["429 headers"] == "none":
            return reply
        return replace(reply, headers={"Retry-After": str(seconds_left)})

    def failed(self) -> Reply:
        return Reply(200, self._adorned({"status": "error", "message": self.text("failed")}, "generate"))

    def unauthenticated(self, accept: str) -> Reply:
        way = self._drawn["unauthenticated"]
        if way == "redirect where JSON is not accepted" and "json" not in accept:
            way = "redirect to a login page"
        match way:
            case "403":
                return self.error(403, {"message": self.text("unauthenticated")})
            case "redirect to a login page":
                return Reply(302, b"", "text/html", {"Location": "/login"})
            case "401 as HTML":
                return page(401, "Sign in")
        return self.error(401, {"message": self.text("unauthenticated")})

    def invalid(self, problems: Sequence[Problem]) -> Reply:
        match self._drawn["invalid"]:
            case "400":
                return self._named(400, problems)
            case "200 with status: error":
                return Reply(200, self._adorned({"status": "error", "message": problems[0][1]}, "generate"))
            case "422 without errors":
                return self.error(422, {"message": problems[0][1]})
            case "422 with the first error":
                return self._named(422, problems[:1])
        return self._named(422, problems)

    def beyond_limits(self, problems: Sequence[Problem]) -> Reply:
        # The document promises hd, so that only the plan of an account can lack it [FORBIDDEN].
        way = "403" if "quality" in dict(problems) else self._drawn["limits answered"]
        match self._drawn["large uploads"] if problems[0][0] == SOURCE else way:
            case "413":
                return self.error(413, {"message": problems[0][1]})
            case "413 as HTML":
                return page(413, "Request Entity Too Large")
        match way:
            case "403":
                return self.error(403, {"message": problems[0][1]})
            case "400":
                return self._named(400, problems)
            case "200":
                return Reply(200, self._adorned({"status": "error", "message": problems[0][1]}, "generate"))
            case "message only":
                return self.error(422, {"message": problems[0][1]})
        return self._named(422, problems)

    def error(self, status: int, flat: dict[str, Any], code: str = "", details: Any = None) -> Reply:
        """Return an error in the drawn form [ERROR-BODY]."""
        message = flat.get("message") or next(iter(flat.get("errors", ())), "") or flat.get("error", "")
        envelope = {
            "success": False,
            "error": {"code": code or _CODES.get(status, "ERROR"), "message": message, "details": details},
        }
        match self._drawn["error bodies"]:
            case "envelope":
                return Reply(status, envelope)
            case "flat and envelope":
                return Reply(status, {**envelope, **flat})
        return Reply(status, self._adorned(flat, "error"))

    def _named(self, status: int, problems: Sequence[Problem]) -> Reply:
        errors: dict[str, list[str]] = {}
        for name, text in problems:
            errors.setdefault(name, []).append(text)
        return self.error(status, {"message": problems[0][1], "errors": errors}, details=errors)

    def moderated(self) -> Reply:
        """Return the refusal of a prompt, which names no parameter."""
        body = {"message": "This prompt is not allowed."}
        if self._drawn["moderation"] == "200":
            return Reply(200, self._adorned({"status": "error", **body}, "generate"))
        return self.error(422, body)

    # Images

    def versions(self) -> dict[str, str]:
        match self._drawn["versions"]:
            case "every engine":
                return {engine: f"{engine}-v{number}" for number, engine in enumerate(engines(), 1)}
            case "one":
                return {"dall-e": "dalle3"}
        return {"dall-e": "dalle3", "stable-diffusion": "sd3-large"}

    def made(self, pictures: Sequence[Picture], origin: str, now: int) -> Reply:
        storage = {"s3": "s3", "r2": "r2"}.get(self._drawn["output"], "public")
        if self._drawn["storage"] == "local":
            storage = "local"
        entries = [self._entry(picture, origin, now) for picture in pictures]
        body = {"status": "success", "images": entries, "image_storage": storage}
        return Reply(200, self._adorned(body, "generate"))

    def recent(self, pictures: Sequence[Picture], origin: str, now: int) -> Reply:
        return Reply(200, [self._listed(picture, origin, now) for picture in pictures])

    def _entry(self, picture: Picture, origin: str, now: int) -> dict[str, Any]:
        return self._adorned({**self._common(picture, origin, now), **self._state(picture, now)}, "entry", picture)

    def _listed(self, picture: Picture, origin: str, now: int) -> dict[str, Any]:
        entry = {**self._common(picture, origin, now), "created_at": self._stamp(picture.created)}
        mark = _MARKS.get(self._drawn["input"])
        if mark and len(entry["input"]) > _SHORT:
            entry["input"] = entry["input"][:_SHORT] + mark
        if self._drawn["ids"] == "3 or 3.0 by reply":
            entry["id"] = float(picture.id)
        return self._adorned({**entry, **self._state(picture, now)}, "listed", picture)

    def _common(self, picture: Picture, origin: str, now: int) -> dict[str, Any]:
        path = picture.path if picture.finished(now) else f"placeholders/{picture.number}"
        return {
            "id": picture.id,
            "title": picture.title,
            "input": picture.order.appended,
            "output": self._output(path, origin),
        }

    def _state(self, picture: Picture, now: int) -> dict[str, Any]:
        return {"status": "COMPLETED" if picture.finished(now) else "IN_QUEUE"} if picture.order.queues else {}

    def _output(self, path: str, origin: str) -> str:
        path = quote(path)
        match self._drawn["output"]:
            case "slashed":
                return f"/{path}"
            case "absolute":
                return f"{origin}/{path}"
            case "s3":  # another host
                return f"{origin.replace('127.0.0.1', 'localhost')}/{path}"
            case "r2":
                return f"{origin}/{path}?X-Amz-Expires=3600&X-Amz-Signature=0c%2F1b%3D"
            case "with a query":
                return f"{path}?v=2"
        return path

    def _stamp(self, instant: int) -> str:
        match self._drawn["stamps"]:
            case "microseconds":
                return iso(instant, "microseconds")
            case "milliseconds":
                return iso(instant)
            case "nanoseconds":
                return iso(instant, "microseconds").replace("Z", "000Z")
            case "offset of hours":
                return iso(instant, "seconds", _EAST)
            case "local time as UTC":
                return iso(instant, "seconds", _EAST).replace("+05:30", "Z")
            case "offset of zero":
                return iso(instant, "seconds").replace("Z", "+00:00")
        return iso(instant, "seconds")

    def _adorned(self, body: dict[str, Any], where: str, picture: Picture | None = None) -> dict[str, Any]:
        extra: dict[str, Any] = {}
        if self._drawn["extra fields"] != "none":
            extra = {"slug": "an-image", "payload": None, "credits": 1, "hash": "0f3a"} if picture else {"meta": {}}
        if self._drawn["extra fields"] == "of an envelope" and not picture:
            extra = {"success": body.get("status") != "error", "error": None, "errors": [], "data": {"images": []}}
        if self._drawn["extra fields"] == "different ones by reply":
            extra = {f"{where}_extra": [1.5, None], **({"img_id": picture.id} if picture and where == "entry" else {})}
        items = list({**extra, **body}.items())
        if self._drawn["key order"] == "shuffled":
            self._chance.shuffle(items)
        return dict(items)
