"""The settings that one exchange shows by itself."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from contract_tests.calibration.sightings import (
    Sighting,
    of_input,
    of_limit,
    of_list,
    of_refused_engine,
    of_samples,
    sightings,
)
from contract_tests.client.call import Call, Reply
from contract_tests.client.exchange import Exchange
from contract_tests.oracle.engines import Fields
from contract_tests.oracle.samples import FIELDS, INVALID, invalid
from contract_tests.oracle.settings import load_settings

ENTRY = {"id": 1, "title": "a.png", "input": FIELDS["description"], "output": "uploads/a.png"}
MADE = {"status": "success", "images": [ENTRY], "image_storage": "public"}
LISTED = {**ENTRY, "created_at": "2026-02-26T10:00:00Z"}


def reply(status: int, body: Any, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, named, json.dumps(body).encode(), Exchange("GET", "http://h/", "primary", None))


def outcomes(found: Iterable[Sighting]) -> dict[str, Any]:
    return {each.question.name: each.outcome for each in found}


def seen(operation: str | None, answered: Reply, fields: Fields | None = None, **values: Any) -> dict[str, Any]:
    call = Call(
        "POST" if fields else "GET",
        "http://h/",
        values.pop("role", "primary"),
        json=fields,
        authorization="Bearer x",
        **values,
    )
    found = {sighting.question.name: sighting.outcome for sighting in sightings(operation, call, answered)}
    for name, value in found.items():
        if name in load_settings() and name != "versions":
            assert load_settings()[name].accepts(value), (name, value)
    return found


@pytest.mark.parametrize(
    ("operation", "answered", "fields", "name", "outcome"),
    [
        (None, reply(404, {"message": "No."}), None, "error_body", "flat"),
        (None, reply(404, {"success": False, "error": {"message": "No."}}), None, "error_body", "envelope"),
        (None, reply(404, {"error": {"message": "No."}, "message": "No."}), None, "error_body", "both"),
        (None, reply(429, {"error": {"message": "No."}, "errors": ["No."]}), None, "error_body", "both"),
        ("generateImage", reply(409, {"message": "Busy."}), FIELDS, "locked_status_field", "absent"),
        ("generateImage", reply(409, {"status": "error", "message": "B"}), FIELDS, "locked_status_field", "present"),
        ("generateImage", reply(409, {"message": "Busy."}), FIELDS, "locked_message_field", "message"),
        ("generateImage", reply(409, {"error": "Busy."}), FIELDS, "locked_message_field", "error"),
        ("generateImage", reply(409, {"error": "Busy."}), FIELDS, "locked_status_field", "absent"),
        ("generateImage", reply(429, {"errors": ["Full."]}), FIELDS, "daily_limit_body", "errors"),
        ("generateImage", reply(429, {"message": "Full."}), FIELDS, "daily_limit_body", "message"),
        ("generateImage", reply(200, MADE), FIELDS, "image_storage", "public"),
        ("generateImage", reply(200, MADE), FIELDS, "output_form", "relative"),
        ("generateImage", reply(200, MADE), FIELDS, "further_fields", "none"),
        ("generateImage", reply(200, {**MADE, "images": [{**ENTRY, "slug": "a"}]}), FIELDS, "further_fields", "family"),
        ("generateImage", reply(200, {**MADE, "images": [{**ENTRY, "output": "/a"}]}), FIELDS, "output_form", "slash"),
        ("generateImage", reply(200, {**MADE, "images": [ENTRY | {"output": "//s"}]}), FIELDS, "output_form", "slash"),
        ("generateImage", reply(200, {**MADE, "images": [ENTRY | {"output": "s://s"}]}), FIELDS, "output_form", "url"),
        ("getVersions", reply(200, {}), None, "rate limit in headers", "none"),
        ("getVersions", reply(200, {}, x_ratelimit_limit="60"), None, "rate limit in headers", "starter"),
        ("getVersions", reply(401, {"message": "No."}, ), None, "rate limit in headers", "none"),
        ("getRecentImages", reply(200, [LISTED]), None, "created_at", "seconds"),
    ],
)  # fmt: skip
def test_a_reply_shows_a_setting(
    operation: str | None, answered: Reply, fields: Fields | None, name: str, outcome: object
) -> None:
    assert seen(operation, answered, fields)[name] == outcome


@pytest.mark.parametrize(
    ("errors", "outcome"),
    [({"size": ["a"], "quality": ["b"]}, "errors"), ({"size": ["a"]}, "first-error"), (None, "message")],
)
def test_a_refusal_of_two_errors_shows_how_they_are_named(errors: object, outcome: str) -> None:
    body = {"message": "a"} if errors is None else {"message": "a", "errors": errors}
    fields = {name: value for name, value in FIELDS.items() if name not in {"size", "quality"}}
    found = seen("generateImage", reply(422, body), fields, invalid=True)
    assert (found["invalid_status"], found["invalid_body"]) == (422, outcome)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        (INVALID, "image_generator"),
        # A service may accept a quality that the document does not list.
        (invalid("several-errors").fields, "size"),
    ],
)
def test_a_refusal_of_one_error_does_not_show_how_several_are_named(fields: Fields, named: str) -> None:
    body = {"message": "a", "errors": {named: ["a"]}}
    assert "invalid_body" not in seen("generateImage", reply(422, body), fields, invalid=True)


@pytest.mark.parametrize("body", [{"dall-e": ["dalle3"]}, {"dall-e": {}}, {"dall-e": 3}])
def test_versions_that_are_not_texts_show_nothing(body: object) -> None:
    assert "versions" not in seen("getVersions", reply(200, body))


def test_the_documented_409_of_the_check_shows_no_form_of_errors() -> None:
    assert "error_body" not in seen("checkAvailability", reply(409, {"status": "error", "message": "Busy."}))


def test_a_queued_image_shows_no_form_of_its_output() -> None:
    fields = {"image_generator": "flux-pro", "description_flux_pro": "A lamp", "image_number_of_images": 1}
    entry = {**ENTRY, "status": "IN_QUEUE", "output": "http://h/placeholder.svg"}
    found = seen("generateImage", reply(200, {**MADE, "images": [entry]}), fields)
    assert found["flux-pro queued"] is True
    assert "output_form" not in found


@pytest.mark.parametrize(
    ("moments", "order"), [((2, 1), "newest-first"), ((1, 2), "oldest-first"), ((1, 1), None), ((1, 2, 1), None)]
)
def test_times_show_the_order_of_a_list(moments: tuple[int, ...], order: str | None) -> None:
    entries = [{**LISTED, "created_at": f"2026-02-26T10:00:0{each}Z"} for each in moments]
    found = {sighting.question.name: sighting.outcome for sighting in of_list(entries)}
    assert found.get("recent_order") == order


@pytest.mark.parametrize(
    ("text", "trimming"),
    [("A lamp", "unicode"), ("\u200bA lamp\u200b", "ascii"), (" \u200bA lamp\u200b ", "none"), ("Another", None)],
)
def test_an_input_shows_how_its_prompt_was_trimmed(text: str, trimming: str | None) -> None:
    found = {
        each.question.name: each.outcome for each in of_input({**FIELDS, "description": " \u200bA lamp\u200b "}, text)
    }
    assert found.get("text_trimming") == trimming


@pytest.mark.parametrize(("text", "shown"), [("A lamp", "omitted"), ("A lamp calm", "appended"), ("A la...", None)])
def test_an_input_shows_whether_modifiers_are_appended(text: str, shown: str | None) -> None:
    fields = {**FIELDS, "description": "A lamp", "mood": "calm"}
    assert {each.question.name: each.outcome for each in of_input(fields, text)}.get("input_modifiers") == shown


@pytest.mark.parametrize(
    ("status", "body", "form"), [(401, {"message": "No."}, "json"), (401, None, "page"), (302, None, "redirect")]
)
def test_a_call_without_a_token_shows_how_it_is_refused(status: int, body: object, form: str) -> None:
    answered = reply(status, body, location="/login") if status == 302 else reply(status, body)
    found = outcomes(sightings("getVersions", Call("GET", "http://h/"), answered))
    assert found["unauthenticated_body"] == form
    assert found.get("unauthenticated_status") == (None if status == 302 else status)


def test_a_call_without_a_token_that_accepts_no_json_shows_nothing_about_those_that_do() -> None:
    call = Call("GET", "http://h/", accept="text/html")
    assert "unauthenticated_body" not in outcomes(sightings("getVersions", call, reply(401, None)))


def test_two_images_show_that_two_are_accepted() -> None:
    fields = {**FIELDS, "image_number_of_images": 2}
    assert seen("generateImage", reply(200, {**MADE, "images": [ENTRY, ENTRY]}), fields)["2 images at once"] is True


@pytest.mark.parametrize(
    ("status", "errors", "form"),
    [(422, {"size": ["No."]}, "errors"), (400, None, "message"), (403, None, None)],
)
def test_a_refusal_for_a_limit_shows_its_form(status: int, errors: object, form: str | None) -> None:
    body = {"message": "No."} if errors is None else {"message": "No.", "errors": errors}
    found = outcomes(of_limit(reply(status, body)))
    assert (found["limit_status"], found.get("limit_body")) == (status, form)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (["image_generator"], {"dall-e offered": False}),
        (["size"], {f"{FIELDS['size']} offered": False}),
        (["description", "size"], {}),
        ([], {}),
    ],
)
def test_a_refusal_of_one_image_names_what_is_not_offered(named: list[str], expected: dict[str, bool]) -> None:
    body = {"message": "No.", "errors": {key: ["No."] for key in named}}
    assert outcomes(of_refused_engine(FIELDS, reply(422, body))) == expected


def test_samples_in_two_sizes_show_whether_the_engine_or_a_size_is_not_offered() -> None:
    other = {**FIELDS, "size": "256x256"}
    assert outcomes(of_samples([FIELDS], other)) == {f"{FIELDS['size']} offered": False}
    assert outcomes(of_samples([FIELDS, other], None)) == {"dall-e offered": False}
    assert outcomes(of_samples([], other)) == {}


@pytest.mark.parametrize("body", [None, [], "text", {"images": 3}, {"images": [3]}, [3], {"error": 3}])
@pytest.mark.parametrize("status", [200, 404, 409, 422, 429])
def test_no_body_is_too_odd(body: object, status: int) -> None:
    for operation in (None, "generateImage", "getRecentImages", "getVersions", "checkAvailability"):
        seen(operation, reply(status, body), FIELDS if operation == "generateImage" else None)
