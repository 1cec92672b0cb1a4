"""The conforming server keeps to the facts, in either presentation."""

import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from PIL import Image

from contract_tests.oracle.images import common_part
from contract_tests.wrong_servers.parameters import Engine
from contract_tests.wrong_servers.service import Operation
from contract_tests.wrong_servers.state import ROLES, token_of
from contract_tests.wrong_servers.wire import Reply
from support.wrong_servers import serving

API = "/api/v1/aiimage"
FIELDS = {
    "image_generator": "dall-e",
    "description": "  A buoy at low tide ",
    "size": "256x256",
    "quality": "hd",
    "image_number_of_images": 2,
}
UPLOAD = {"image_src": ("buoy.png", b"\x89PNG", "image/png")}


def client_of(origin: str, role: str) -> httpx.Client:
    return httpx.Client(base_url=origin, headers={"Authorization": f"Bearer {token_of(role)}"})


@pytest.fixture(scope="module", params=[False, True], ids=["foreign", "control"])
def origin(request: pytest.FixtureRequest) -> Iterator[str]:
    with serving("conforming", control=request.param) as origin:
        yield origin


@pytest.fixture
def primary(origin: str) -> Iterator[httpx.Client]:
    with client_of(origin, "primary") as client:
        yield client


def test_images_are_made_listed_and_fetched(primary: httpx.Client) -> None:
    reply = primary.post(f"{API}/generate-image", json=FIELDS)
    assert reply.status_code == 200
    images = reply.json()["images"]
    assert len({image["id"] for image in images}) == 2
    assert {image["input"] for image in images} == {"A buoy at low tide"}
    recent = primary.get(f"{API}/recent-images").json()
    for made, listed in zip(reversed(images), recent, strict=False):
        assert common_part(listed) == common_part(made)
        picture = httpx.get(primary.base_url.join(made["output"]))
        assert Image.open(io.BytesIO(picture.content)).size == (256, 256)


@pytest.mark.parametrize(
    ("role", "status"),
    [("empty", 419), ("limited", 429), ("busy", 409), ("invalid", 401), ("low", 200), ("secondary", 200)],
)
def test_each_role_gets_its_reply(origin: str, role: str, status: int) -> None:
    with client_of(origin, role) as client:
        assert client.post(f"{API}/generate-image", json=FIELDS).status_code == status


def test_every_role_has_its_own_token() -> None:
    assert len({token_of(role) for role in ROLES}) == len(ROLES)


@pytest.mark.parametrize("missing", FIELDS)
def test_a_missing_parameter_is_named(primary: httpx.Client, missing: str) -> None:
    reply = primary.post(f"{API}/generate-image", json={**FIELDS, missing: " "})
    assert reply.status_code == 422
    assert missing in reply.json()["errors"]


@pytest.mark.parametrize("odd", [[], {}, 3, True, ["upscale"], {"a": "b"}, 10**400, "\ud800"])
def test_odd_values_are_refused(primary: httpx.Client, odd: object) -> None:
    fields = dict.fromkeys((*FIELDS, "type", "image_resolution", "image_src", "mood"), odd)
    for engine in ("dall-e", "stablediffusion", odd):
        body = json.dumps({**fields, "image_generator": engine})
        reply = primary.post(f"{API}/generate-image", content=body, headers={"Content-Type": "application/json"})
        assert reply.status_code == 422


@pytest.mark.parametrize(("files", "status"), [(UPLOAD, 200), ({"image_src": ("", b"")}, 422)])
def test_a_type_with_a_source_needs_an_image(primary: httpx.Client, files: dict[str, object], status: int) -> None:
    fields = {
        "image_generator": "stablediffusion",
        "stable_description": "A buoy",
        "type": "upscale",
        "image_resolution": "64x32",
        "image_number_of_images": "1",
    }
    assert primary.post(f"{API}/generate-image", data=fields, files=files).status_code == status  # type: ignore[arg-type]


def test_unknown_paths_and_methods_are_distinguished(primary: httpx.Client) -> None:
    assert primary.get(f"{API}/nowhere").status_code == 404
    refused = primary.delete(f"{API}/versions")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


def test_another_stack_has_its_own_style() -> None:
    with serving("conforming", control=False) as origin, client_of(origin, "primary") as client:
        reply = client.get(f"{API}/check-availability")
        assert reply.headers["transfer-encoding"] == "chunked"
        assert (b"x-powered-by", b"PHP/8.3.6") in reply.headers.raw
        assert reply.json().keys() > {"status", "message"}
        made = client.post(f"{API}/generate-image", json=FIELDS).json()
        assert 2**31 < made["images"][0]["id"] < 2**53
        assert client.get("/_mock/health").status_code == 404


def test_a_shared_lock_prevents_a_generation_of_another_account() -> None:
    with (
        serving("conforming-with-global-lock", control=True) as origin,
        client_of(origin, "slow") as slow,
        client_of(origin, "primary") as other,
        ThreadPoolExecutor(1) as pool,
    ):
        clock = f"/_mock/worlds/{token_of('slow').replace('|', '%7C')}/clock"
        slow.post(clock, json={"freeze": True})
        running = pool.submit(slow.post, f"{API}/generate-image", json=FIELDS)
        while other.get(f"{API}/check-availability").status_code == 200:
            pass
        assert other.post(f"{API}/generate-image", json=FIELDS).status_code == 409
        slow.post(clock, json={"advance_to": "generation-end"})
        assert running.result().status_code == 200


def test_the_lock_prevents_a_second_generation_until_it_expires() -> None:
    with (
        serving("conforming", control=True) as origin,
        client_of(origin, "slow") as client,
        ThreadPoolExecutor(1) as pool,
    ):
        clock = f"/_mock/worlds/{token_of('slow').replace('|', '%7C')}/clock"
        client.post(clock, json={"freeze": True})
        running = pool.submit(client.post, f"{API}/generate-image", json=FIELDS)
        while client.get(f"{API}/check-availability").status_code == 200:
            pass
        assert client.post(f"{API}/generate-image", json=FIELDS).status_code == 409
        for offset, status in ((-1, 409), (0, 200)):
            assert client.post(clock, json={"advance_to": "lock-expiry", "offset_ms": offset}).status_code == 200
            assert client.get(f"{API}/check-availability").status_code == status
            assert not running.done()
        client.post(clock, json={"advance_to": "generation-end"})
        assert running.result().status_code == 200


SIZES = frozenset({"320x200", "640x400"})
PAINTER = Engine("painter", "motif", {"canvas": SIZES, "strokes": range(1, 9), "note": frozenset()}, "canvas", {"note"})
PAINTING = {"image_generator": "painter", "motif": "A buoy", "canvas": "320x200", "strokes": 8}


def test_an_engine_can_be_added_as_data() -> None:
    with serving("conforming", control=True, engines=[PAINTER]) as origin, client_of(origin, "primary") as client:

        def generate(**changed: object) -> httpx.Response:
            fields = {**PAINTING, "image_number_of_images": 1, **changed}
            return client.post(f"{API}/generate-image", json=fields)

        made = generate().json()["images"][0]
        assert made["input"] == "A buoy"
        picture = httpx.get(f"{origin}/{made['output']}")
        assert Image.open(io.BytesIO(picture.content)).size == (320, 200)
        assert generate(note="in oil").status_code == 200
        for name, value in {"motif": "", "canvas": "1x1", "strokes": 9, "note": 3}.items():
            assert generate(**{name: value}).json()["errors"].keys() == {name}


def test_an_engine_that_was_not_added_is_refused() -> None:
    with serving("conforming", control=False) as origin, client_of(origin, "primary") as client:
        reply = client.post(f"{API}/generate-image", json={**PAINTING, "image_number_of_images": 1})
    assert reply.status_code == 422


@pytest.mark.parametrize(("name", "status"), [("conforming", 401), ("no-authentication", 204)])
def test_an_operation_can_be_added_as_data(name: str, status: int) -> None:
    deletion = Operation("delete-image", "DELETE", "images/{id}", Reply(204))
    with serving(name, control=False, operations=[deletion]) as origin, client_of(origin, "primary") as client:
        reply = client.delete(f"{API}/images/401")
        assert (reply.status_code, reply.content) == (204, b"")
        assert client.get(f"{API}/images/401").headers["allow"] == "DELETE"
        assert client.delete(f"{API}/images/401/more").status_code == 404
        assert httpx.delete(f"{origin}{API}/images/401").status_code == status
