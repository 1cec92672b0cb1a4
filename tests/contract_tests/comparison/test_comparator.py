"""Two replies: what may differ between two equal services, and what may not."""

from typing import Any

import pytest

from contract_tests.comparison.comparator import Comparator, Side, started_at
from contract_tests.comparison.difference import Difference, Pair
from contract_tests.recordings.model import Picture, RecordedExchange, Request, Response

RECORDED, REISSUED = "https://api.example", "http://127.0.0.1:8010"
JSON = {"content-type": "application/json"}
PATHS = {
    "generateImage": ("POST", "/aiimage/generate-image"),
    "getRecentImages": ("GET", "/aiimage/recent-images"),
    "checkAvailability": ("GET", "/aiimage/check-availability"),
    "getVersions": ("GET", "/aiimage/versions"),
    "picture": ("GET", "uploads/a.png"),
}


def exchange(number: int, operation: str | None, response: Response | None, at: float = 0.0) -> RecordedExchange:
    method, target = PATHS.get(operation or "", ("GET", "/nowhere"))
    request = Request(method, target, "Bearer {primary}", {"accept": "application/json"})
    return RecordedExchange(number, "", operation, "primary", at, at + 1, request, response)


def pair(operation: str | None, before: Response | None, after: Response | None, number: int = 1) -> Pair:
    at = float(number * 10)
    return Pair(exchange(number, operation, before, at), exchange(number, operation, after, at))


def reply(body: Any, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {**JSON, **named}, json=body)


def comparator(**others: Any) -> Comparator:
    return Comparator(Side(RECORDED, 1000.0), Side(REISSUED, 9000.0), **others)


def compared(operation: str | None, before: Any, after: Any, status: int = 200) -> list[Difference]:
    return comparator().compare(pair(operation, reply(before, status), reply(after, status)))


def image(id_: Any, **others: Any) -> dict[str, Any]:
    return {"id": id_, "title": f"t{id_}.png", "input": "A kite", "output": f"uploads/{id_}.png", **others}


def made(*images: dict[str, Any], storage: str = "public") -> dict[str, Any]:
    return {"status": "success", "images": list(images), "image_storage": storage}


def places(found: list[Difference]) -> list[tuple[str, str]]:
    return [(each.kind, each.where) for each in found]


def test_other_identifiers_and_addresses_are_the_same() -> None:
    assert compared("generateImage", made(image(1), image(2)), made(image(71), image(72))) == []


def test_an_id_means_the_same_image_in_both_operations() -> None:
    compare = comparator().compare
    generated = pair("generateImage", reply(made(image(1), image(2))), reply(made(image(71), image(72))))
    assert compare(generated) == []
    stamp = {"created_at": "1970-01-01T00:16:51Z"}
    later = {"created_at": "1970-01-01T02:30:11Z"}
    listed = [image(2, **stamp), image(1, **stamp)]
    same = pair("getRecentImages", reply(listed), reply([image(72, **later), image(71, **later)]), 2)
    assert compare(same) == []
    reverse = pair("getRecentImages", reply(listed), reply([image(71, **later), image(72, **later)]), 3)
    assert places(compare(reverse)) == [("order", "/response/json")]
    swapped = [image(72, **later), {**image(71, **later), "title": "t72.png"}]
    assert places(compare(pair("getRecentImages", reply(listed), reply(swapped), 4))) == [
        ("identifier", "/response/json/1/title")
    ]


def test_the_same_id_twice_is_a_difference() -> None:
    found = compared("generateImage", made(image(1), image(2)), made(image(71), {**image(72), "id": 71}))
    assert places(found) == [("identifier", "/response/json/images/1/id")]


def test_an_image_that_is_not_listed_any_more_is_a_difference() -> None:
    compare = comparator().compare
    compare(pair("generateImage", reply(made(image(1))), reply(made(image(71)))))
    found = compare(pair("getRecentImages", reply([image(1)]), reply([]), 2))
    assert places(found) == [("missing", "/response/json/0")]


def test_earlier_images_are_compared_by_their_fields_only() -> None:
    earlier = image(900, created_at="2020-01-01T00:00:00Z")
    other = image(5, created_at="2021-01-01T00:00:00Z", title="x")
    assert compared("getRecentImages", [earlier], [other, other]) == []
    assert compared("getRecentImages", [earlier], []) == []
    assert places(compared("getRecentImages", [earlier], [{**other, "slug": "x"}])) == [
        ("further", "/response/json/0/slug")
    ]


@pytest.mark.parametrize(
    ("before", "after", "kind", "where"),
    [
        (image(1), image(1, output="/uploads/1.png"), "form", "output"),
        (image(1), image(1, output="https://cdn.example/uploads/1.png"), "form", "output"),
        (image(1), image(1, input="A kite calm"), "value", "input"),
        (image(1), image("1"), "type", "id"),
        (image(1), image(1, slug="x"), "further", "slug"),
        (image(1, payload=None), image(1), "missing", "payload"),
        (image(1, payload=None), image(1, payload={}), "type", "payload"),
        (image(1, status="IN_QUEUE"), image(1, status="COMPLETED"), "value", "status"),
    ],
)
def test_a_difference_in_an_entry_has_its_place(before: Any, after: Any, kind: str, where: str) -> None:
    assert places(compared("generateImage", made(before), made(after))) == [(kind, f"/response/json/images/0/{where}")]


def test_the_values_of_undocumented_fields_do_not_count() -> None:
    assert compared("generateImage", made(image(1, slug="a")), made(image(1, slug="b"))) == []


def test_only_documented_messages_are_compared_as_they_are() -> None:
    available = {"status": "success", "message": "Image generation is available."}
    assert places(compared("checkAvailability", available, {**available, "message": "Yes."})) == [
        ("value", "/response/json/message")
    ]
    refused = {"status": "error", "message": "No credits."}
    assert compared("generateImage", refused, {**refused, "message": "Pay first."}, 419) == []


def test_a_refusal_names_the_same_fields_in_any_words() -> None:
    before = {"message": "a", "errors": {"size": ["a"]}}
    assert compared("generateImage", before, {"message": "b", "errors": {"size": ["b", "c"]}}, 422) == []
    found = compared("generateImage", before, {"message": "b", "errors": {"quality": ["b"]}}, 422)
    assert places(found) == [("missing", "/response/json/errors/size"), ("further", "/response/json/errors/quality")]


def test_a_number_may_be_written_in_two_ways() -> None:
    assert compared("generateImage", made(image(3)), made(image(3.0))) == []


def test_another_status_is_the_only_difference_of_a_reply() -> None:
    found = comparator().compare(pair("generateImage", reply({}, 422), reply(made(image(1)), 200)))
    assert [(each.kind, each.expected, each.received) for each in found] == [("status", 422, 200)]


@pytest.mark.parametrize(
    ("name", "before", "after", "differs"),
    [
        ("x-ratelimit-limit", "60", "300", False),
        ("retry-after", "5", None, True),
        ("allow", "GET, HEAD", "get", False),
        ("allow", "GET", "GET, POST", True),
        ("location", "/login", "https://api.example/login", False),
        ("x-served-by", "a", None, False),
    ],
)
def test_headers_of_which_a_rule_speaks(name: str, before: str, after: str | None, differs: bool) -> None:
    one = Response(405, {**JSON, name: before}, json={"message": "x"})
    other = Response(405, {**JSON, **({name: after} if after else {})}, json={"message": "y"})
    assert bool(comparator().compare(pair(None, one, other))) is differs


def test_pictures_have_a_size_and_a_type_and_random_bytes() -> None:
    compare = comparator().compare
    one, other = Picture("image/png", 9, "a", 256, 256), Picture("image/png", 7, "b", 256, 256)
    kind = {"content-type": "image/png"}
    assert compare(pair("picture", Response(200, kind, picture=one), Response(200, kind, picture=other))) == []
    changed = Picture("image/png", 7, "c", 256, 256)
    found = compare(pair("picture", Response(200, kind, picture=one), Response(200, kind, picture=changed), 2))
    assert places(found) == [("identifier", "/response/picture/sha256")]
    small = Picture("image/png", 7, "b", 64, 256)
    found = compare(pair("picture", Response(200, kind, picture=one), Response(200, kind, picture=small), 3))
    assert places(found) == [("value", "/response/picture/width")]


def test_a_stand_in_hides_the_value_of_a_text() -> None:
    compare = comparator(stand_ins=["zq81"]).compare
    assert compare(pair("getVersions", reply({"dall-e": "zq81"}), reply({"dall-e": "dalle3"}))) == []
    assert compare(pair("getVersions", reply({"dall-e": "other"}), reply({"dall-e": "dalle3"}), 2)) != []


def test_a_name_that_is_a_stand_in_is_bound_to_a_name_of_the_reissue() -> None:
    compare = comparator(stand_ins=["cphd"]).compare
    first = pair("generateImage", reply(made(image(1, cphd="x"))), reply(made(image(71, slug="y"))))
    assert compare(first) == []
    other = pair("generateImage", reply(made(image(2, cphd="x"))), reply(made(image(72, hash="y"))), 2)
    assert places(compare(other)) == [
        ("missing", "/response/json/images/0/cphd"),
        ("further", "/response/json/images/0/hash"),
    ]
    typed = pair("generateImage", reply(made(image(3, cphd="x"))), reply(made(image(73))), 3)
    assert places(compare(typed)) == [("missing", "/response/json/images/0/cphd")]


def test_a_reissue_without_a_reply_is_a_difference() -> None:
    assert places(comparator().compare(pair("getVersions", reply({}), None))) == [("silence", "/response")]


def dated(seconds: list[float], start: float, form: str = "Z") -> list[str]:
    from datetime import UTC, datetime

    return [datetime.fromtimestamp(start + each, UTC).strftime(f"%Y-%m-%dT%H:%M:%S{form}") for each in seconds]


@pytest.mark.parametrize(
    ("shift", "kinds"),
    [([0, 0], []), ([1, -1], []), ([400, 400], []), ([0, 60], ["distance"]), ([19800, 19800], ["distance"])],
)
def test_dates_are_compared_by_their_distances(shift: list[float], kinds: list[str]) -> None:
    compare = comparator().compare
    compare(pair("generateImage", reply(made(image(1))), reply(made(image(71))), 1))
    compare(pair("generateImage", reply(made(image(2))), reply(made(image(72))), 2))
    before = dated([11, 21], 1000.0)
    after = dated([11 + shift[0], 21 + shift[1]], 9000.0)
    listed = [image(1, created_at=before[0]), image(2, created_at=before[1])]
    again = [image(71, created_at=after[0]), image(72, created_at=after[1])]
    found = compare(pair("getRecentImages", reply(listed), reply(again), 3))
    assert [each.kind for each in found] == kinds


def test_a_manifest_without_a_date_starts_at_the_epoch() -> None:
    assert (started_at("soon"), started_at("1970-01-01T00:00:01Z")) == (0.0, 1.0)
