"""The careful client where the service is well, and where it is not. Time is the mock's: no test waits."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from examples.httpx_client import client as module
from examples.httpx_client.client import (
    DELAYS,
    BusyError,
    Client,
    DailyLimitError,
    EngineError,
    InvalidRequestError,
    LostReplyError,
    OutOfCreditsError,
    UnauthenticatedError,
)
from mock_server.testing import AiimageMock

PNG = b"\x89PNG"


@pytest.fixture
def client(aiimage_mock: AiimageMock) -> Iterator[Client]:
    aiimage_mock.clock.freeze("2026-02-26T12:00:00Z")
    with closing(Client(aiimage_mock.base_url, aiimage_mock.token, aiimage_mock.clock.advance)) as made:
        yield made


def fetch(client: Client, prompt: str = "A fox", count: int = 1) -> list[bytes]:
    """Generate images and return their pictures."""
    return [client.picture(image) for image in client.generate(prompt, count)]


def orders(mock: AiimageMock) -> list[int | None]:
    """Return the status of every request that could have cost something."""
    return [each["status"] for each in mock.requests("generate-image")]


def test_images_are_generated_and_fetched(client: Client, aiimage_mock: AiimageMock) -> None:
    assert [picture[:4] for picture in fetch(client, count=2)] == [PNG, PNG]
    assert aiimage_mock.state["credits"] == 98
    aiimage_mock.assert_well_behaved()


def test_the_token_is_not_sent_to_pictures(client: Client, aiimage_mock: AiimageMock) -> None:
    fetch(client)
    (picture,) = aiimage_mock.requests("getPicture")
    assert "authorization" not in dict(picture["headers"])


def test_it_waits_for_a_lock_with_growing_pauses(client: Client, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.change(lock={"until": "2026-02-26T12:00:05Z"})
    assert fetch(client)
    checks = [(each["at"][14:19], each["status"]) for each in aiimage_mock.requests("check-availability")]
    assert checks == [("00:01", 409), ("00:03", 409), ("00:07", 200)]
    assert orders(aiimage_mock) == [409, 200]
    aiimage_mock.assert_well_behaved()


def test_it_gives_up_if_the_lock_stays(client: Client, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.change(lock="forever")
    with pytest.raises(BusyError, match="within 15 seconds"):
        client.generate("A fox")
    assert orders(aiimage_mock) == [409]
    assert len(aiimage_mock.requests("check-availability")) == len(DELAYS)
    aiimage_mock.assert_well_behaved()


def test_without_credits_it_does_not_retry(client: Client, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.change(credits=0)
    with pytest.raises(OutOfCreditsError, match="You have no credits left"):
        client.generate("A fox")
    assert orders(aiimage_mock) == [419]
    aiimage_mock.assert_well_behaved()


def test_beyond_the_daily_limit_it_does_not_retry_on_the_same_day(client: Client, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.change(daily_limit=1)
    assert fetch(client)
    with pytest.raises(DailyLimitError, match="maximum number"):
        client.generate("A fox")
    assert orders(aiimage_mock) == [200, 429]
    aiimage_mock.clock.advance_to("day-reset")
    assert fetch(client)
    aiimage_mock.assert_well_behaved()


def test_a_refused_parameter_is_named(client: Client, aiimage_mock: AiimageMock) -> None:
    with pytest.raises(InvalidRequestError, match="description flux pro"):
        client.generate("  ")
    assert orders(aiimage_mock) == [422]


def test_an_invalid_token_is_reported_at_once(aiimage_mock: AiimageMock) -> None:
    made = Client(aiimage_mock.base_url, "demo-invalid", lambda _: pytest.fail("nothing to wait for"))
    with closing(made) as client, pytest.raises(UnauthenticatedError, match="Unauthenticated"):
        client.generate("A fox")


def test_a_token_revoked_during_a_call_is_reported(client: Client, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.fault("status", code=401, operation="generate-image")
    with pytest.raises(UnauthenticatedError):
        client.generate("A fox")
    assert orders(aiimage_mock) == [401]


@pytest.mark.parametrize(
    ("at", "sent"),
    [("before-lock", 2), ("locked", 1), ("charged", 1), ("recorded", 1), ("headers-sent", 1), ("half-body", 1)],
)
def test_a_lost_reply_is_not_paid_for_twice(client: Client, aiimage_mock: AiimageMock, at: str, sent: int) -> None:
    aiimage_mock.fault("lost-response", at=at, times=1)
    assert len(fetch(client, count=2)) == 2
    assert len(orders(aiimage_mock)) == sent
    assert aiimage_mock.state["credits"] == 98
    aiimage_mock.assert_well_behaved()


def test_the_client_waits_for_a_generation_that_continues_without_it(client: Client, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.change(generation_time=6)
    aiimage_mock.fault("lost-response", at="locked", times=1)
    assert fetch(client)
    assert [each["status"] for each in aiimage_mock.requests("check-availability")] == [409, 409, 200]
    assert orders(aiimage_mock) == [None]
    aiimage_mock.assert_well_behaved()


def test_an_older_image_of_the_same_prompt_is_not_taken_for_the_lost_one(
    client: Client, aiimage_mock: AiimageMock
) -> None:
    first = client.generate("A fox")
    aiimage_mock.fault("drop", operation="generate-image", times=1)
    assert client.generate("A fox") != first
    assert aiimage_mock.state["credits"] == 98


@pytest.mark.parametrize("fault", ["proxy-error", "malformed-json", "truncated-body", "reset"])
def test_it_survives_network_errors(client: Client, aiimage_mock: AiimageMock, fault: str) -> None:
    aiimage_mock.fault(fault, operation="generate-image", times=1)
    assert len(fetch(client)) == 1
    assert aiimage_mock.state["credits"] == 99
    aiimage_mock.assert_well_behaved()


@pytest.mark.parametrize("operation", ["check-availability", "recent-images"])
@pytest.mark.parametrize("fault", ["proxy-error", "malformed-json", "truncated-body", "reset"])
def test_it_survives_network_errors_while_it_looks_for_images(
    client: Client, aiimage_mock: AiimageMock, fault: str, operation: str
) -> None:
    aiimage_mock.fault("lost-response", at="charged", times=1)
    aiimage_mock.fault(fault, operation=operation, times=1)
    assert len(fetch(client)) == 1
    assert aiimage_mock.state["credits"] == 99
    aiimage_mock.assert_well_behaved()


def test_it_gives_up_if_the_service_never_answers(client: Client, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.fault("drop", operation="generate-image")
    with pytest.raises(LostReplyError, match="no images after 3 attempts"):
        client.generate("A fox")
    assert len(orders(aiimage_mock)) == 3
    aiimage_mock.assert_well_behaved()


def test_a_success_without_an_image_is_a_failure(client: Client, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.play("upstream-down")
    with pytest.raises(EngineError, match="The image engine failed"):
        client.generate("A fox")
    assert orders(aiimage_mock) == [200]


@pytest.mark.parametrize("fault", ["picture-missing", "picture-truncated"])
def test_a_picture_is_fetched_until_it_is_whole(client: Client, aiimage_mock: AiimageMock, fault: str) -> None:
    aiimage_mock.fault(fault, times=2)
    assert fetch(client)[0].startswith(PNG)
    assert len(aiimage_mock.requests("getPicture")) == 3
    aiimage_mock.assert_well_behaved()


def test_a_bad_network_costs_time_but_no_credits(client: Client, aiimage_mock: AiimageMock) -> None:
    for name in ("proxy-error", "malformed-json", "truncated-body"):
        aiimage_mock.fault(name, probability=0.1)
    assert [len(fetch(client, f"Fox {number}")) for number in range(10)] == [1] * 10
    assert aiimage_mock.state["credits"] == 90
    assert sum(each["applied"] for each in aiimage_mock.faults()) > 3
    aiimage_mock.assert_well_behaved()


def test_the_command_writes_a_picture(aiimage_mock: AiimageMock, tmp_path: Path) -> None:
    where = {"AIIMAGE_BASE_URL": aiimage_mock.base_url, "AIIMAGE_TOKEN": aiimage_mock.token}
    command = [sys.executable, str(module.__file__), "A fox", "fox.png"]
    subprocess.run(command, cwd=tmp_path, env={**os.environ, **where}, check=True)
    assert (tmp_path / "fox.png").read_bytes().startswith(PNG)
    aiimage_mock.assert_well_behaved()
