"""Requests sent again: pictures at their new addresses, and exchanges from which nothing can be learned."""

import pytest
from msgspec import structs

from contract_tests.comparison.facts import by_gateway, throttled
from contract_tests.comparison.leaving_out import reason_to_leave_out
from contract_tests.wrong_servers.drawn.drawing import named
from support.exchanges import check, exchange, made
from support.recorded import Client
from support.recorded_draw import drawn


@pytest.mark.parametrize("way", ["redirect", "two relative redirects"])
def test_redirects_to_a_picture_are_followed_step_by_step(way: str) -> None:
    draw = named(picture_path=way, generation_time="0.4 s")

    def fetch(client: Client) -> None:
        reply = client.picture(client.generate().images[0]["output"])
        while reply.redirects:
            reply = client.picture(str(reply.headers["location"]))

    with drawn(draw) as before:
        recording = before.recorded(fetch)
    with drawn(draw, first=700) as after:
        outcome = after.asked_again(recording)
    assert outcome.played.left_out == {}
    assert len(outcome.pairs) == len(recording.exchanges) > 2
    assert outcome.differences() == []


def test_an_exchange_without_a_reply_or_a_body_is_left_out() -> None:
    whole = made(1, 0, 1)
    assert reason_to_leave_out(whole) is None
    assert reason_to_leave_out(structs.replace(whole, response=None)) == "it got no reply"
    cut = structs.replace(whole.request, left_out_bytes=9)
    assert reason_to_leave_out(structs.replace(whole, request=cut)) == "its body is not part of the recording"


def test_a_rate_limit_and_a_gateway_say_nothing_about_the_api() -> None:
    limited = check(1, 0, 429)
    assert throttled(limited)
    assert reason_to_leave_out(limited) == "the service limited the rate of requests"
    gone = exchange(2, "getVersions", 0, 1, 503)
    assert by_gateway(gone)
    assert reason_to_leave_out(gone) == "a gateway answered"


def test_a_picture_of_another_image_is_left_out() -> None:
    with drawn(named(past="3 images", generation_time="0.4 s")) as before:
        recording = before.recorded(lambda client: fetched_from_the_past(client))
        again = before.asked_again(recording)
    assert list(again.played.left_out.values()) == ["the picture belongs to an image that was not made again"]


def fetched_from_the_past(client: Client) -> None:
    client.picture(client.recent().json()[0]["output"])
