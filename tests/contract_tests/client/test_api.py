from collections.abc import Callable
from typing import Any

import httpx
import pytest

from contract_tests.client.api import Api
from contract_tests.client.budget import Budget
from contract_tests.client.masking import Masker
from contract_tests.client.transport import Transport
from contract_tests.errors import BudgetExceededError, InconclusiveError, RuleBrokenError, UndocumentedLimitError
from contract_tests.oracle.contract import load_contract
from contract_tests.oracle.samples import plain_picture, valid
from contract_tests.runner.events import Decision
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import Limits
from contract_tests.runner.verdict import Verdict
from support.conformance import target

FIELDS = {"image_generator": "ideogram", "description_ideogram": "A sign", "image_number_of_images": 2}
IMAGE = {"id": 1, "title": "t", "input": "A sign", "output": "uploads/t.png"}
GENERATED = {"status": "success", "images": [IMAGE, {**IMAGE, "id": 2}], "image_storage": "public"}
AVAILABLE = {"status": "success", "message": "Image generation is available."}
BUSY = {"status": "error", "message": "Wait."}
Answer = Callable[[httpx.Request], httpx.Response]


def make(answer: Answer, role: str = "primary", credits_: int = 40, **values: Any) -> tuple[Api, Run]:
    aim = target(role, budget=Limits(credits_, requests_per_second=1000), **values)
    ticks = iter(range(10_000))
    client = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=False)
    transport = Transport(
        aim, Masker([]), Budget(credits_), client=client, clock=lambda: next(ticks) / 100, sleep=lambda _: None
    )
    run = Run(Settings(aim), transport)
    return Api(run, Verdict("a test", run.events, load_contract(), run.settings.rules), run.accounts[role]), run


def generating(status: int, body: Any) -> Answer:
    """Return a service that is available and answers each generation with this response."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=AVAILABLE) if request.method == "GET" else httpx.Response(status, json=body)

    return answer


@pytest.mark.parametrize(("status", "spent"), [(200, 2), (409, 0), (419, 0), (422, 0), (429, 0), (500, 2)])
def test_counts_credits_of_images_that_may_have_been_made(status: int, spent: int) -> None:
    body = GENERATED if status == 200 else {"message": "no", "errors": {}}
    api, run = make(generating(status, body))
    api.generate(FIELDS)
    assert (run.budget.spent, run.budget.left) == (spent, 40 - spent)


def test_counts_credits_of_a_request_without_a_response() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("too slow", request=request)

    api, run = make(answer)
    with pytest.raises(InconclusiveError):
        api.generate(FIELDS)
    assert run.budget.spent == 2


def test_sends_nothing_that_exceeds_the_budget() -> None:
    api, run = make(generating(200, GENERATED), credits_=1)
    with pytest.raises(BudgetExceededError):
        api.generate(FIELDS)
    assert run.transport.requests == 0


def test_an_account_without_credits_needs_no_budget_until_it_is_served() -> None:
    api, run = make(generating(200, GENERATED), "empty", credits_=1)
    api.generate(FIELDS)
    assert run.budget.spent == 2
    with pytest.raises(BudgetExceededError):
        api.generate(FIELDS)


def test_records_the_images_that_were_made() -> None:
    api, run = make(generating(200, GENERATED))
    images, _ = api.images(FIELDS)
    assert [made.image for made in run.made_images.of("primary")] == images == GENERATED["images"]


def test_waits_until_the_lock_is_released() -> None:
    answers = iter([(409, BUSY), (200, AVAILABLE), (409, {"message": "Wait."}), (200, AVAILABLE), (200, GENERATED)])

    def answer(request: httpx.Request) -> httpx.Response:
        status, body = next(answers)
        return httpx.Response(status, json=body)

    assert len(make(answer)[0].images(FIELDS)[0]) == 2


def test_a_lock_that_does_not_expire_is_one_finding_and_is_awaited_once() -> None:
    api, run = make(lambda _: httpx.Response(409, json=BUSY))
    api.await_unlocked()
    (finding,) = [event for event in run.events.log if isinstance(event, Decision) and not event.passed]
    assert (finding.rule, len(finding.exchanges)) == ("LOCK-10S", 2)
    sent = run.transport.requests
    api.await_unlocked()
    assert run.transport.requests == sent + 1


def test_a_global_lock_can_belong_to_another_client() -> None:
    api, run = make(lambda _: httpx.Response(409, json=BUSY), lock_scope="global")
    with pytest.raises(InconclusiveError, match="never got the lock"):
        api.generate_when_ready(FIELDS)
    assert not [event for event in run.events.log if isinstance(event, Decision) and not event.passed]


def test_the_refusal_of_a_generation_without_a_lock_is_returned() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=AVAILABLE) if request.method == "GET" else httpx.Response(409, json=BUSY)

    assert make(answer)[0].generate_when_ready(FIELDS).status == 409


@pytest.mark.parametrize("status", [409, 419, 429])
def test_a_refusal_for_the_state_of_the_account_is_inconclusive(status: int) -> None:
    with pytest.raises(InconclusiveError, match=str(status)):
        make(generating(status, {"message": "no"}))[0].images(FIELDS)


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        (FIELDS, {"image_number_of_images": ["At most 1."]}),
        ({**FIELDS, "image_resolution": "9x9"}, {"image_resolution": []}),
    ],
)
def test_an_undocumented_limit_is_not_a_finding(fields: dict[str, Any], errors: dict[str, Any]) -> None:
    api, _ = make(generating(422, {"message": "no", "errors": errors}))
    with pytest.raises(UndocumentedLimitError, match="the documentation gives no limit"):
        api.images(fields)


def test_only_the_refusal_of_a_valid_request_rules_out_its_engine() -> None:
    """A refusal that names no parameter may be about whatever is invalid, or about the picture."""
    api, _ = make(generating(403, {"message": "Not allowed."}))
    simplest = api.simplest
    prompt = next(name for name in simplest if "description" in name)
    api.generate({name: value for name, value in simplest.items() if name != prompt})
    api.generate(simplest, dict.fromkeys(["image_src"], plain_picture()))
    assert api.simplest == simplest
    api.generate(simplest)
    assert api.simplest != simplest


def test_refusing_a_documented_request_is_a_finding() -> None:
    api, _ = make(generating(422, {"message": "no", "errors": {"description_ideogram": ["No."]}}))
    with pytest.raises(RuleBrokenError, match="SHAPE"):
        api.images(FIELDS)


def test_fetches_a_picture_without_the_token_on_any_host() -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        stored = request.url.host == "storage.invalid"
        return httpx.Response(200) if stored else httpx.Response(302, headers={"location": "https://storage.invalid/p"})

    assert make(answer)[0].pictures.fetch("uploads/t.png").status == 200
    assert [str(request.url) for request in requests] == [
        "http://127.0.0.1:9/uploads/t.png",
        "https://storage.invalid/p",
    ]
    assert not any("authorization" in request.headers for request in requests)


def _taking(taken: bytes) -> Answer:
    """Return a service that takes uploads with this beginning."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=AVAILABLE)
        if taken in request.content:
            return httpx.Response(200, json={**GENERATED, "images": [IMAGE]})
        return httpx.Response(422, json={"message": "No.", "errors": {"image_src.0": ["Not of this kind."]}})

    return answer


def test_a_plain_picture_replaces_one_that_the_service_does_not_take() -> None:
    sample = valid("upscale")
    api, run = make(_taking(b"\x89PNG"))
    images, _ = api.images(sample.fields, sample.files)
    assert [image["id"] for image in images] == [1]
    assert not any(event for event in run.events.log if isinstance(event, Decision) and not event.passed)


def test_a_service_that_takes_no_picture_at_all_breaks_the_documentation() -> None:
    sample = valid("upscale")
    api, _ = make(_taking(b"a picture of another kind"))
    with pytest.raises(RuleBrokenError, match="422"):
        api.images(sample.fields, sample.files)
