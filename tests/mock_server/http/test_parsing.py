"""Bodies as clients really send them, and the sentences that refuse them."""

import gzip
import json
import zlib
from typing import Any

import pytest

from support.forms import END, part
from support.mock import DALL_E, PREFIX, Mock, Start, behaviour, settings

GENERATE = f"{PREFIX}/generate-image"
FORM = "multipart/form-data; boundary=x"
URLENCODED = "application/x-www-form-urlencoded"
JSON = json.dumps(DALL_E).encode()
PAIRS = {name: str(value) for name, value in DALL_E.items()}
STABLE = {
    "image_generator": "stablediffusion",
    "stable_description": "Finer",
    "type": "upscale",
    "image_resolution": "32x24",
    "image_number_of_images": "1",
}


def form(fields: dict[str, str], *more: bytes) -> bytes:
    return b"".join(
        [*(part(b'name="%s"' % name.encode(), value.encode()) for name, value in fields.items()), *more, END]
    )


def send(mock: Mock, body: bytes, content_type: str, **headers: str) -> tuple[int, dict[str, Any]]:
    """Return status and body of the reply; a refusal must cost nothing."""
    before = mock.world()["credits"]
    reply = mock.call("POST", GENERATE, content=body, headers={"Content-Type": content_type, **headers})
    assert mock.world()["credits"] == before - (reply.status_code == 200)
    return reply.status_code, reply.json()


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/json;charset=UTF-8",
        " application/json",
        "application/json, application/json",
        "text/json",
        "text/json; charset=utf-8",
        "application/vnd.api+json",
        "application/ld+json; profile=x",
        "application/problem+json",
        "application/x-json+json",
        "text/x+json",
    ],
)
def test_json_is_read_by_any_type_that_laravel_takes_for_it(mock: Mock, content_type: str) -> None:
    assert send(mock, JSON, content_type)[0] == 200


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        # curl -d without -H, axios with a string
        (JSON, URLENCODED, "It looks like JSON, sent without Content-Type: application/json."),
        (b"\n  " + JSON, URLENCODED, "sent without Content-Type: application/json."),
        (b"\xef\xbb\xbf" + JSON, f"{URLENCODED}; charset=utf-8", "sent without Content-Type: application/json."),
        (
            b"{image_generator:dall-e}",
            URLENCODED,
            "sent without Content-Type: application/json.",
        ),  # cmd.exe eats quotes
        (JSON, "text/plain;charset=UTF-8", "sent without Content-Type: application/json."),  # fetch with a string
        (JSON, "", "sent without Content-Type: application/json."),
        (JSON, "application/octet-stream", "sent without Content-Type: application/json."),
        (JSON, "multipart/form-data; boundary=x", "sent without Content-Type: application/json."),
        (form(PAIRS), "application/json", "sent without Content-Type: multipart/form-data; boundary"),  # axios
        (form(PAIRS), URLENCODED, "sent without Content-Type: multipart/form-data; boundary"),
        (form(PAIRS), "multipart/mixed; boundary=x", "sent without Content-Type: multipart/form-data; boundary"),
        (form(PAIRS), "multipart/form-data", "has no boundary: leave that header to the client's library"),
        (b"image_generator=dall-e", "application/json", f"sent without Content-Type: {URLENCODED}."),
        (b"image_generator=dall-e", "text/plain", f"sent without Content-Type: {URLENCODED}."),
    ],
)
def test_a_body_of_another_type_is_named(mock: Mock, body: bytes, content_type: str, message: str) -> None:
    status, reply = send(mock, body, content_type)
    assert (status, list(reply["errors"])) == (422, ["body"])
    assert message in reply["message"]


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        ('{"a": "é"}'.encode("latin-1"), "application/json", "JSON is UTF-8 (RFC 8259)."),
        ('{"a": "é"}'.encode("latin-1"), "application/json; charset=latin-1", "and a charset (here latin-1) has no"),
        (JSON.decode().encode("utf-16"), "application/json; charset=utf-16", "and a charset (here utf-16) has no"),
        (JSON.decode().encode("utf-16-le"), "application/json", "JSON is UTF-8 (RFC 8259)."),
        (JSON.decode().encode("utf-32"), "text/json", "JSON is UTF-8 (RFC 8259)."),
        (b"\xef\xbb\xbf" + JSON, "application/json", "it begins with a byte order mark"),
    ],
)
def test_json_in_another_encoding_is_named_and_refused_as_by_php(
    mock: Mock, body: bytes, content_type: str, message: str
) -> None:
    status, reply = send(mock, body, content_type)
    assert status == 422
    assert message in reply["message"]


@pytest.mark.parametrize("body", [b'{"a": 1,}', b"{'a': 1}", b'{"a": 1}}', b'{"a": "\\ud800"}'])
def test_the_refusal_of_malformed_json_does_not_blame_its_type(mock: Mock, body: bytes) -> None:
    status, reply = send(mock, body, "application/json")
    assert (status, "Content-Type" in reply["message"]) == (422, False)


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP", "deflate", "br", "zstd", "identity, gzip", "compress"])
def test_a_compressed_body_is_415_and_names_its_encoding(mock: Mock, encoding: str) -> None:
    body = zlib.compress(JSON) if encoding == "deflate" else gzip.compress(JSON)
    status, reply = send(mock, body, "application/json", **{"Content-Encoding": encoding})
    assert status == 415
    assert f"Content-Encoding: {encoding.rpartition(' ')[2]}" in reply["message"]
    accepted = mock.call("POST", GENERATE, content=body, headers={"Content-Encoding": encoding})
    assert accepted.headers["accept-encoding"] == "identity"  # RFC 9110, 12.5.3


@pytest.mark.parametrize("encoding", ["identity", "utf-8", "UTF-8", "", "aws-chunked", "base64"])
def test_an_encoding_that_compresses_nothing_is_ignored_as_by_php(mock: Mock, encoding: str) -> None:
    assert send(mock, JSON, "application/json", **{"Content-Encoding": encoding})[0] == 200


def test_latin_1_is_honoured_where_it_is_declared(mock: Mock) -> None:
    cafe = part(b'name="description"\r\nContent-Type: text/plain; charset=iso-8859-1', b"Caf\xe9")
    status, reply = send(mock, form({**PAIRS, "description": "x"}, cafe), FORM)
    assert (status, reply["images"][0]["input"]) == (200, "Café")


def test_a_text_that_cannot_be_decoded_is_refused(mock: Mock) -> None:
    cafe = part(b'name="description"', b"Caf\xe9")
    status, reply = send(mock, form(PAIRS, cafe), FORM)
    message = "The description field is not valid UTF-8: send UTF-8, or declare the charset."
    assert (status, reply) == (422, {"message": message, "errors": {"description": [message]}})
    assert send(mock, b"image_generator=dall-e&description=Caf%E9", URLENCODED)[1]["errors"]["description"] == [message]
    # PHP ignores an unknown field, whatever it holds.
    assert send(mock, form(PAIRS, part(b'name="other"', b"\xff\xfe")), FORM)[0] == 200


@pytest.mark.parametrize(
    ("parameters", "data", "message"),
    [
        (
            b'name="image_src"; filename=""',
            b"bytes",
            "is required when type is upscale. Its part has an empty filename",
        ),
        (b'name="image_src"; filename=""', b"", "is required when type is upscale."),
        (b'name="image_src"', b"bytes", "must be a file: its part has no filename."),
        (b'name="image_src"\r\nContent-Type: image/png', b"bytes", "must be a file: its part has no filename."),
        (b"name=\"image_src\"; filename*=UTF-8''a.png", b"bytes", "must be a file: its part has no filename."),
        (b'name="image_src[]"; filename="a.png"', b"bytes", "must be one file, not an array."),
        (b'name="image_src[a]"; filename="a.png"', b"bytes", "must be one file, not an array."),
        (b'name="image_src[]"', b"bytes", "must be one file, not an array."),
        (b'name="image"; filename="a.png"', b"bytes", "is required when type is upscale."),
        (b'name="image_src"; filename="a.png"', b"bytes", "must be an image"),
    ],
)
def test_the_problem_of_a_file_is_named(mock: Mock, parameters: bytes, data: bytes, message: str) -> None:
    status, reply = send(mock, form(STABLE, part(parameters, data)), FORM)
    assert (status, list(reply["errors"])) == (422, ["image_src"])
    assert message in reply["message"]


def test_an_upload_that_is_cut_is_refused_and_a_text_is_not(mock: Mock) -> None:
    cut = form(STABLE)[: -len(END)] + part(b'name="image_src"; filename="a.png"', b"bytes")
    message = "The image src field failed to upload: the form ends before its last boundary."  # UPLOAD_ERR_PARTIAL
    assert send(mock, cut, FORM) == (422, {"message": message, "errors": {"image_src": [message]}})
    assert send(mock, form(PAIRS)[: -len(END)], FORM)[0] == 200


def test_a_form_that_is_read_in_part_is_refused_with_the_reason_and_the_missing_fields(mock: Mock) -> None:
    nameless = b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n"
    _, reply = send(mock, part(b'name="image_generator"', b"dall-e") + nameless + form(PAIRS), FORM)
    assert reply["message"].startswith("The form cannot be read completely: a part has no name; it and what follows")
    assert list(reply["errors"]) == ["body", "image_number_of_images", "description", "size", "quality"]
    _, reply = send(mock, part(b'name="image_generator"', b"dall-e"), FORM)
    assert reply["message"] == "The form cannot be read completely: it ends before its last boundary."


@pytest.mark.parametrize("name", ["mood[]", "mood[a]", "description[]", "size[]", "quality[0]", "image_generator[]"])
def test_an_array_is_refused_as_a_text(mock: Mock, name: str) -> None:
    field = name.partition("[")[0]
    fields = {**PAIRS, name: "calm"}
    for content_type, body in (
        (FORM, form(fields)),
        (URLENCODED, "&".join(f"{k}={v}" for k, v in fields.items()).encode()),
    ):
        status, reply = send(mock, body, content_type)
        assert (status, list(reply["errors"])) == (422, [field])
        assert "must be a string" in " ".join(reply["errors"][field])


def test_an_array_is_refused_as_a_number(mock: Mock) -> None:
    _, reply = send(mock, form({**PAIRS, "image_number_of_images[]": "1"}), FORM)
    assert reply["errors"] == {"image_number_of_images": ["The image number of images field must be an integer."]}


SEVERAL = {**{name: value for name, value in STABLE.items() if name != "stable_description"}, "type": "multi-prompt"}


def test_a_multi_prompt_takes_an_array(mock: Mock) -> None:
    body = form(SEVERAL, *(part(b'name="stable_description[]"', each) for each in (b" a forest ", b"", b"thin fog")))
    assert send(mock, body, FORM)[1]["images"][0]["input"] == "a forest | thin fog"
    sent = {**SEVERAL, "image_number_of_images": 1, "stable_description": ["a forest", "thin fog"]}
    assert send(mock, json.dumps(sent).encode(), "application/json")[1]["images"][0]["input"] == "a forest | thin fog"


@pytest.mark.parametrize("prompts", [[], [""], [None], [1], [["a"]], [{"text": "a"}]])
def test_an_array_without_prompts_is_refused(mock: Mock, prompts: Any) -> None:
    sent = {**SEVERAL, "image_number_of_images": 1, "stable_description": prompts}
    status, reply = send(mock, json.dumps(sent).encode(), "application/json")
    assert (status, list(reply["errors"])) == (422, ["stable_description"])


def test_only_a_multi_prompt_takes_an_array(mock: Mock) -> None:
    sent = {**SEVERAL, "type": "text-to-image", "image_number_of_images": 1, "stable_description": ["a", "b"]}
    reply = send(mock, json.dumps(sent).encode(), "application/json")[1]
    assert reply["errors"] == {"stable_description": ["The stable description field must be a string."]}


def test_the_prompts_of_an_array_together_are_as_long_as_a_text_may_be(start: Start) -> None:
    mock = start(settings(behaves=behaviour(max_text_length=10)))
    sent = {**SEVERAL, "image_number_of_images": 1, "stable_description": ["12345", "6789"]}
    assert "10 characters" in send(mock, json.dumps(sent).encode(), "application/json")[1]["message"]


@pytest.mark.parametrize("digits", ["\uff12", "٣", "१", "²", "Ⅷ", "໕", "1\uff12", "①", "一"])
def test_digits_of_other_scripts_are_refused(mock: Mock, digits: str) -> None:
    for body, kind in (
        (form({**PAIRS, "image_number_of_images": digits}), FORM),
        (json.dumps({**DALL_E, "image_number_of_images": digits}).encode(), "application/json"),
    ):
        assert list(send(mock, body, kind)[1]["errors"]) == ["image_number_of_images"]
    size = {**STABLE, "type": "text-to-image", "image_resolution": f"{digits}2x64"}
    assert list(send(mock, form(size), FORM)[1]["errors"]) == ["image_resolution"]


QUERY = "image_generator=flux-pro&description_flux_pro=A+fox&image_number_of_images=1"


@pytest.mark.parametrize(
    ("query", "body", "content_type"),
    [
        (QUERY, b"", ""),
        (QUERY, b"{}", "application/json"),
        ("image_number_of_images=+1%20", b'{"image_generator":"flux-pro","description_flux_pro":"A fox"}', "text/json"),
        ("image_generator=flux-pro", b"description_flux_pro=A+fox&image_number_of_images=1", URLENCODED),
        ("image_number_of_images=1", form({"image_generator": "flux-pro", "description_flux_pro": "A fox"}), FORM),
        # The body comes first.
        ("image_generator=nothing&image_number_of_images=x&other=%ff", QUERY.encode(), URLENCODED),
        ("?&&=&a", QUERY.encode(), URLENCODED),
    ],
)
def test_the_query_has_what_the_body_lacks_as_in_laravel(
    mock: Mock, query: str, body: bytes, content_type: str
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    reply = mock.call("POST", f"{GENERATE}?{query}", content=body, headers=headers)
    assert reply.json()["images"][0]["input"] == "A fox"


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("image_number_of_images=x", "image_number_of_images", "must be an integer"),
        ("image_number_of_images[]=1", "image_number_of_images", "must be an integer"),
        ("image_number_of_images=%ff", "image_number_of_images", "is required"),
        ("&" * 300 + "image_number_of_images=1", "image_number_of_images", "is required"),
    ],
)
def test_a_parameter_in_the_query_is_validated_like_others(mock: Mock, query: str, field: str, message: str) -> None:
    fields = {"image_generator": "flux-pro", "description_flux_pro": "A fox"}
    errors = mock.call("POST", f"{GENERATE}?{query}", json=fields).json()["errors"]
    assert list(errors) == [field]
    assert message in errors[field][0]
