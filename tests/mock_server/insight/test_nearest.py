"""The nearest request that succeeds, for each status of a refusal."""

from typing import Any

import pytest
from msgspec.structs import replace

from mock_server.contract import Contract
from mock_server.domain.clock import seconds
from mock_server.domain.entry import Entry
from mock_server.insight.nearest import nearest
from support.clocks import START
from support.journal import entry

GENERATE = "/api/v1/aiimage/generate-image"
THREE = {"image_generator": "ideogram", "description_ideogram": "a fox", "image_number_of_images": 3}


def unrouted(method: str, path: str, status: int = 404) -> Entry:
    return replace(entry(status=status, method=method, path=path), operation=None)


def location(found: dict[str, Any]) -> tuple[str, str, str]:
    return found["operation"], found["method"]["nearest"], found["path"]["nearest"]


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/aiimage/generate-image", ("generateImage", "POST", GENERATE)),
        ("GET", "/api/v1/aiimage/generate-images", ("generateImage", "POST", GENERATE)),
        ("POST", f"{GENERATE}/", ("generateImage", "POST", GENERATE)),
        ("GET", "/api/v1/aiimage/version", ("getVersions", "GET", "/api/v1/aiimage/versions")),
        ("GET", "/api/v1/AIImage/recentImages", ("getRecentImages", "GET", "/api/v1/aiimage/recent-images")),
        ("GET", "/uploads/folder/a.png", ("getPicture", "GET", "/uploads/{title}")),
    ],
)
def test_an_unknown_path_leads_to_the_most_similar_operation(
    contract: Contract, method: str, path: str, expected: tuple[str, str, str]
) -> None:
    found = nearest(unrouted(method, path), contract)
    assert location(found) == expected
    assert (found["method"]["sent"], found["path"]["sent"], found["when"]) == (method, path, "at once")


def test_a_wrong_method_is_corrected(contract: Contract) -> None:
    assert location(nearest(unrouted("GET", GENERATE, 405), contract)) == ("generateImage", "POST", GENERATE)


def test_any_path_leads_to_an_operation(contract: Contract) -> None:
    assert location(nearest(unrouted("GET", ""), contract))


def test_a_missing_picture_leads_to_the_path_of_pictures(contract: Contract) -> None:
    found = nearest(entry(operation="picture", status=404, picture="a.png"), contract)
    assert location(found) == ("getPicture", "GET", "/uploads/{title}")


def test_a_wrong_method_for_a_picture_keeps_its_path(contract: Contract) -> None:
    found = nearest(entry(operation="picture", status=405, picture="a.png", method="PUT"), contract)
    assert location(found) == ("getPicture", "GET", "/uploads/a.png")


@pytest.mark.parametrize(("authorized", "sent"), [(True, "present"), (False, "missing")])
def test_a_missing_token_is_requested_and_never_shown(contract: Contract, authorized: bool, sent: str) -> None:
    refused = entry(status=401, authorized=authorized, token="secret", headers=(("authorization", "Bearer secret"),))
    found = nearest(refused, contract)
    assert found["headers"] == [{"field": "Authorization", "sent": sent, "nearest": "Bearer <token>"}]
    assert "secret" not in repr(found)


def test_a_locked_request_can_be_repeated_when_the_lock_ends(contract: Contract) -> None:
    until = START + seconds(10) + 1
    found = nearest(entry(status=409, fields=THREE, ends_at=until, state={"lock": {"until": until}}), contract)
    assert found == {
        "operation": "generateImage",
        "when": "2026-02-26T10:00:10.000001Z",
        "method": "POST",
        "path": GENERATE,
        "fields": [],
        "encoding": "application/json",
        "request": THREE,
    }


def test_a_permanent_lock_never_ends_by_itself(contract: Contract) -> None:
    assert nearest(entry(status=409, state={"lock": {"until": None}}), contract)["when"] == "never by itself"


def daily(limit: int, used: int, reserved: int = 0, ends_at: int | None = None) -> Entry:
    state = {"daily_limit": limit, "used_today": used, "reserved": reserved, "resets_at": MIDNIGHT}
    return entry(status=429, fields=THREE, state=state, ends_at=ends_at)


def counts(found: dict[str, Any]) -> tuple[str, Any, Any]:
    changed = found["fields"][0]["nearest"] if found["fields"] else None
    return found["when"], changed, found["request"].get("image_number_of_images")


MIDNIGHT = START + 14 * 3600 * seconds(1)


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        (daily(10, 8, ends_at=MIDNIGHT), ("at once", 2, 2)),
        (daily(10, 8, 1, ends_at=MIDNIGHT), ("at once", 1, 1)),
        (daily(10, 10, ends_at=MIDNIGHT), ("2026-02-27T00:00:00Z", None, 3)),
        (daily(10, 8, 2, ends_at=MIDNIGHT), ("2026-02-27T00:00:00Z", None, 3)),
        (daily(2, 0), ("at once", 2, 2)),
        (daily(2, 2), ("2026-02-27T00:00:00Z", 2, 2)),
        (daily(0, 0), ("never by itself", None, 3)),
        (daily(2, 9), ("2026-02-27T00:00:00Z", 2, 2)),
    ],
)
def test_the_daily_limit_suggests_fewer_images_or_the_next_day(
    contract: Contract, refused: Entry, expected: tuple[str, Any, Any]
) -> None:
    assert counts(nearest(refused, contract)) == expected


@pytest.mark.parametrize(
    ("free", "needed", "expected"),
    [
        (2, 3, ("at once", 2, 2)),
        (0, 3, ("after buying credits", None, 3)),
        (5, 6, ("at once", 2, 2)),
        (1, 6, ("after buying credits", None, 3)),
    ],
)
def test_missing_credits_suggest_as_many_images_as_they_pay_for(
    contract: Contract, free: int, needed: int, expected: tuple[str, Any, Any]
) -> None:
    refused = entry(status=419, fields=THREE, state={"credits": free, "needed": needed, "images": 3})
    assert counts(nearest(refused, contract)) == expected


def test_a_call_outside_the_scope_of_a_key_never_passes_by_itself(contract: Contract) -> None:
    found = nearest(entry(status=403, code="forbidden", fields=THREE), contract)
    assert (found["when"], found["request"]) == ("never by itself", THREE)


@pytest.mark.parametrize("status", [403, 409, 413, 418, 419, 429])
def test_a_refusal_without_a_state_can_be_repeated_at_once(contract: Contract, status: int) -> None:
    assert counts(nearest(entry(status=status, fields=THREE), contract)) == ("at once", None, 3)


def test_an_invalid_request_is_corrected_field_by_field(contract: Contract) -> None:
    found = nearest(entry(status=422, fields={**THREE, "image_number_of_images": "3 foxes"}), contract)
    assert found["request"] == THREE
    assert found["fields"] == [
        {
            "field": "image_number_of_images",
            "sent": "3 foxes",
            "nearest": 3,
            "problem": "The image number of images field must be an integer.",
        }
    ]


def test_a_request_with_a_file_is_sent_as_a_form(contract: Contract) -> None:
    fields = {"image_generator": "stablediffusion", "type": "upscale"}
    found = nearest(entry(status=422, fields=fields), contract)
    assert found["encoding"] == "multipart/form-data"
    assert found["request"]["image_src"] == {"file": "a PNG, JPEG or WebP picture"}


def test_an_operation_without_parameters_has_nothing_to_correct(contract: Contract) -> None:
    found = nearest(entry(operation="versions", status=422), contract)
    assert (found["fields"], found["request"], found["encoding"]) == ([], {}, None)


def test_an_operation_that_is_no_longer_documented_is_repeated_as_sent(contract: Contract) -> None:
    found = nearest(entry(status=422, path="/old", method="PUT"), Contract("/", (), {}))
    assert (found["method"], found["path"]) == ("PUT", "/old")
