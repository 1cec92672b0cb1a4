"""Several faults that apply to one request."""

import json
from functools import reduce
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mock_server.app import contract
from mock_server.domain.generation import GenerationRequest
from mock_server.faults import FAULTS, Fault, FaultError, Target, make_fault
from mock_server.faults.generation import SlowGeneration, StuckLock, UpstreamFailure
from mock_server.faults.reply import LostResponse, MalformedJson, SlowBody, TruncatedBody
from mock_server.faults.request import Status
from mock_server.faults.transmission import Transmission, no_reply, whole

SECONDS = st.floats(0, 86_400)
PARAMETERS: dict[str, st.SearchStrategy[Any]] = {
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
    lambda name: PARAMETERS.get(name, st.just({})).map(lambda parameters: make_fault(name, parameters))
)
REPLY = whole(200, b'{"a":[1,2,3]}', "application/json")


def sent(faults: list[Fault], transmission: Transmission) -> Transmission:
    return reduce(lambda left, fault: fault.change_reply(left), faults, transmission)


def assert_valid(transmission: Transmission) -> None:
    if transmission.status is None:
        assert transmission.parts == ()
        assert transmission.ending != "complete"
        return
    declared = int(transmission.headers["content-length"])
    assert len(transmission.body) <= declared
    if transmission.ending == "complete":
        assert transmission.parts
        assert len(transmission.body) == declared
    assert all(part.after >= 0 for part in transmission.parts)


@given(st.lists(ANY_FAULT, max_size=6), st.binary(max_size=60), st.integers())
def test_any_faults_turn_any_reply_into_a_valid_transmission(faults: list[Fault], body: bytes, seed: int) -> None:
    assert_valid(sent(faults, whole(200, body, "application/json")))
    assert sum(fault.delay_seconds(Random(seed)) for fault in faults) >= 0


@given(st.lists(ANY_FAULT, max_size=6), st.sampled_from([*(each.id for each in contract().operations), "getPicture"]))
def test_any_faults_turn_any_early_reply_into_a_valid_transmission(faults: list[Fault], operation: str) -> None:
    for fault in faults:
        try:
            answer = fault.early_reply(Target(contract(), operation))
        except FaultError:
            assert fault.name == "status"
            continue
        assert_valid(sent(faults, answer or REPLY))


@given(st.lists(ANY_FAULT, max_size=6), st.binary(max_size=60))
def test_a_reply_has_the_status_of_the_service_or_none(faults: list[Fault], body: bytes) -> None:
    assert sent(faults, whole(409, body, "application/json")).status in {409, None}


@given(st.lists(ANY_FAULT, max_size=6), st.sampled_from(["closed", "reset"]))
def test_a_lost_reply_stays_lost_in_the_same_way(faults: list[Fault], ending: str) -> None:
    lost = no_reply("reset" if ending == "reset" else "closed")
    after = sent(faults, lost)
    assert (after.status, after.parts, after.ending) == (None, (), ending)


def test_a_slow_body_is_cut_in_either_order_of_the_faults() -> None:
    slow, truncated = SlowBody(seconds=4, parts=5), TruncatedBody(bytes=6)
    for faults in ([slow, truncated], [truncated, slow]):
        transmission = sent(faults, REPLY)
        assert (transmission.body, transmission.ending) == (b'{"a":[', "closed")
        assert len(transmission.parts) > 1


def test_a_malformed_body_can_be_slow() -> None:
    for faults in ([SlowBody(), MalformedJson()], [MalformedJson(), SlowBody()]):
        assert sent(faults, REPLY).body == b'{"a":[1,2,3],'


def test_a_fault_changes_the_early_reply_of_another() -> None:
    refusal = Status(code=409).early_reply(Target(contract(), "generateImage"))
    assert json.loads(refusal.body)
    assert sent([LostResponse(at="headers-sent")], refusal).status == 409


def test_the_changes_of_a_generation_add_up(generation_request: GenerationRequest) -> None:
    faults: list[Fault] = [
        UpstreamFailure(message="no"),
        StuckLock(),
        SlowGeneration(seconds=9),
        LostResponse(at="locked"),
    ]
    begun = reduce(lambda left, fault: fault.change_generation(left), faults, generation_request)
    assert (begun.failure, begun.lock, begun.forced_seconds, begun.awaited) == ("no", "expiry", 9, False)
