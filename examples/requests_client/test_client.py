"""The functions against the mock. Time is the mock's: nobody waits."""

from collections.abc import Callable, Iterator

import pytest
import requests

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


def test_a_lock_is_waited_for(order: Order, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.change(lock={"until": "2026-02-26T12:00:03Z"})
    assert fetch(aiimage_mock, order()) == 1
    assert [each["status"] for each in aiimage_mock.requests("check-availability")] == [409, 409, 200]
    aiimage_mock.assert_well_behaved()


def test_a_lock_that_is_never_freed_is_given_up(order: Order, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.play({"lock": "forever"})
    aiimage_mock.clock.freeze()
    with pytest.raises(UnknownOutcomeError):
        order()
    aiimage_mock.assert_well_behaved()


@pytest.mark.parametrize(
    ("state", "status"), [({"credits": 0}, 419), ({"daily_limit": 0}, 429)], ids=["credits", "limit"]
)
def test_a_refusal_is_taken_for_an_answer(
    order: Order, aiimage_mock: AiimageMock, state: dict[str, int], status: int
) -> None:
    aiimage_mock.change(credits=state.get("credits", 100), daily_limit=state.get("daily_limit", 50))
    with pytest.raises(RefusedError, match=f"^{status}: You have "):
        order()
    assert [each["status"] for each in aiimage_mock.requests("generate-image")] == [status]
    aiimage_mock.assert_well_behaved()


def test_a_failed_engine_is_no_success(order: Order, aiimage_mock: AiimageMock) -> None:
    aiimage_mock.fault("upstream-failure")
    with pytest.raises(RefusedError, match=r"^200: The image engine failed"):
        order()


@pytest.mark.parametrize("at", ["before-lock", "locked", "charged", "recorded", "headers-sent", "half-body"])
def test_a_lost_reply_is_not_paid_for_twice(order: Order, aiimage_mock: AiimageMock, at: str) -> None:
    aiimage_mock.fault("lost-response", at=at, times=1)
    assert fetch(aiimage_mock, order(count=2)) == 2
    assert aiimage_mock.state["credits"] == 98
    aiimage_mock.assert_well_behaved()


@pytest.mark.parametrize("fault", ["proxy-error", "malformed-json", "reset"])
def test_trouble_on_the_way_is_got_over(order: Order, aiimage_mock: AiimageMock, fault: str) -> None:
    aiimage_mock.fault(fault, operation="generate-image", times=1)
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
