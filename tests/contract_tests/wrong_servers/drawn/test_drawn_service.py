"""A drawn server over HTTP: its ways show on the wire, and its charges are recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from contract_tests.wrong_servers.drawn.drawing import named
from contract_tests.wrong_servers.drawn.service import Service
from contract_tests.wrong_servers.drawn.serving import Server, brotli_stored
from contract_tests.wrong_servers.listening import in_thread
from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.state import token_of

FIELDS = {
    "image_generator": "dall-e",
    "description": "A lighthouse",
    "size": "512x512",
    "quality": "standard",
    "image_number_of_images": 2,
    "mood": "calm",
}
FLUX = {"image_generator": "flux-pro", "description_flux_pro": "A crane", "image_number_of_images": 1}


class Client:
    """Calls one server as its account primary."""

    def __init__(self, server: Server) -> None:
        self.server = server
        headers = {"Authorization": f"Bearer {token_of('primary')}"}
        self.http = httpx.Client(base_url=f"{server.address}/api/v1/aiimage/", headers=headers)

    def generate(self, **changed: Any) -> httpx.Response:
        return self.http.post("generate-image", json={**FIELDS, **changed})

    def fetch(self, output: str) -> httpx.Response:
        return httpx.get(f"{self.server.address}/{output.lstrip('/')}", follow_redirects=True)


@contextmanager
def client(**ways: str) -> Iterator[Client]:
    with client_at(Pace(200), **ways) as calls:
        yield calls


@contextmanager
def client_at(pace: Pace, **ways: str) -> Iterator[Client]:
    server = Server(Service(named(**ways), pace, control=False))
    with in_thread(server):
        calls = Client(server)
        with calls.http:
            yield calls


def test_the_default_makes_images_and_records_what_they_cost() -> None:
    with client() as calls:
        reply = calls.generate()
        images = reply.json()["images"]
        assert [image["input"] for image in images] == ["A lighthouse"] * 2
        assert calls.fetch(images[0]["output"]).headers["content-type"] == "image/png"
        assert [image["id"] for image in calls.http.get("recent-images").json()] == [
            image["id"] for image in reversed(images)
        ]
        assert [(charge.credits, charge.images) for charge in calls.server.service.accounts.charges] == [(2, 2)]


def test_a_queued_engine_answers_with_a_placeholder_and_lists_the_picture_later() -> None:
    with client(queued="flux-pro") as calls:
        entry = calls.http.post("generate-image", json=FLUX).json()["images"][0]
        assert entry["status"] == "IN_QUEUE"
        assert calls.fetch(entry["output"]).headers["content-type"] == "image/svg+xml"
        # Time passes 200 times as fast.
        while (listed := calls.http.get("recent-images").json()[0])["status"] == "IN_QUEUE":
            pass
        assert (listed["id"], calls.fetch(listed["output"]).headers["content-type"]) == (entry["id"], "image/png")


@pytest.mark.parametrize(
    ("ways", "status", "body"),
    [
        ({"invalid": "400"}, 400, "errors"),
        ({"invalid": "200 with status: error"}, 200, "status"),
        ({"error_bodies": "envelope"}, 422, "success"),
    ],
)
def test_an_invalid_request_is_refused_in_the_drawn_way(ways: dict[str, str], status: int, body: str) -> None:
    with client(**ways) as calls:
        reply = calls.generate(size="huge")
        assert (reply.status_code, body in reply.json()) == (status, True)
        assert not calls.server.service.accounts.charges


def test_modifiers_are_appended_and_the_list_may_shorten_the_prompt() -> None:
    with client(input="modifiers appended") as calls:
        assert calls.generate().json()["images"][0]["input"] == "A lighthouse calm"
    with client(input="shortened in recent-images") as calls:
        calls.generate(description="A lighthouse on a basalt cliff at dawn")
        assert calls.http.get("recent-images").json()[0]["input"] == "A lighthouse on a ba..."


@pytest.mark.parametrize("framing", ["chunked", "chunked in pieces", "HTTP/1.0", "closed unannounced", "close"])
@pytest.mark.parametrize("encoding", ["identity", "gzip", "deflate"])
def test_every_framing_carries_the_reply(framing: str, encoding: str) -> None:
    with client(framing=framing, encoding=encoding) as calls:
        reply = calls.http.get("versions")
        assert reply.json() == {"dall-e": "dalle3", "stable-diffusion": "sd3-large"}
        assert reply.headers.get("content-encoding", "identity") == encoding


@pytest.mark.parametrize("way", ["Retry-After", "wording", "remaining", "envelope"])
def test_the_rate_is_limited_within_a_second(way: str) -> None:
    with client_at(Pace(0.01), rate_limit=way) as calls:
        assert {calls.http.get("versions").status_code for _ in range(20)} == {200, 429}


def test_a_past_is_listed_and_was_never_charged() -> None:
    with client(past="12 images", stamps="offset of hours") as calls:
        listed = calls.http.get("recent-images").json()
        moments = [datetime.fromisoformat(image["created_at"]) for image in listed]
        assert len(moments) == 10
        assert moments == sorted(moments, reverse=True)
        assert moments[0].utcoffset() == timedelta(hours=5, minutes=30)
        assert timedelta() < datetime.now(UTC) - moments[0] < timedelta(hours=2)
        assert calls.fetch(listed[-1]["output"]).headers["content-type"] == "image/png"
        assert calls.server.service.accounts.charges == []


def test_a_failed_request_may_leave_images_that_cost_nothing() -> None:
    with client(failed_generations="every fourth", failed_requests="keep all images but the last") as calls:
        statuses = [calls.generate().json()["status"] for _ in range(4)]
        assert statuses == ["success", "success", "success", "error"]
        assert len(calls.http.get("recent-images").json()) == 7
        assert sum(charge.credits for charge in calls.server.service.accounts.charges) == 6


def test_a_large_upload_is_refused_by_the_web_server() -> None:
    form = {
        "image_generator": "stablediffusion",
        "type": "upscale",
        "stable_description": "A crane",
        "image_resolution": "512x512",
        "image_number_of_images": "1",
    }
    with client(largest_upload="16 KiB", large_uploads="413 as HTML") as calls:
        replies = [
            calls.http.post("generate-image", data=form, files={"image_src": ("a.png", bytes(size), "image/png")})
            for size in (2**14, 2**14 + 1)
        ]
        assert [reply.status_code for reply in replies] == [200, 413]
        assert replies[1].headers["content-type"].startswith("text/html")


def test_all_engines_but_one_are_refused() -> None:
    with client(engines_not_offered="all but dall-e") as calls:
        assert calls.generate().json()["status"] == "success"
        assert calls.http.post("generate-image", json=FLUX).status_code == 422


def test_the_refusal_of_a_used_up_day_says_when_it_ends() -> None:
    ways = {"429_headers": "Retry-After until the day ends"}
    with client(**ways) as calls:
        calls.http.headers["Authorization"] = f"Bearer {token_of('limited')}"
        reply = calls.generate()
        assert reply.status_code == 429
        assert 0 < int(reply.headers["retry-after"]) <= 24 * 3600


def test_one_number_is_written_in_two_ways() -> None:
    with client(ids="3 or 3.0 by reply") as calls:
        made = calls.generate().json()["images"][-1]["id"]
        listed = calls.http.get("recent-images").json()[0]["id"]
        assert made == listed
        assert (type(made), type(listed)) == (int, float)


def test_brotli_is_sent_to_those_that_accept_it() -> None:
    # The format has been compared with the reference implementation: a header of 21 bits, the content, and an end.
    assert brotli_stored(b"{}") == b"\x10\x00\x10{}\x03"
    assert brotli_stored(b"") == b"\x06"
    long = brotli_stored(bytes(2**16 + 1))
    assert long == b"\xf0\xff\x1f" + bytes(2**16) + b"\x00\x00\x08" + b"\x00" + b"\x03"
    with (
        client(encoding="br") as calls,
        calls.http.stream("GET", "versions", headers={"Accept-Encoding": "br"}) as reply,
    ):
        assert reply.headers["content-encoding"] == "br"
        assert brotli_stored(b'{"dall-e":"dalle3","stable-diffusion":"sd3-large"}') == b"".join(reply.iter_raw())


def test_a_sandbox_charges_nothing_and_has_no_limit() -> None:
    with client(sandbox="every account, declared") as calls:
        for role in ("primary", "empty", "limited"):
            calls.http.headers["Authorization"] = f"Bearer {token_of(role)}"
            assert calls.generate().json()["status"] == "success"
        assert calls.server.service.accounts.charges == []
