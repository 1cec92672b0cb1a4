"""The functions against the mock. Time is the mock's: no test waits."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from examples.requests_client import client as module
from examples.requests_client.client import Images, RefusedError, UnknownOutcomeError, connect, generate, picture
from mock_server.testing import AiimageMock

Order = Callable[..., Images]


@pytest.fixture
def order(aiimage_mock: AiimageMock) -> Iterator[Order]:
    """Generate images of a prompt."""
    aiimage_mock.clock.freeze("2026-02-26T12:00:00Z")
    api = f"{aiimage_mock.base_url}/aiimage"

    def ordered(prompt: str = "A fox", count: int = 1) -> Images:
        fields = {"image_generator": "flux-pro", "description_flux_pro": prompt, "image_number_of_images": count}
        return generate(session, api, fields, prompt, aiimage_mock.clock.advance)

    with connect(aiimage_mock.token) as session:
        yield ordered


def fetch(mock: AiimageMock, images: Images) -> int:
    """Fetch the pictures, and return how many there are."""
    return len([picture(mock.base_url.removesuffix("/api/v1"), image) for image in images])


def test_images_are_generated_and_fetched(order: Order, aiimage_mock: AiimageMock) -> None:
    assert fetch(aiimage_mock, order(count=2)) == 2
    aiimage_mock.assert_well_behaved()


def test_it_waits_for_a_lock(order: Order, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.change(lock={"until": "2026-02-26T12:00:03Z"})
    assert fetch(aiimage_mock, order()) == 1
    assert [each["status"] for each in aiimage_mock.requests("check-availability")] == [409, 409, 200]
    aiimage_mock.assert_well_behaved()


def test_it_gives_up_if_the_lock_stays(order: Order, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.play({"lock": "forever"})
    aiimage_mock.clock.freeze()
    with pytest.raises(UnknownOutcomeError):
        order()
    aiimage_mock.assert_well_behaved()


@pytest.mark.parametrize(
    ("left", "limit", "prompt", "refusal"),
    [(0, 50, "A fox", "419: You have no"), (9, 0, "A fox", "429: You have reached"), (9, 50, " ", "422: The desc")],
    ids=["credits", "limit", "parameter"],
)
def test_a_refusal_is_not_retried(
    order: Order, aiimage_mock: AiimageMock, left: int, limit: int, prompt: str, refusal: str
) -> None:
    aiimage_mock.change(credits=left, daily_limit=limit)
    with pytest.raises(RefusedError, match=f"^{refusal}"):
        order(prompt)
    assert [each["status"] for each in aiimage_mock.requests("generate-image")] == [int(refusal[:3])]
    aiimage_mock.assert_well_behaved()


def test_an_invalid_token_is_reported_at_once(aiimage_mock: AiimageMock) -> None:
    api = f"{aiimage_mock.base_url}/aiimage"
    with connect("demo-invalid") as session, pytest.raises(RefusedError, match=r"^401: Unauthenticated"):
        generate(session, api, {}, "A fox", lambda _: pytest.fail("nothing to wait for"))


def test_a_failed_engine_is_a_failure(order: Order, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.fault("upstream-failure")
    with pytest.raises(RefusedError, match=r"^200: The image engine failed"):
        order()


@pytest.mark.parametrize("at", ["before-lock", "locked", "charged", "recorded", "headers-sent", "half-body"])
def test_a_lost_reply_is_not_paid_for_twice(order: Order, aiimage_mock: AiimageMock, at: str) -> None:
    aiimage_mock.fault("lost-response", at=at, times=1)
    assert fetch(aiimage_mock, order(count=2)) == 2
    assert aiimage_mock.state["credits"] == 98
    aiimage_mock.assert_well_behaved()


def test_an_older_image_of_the_same_prompt_is_not_taken_for_the_lost_one(
    order: Order, aiimage_mock: AiimageMock
) -> None:
    first = order()
    aiimage_mock.fault("drop", operation="generate-image", times=1)
    assert order() != first
    assert aiimage_mock.state["credits"] == 98


@pytest.mark.parametrize("fault", ["proxy-error", "malformed-json", "truncated-body", "reset"])
def test_it_survives_network_errors(order: Order, aiimage_mock: AiimageMock, fault: str) -> None:
    for operation in ("recent-images", "generate-image", "check-availability"):
        aiimage_mock.fault(fault, operation=operation, times=1)
    assert fetch(aiimage_mock, order()) == 1
    assert aiimage_mock.state["credits"] == 99
    aiimage_mock.assert_well_behaved()


def test_a_picture_that_is_not_there_is_an_error(order: Order, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.fault("picture-missing")
    images = order()
    with pytest.raises(requests.HTTPError):
        fetch(aiimage_mock, images)


def test_the_token_is_not_sent_to_pictures(order: Order, aiimage_mock: AiimageMock) -> None:
    fetch(aiimage_mock, order())
    (asked,) = aiimage_mock.requests("getPicture")
    assert "authorization" not in dict(asked["headers"])


def test_the_command_writes_a_picture(aiimage_mock: AiimageMock, tmp_path: Path) -> None:
    where = {"AIIMAGE_BASE_URL": aiimage_mock.base_url, "AIIMAGE_TOKEN": aiimage_mock.token}
    command = [sys.executable, str(module.__file__), "A fox", "fox.png"]
    subprocess.run(command, cwd=tmp_path, env={**os.environ, **where}, check=True)
    assert (tmp_path / "fox.png").read_bytes().startswith(b"\x89PNG")
    aiimage_mock.assert_well_behaved()
