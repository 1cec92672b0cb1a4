"""A conforming service in a few lines, independent of the mock: wrong ones deviate from it."""

from collections.abc import Callable
from typing import Any

import httpx

from contract_tests.client.budget import Budget
from contract_tests.client.masking import Masker
from contract_tests.client.transport import Transport
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import Limits as Budgeted
from contract_tests.wrong_servers.parameters import Examination, Limits
from contract_tests.wrong_servers.wire import Form, parse
from support.conformance import TOKEN, target

Answer = Callable[[httpx.Request], httpx.Response]
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
            return self._generated(_form(request), account)
        available = {"status": "success", "message": "Image generation is available."}
        replies = {
            "check-availability": available,
            "versions": {"dall-e": "dalle3"},
            "recent-images": self.images[-10:][::-1],
        }
        return httpx.Response(200, json=replies[name])

    def _generated(self, form: Form, account: str) -> httpx.Response:
        examination = Examination(form, Limits())
        if errors := examination.problems:
            return httpx.Response(422, json={"message": next(iter(errors.values()))[0], "errors": errors})
        if account == "empty":
            return httpx.Response(419, json={"status": "error", "message": "You have no credits left."})
        image = {"id": len(self.images) + 1, "title": "t.png", "output": "uploads/t.png"}
        made = {**image, "input": examination.order().prompt}
        self.images.append({**made, "created_at": "2026-02-26T10:00:00Z"})
        return httpx.Response(200, json={"status": "success", "images": [made], "image_storage": "public"})


def parameters(request: httpx.Request) -> dict[str, Any]:
    """Return the parameters of a request for generate-image, JSON or form; none if it cannot be read."""
    form = _form(request)
    return {**form.fields, **form.files}


def _form(request: httpx.Request) -> Form:
    return parse(request.headers.get("content-type", ""), request.content)


def run_against(answer: Answer, *roles: str, pace: float = 50, cap: int = 40, **settings: Any) -> Run:
    """A run against a service in process, that waits for nothing."""
    aim = target(*roles, budget=Budgeted(cap, requests_per_second=pace))
    masker = Masker(account.secret for account in aim.accounts.values())
    client = httpx.Client(transport=httpx.MockTransport(answer))
    return Run(Settings(aim, **settings), Transport(aim, masker, Budget(cap), client=client, sleep=lambda _: None))
