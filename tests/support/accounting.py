"""A small service in this process that charges, counts or loses replies in a given way."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from contract_tests.checks.experiment import Quota
from contract_tests.client.api import Api
from contract_tests.client.budget import Budget
from contract_tests.client.masking import Masker
from contract_tests.client.transport import Transport
from contract_tests.oracle.contract import load_contract
from contract_tests.oracle.engines import load_engines
from contract_tests.oracle.quota import Outcome, Reading, Step
from contract_tests.runner.events import Decision
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import Account, Limits
from contract_tests.runner.verdict import Verdict
from contract_tests.wrong_servers.wire import parse
from support.conformance import target

Answer = Callable[[httpx.Request], httpx.Response]
_ENGINES = {engine.name for engine in load_engines()}
_AVAILABLE = {"status": "success", "message": "Image generation is available."}


@dataclass
class Service:
    """One account that counts by a reading.

    quota: the status of its refusal; largest: its own limit of images; free_forms: whether no form is refused;
    fails: of every so many generations one fails, 0 for none.
    """

    reading: Reading
    left: int
    quota: Quota
    largest: int = 9
    free_forms: bool = False
    fails: int = 0
    begun: int = 0
    made: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left += self.reading.slack

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            recent = request.url.path.endswith("recent-images")
            return httpx.Response(200, json=self.made[:-11:-1] if recent else _AVAILABLE)
        fields, is_form = _fields_of(request)
        outcome = "served" if is_form and self.free_forms else self._outcome(fields)
        if outcome == "served":
            self.left -= self.reading.units(_step(fields))
            images = self.make(fields)
            return httpx.Response(200, json={"status": "success", "images": images, "image_storage": "public"})
        if outcome == "failed":
            self.left -= self.reading.units(_step(fields)) if outcome in self.reading.counted else 0
            return httpx.Response(200, json={"status": "error", "message": "Something went wrong."})
        self.left -= outcome in self.reading.counted and self.left > 0
        status = self.quota[0] if outcome == "exhausted" else 422
        return httpx.Response(status, json={"status": "error", "message": "No.", "errors": self._errors(fields)})

    def make(self, fields: dict[str, Any]) -> list[dict[str, Any]]:
        prompt = next(value for name, value in fields.items() if "description" in name)
        first = len(self.made)
        images = [
            {"id": first + place, "title": "t.png", "input": prompt, "output": f"uploads/{first + place}.png"}
            for place in range(int(fields["image_number_of_images"]))
        ]
        self.made += [{**image, "created_at": "2026-02-26T10:00:00Z"} for image in images]
        return images

    def _outcome(self, fields: dict[str, Any]) -> Outcome:
        if fields["image_generator"] not in _ENGINES or fields["image_number_of_images"] > self.largest:
            return "refused"
        units = self.reading.units(_step(fields))
        enough = not units or (self.left >= units if self.reading.whole else self.left > 0)
        if not enough:
            return "exhausted"
        self.begun += 1
        return "failed" if self.fails and self.begun % self.fails == 0 else "served"

    def _errors(self, fields: dict[str, Any]) -> dict[str, list[str]]:
        known = fields["image_generator"] in _ENGINES
        return {"image_number_of_images" if known else "image_generator": ["No."]}


def _fields_of(request: httpx.Request) -> tuple[dict[str, Any], bool]:
    """Return the fields of a request, and whether it is a form."""
    kind = request.headers["content-type"]
    if kind.startswith("application/json"):
        return json.loads(request.content), False
    fields = parse(kind, request.content).fields
    return {**fields, "image_number_of_images": int(fields["image_number_of_images"])}, True


def _step(fields: dict[str, Any]) -> Step:
    fine = fields.get("quality") == "hd"
    uploaded = fields.get("type") == "image-to-image"
    return Step("served", fields["image_number_of_images"], fields["image_generator"], fine, uploaded=uploaded)


@dataclass
class Bench:
    """A run against such a service, with the role's figure as the target states it."""

    answer: Answer
    role: str
    figure: int
    cap: int = 200

    def __post_init__(self) -> None:
        aim = target(self.role, budget=Limits(self.cap, requests_per_second=1000))
        stated = {**aim.accounts, self.role: Account(self.role, aim.accounts[self.role].token, self.figure)}
        aim = type(aim)(aim.base_url, stated, budget=aim.budget)
        ticks = iter(range(10**9))
        client = httpx.Client(transport=httpx.MockTransport(self.answer), follow_redirects=False)
        transport = Transport(
            aim, Masker([]), Budget(self.cap), client=client, clock=lambda: next(ticks) / 100, sleep=lambda _: None
        )
        self.run = Run(Settings(aim), transport)
        self.verdict = Verdict("a test", self.run.events, load_contract(), self.run.settings.rules)

    def api(self, role: str) -> Api:
        return Api(self.run, self.verdict, self.run.accounts[role])

    def rules(self, *, passed: bool) -> set[str]:
        """Return the rules that passed everywhere, or those that were broken."""
        decisions = [event for event in self.run.events.log if isinstance(event, Decision)]
        broken = {each.rule for each in decisions if not each.passed}
        return {each.rule for each in decisions} - broken if passed else broken
