"""The control API from Python, with a mock in this process."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, get_args

import httpx
import pytest

from mock_server.client import Control, ControlError, Edge, MockWorld, WorldState
from mock_server.control.worlds import WorldChange
from mock_server.embedding import EmbeddedServer, default_settings
from mock_server.service import clocks
from mock_server.testing import AiimageMock

FOX = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}

TO_THE_API = "Send the token to the API only: pictures may be on a host of another provider."
FETCH_IT = "Fetch the address in output, or request fewer images."


def generate(world: MockWorld, **changes: object) -> httpx.Response:
    return httpx.post(f"{world.base_url}/aiimage/generate-image", headers=world.headers, json=FOX | changes)


def fetch(world: MockWorld, generated: httpx.Response, **headers: str) -> int:
    """Fetch the one image of a generation, and return the status."""
    root = world.base_url.removesuffix("/api/v1")
    (image,) = generated.json()["images"]
    return httpx.get(f"{root}/{image['output']}", headers=headers).status_code


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("credits", 7),
        ("daily_limit", 8),
        ("used_today", 9),
        ("generation_time", 2.5),
        ("lock", {"until": "forever"}),
        ("lock", {"until": "2999-01-01T00:00:00.000Z"}),
    ],
)
def test_a_world_starts_and_changes_with_the_given_values(aiimage_mock: AiimageMock, field: str, value: Any) -> None:
    state: Any = {field: value}
    assert aiimage_mock.world(**state).state[field] == value
    aiimage_mock.change(**state)
    assert aiimage_mock.state[field] == value


CEST = timezone(timedelta(hours=2))
NOON = datetime(2999, 1, 1, 14, tzinfo=CEST)


def test_instants_can_be_datetimes(aiimage_mock: AiimageMock) -> None:
    aiimage_mock.clock.freeze(NOON)
    assert aiimage_mock.clock.now == "2999-01-01T12:00:00.000Z"
    aiimage_mock.clock.set(NOON.replace(microsecond=250_000))
    assert aiimage_mock.clock.now == "2999-01-01T12:00:00.250Z"
    aiimage_mock.change(lock={"until": NOON + timedelta(seconds=30)})
    assert aiimage_mock.state["lock"] == {"until": "2999-01-01T12:00:30.000Z"}
    assert aiimage_mock.world(lock={"until": NOON}).state["lock"] == {"until": "2999-01-01T12:00:00.000Z"}


def test_durations_can_be_timedeltas(aiimage_mock: AiimageMock) -> None:
    aiimage_mock.clock.freeze(NOON)
    aiimage_mock.clock.advance(timedelta(minutes=1, milliseconds=5))
    assert aiimage_mock.clock.now == "2999-01-01T12:01:00.005Z"
    aiimage_mock.change(generation_time=timedelta(milliseconds=1500))
    assert aiimage_mock.state["generation_time"] == 1.5
    aiimage_mock.fault("delay", seconds=timedelta(0))
    aiimage_mock.play({"generation_time": timedelta(seconds=3)})
    assert aiimage_mock.state["generation_time"] == 3


def test_a_datetime_without_a_time_zone_is_refused(aiimage_mock: AiimageMock) -> None:
    with pytest.raises(ControlError, match="a time zone is missing"):
        aiimage_mock.clock.set(NOON.replace(tzinfo=None))


def test_a_value_that_json_lacks_is_named(aiimage_mock: AiimageMock) -> None:
    with pytest.raises(TypeError, match="the control API takes no set"):
        aiimage_mock.call("PATCH", "", {"credits": {1}})


@pytest.mark.parametrize("wrong", [{"operation": "generate_image"}, {"status": 999}, {"status": "200 "}])
def test_an_unknown_filter_value_is_an_error(aiimage_mock: AiimageMock, wrong: Any) -> None:
    with pytest.raises(ControlError, match=r"Unknown operation|status takes"):
        aiimage_mock.requests(**wrong)


def test_every_value_of_the_control_api_can_be_set(aiimage_mock: AiimageMock) -> None:
    assert WorldState.__annotations__.keys() == set(WorldChange.__struct_fields__)


def test_generations_take_no_time_by_default(aiimage_mock: AiimageMock) -> None:
    aiimage_mock.clock.freeze()
    assert generate(aiimage_mock).status_code == 200


def test_a_change_keeps_the_other_values(aiimage_mock: AiimageMock) -> None:
    generate(aiimage_mock)
    aiimage_mock.change(daily_limit=3)
    state = aiimage_mock.state
    assert (state["credits"], state["daily_limit"], state["used_today"]) == (99, 3, 1)


def test_begin_resets_everything(aiimage_mock: AiimageMock) -> None:
    aiimage_mock.fault("drop", operation="versions")
    generate(aiimage_mock)
    aiimage_mock.begin()
    assert (aiimage_mock.state["credits"], aiimage_mock.faults(), aiimage_mock.requests()) == (100, [], [])


def test_a_ready_made_scenario_is_played_by_its_name(aiimage_mock: AiimageMock) -> None:
    aiimage_mock.play("last-credits")
    assert (aiimage_mock.state["credits"], aiimage_mock.state["generation_time"]) == (2, 0)


def test_a_scenario_can_be_given_as_its_content(aiimage_mock: AiimageMock) -> None:
    aiimage_mock.play({"credits": 5, "generation_time": 3})
    assert (aiimage_mock.state["credits"], aiimage_mock.state["generation_time"]) == (5, 3)


def test_a_fault_is_added_and_the_others_keep_counting(aiimage_mock: AiimageMock) -> None:
    aiimage_mock.fault("status", code=429, operation="generate-image", times=1)
    assert generate(aiimage_mock).status_code == 429
    aiimage_mock.fault("wrong-content-type", after=1)
    replies = [generate(aiimage_mock) for _ in range(2)]
    assert [each.status_code for each in replies] == [200, 200]
    assert [each.headers["content-type"][:9] for each in replies] == ["applicati", "text/html"]
    assert [(each["fault"], each["applied"]) for each in aiimage_mock.faults()] == [
        ("status", 1),
        ("wrong-content-type", 1),
    ]


def test_all_faults_are_cleared(aiimage_mock: AiimageMock) -> None:
    aiimage_mock.fault("drop")
    aiimage_mock.clear_faults()
    assert generate(aiimage_mock).status_code == 200


def test_the_requests_of_this_world_can_be_filtered(aiimage_mock: AiimageMock) -> None:
    generate(aiimage_mock.world())
    generate(aiimage_mock)
    generate(aiimage_mock, image_number_of_images=0)
    httpx.get(f"{aiimage_mock.base_url}/aiimage/versions", headers=aiimage_mock.headers)
    aiimage_mock.fault("drop", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        generate(aiimage_mock)
    assert [each["status"] for each in aiimage_mock.requests()] == [200, 422, 200, None]
    assert [each["status"] for each in aiimage_mock.requests("generate-image")] == [200, 422, None]
    assert [each["operation"] for each in aiimage_mock.requests(status=200)] == ["generateImage", "getVersions"]
    assert len(aiimage_mock.requests("generateImage", "none")) == 1


def test_coverage_is_of_this_world(aiimage_mock: AiimageMock) -> None:
    generate(aiimage_mock)
    statuses = [(each["operation"], met) for each in aiimage_mock.coverage()["operations"] for met in each["statuses"]]
    assert [(name, each["status"]) for name, each in statuses if each["met"]] == [("generateImage", 200)]


def test_the_clock_is_moved(aiimage_mock: AiimageMock) -> None:
    clock = aiimage_mock.clock
    clock.freeze("2026-02-26T12:00:00Z")
    clock.advance(1.5)
    assert clock.now == "2026-02-26T12:00:01.500Z"
    clock.set("2026-02-26T11:00:00Z")
    assert clock.now == "2026-02-26T11:00:00.000Z"
    clock.advance_to("day-reset", offset_ms=-1)
    assert clock.now == "2026-02-26T23:59:59.999Z"
    clock.freeze()
    assert clock.now == "2026-02-26T23:59:59.999Z"
    clock.resume()
    assert aiimage_mock.state["clock"]["mode"] == "real"


def test_the_edges_are_those_of_the_mock() -> None:
    assert get_args(Edge) == get_args(clocks.Edge)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda mock: mock.fault("nope"),
            r"POST /_mock/worlds/.*/faults: Invalid fault: fault 0: unknown fault 'nope'; known",
        ),
        (lambda mock: mock.change(credits=-1), r"PATCH /_mock/worlds/.*: Invalid body: .*credits"),
        (lambda mock: mock.clock.advance_to("lock-expiry"), "There is no lock-expiry: the lock is free"),
        (lambda mock: mock.requests(status=7), "status takes a number from 100 to 599"),
        (lambda mock: mock.play("nothing"), "name takes one of bad-network"),
        (lambda mock: [mock.fault("drop") for _ in range(101)], "101 faults are too many: at most 100"),
    ],
)
def test_a_refusal_has_the_message_of_the_mock(
    aiimage_mock: AiimageMock, call: Callable[[AiimageMock], object], sentence: str
) -> None:
    with pytest.raises(ControlError, match=sentence):
        call(aiimage_mock)


def test_a_token_may_have_any_visible_characters(aiimage_mock: AiimageMock) -> None:
    world = MockWorld(aiimage_mock._control, f"{aiimage_mock.token}/?%2F|#")
    world.begin(credits=3)
    assert (world.state["credits"], world.verdict()["token"], aiimage_mock.state["credits"]) == (3, world.token, 100)
    world.end()


def test_a_missing_mock_is_named_by_its_address() -> None:
    with pytest.raises(ControlError, match=r"^No mock answers at http://127\.0\.0\.1:9: nothing listens there"):
        Control("http://127.0.0.1:9").call("GET", "/health")


@pytest.fixture(params=[(200, b"<html>"), (404, b'{"detail": "Not Found"}'), (404, b"[]"), (500, b"\xff")])
def other_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that is not a mock."""
    status, body = request.param

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name that is overridden)
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        thread.join()


def test_another_server_is_not_a_mock(other_server: str) -> None:
    with pytest.raises(ControlError, match="is not a mock: invalid reply to /_mock/health"):
        Control(other_server).call("GET", "/health")


def test_the_admin_token_is_sent() -> None:
    with EmbeddedServer(replace(default_settings(), admin_token="the-admin")) as server:
        assert MockWorld(Control(server.origin, "the-admin"), "any-token").state["credits"] == 100
        with pytest.raises(ControlError, match="The control API requires the admin token"):
            MockWorld(Control(server.origin), "any-token").begin()


def test_a_careful_client_is_well_behaved(aiimage_mock: AiimageMock) -> None:
    assert fetch(aiimage_mock, generate(aiimage_mock)) == 200
    aiimage_mock.assert_well_behaved()


def test_a_client_to_which_no_rule_applied_is_not_well_behaved(aiimage_mock: AiimageMock) -> None:
    httpx.get(f"{aiimage_mock.base_url}/aiimage/versions", headers=aiimage_mock.headers)
    with pytest.raises(AssertionError, match=r"No rule applied to .* Requests: 1\."):
        aiimage_mock.assert_well_behaved()


def test_the_verdict_of_a_careless_client_shows_its_requests(aiimage_mock: AiimageMock) -> None:
    aiimage_mock.clock.freeze("2026-02-26T12:00:00Z")
    generated = generate(aiimage_mock)
    aiimage_mock.fault("picture-truncated")
    with pytest.raises(httpx.RemoteProtocolError):
        fetch(aiimage_mock, generated, Authorization="Bearer x")
    title = generated.json()["images"][0]["title"]
    with pytest.raises(AssertionError) as raised:
        aiimage_mock.assert_well_behaved()
    assert (
        str(raised.value)
        == f"""The client broke 2 rules.

CLIENT-TOKEN-LEAK: The request for /uploads/{title} carried the token. {TO_THE_API}
    12:00:00.000  GET /uploads/{title} -> 200 cut

CLIENT-UNFETCHED: 1 of 1 images were never fetched: {title}. {FETCH_IT}
    12:00:00.000  POST /api/v1/aiimage/generate-image -> 200"""
    )
