"""How the replies to hostile bodies are judged, by services in this process."""

from collections.abc import Callable

import httpx
import pytest

from contract_tests.checks.failures import FailureSearch
from contract_tests.checks.hostile import hostile_bodies
from contract_tests.errors import InconclusiveError, RuleBrokenError
from contract_tests.runner.events import Decision
from contract_tests.runner.verdict import Verdict
from support.small_service import Answer, SmallService, run_against

IMAGE = {"id": 1, "title": "t.png", "input": "a", "output": "uploads/t.png"}
MADE = {"status": "success", "images": [IMAGE], "image_storage": "public"}


def decisions(answer: Answer, role: str = "empty", cap: int = 0) -> tuple[list[Decision], int, str]:
    """Return what the search decides, the credits that it spends, and why it is inconclusive."""
    run = run_against(answer, "empty", cap=cap)
    verdict = Verdict("a test", run.events, run.contract, run.settings.rules)
    search, reason = FailureSearch(run, verdict, role), ""
    try:
        search.send_all(hostile_bodies())
        search.conclude()
    except InconclusiveError as error:
        reason = str(error)
    except RuleBrokenError:
        pass
    made = [event for event in run.events.log if isinstance(event, Decision)]
    return made, run.budget.spent, reason


def failing(status: int, fails: Callable[[bytes], bool]) -> Answer:
    """Return a service that fails on some bodies."""
    service = SmallService()

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, text="Oops") if fails(request.read()) else service(request)

    return answer


def is_nul(body: bytes) -> bool:
    return b"\\u0000" in body


@pytest.mark.parametrize("role", ["empty", "anonymous"])
def test_a_service_that_refuses_every_body_passes_for_nothing(role: str) -> None:
    made, spent, reason = decisions(SmallService(), role)
    assert [(each.rule, each.passed) for each in made] == [("SHAPE", True)]
    assert (spent, reason) == (0, "")


@pytest.mark.parametrize("status", [400, 403, 406, 409, 413, 415, 419, 422, 429, 431])
def test_any_refusal_is_in_keeping(status: int) -> None:
    made, _, _ = decisions(lambda _: httpx.Response(status, text="<h1>No</h1>", headers={"Retry-After": "86400"}))
    assert [(each.rule, each.passed) for each in made] == [("SHAPE", True)]


@pytest.mark.slow
@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 520])
def test_a_failure_on_some_bodies_is_one_finding(status: int) -> None:
    made, spent, _ = decisions(failing(status, is_nul))
    assert {(each.rule, each.passed, each.received) for each in made} == {("SHAPE", False, f"status {status}, twice")}
    assert len({each.cause for each in made}) == 1
    assert made[0].example == "for example to a prompt with NUL"
    assert spent == 0


def test_a_failure_that_passes_is_none() -> None:
    seen: set[bytes] = set()

    def is_new(body: bytes) -> bool:
        new = body not in seen
        seen.add(body)
        return is_nul(body) and new

    made, _, _ = decisions(failing(500, is_new))
    assert [(each.rule, each.passed) for each in made] == [("SHAPE", True)]


def test_a_service_that_is_away_has_not_failed_on_a_body() -> None:
    made, _, _ = decisions(lambda _: httpx.Response(503, text="<h1>Maintenance</h1>"))
    assert not [each for each in made if not each.passed]


def test_images_for_an_invalid_body_end_the_requests() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=MADE)

    made, spent, _ = decisions(answer, "primary", cap=1)
    assert [(each.rule, each.passed) for each in made] == [("VALID-422", False)]
    assert (len(sent), spent) == (1, 1)


def test_a_count_of_0_may_be_answered_without_images() -> None:
    made, _, _ = decisions(lambda _: httpx.Response(200, json={**MADE, "images": []}))
    assert [(each.rule, each.passed) for each in made] == [("SHAPE", True)]


def test_a_service_that_cuts_connections_is_inconclusive() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if is_nul(request.read()):
            raise httpx.ReadError("reset", request=request)
        return SmallService()(request)

    made, _, reason = decisions(answer)
    assert not made
    assert "got no reply" in reason


def test_every_body_is_sent_as_it_is() -> None:
    bodies: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(request.read())
        return httpx.Response(422, json={"message": "No.", "errors": {}})

    decisions(answer)
    assert bodies == [body.content for body in hostile_bodies()]
