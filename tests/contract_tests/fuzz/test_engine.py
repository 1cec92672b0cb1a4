"""Campaigns against a small conforming service, and against services that break one rule."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from hypothesis import configuration

from contract_tests.client.call import Call
from contract_tests.errors import BudgetExceededError, InconclusiveError, RuleBrokenError
from contract_tests.fuzz.campaigns import CALLS, DOCUMENTED, INVALID, LINKED, Campaign, allowance
from contract_tests.fuzz.engine import run_campaign
from contract_tests.fuzz.judgement import Record
from contract_tests.runner.events import Decision
from contract_tests.runner.verdict import Verdict
from support.conformance import TOKEN
from support.small_service import Answer, SmallService, parameters, run_against

FAST, SLOW = 50, 2
Change = Callable[[httpx.Request, httpx.Response], httpx.Response]


class Bench:
    """A run with its own verdict."""

    def __init__(self, answer: Answer, *, seed: int = 1, pace: float = FAST, cap: int = 40) -> None:
        self.run = run_against(answer, "empty", pace=pace, cap=cap, seed=seed)
        self.verdict = Verdict("a test", self.run.events, self.run.contract, self.run.settings.rules)

    def run_campaign(self, campaign: Campaign, role: str) -> Record:
        return run_campaign(campaign, self.run, self.verdict, role)

    @property
    def broken(self) -> dict[str, Decision]:
        return {decision.rule: decision for decision in self.verdict.broken}


def changed(change: Change) -> Answer:
    """Return the small service with `change` applied to each reply."""
    service = SmallService()
    return lambda request: change(request, service(request))


def failing(when: Callable[[httpx.Request], bool]) -> Answer:
    return changed(lambda request, reply: httpx.Response(500, text="<h1>Oops</h1>") if when(request) else reply)


ALL = [(CALLS, "primary"), (DOCUMENTED, "empty"), (INVALID, "empty"), (INVALID, "primary"), (LINKED, "primary")]


@pytest.mark.slow
@pytest.mark.parametrize(("campaign", "role"), ALL)
def test_a_conforming_service_has_no_findings(campaign: Campaign, role: str) -> None:
    service = SmallService()
    bench = Bench(service)
    record = bench.run_campaign(campaign, role)
    assert not record.broken
    assert record.answers
    assert bench.run.budget.spent <= (campaign.credits if campaign is LINKED else 0)
    numbers = [parameters(request).get("image_number_of_images") for request in service.requests]
    many = any(isinstance(number, int) and number > 1 for number in numbers)
    assert many == (role == "empty"), "an account that can pay requests one image"


@pytest.mark.slow
def test_the_same_seed_gives_the_same_requests() -> None:
    def sent(seed: int) -> list[tuple[str, object]]:
        service = SmallService()
        bench = Bench(service, seed=seed, pace=20)
        bench.run_campaign(DOCUMENTED, "empty")
        bench.run_campaign(LINKED, "primary")
        return [(each.method, parameters(each)) for each in service.requests]

    first = sent(3)
    assert sent(3) == first
    assert sent(4) != first


def test_neither_reads_nor_leaves_files_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def home() -> Path:
        return configuration.storage_directory(intent_to_write=False).home_directory

    service, homes, before = SmallService(), set[Path](), home()

    def answer(request: httpx.Request) -> httpx.Response:
        homes.add(home())
        return service(request)

    (tmp_path / "schemathesis.toml").write_text("not = a [configuration", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    Bench(answer, pace=SLOW).run_campaign(CALLS, "primary")
    (temporary,) = homes
    assert not temporary.is_relative_to(tmp_path)
    assert not temporary.exists()
    assert home() == before
    assert [path.name for path in tmp_path.iterdir()] == ["schemathesis.toml"]


@pytest.mark.parametrize(("campaign", "role"), ALL[::2])
def test_a_slow_pace_sends_a_sample(campaign: Campaign, role: str) -> None:
    service = SmallService()
    Bench(service, pace=SLOW).run_campaign(campaign, role)
    assert 2 <= len(service.requests) <= 8


def served(request: httpx.Request, account: str = "primary") -> httpx.Response:
    """Return the response of the conforming service to this request with a token."""
    authorized = httpx.Request(request.method, request.url, content=request.content, headers=dict(request.headers))
    authorized.headers["Authorization"] = f"Bearer {TOKEN}-{account}"
    return SmallService()(authorized)


def changes_its_shape() -> Answer:
    service = SmallService()
    calls: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("recent-images") or request.method != "GET":
            return service(request)
        calls.append(request)
        return service(request) if len(calls) < 3 else httpx.Response(200, json={"images": []})

    return answer


def serves_anyone(request: httpx.Request, reply: httpx.Response) -> httpx.Response:
    return served(request) if request.url.path.endswith("versions") and reply.status_code == 401 else reply


def sends_no_allow_header(request: httpx.Request, reply: httpx.Response) -> httpx.Response:
    return httpx.Response(405, json={"message": "No."}) if reply.status_code == 405 else reply


def accepts_any_method(request: httpx.Request, reply: httpx.Response) -> httpx.Response:
    return httpx.Response(200, json={}) if request.method == "DELETE" else reply


def lacks_a_type(request: httpx.Request, reply: httpx.Response) -> httpx.Response:
    errors = {"type": ["The type is unknown."]}
    refused = parameters(request).get("type") == "multi-prompt"
    return httpx.Response(422, json={"message": "The type is unknown.", "errors": errors}) if refused else reply


def sends_errors_as_html(request: httpx.Request, reply: httpx.Response) -> httpx.Response:
    return httpx.Response(422, html="<h1>Whoops</h1>") if reply.status_code == 422 else reply


def accepts_any_quality(request: httpx.Request, reply: httpx.Response) -> httpx.Response:
    return _accepted() if reply.status_code == 422 and "quality" in reply.json()["errors"] else reply


def needs_no_source_image(request: httpx.Request, reply: httpx.Response) -> httpx.Response:
    without_source = reply.status_code == 422 and list(reply.json()["errors"]) == ["image_src"]
    return _accepted() if without_source else reply


def _accepted() -> httpx.Response:
    image = {"id": 1, "title": "t.png", "input": "?", "output": "uploads/t.png"}
    return httpx.Response(200, json={"status": "success", "images": [image], "image_storage": "public"})


def _prompt(request: httpx.Request) -> str:
    given = parameters(request)
    return str(next((given[name] for name in given if "description" in name), ""))


def _is_form(request: httpx.Request) -> bool:
    return str(request.headers.get("content-type", "")).startswith("multipart/")


def _is_malformed(request: httpx.Request) -> bool:
    return request.method == "POST" and not parameters(request)


WRONG: dict[str, tuple[Campaign, str, str, Callable[[], Answer]]] = {
    "changes its shape": (CALLS, "primary", "SHAPE", changes_its_shape),
    "serves anyone": (CALLS, "primary", "AUTH", lambda: changed(serves_anyone)),
    "sends no Allow header": (CALLS, "primary", "NOT-FOUND", lambda: changed(sends_no_allow_header)),
    "accepts any method": (CALLS, "primary", "NOT-FOUND", lambda: changed(accepts_any_method)),
    "lacks a type": (DOCUMENTED, "empty", "SHAPE", lambda: changed(lacks_a_type)),
    "fails at a long prompt": (
        DOCUMENTED, "empty", "SHAPE", lambda: failing(lambda request: len(_prompt(request)) > 1000)
    ),
    "fails at forms": (DOCUMENTED, "empty", "SHAPE", lambda: failing(_is_form)),
    "fails at invalid JSON": (INVALID, "empty", "SHAPE", lambda: failing(_is_malformed)),
    "sends errors as HTML": (INVALID, "empty", "VALID-422", lambda: changed(sends_errors_as_html)),
    "accepts any quality": (INVALID, "primary", "VALID-422", lambda: changed(accepts_any_quality)),
    "needs no source image": (INVALID, "primary", "I2I-SRC", lambda: changed(needs_no_source_image)),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_service_is_caught_by_the_rule_it_breaks(name: str) -> None:
    campaign, role, rule, make = WRONG[name]
    bench = Bench(make())
    record = bench.run_campaign(replace(campaign, phases=("examples", "coverage")), role)
    assert bench.broken.keys() == {rule}
    charged = 1 if campaign is INVALID and role == "primary" else 0
    assert bench.run.budget.spent == charged, "the first request that costs a credit is the last"
    assert campaign is CALLS or [status for _, status in record.answers.elements()].count(200) == charged
    with pytest.raises(RuleBrokenError, match="curl"):
        bench.verdict.finish()


def test_one_cause_is_one_finding_with_the_shortest_request() -> None:
    bench = Bench(failing(lambda request: not _prompt(request).isascii()))
    bench.run_campaign(DOCUMENTED, "empty")
    (finding,) = bench.verdict.broken
    body = str(finding.exchanges[0].body or finding.exchanges[0].fields)
    assert len(body) < 150


def test_a_failed_request_counts_as_charged() -> None:
    bench = Bench(failing(lambda request: request.method == "POST"))
    record = bench.run_campaign(INVALID, "primary")
    assert sum(count for (_, status), count in record.answers.items() if status == 500) == 1
    assert bench.run.budget.spent == 2, "it is sent again, to see whether it fails again"


def test_an_empty_budget_sends_nothing_that_could_cost() -> None:
    bench = Bench(SmallService(), cap=0)
    with pytest.raises(BudgetExceededError):
        bench.run_campaign(INVALID, "primary")
    assert bench.run.transport.requests <= 8


def test_an_inconclusive_response_ends_the_campaign() -> None:
    bench = Bench(changed(lambda request, reply: httpx.Response(503)))
    with pytest.raises(InconclusiveError, match="gateway"):
        bench.run_campaign(DOCUMENTED, "empty")
    assert bench.run.transport.requests == 1


def test_a_failure_that_does_not_repeat_is_not_a_finding() -> None:
    failed: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and not failed:
            failed.append(request)
            return httpx.Response(500, json={"status": "error", "message": "Server Error"})
        return SmallService()(request)

    bench = Bench(answer)
    bench.run_campaign(CALLS, "primary")
    assert failed
    assert not bench.broken


def test_a_campaign_is_smaller_once_the_service_has_throttled() -> None:
    bench = Bench(SmallService(), pace=FAST)
    before = allowance(bench.run)
    replies = iter([httpx.Response(429, headers={"retry-after": "0"}), httpx.Response(200)])
    throttled = Bench(lambda _: next(replies), pace=FAST)
    throttled.run.transport.send(Call("GET", throttled.run.url("getVersions")))
    assert allowance(throttled.run) == before // 2
