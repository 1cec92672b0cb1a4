"""Several faults that strike one request."""

import json
from functools import reduce
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mock_server.app import contract
from mock_server.domain.generation import GenerationRequest
from mock_server.faults import FAULTS, Fault, FaultError, Target, make_fault
from mock_server.faults.lost_response import LostResponse
from mock_server.faults.malformed_json import MalformedJson
from mock_server.faults.slow_body import SlowBody
from mock_server.faults.slow_generation import SlowGeneration
from mock_server.faults.status import Status
from mock_server.faults.stuck_lock import StuckLock
from mock_server.faults.transmission import Transmission, nothing, whole
from mock_server.faults.truncated_body import TruncatedBody
from mock_server.faults.upstream_failure import UpstreamFailure

SECONDS = st.floats(0, 86_400)
GIVEN: dict[str, st.SearchStrategy[Any]] = {
    "status": st.fixed_dictionaries({"code": st.sampled_from([200, 404, 405, 409, 429])}),
    "delay": st.fixed_dictionaries({"median": st.floats(0.001, 86_400), "sigma": st.floats(0.001, 10)})
    | st.fixed_dictionaries({"low": st.floats(0, 10), "high": st.floats(10, 20)})
    | st.fixed_dictionaries({"seconds": SECONDS}),
    "truncated-body": st.fixed_dictionaries(
        {}, optional={"bytes": st.integers(0, 100), "share": st.floats(0, 1, exclude_max=True)}
    ),
    "slow-body": st.fixed_dictionaries({"seconds": SECONDS, "parts": st.integers(2, 20)}),
    "lost-response": st.fixed_dictionaries(
        {"at": st.sampled_from(["before-lock", "locked", "charged", "recorded", "headers-sent", "half-body"])}
    ),
    "picture-slow": st.fixed_dictionaries({"seconds": SECONDS, "parts": st.integers(2, 20)}),
}
ANY_FAULT = st.sampled_from(sorted(FAULTS)).flatmap(
    lambda name: GIVEN.get(name, st.just({})).map(lambda parameters: make_fault(name, parameters))
)
REPLY = whole(200, b'{"a":[1,2,3]}', "application/json")


def sent(faults: list[Fault], transmission: Transmission) -> Transmission:
    return reduce(lambda left, fault: fault.transmit(left), faults, transmission)


def assert_valid(transmission: Transmission) -> None:
    if transmission.status is None:
        assert transmission.parts == ()
        assert transmission.ending != "complete"
        return
    promised = int(transmission.headers["content-length"])
    assert len(transmission.body) <= promised
    if transmission.ending == "complete":
        assert transmission.parts
        assert len(transmission.body) == promised
    assert all(part.after >= 0 for part in transmission.parts)


@given(st.lists(ANY_FAULT, max_size=6), st.binary(max_size=60), st.integers())
def test_any_faults_leave_of_any_reply_something_that_can_be_sent(faults: list[Fault], body: bytes, seed: int) -> None:
    assert_valid(sent(faults, whole(200, body, "application/json")))
    assert sum(fault.delay(Random(seed)) for fault in faults) >= 0


@given(st.lists(ANY_FAULT, max_size=6), st.sampled_from([*(each.id for each in contract().operations), "getPicture"]))
def test_any_faults_leave_of_any_answer_of_a_fault_something_that_can_be_sent(
    faults: list[Fault], operation: str
) -> None:
    for fault in faults:
        try:
            answer = fault.answer(Target(contract(), operation))
        except FaultError:
            assert fault.name == "status"
            continue
        assert_valid(sent(faults, answer or REPLY))


@given(st.lists(ANY_FAULT, max_size=6), st.binary(max_size=60))
def test_a_reply_has_the_status_of_the_service_or_none(faults: list[Fault], body: bytes) -> None:
    assert sent(faults, whole(409, body, "application/json")).status in {409, None}


@given(st.lists(ANY_FAULT, max_size=6), st.sampled_from(["closed", "reset"]))
def test_what_died_without_a_reply_stays_dead_as_it_died(faults: list[Fault], ending: str) -> None:
    dead = nothing("reset" if ending == "reset" else "closed")
    after = sent(faults, dead)
    assert (after.status, after.parts, after.ending) == (None, (), ending)


def test_a_slow_body_breaks_off_whichever_of_the_two_faults_comes_first() -> None:
    slow, truncated = SlowBody(seconds=4, parts=5), TruncatedBody(bytes=6)
    for faults in ([slow, truncated], [truncated, slow]):
        transmission = sent(faults, REPLY)
        assert (transmission.body, transmission.ending) == (b'{"a":[', "closed")
        assert len(transmission.parts) > 1


def test_a_broken_body_can_be_slow() -> None:
    for faults in ([SlowBody(), MalformedJson()], [MalformedJson(), SlowBody()]):
        assert sent(faults, REPLY).body == b'{"a":[1,2,3],'


def test_the_answer_of_one_fault_is_struck_by_the_next() -> None:
    refusal = Status(code=409).answer(Target(contract(), "generateImage"))
    assert json.loads(refusal.body)
    assert sent([LostResponse(at="headers-sent")], refusal).status == 409


def test_the_changes_of_a_generation_add_up(beginning: GenerationRequest) -> None:
    faults: list[Fault] = [
        UpstreamFailure(message="no"),
        StuckLock(),
        SlowGeneration(seconds=9),
        LostResponse(at="locked"),
    ]
    begun = reduce(lambda left, fault: fault.begin(left), faults, beginning)
    assert (begun.failure, begun.lock, begun.forced_seconds, begun.awaited) == ("no", "expiry", 9, False)
