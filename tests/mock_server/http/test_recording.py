"""The journal entry of a request, and the secrets that it must not contain."""

import json
import random
from typing import Any

import pytest

from support.mock import DALL_E, PREFIX, Mock

SECRET = "canary-7f3e9a51c2d84b06"
GENERATE = f"{PREFIX}/generate-image"


def journal(mock: Mock, **query: str) -> list[dict[str, Any]]:
    requests: list[dict[str, Any]] = mock.call("GET", "/_mock/requests", None, params=query).json()["requests"]
    return requests


def test_an_entry_has_the_request_and_the_reply(mock: Mock) -> None:
    answer = mock.generate("anyone", description="a fox")
    (entry,) = journal(mock, token="anyone")
    assert (entry["method"], entry["path"], entry["operation"]) == ("POST", GENERATE, "generateImage")
    assert (entry["status"], entry["rule"], entry["why"], entry["complete"]) == (200, None, None, True)
    assert entry["fields"]["description"] == "a fox"
    assert json.loads(entry["reply"]) == answer.json()
    assert entry["made"] == [answer.json()["images"][0]["title"]]
    assert entry["seconds"] == 1.5
    assert entry["id"] == answer.headers["X-Mock-Request-Id"]


def test_the_delay_of_a_request_counts_into_its_seconds(mock: Mock) -> None:
    delayed = {"X-Mock-Fault": "delay;seconds=2"}
    mock.call("GET", f"{PREFIX}/versions", "anyone", headers=delayed)
    mock.call("POST", GENERATE, "anyone", headers=delayed, json=DALL_E)
    generated, read = journal(mock, token="anyone")
    assert (read["seconds"], generated["seconds"]) == (2, 3.5)


def test_an_entry_is_found_by_its_request_id(mock: Mock) -> None:
    request_id = mock.call("GET", f"{PREFIX}/versions").headers["X-Mock-Request-Id"]
    assert mock.call("GET", f"/_mock/requests/{request_id}", None).json()["id"] == request_id


def test_a_picture_is_in_the_journal_of_its_world(mock: Mock) -> None:
    (image,) = mock.generate("anyone").json()["images"]
    mock.call("GET", f"/{image['output']}", None)
    picture = journal(mock, token="anyone", operation="getPicture")[0]
    assert (picture["picture"], picture["status"], picture["reply"]) == (image["title"], 200, "")


def test_a_request_without_a_world_is_recorded(mock: Mock) -> None:
    mock.call("GET", f"{PREFIX}/versions", "demo-invalid")
    mock.call("GET", "/nowhere", None)
    nowhere, invalid = journal(mock)
    assert (invalid["status"], invalid["rule"], invalid["token"]) == (401, "AUTH-401", "demo***")
    assert (nowhere["status"], nowhere["token"]) == (404, "")


@pytest.mark.parametrize(
    "carrier",
    [
        {"headers": {"Cookie": f"session={SECRET}"}},
        {"headers": {"Proxy-Authorization": f"Basic {SECRET}"}},
        {"headers": {"X-Api-Key": SECRET}},
        {"headers": {"X-Trace": f"token {SECRET}"}},
        {"params": {"token": SECRET}},
        {"json": {**DALL_E, "description": f"my token is {SECRET}"}},
        {"json": {**DALL_E, SECRET: "1"}},
        {"json": {**DALL_E, "size": SECRET}},
        {"json": {**DALL_E, "description": "x" * 490 + SECRET}},
    ],
)
def test_a_token_is_masked_everywhere(mock: Mock, carrier: dict[str, Any]) -> None:
    mock.call("POST", GENERATE, SECRET, **carrier)
    mock.call("GET", f"{PREFIX}/recent-images", SECRET)
    mock.call("GET", f"/{SECRET}/nowhere", SECRET)
    kept = mock.call("GET", "/_mock/requests", None).text
    assert kept.count('"id"') >= 3
    assert SECRET not in kept
    assert SECRET[:8] not in kept


def test_a_long_request_is_truncated(mock: Mock) -> None:
    chance = random.Random(1)
    fields = {f"{chance.random()}" * 40: "y" * 2_000 for _ in range(2_000)}
    mock.call("POST", GENERATE, "anyone", json={**fields, **DALL_E}, headers={f"X-{n}": "z" * 900 for n in range(90)})
    (entry,) = journal(mock, token="anyone")
    assert len(json.dumps(entry)) < 200_000


def test_only_the_size_of_a_file_is_recorded(mock: Mock) -> None:
    fields = {"image_generator": "stablediffusion", "stable_description": "a fox", "type": "upscale"}
    data = {**fields, "image_resolution": "64x64", "image_number_of_images": "1"}
    mock.call("POST", GENERATE, "anyone", data=data, files={"image_src": ("a.png", b"not an image")})
    (entry,) = journal(mock, token="anyone")
    assert entry["fields"]["image_src"] == {"file": 12}
    assert (entry["status"], entry["rule"]) == (422, "VALID-422")


def test_the_entry_of_a_refusal_explains_it_and_has_the_nearest_valid_request(mock: Mock) -> None:
    mock.generate("demo-low", image_number_of_images=5)
    why = journal(mock, token="demo-low")[0]["why"]
    assert (why["rule"], why["source"], why["state"]) == ("CREDIT-419", "doc", {"credits": 2, "needed": 5, "images": 5})
    assert why["nearest"]["request"]["image_number_of_images"] == 2
    mock.call("POST", GENERATE, "demo-low", data={**DALL_E, "image_number_of_images": "5"})
    why = journal(mock, token="demo-low")[0]["why"]
    assert why["nearest"]["fields"][0]["sent"] == "5"
    assert why["nearest"]["request"]["image_number_of_images"] == 2
    mock.generate("demo-busy")
    why = journal(mock, token="demo-busy")[0]["why"]
    assert (why["rule"], why["ends_at"]) == ("LOCK-ONE", None)


def test_the_journal_of_a_world_keeps_the_newest_entries(mock: Mock) -> None:
    for _ in range(1_005):
        mock.call("GET", f"{PREFIX}/versions", "anyone")
    listed = mock.call("GET", "/_mock/requests", None, params={"token": "anyone", "limit": "1"}).json()
    assert (listed["total"], len(listed["requests"])) == (1_000, 1)
    coverage = mock.call("GET", "/_mock/coverage", None, params={"token": "anyone"}).json()
    (versions,) = (each for each in coverage["operations"] if each["operation"] == "getVersions")
    assert next(each["met"] for each in versions["statuses"] if each["status"] == 200) == 1_005
