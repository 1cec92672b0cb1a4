import json
from typing import Any

from werkzeug import Request

from contract_tests.client.call import Call
from contract_tests.fuzz.wire import Payload, payload_of
from contract_tests.oracle import samples
from contract_tests.oracle.kinds import Kind

FLUX = {"image_generator": "flux-pro", "image_number_of_images": 3, "description_flux_pro": "A lighthouse at dusk"}
FORM = {key: str(value) for key, value in samples.valid("variation").fields.items()}
BOUNDARY = "a-boundary"


def sent(payload: Payload) -> Call:
    return payload.apply_to(Call("POST", "http://127.0.0.1/"))


def as_json(value: Any, content_type: str | None = "application/json") -> Payload:
    return of(json.dumps(value).encode(), content_type)


def of(body: bytes, content_type: str | None) -> Payload:
    with Request.from_values(method="POST", data=body, content_type=content_type) as request:
        return payload_of(request)


def as_form(fields: dict[str, str], file: bytes | None) -> Payload:
    parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts += [('name="image_src"; filename="a.png"', file)] if file is not None else []
    text = b"".join(
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + value + b"\r\n"
        for head, value in parts
    )
    return of(text + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}")


def test_json_is_forwarded_unchanged() -> None:
    body = b'{"image_generator":  NaN}'
    payload = of(body, "application/json; charset=utf-8")
    assert (sent(payload).body, sent(payload).content_type) == (body, "application/json; charset=utf-8")
    assert payload.kind is Kind.INVALID


def test_the_number_of_images_can_be_reduced_to_one() -> None:
    assert json.loads(sent(as_json(FLUX).of_one_image()).body or b"") == {**FLUX, "image_number_of_images": 1}
    form = sent(as_form({**FORM, "image_number_of_images": "7"}, None).of_one_image())
    assert (form.fields or {})["image_number_of_images"] == "1"


def test_an_invalid_number_stays_invalid() -> None:
    for number in ("many", -2, None, [1]):
        payload = as_json({**FLUX, "image_number_of_images": number})
        assert payload.of_one_image() == payload


def test_a_form_is_split_into_fields_and_files() -> None:
    call = sent(as_form({**FORM, "": "nameless"}, b"some bytes"))
    assert call.fields == FORM
    assert call.files["image_src"][1] == b"some bytes"
    assert call.body is None


def test_the_placeholder_of_an_image_is_replaced() -> None:
    payload = as_form(FORM, b"the bytes of a PNG file")
    assert payload.kind is Kind.DOCUMENTED
    assert sent(payload).files["image_src"] == samples.upload("teapot.png")


def test_an_upload_of_arbitrary_bytes_can_be_accepted_or_refused() -> None:
    assert as_form(FORM, b"not an image").kind is Kind.OPEN
    assert as_form(FORM, b"").kind is Kind.OPEN
    assert as_form(FORM, None).kind is Kind.WITHOUT_SOURCE


def test_unreadable_bodies() -> None:
    assert of(b"{", "application/json").kind is Kind.UNREADABLE
    assert of(b"[" * 100_000, "application/json").kind is Kind.UNREADABLE
    assert of(b"not a form", "multipart/form-data").kind is Kind.UNREADABLE
    assert as_json([]).kind is Kind.UNREADABLE


def test_json_of_another_content_type_can_be_accepted_or_refused() -> None:
    assert as_json(FLUX, "text/plain").kind is Kind.OPEN
    assert as_json(FLUX, None).kind is Kind.OPEN
