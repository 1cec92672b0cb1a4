"""Snapshots, exported and imported."""

import asyncio
import copy
import io
from collections.abc import Callable
from contextlib import closing
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from mock_server.domain.accounts import world_name
from support.clocks import START, JumpingClock, SteppedClock, settle
from support.control import begin, control_call, control_json
from support.examples import examples
from support.mock import PREFIX, Mock, Start, behaviour
from support.mock import settings as started_with

TOKENS = ("demo", "demo-slow", "demo-almost-limited")
LATER = START + 3 * 86_400_000_000
Act = Callable[[Mock, str], object]


def control(method: str, path: str, body: Any = None) -> Act:
    given = {} if body is None else {"json": body}
    return lambda mock, token: control_call(mock, method, f"/worlds/{token}{path}", **given)


RUN = control("POST", "/clock", {"freeze": False})


def generate(count: int) -> Act:
    return lambda mock, token: (RUN(mock, token), mock.generate(token, image_number_of_images=count))


def get(path: str, as_token: bool = True) -> Act:
    return lambda mock, token: mock.call("GET", path, token if as_token else None)


ACTS: dict[str, Act] = {
    "generate": generate(1),
    "generate several": generate(3),
    "generate nothing": generate(0),
    "leave a generation running": lambda mock, token: (
        control("POST", "/clock", {"freeze": True})(mock, token),
        begin(mock, token),
    ),
    "upload": lambda mock, token: (RUN(mock, token), mock.upload(token)),
    "read": get(f"{PREFIX}/recent-images"),
    "get lost": get(f"{PREFIX}/nowhere"),
    "call without a token": get(f"{PREFIX}/versions", as_token=False),
    "freeze": control("POST", "/clock", {"freeze": True}),
    "run": RUN,
    "advance": control("POST", "/clock", {"advance": 4.5}),
    "advance far": control("POST", "/clock", {"advance": 90_000}),
    "go back": control("POST", "/clock", {"set": "2026-02-25T12:00:00Z"}),
    "end": control("POST", "/clock", {"advance_to": "generation-end"}),
    "lock": control("PATCH", "", {"lock": {"until": "2026-02-26T10:00:30Z"}}),
    "change": control("PATCH", "", {"credits": 5, "generation_time": 2}),
    "reset": control("PUT", ""),
    "play": control("PUT", "/scenario", {"name": "before-midnight"}),
    "fail at random": control(
        "PUT", "/faults", [{"fault": "status", "code": 404, "operation": "getVersions", "probability": 0.5, "times": 3}]
    ),
}
HISTORIES = st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from(TOKENS)), max_size=10)


def live(mock: Mock, history: list[tuple[str, str]]) -> None:
    for act, token in history:
        ACTS[act](mock, token)
    mock.run(settle)


def _without(shown: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in names}


def observed(mock: Mock, tokens: list[str]) -> list[Any]:
    """Return everything visible: first by calls that change nothing, then by calls that the journal records."""
    paths = ["/health", "/worlds", "/requests?limit=1000", "/scenarios", "/behaviour", "/snapshot"]
    for token in tokens:
        paths += [f"/worlds/{token}{each}" for each in ("", "/clock", "/faults")]
        paths += [f"/{each}?token={token}" for each in ("requests", "coverage", "verdict")]
    seen = [control_json(mock, "GET", path) for path in paths]
    # The name of a start of the server, and requests that do not survive an import.
    seen = [_without(each, "instance", "in_progress") if isinstance(each, dict) else each for each in seen]
    # A world that was only read is listed, and has no clock of its own that an import could restore.
    kept = {world_name(token) for token in tokens}
    seen[1]["worlds"] = [each if each["world"] in kept else _without(each, "clock") for each in seen[1]["worlds"]]
    for token in tokens:
        for name in ("check-availability", "versions", "recent-images", "versions", "versions"):
            reply = mock.call("GET", f"{PREFIX}/{name}", token)
            seen.append((reply.status_code, reply.json()))
            if name == "recent-images":
                seen += [mock.call("GET", f"/{each['output']}", None).status_code for each in reply.json()]
    return seen


def stored(mock: Mock) -> list[str]:
    """Return the tokens whose worlds exist: reading another token creates its world."""
    names = {each["name"] for each in control_json(mock, "GET", "/snapshot")["worlds"]}
    return [token for token in TOKENS if world_name(token) in names]


@given(history=HISTORIES, more=HISTORIES, later=st.sampled_from([START, LATER]))
@settings(max_examples=examples(15))
def test_an_import_restores_the_whole_state(
    history: list[tuple[str, str]], more: list[tuple[str, str]], later: int
) -> None:
    with closing(Mock()) as mock, closing(Mock(clock=JumpingClock(later))) as fresh:
        live(mock, history)
        snapshot = control_json(mock, "GET", "/snapshot")
        tokens = stored(mock)
        seen = observed(mock, tokens)
        live(mock, [*more, *(("run", token) for token in TOKENS)])
        for restored in (mock, fresh):
            control_json(restored, "PUT", "/snapshot", snapshot)
            assert timeless(observed(restored, tokens)) == timeless(seen)


def timeless(seen: list[Any]) -> list[Any]:
    """Return the observations without the offset of each clock and without the order of use, which a call changes."""
    found = copy.deepcopy(seen)
    for each in found:
        if isinstance(each, dict) and "taken_at" in each:
            taken_at = each.pop("taken_at")
            for world in each["worlds"]:
                world["clock"]["ahead"] += taken_at if world["clock"]["stopped"] is None else 0
            each["journal"].sort(key=lambda log: log["world"])
        if isinstance(each, dict) and "worlds" in each and isinstance(each["worlds"], list):
            each["worlds"].sort(key=str)
    return found


def test_an_empty_server_exports_an_empty_snapshot(mock: Mock) -> None:
    empty = {"version": 1, "taken_at": START, "worlds": [], "journal": [], "sources": {}}
    assert control_json(mock, "GET", "/snapshot") == empty
    mock.generate()
    assert control_json(mock, "PUT", "/snapshot", empty) == {"worlds": 0, "taken_at": "2026-02-26T10:00:00.000Z"}
    assert control_json(mock, "GET", "/requests")["total"] == 0
    assert mock.world()["credits"] == 100


def test_a_lock_has_the_same_remaining_seconds_after_an_import(start: Start) -> None:
    clock, other = SteppedClock(), SteppedClock(LATER)
    mock, fresh = start(clock=clock), start(clock=other)
    control_json(mock, "PATCH", "/worlds/demo", {"lock": {"until": "2026-02-26T10:00:05Z"}})
    mock.run(lambda: clock.advance(2))
    snapshot = control_json(mock, "GET", "/snapshot")
    mock.run(lambda: clock.advance(100))
    for restored, its_clock in ((mock, clock), (fresh, other)):
        control_json(restored, "PUT", "/snapshot", snapshot)
        assert restored.world()["clock"]["now"] == "2026-02-26T10:00:02.000Z"
        restored.run(lambda its_clock=its_clock: its_clock.advance(2.999))  # type: ignore[misc]
        assert restored.generate().status_code == 409
        restored.run(lambda its_clock=its_clock: its_clock.advance(0.001))  # type: ignore[misc]
        assert restored.call("GET", f"{PREFIX}/check-availability").status_code == 200


def test_a_running_generation_ends_on_time_after_an_import(start: Start) -> None:
    clock, other = SteppedClock(), SteppedClock(LATER)
    mock, fresh = start(clock=clock), start(clock=other)
    begin(mock)
    mock.run(lambda: clock.advance(0.5))
    snapshot = control_json(mock, "GET", "/snapshot")
    control_json(fresh, "PUT", "/snapshot", snapshot)
    assert (fresh.world()["running"], fresh.world()["credits"]) == (1, 100)
    fresh.run(lambda: other.advance(0.999))
    assert fresh.call("GET", f"{PREFIX}/recent-images").json() == []
    fresh.run(lambda: other.advance(0.001))
    (image,) = fresh.call("GET", f"{PREFIX}/recent-images").json()
    assert image["created_at"] == "2026-02-26T10:00:01Z"
    assert (fresh.world()["running"], fresh.world()["credits"], fresh.world()["lock"]) == (0, 99, None)


def test_a_waiting_request_gets_a_503_and_its_generation_continues(start: Start) -> None:
    clock = SteppedClock()
    mock = start(clock=clock)
    task = begin(mock)
    control_json(mock, "PUT", "/snapshot", control_json(mock, "GET", "/snapshot"))
    assert mock.run(lambda: asyncio.wait_for(task, 5)).status_code == 503
    assert mock.world()["running"] == 1
    mock.run(lambda: clock.advance(1.5))
    assert (mock.world()["images"], mock.world()["credits"]) == (1, 99)


def test_a_waiting_request_gets_a_503_when_its_generation_is_lost(start: Start) -> None:
    clock = SteppedClock()
    mock = start(clock=clock)
    snapshot = control_json(mock, "GET", "/snapshot")
    task = begin(mock)
    control_json(mock, "PUT", "/snapshot", snapshot)
    assert mock.run(lambda: asyncio.wait_for(task, 5)).status_code == 503
    assert mock.world()["credits"] == 100


def test_one_world_is_restored_and_others_stay(start: Start) -> None:
    mock = start()
    mock.generate("mine")
    mock.generate("other")
    before = control_json(mock, "GET", "/snapshot?token=mine")
    assert [each["name"] for each in before["worlds"]] == [world_name("mine")]
    control_json(mock, "POST", "/reset", {"token": "mine"})
    mock.generate("other")
    assert control_json(mock, "PUT", "/snapshot?token=mine", before)["worlds"] == 1
    assert [mock.world(token)["credits"] for token in ("mine", "other")] == [99, 98]
    assert control_json(mock, "GET", "/requests?token=mine")["total"] == 1
    assert control_json(mock, "GET", "/requests?token=other")["total"] == 2


def test_a_world_is_not_restored_from_a_snapshot_of_another_one(start: Start) -> None:
    mock = start()
    mock.generate("mine")
    mock.generate("other")
    whole = control_json(mock, "GET", "/snapshot")
    reply = control_call(mock, "PUT", "/snapshot?token=mine", json=whole)
    assert reply.status_code == 422
    assert "more than the world" in reply.json()["message"]
    assert control_json(mock, "GET", "/snapshot") == whole


def test_a_picture_made_from_an_upload_still_shows_it(start: Start) -> None:
    mock, fresh = start(), start()
    (image,) = mock.upload("demo").json()["images"]
    picture = mock.call("GET", f"/{image['output']}", None).content
    control_json(fresh, "PUT", "/snapshot", control_json(mock, "GET", "/snapshot"))
    restored = fresh.call("GET", f"/{image['output']}", None)
    assert restored.status_code == 200
    assert restored.content == picture
    assert Picture.open(io.BytesIO(picture)).size == (320, 320)


def test_the_journal_of_a_world_without_changes_is_kept(start: Start) -> None:
    mock, fresh = start(), start()
    mock.call("GET", f"{PREFIX}/versions", "only-looks")
    mock.call("GET", f"{PREFIX}/versions", None)
    control_json(fresh, "PUT", "/snapshot", control_json(mock, "GET", "/snapshot"))
    assert control_json(fresh, "GET", "/requests") == control_json(mock, "GET", "/requests")
    assert control_json(fresh, "GET", "/coverage?token=only-looks")["met"] == 1


def test_faults_continue_after_an_import(start: Start) -> None:
    mock, fresh = start(), start()
    control_json(mock, "PUT", "/worlds/demo/faults", [{"fault": "proxy-error", "times": 2}])
    assert mock.call("GET", f"{PREFIX}/versions").status_code == 502
    control_json(fresh, "PUT", "/snapshot", control_json(mock, "GET", "/snapshot"))
    assert [fresh.call("GET", f"{PREFIX}/versions").status_code for _ in range(2)] == [502, 200]


def test_the_clock_that_all_worlds_share_is_restored(start: Start) -> None:
    mock = start(started_with(behaves=behaviour(lock_scope="global")))
    control_json(mock, "POST", "/worlds/demo/clock", {"freeze": True, "set": "2030-01-01T00:00:00Z"})
    begin(mock)
    snapshot = control_json(mock, "GET", "/snapshot")
    before = mock.world("another")
    control_json(mock, "POST", "/worlds/demo/clock", {"advance": 1000})
    control_json(mock, "PUT", "/snapshot", snapshot)
    assert mock.world("another") == before
    assert before["lock"] == {"until": "2030-01-01T00:00:10.000Z"}


def test_worlds_beyond_the_limit_are_evicted_on_import(start: Start) -> None:
    mock, small = start(), start(started_with(behaves=behaviour(max_worlds=2)))
    for number in range(4):
        mock.generate(f"token-{number}")
    control_json(small, "PUT", "/snapshot", control_json(mock, "GET", "/snapshot"))
    assert [small.world(f"token-{number}")["credits"] for number in range(4)] == [100, 100, 99, 99]
