"""A conforming service in a few lines, independent of the mock: wrong ones deviate from it."""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
from werkzeug import Request

from contract_tests.client.budget import Budget
from contract_tests.client.masking import Masker
from contract_tests.client.transport import Transport
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import Limits
from support.conformance import TOKEN, target

Answer = Callable[[httpx.Request], httpx.Response]
_PROMPTS = {
    "dall-e": "description",
    "stablediffusion": "stable_description",
    "flux-pro": "description_flux_pro",
    "ideogram": "description_ideogram",
    "flux-pro-kontext": "description_flux_pro",
}
_CHOICES = {
    "dall-e": {
        "size": "256x256|512x512|1024x1024|1792x1024|1024x1792",
        "quality": "standard|hd",
    },
    "stablediffusion": {
        "type": "text-to-image|image-to-image|upscale|multi-prompt",
        "image_resolution": r"[1-9][0-9]{1,3}x[1-9][0-9]{1,3}",
    },
}
_METHODS = {"check-availability": "GET", "versions": "GET", "recent-images": "GET", "generate-image": "POST"}


class SmallService:
    """Answers requests in process; the account `primary` has credits, `empty` has none."""

    def __init__(self) -> None:
        self.images: list[dict[str, Any]] = []
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        name = request.url.path.rpartition("/")[2]
        if request.method != _METHODS[name]:
            allowed = {"Allow": _METHODS[name]}
            return httpx.Response(405, headers=allowed, json={"message": f"{request.method} is not supported."})
        account = request.headers.get("authorization", "").removeprefix(f"Bearer {TOKEN}-")
        if account not in {"primary", "empty"}:
            return httpx.Response(401, json={"message": "Unauthenticated."})
        return self._served(name, request, account)

    def _served(self, name: str, request: httpx.Request, account: str) -> httpx.Response:
        if name == "generate-image":
            return self._generated(parameters(request), account)
        available = {"status": "success", "message": "Image generation is available."}
        replies = {
            "check-availability": available,
            "versions": {"dall-e": "dalle3"},
            "recent-images": self.images[-10:][::-1],
        }
        return httpx.Response(200, json=replies[name])

    def _generated(self, given: dict[str, Any], account: str) -> httpx.Response:
        if errors := _errors(given):
            return httpx.Response(422, json={"message": next(iter(errors.values()))[0], "errors": errors})
        if account == "empty":
            return httpx.Response(419, json={"status": "error", "message": "You have no credits left."})
        image = {"id": len(self.images) + 1, "title": "t.png", "output": "uploads/t.png"}
        made = {**image, "input": str(given[_PROMPTS[str(given["image_generator"])]])}
        self.images.append({**made, "created_at": "2026-02-26T10:00:00Z"})
        return httpx.Response(200, json={"status": "success", "images": [made], "image_storage": "public"})


def parameters(request: httpx.Request) -> dict[str, Any]:
    """Return the parameters of a request for generate-image, JSON or form; none if it cannot be read."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/"):
        with Request.from_values(method="POST", data=request.content, content_type=kind) as form:
            return {**form.form, **{name: file.stream.read() for name, file in form.files.items()}}
    try:
        given = json.loads(request.content)
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


def _errors(given: dict[str, Any]) -> dict[str, list[str]]:
    engine = given.get("image_generator")
    if not isinstance(engine, str) or engine not in _PROMPTS:
        return {"image_generator": ["The image generator is invalid."]}
    wanted = {_PROMPTS[engine]: r"(?s).*\S.*", "image_number_of_images": "[1-9]|10", **_CHOICES.get(engine, {})}
    wrong = [name for name, pattern in wanted.items() if not _fits(pattern, given.get(name))]
    if str(given.get("type")) in {"image-to-image", "upscale"} and not given.get("image_src"):
        wrong.append("image_src")
    return {name: [f"The {name} field is required, or invalid."] for name in wrong}


def _fits(pattern: str, value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(re.fullmatch(pattern, str(value)))


def run_against(answer: Answer, *roles: str, pace: float = 50, cap: int = 40, **settings: Any) -> Run:
    """Return a run against a service in this process that never waits."""
    aim = target(*roles, budget=Limits(cap, requests_per_second=pace))
    masker = Masker(account.secret for account in aim.accounts.values())
    client = httpx.Client(transport=httpx.MockTransport(answer))
    return Run(Settings(aim, **settings), Transport(aim, masker, Budget(cap), client=client, sleep=lambda _: None))
