"""A drawn server over HTTP: its ways show on the wire, and its charges are recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from contract_tests.wrong_servers.drawn.drawing import named
from contract_tests.wrong_servers.drawn.service import Service
from contract_tests.wrong_servers.drawn.serving import Server
from contract_tests.wrong_servers.drawn.timeline import Pace
from contract_tests.wrong_servers.listening import in_thread
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
