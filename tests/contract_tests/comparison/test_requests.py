"""Recorded requests as calls, and whether two requests are the same."""

import hashlib
import io

import pytest
from msgspec import structs
from PIL import Image

from contract_tests.client.masking import Secret
from contract_tests.comparison.requests import call_for, cost_of, request_differences, sends_same_bytes
from contract_tests.comparison.uploads import file_for
from contract_tests.errors import InconclusiveError
from contract_tests.oracle import resources
from contract_tests.recordings.model import Part, RecordedExchange, Request, Upload
from support.exchanges import made, refused
from support.recorded import target_at

TARGET = target_at("http://127.0.0.1:1", {"primary": "key"})
TOKENS = {"primary": Secret("key")}


def form(*parts: Part, boundary: str = "x") -> Request:
    kind = f"multipart/form-data; boundary={boundary}"
    return Request("POST", "/aiimage/generate-image", "Bearer {primary}", {"Content-Type": kind}, form=parts)


def upload(content: bytes = b"1", name: str = "a.png") -> Upload:
    return Upload(name, "image/png", len(content), hashlib.sha256(content).hexdigest(), 4, 3)


ONE, TWO = Part("a", value="1"), Part("b", value="2")


def test_boundary_and_order_of_a_form_do_not_matter() -> None:
    assert list(request_differences(form(ONE, TWO), form(TWO, ONE, boundary="y"))) == []


def test_each_part_of_a_form_matters_files_by_their_bytes() -> None:
    assert list(request_differences(form(ONE), form(ONE, ONE))) == ["form/a"]
    one, renamed, other = (Part("f", file=each) for each in (upload(), upload(name="b.png"), upload(b"2")))
    assert list(request_differences(form(one), form(renamed))) == []
    assert list(request_differences(form(one), form(other))) == ["form/f"]


def test_a_call_has_the_token_of_the_target() -> None:
    call = call_for(made(1, 0, 1), TARGET, TOKENS)
    assert (call.authorization, call.images, call.invalid) == ("Bearer key", 1, False)
    assert call.url == "http://127.0.0.1:1/api/v1/aiimage/generate-image"


def test_a_role_without_a_token_cannot_be_called() -> None:
    with pytest.raises(InconclusiveError, match="no token for the account low"):
        call_for(made(1, 0, 1, "low"), TARGET, TOKENS)


def test_a_form_with_a_name_twice_is_sent_as_it_was() -> None:
    exchange = RecordedExchange(1, "", "generateImage", "primary", 0, 1, form(ONE, ONE, Part("f", file=upload())))
    call = call_for(exchange, TARGET, TOKENS)
    assert call.body is not None
    assert call.body.count(b'name="a"') == 2
    assert b'filename="a.png"' in call.body


def test_only_what_may_be_charged_costs() -> None:
    several = made(1, 0, 1, image_number_of_images=3)
    assert [cost_of(each) for each in (several, refused(2, 0, 422, size="7"), refused(3, 0, 419, "empty"))] == [3, 0, 0]


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/webp"])
def test_an_unknown_picture_is_replaced_by_one_of_its_type_and_size(kind: str) -> None:
    _, content, sent_as = file_for(Upload("a", kind, 9, "0" * 64, 40, 30))
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.size, picture.get_format_mimetype(), sent_as) == ((40, 30), kind, kind)


def test_a_picture_of_the_project_is_sent_itself() -> None:
    content = resources.fixture("images", "teapot.png").read_bytes()
    known = Upload("x.png", "image/png", len(content), hashlib.sha256(content).hexdigest(), 1, 1)
    assert file_for(known)[1] == content
    assert sends_same_bytes(form(Part("f", file=known)))
    assert not sends_same_bytes(form(Part("f", file=upload())))


def test_a_call_has_the_origin_of_the_recorded_one() -> None:
    recorded = made(1, 0, 1)
    headers = {"accept": "*/*", "Origin": "https://app.example", "x-other": "1"}
    asked = structs.replace(recorded, request=structs.replace(recorded.request, headers=headers))
    assert call_for(asked, TARGET, TOKENS).headers == {"origin": "https://app.example"}
