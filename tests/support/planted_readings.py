"""Tests of a client: each depends on one reading of the documentation, careful ones on none."""

# The names of the tests, each with the settings that change it, and the rule that must be named.
FRAGILE: dict[str, dict[tuple[str, ...], str]] = {
    # A redirect to a login page is not a 401 either.
    "test_unauthenticated_status": {("unauthenticated_status",): "AUTH-401", ("unauthenticated_body",): "AUTH-401"},
    "test_further_fields": {("further_fields",): "SHAPE"},
    "test_created_at": {("created_at",): "SHAPE"},
    "test_lock_release": {("lock_release",): "LOCK-RELEASE"},
    "test_generation_seconds": {("generation_seconds",): "LOCK-RELEASE"},
    "test_lock_scope": {("lock_scope",): "LOCK-SCOPE"},
    "test_locked_status_field": {("locked_status_field",): "LOCK-409-BODY"},
    "test_locked_message_field": {("locked_message_field",): "LOCK-409-BODY"},
    "test_credit_need": {("credit_need",): "CREDIT-NEED"},
    "test_daily_limit_body": {("daily_limit_body",): "DAILY-429"},
    "test_daily_unit": {("daily_unit",): "DAILY-RESET"},
    "test_daily_reset": {("daily_reset",): "DAILY-RESET"},
    "test_refusal_order": {("refusal_order",): "ORDER"},
    "test_invalid_status": {("invalid_status",): "VALID-422"},
    "test_invalid_body": {("invalid_body",): "VALID-422"},
    "test_urlencoded": {("urlencoded",): "VALID-422"},
    "test_text_trimming": {("text_trimming",): "VALID-TRIM"},
    "test_prompt_separator": {("prompt_separator",): "VALID-TRIM"},
    "test_recent_order": {("recent_order",): "RECENT-ORDER"},
    "test_input_modifiers": {("input_modifiers",): "IMG-INPUT"},
    "test_image_storage": {("image_storage",): "IMG-STORAGE"},
    "test_output_form": {("output_form",): "IMG-STORAGE"},
    "test_absent_engines": {("absent_engines",): "ENGINES"},
    "test_queued_engines": {("queued_engines",): "QUEUED"},
    "test_trailing_slash": {("trailing_slash",): "NOT-FOUND"},
    "test_default_size": {("default_size",): "IMG-SIZE"},
    "test_upscale_factor": {("upscale_factor",): "IMG-SIZE"},
    "test_error_body": {("error_body",): "ERROR-BODY"},
    "test_without_accept": {("without_accept",): "NO-ACCEPT", ("unauthenticated_body",): "AUTH-401"},
    "test_rate_limit": {("rate_limit",): "RATE"},
    "test_cors": {("cors",): "CORS"},
    "test_unversioned_paths": {("unversioned_paths",): "VERSIONING"},
    "test_max_images": {("max_images",): "a limit"},
    "test_max_text_length": {("max_text_length",): "a limit"},
    "test_the_lock_of_another_account": {("lock_release", "lock_scope"): "LOCK-RELEASE, LOCK-SCOPE"},
    "test_two_settings": {("error_body",): "ERROR-BODY", ("recent_order",): "RECENT-ORDER"},
}

HEAD = '''
import io, json
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlencode, urljoin, urlsplit
import pytest

DALLE = {"image_generator": "dall-e", "description": "A fox", "size": "256x256", "quality": "standard"}
FLUX = {"image_generator": "flux-pro", "description_flux_pro": "A fox"}
STABLE = {"image_generator": "stablediffusion", "image_resolution": "64x64"}

def call(world, method, path, body=None, timeout=10, **headers):
    """Return status, headers and body; path: beside /api/v1/aiimage/, or absolute."""
    headers = {"Accept": "application/json", **world.headers, **headers}
    if isinstance(body, dict):
        body, headers["Content-Type"] = json.dumps(body), "application/json"
    with closing(HTTPConnection(urlsplit(world.base_url).netloc, timeout=timeout)) as connection:
        connection.request(method, urljoin("/api/v1/aiimage/", path), body, {k: v for k, v in headers.items() if v})
        reply = connection.getresponse()
        content = reply.read()
    is_json = reply.headers.get_content_type() == "application/json"
    return reply.status, {name.lower() for name in reply.headers}, json.loads(content) if is_json else content

def generate(world, form=DALLE, count=1, **options):
    return call(world, "POST", "generate-image", {**form, "image_number_of_images": count}, **options)

def leave(world, form=DALLE):
    """Begin a generation that does not end, since the clock is frozen."""
    world.clock.freeze()
    with pytest.raises(TimeoutError):
        generate(world, form, timeout=0.1)

def images(world, form=DALLE, count=1):
    return generate(world, form, count)[2]["images"]

def picture(world, image):
    return call(world, "GET", urlsplit(urljoin("http://x/", image["output"])).path)[2]
'''

TESTS = """
def test_unauthenticated_status(aiimage_mock):
    assert call(aiimage_mock, "GET", "versions", Authorization="Bearer demo-invalid")[0] == 401

def test_further_fields(aiimage_mock):
    assert images(aiimage_mock)[0].keys() == {"id", "title", "input", "output"}

def test_created_at(aiimage_mock):
    images(aiimage_mock)
    assert "." not in call(aiimage_mock, "GET", "recent-images")[2][0]["created_at"]

def test_lock_release(aiimage_mock):
    aiimage_mock.clock.freeze()
    assert [generate(aiimage_mock)[0] for _ in range(2)] == [200, 200]

def test_generation_seconds(aiimage_mock):
    aiimage_mock.change(generation_time=None)
    aiimage_mock.clock.freeze()
    assert generate(aiimage_mock, timeout=0.5)[0] == 200

def test_lock_scope(aiimage_mock):
    aiimage_mock.clock.freeze()
    leave(aiimage_mock.world(generation_time=5))
    assert generate(aiimage_mock)[0] == 200

def test_locked_status_field(aiimage_mock):
    aiimage_mock.change(lock="forever")
    assert {"status", "success"} & generate(aiimage_mock)[2].keys()

def test_locked_message_field(aiimage_mock):
    aiimage_mock.change(lock="forever")
    body = generate(aiimage_mock)[2]
    assert "message" in body or body["error"]["message"]

def test_credit_need(aiimage_mock):
    aiimage_mock.change(credits=2)
    assert generate(aiimage_mock, count=3)[0] == 419

def test_daily_limit_body(aiimage_mock):
    aiimage_mock.change(daily_limit=0)
    assert {"message", "error"} & generate(aiimage_mock)[2].keys()

def test_daily_unit(aiimage_mock):
    images(aiimage_mock, count=2)
    assert aiimage_mock.state["used_today"] == 2

def test_daily_reset(aiimage_mock):
    aiimage_mock.change(daily_limit=1)
    aiimage_mock.clock.freeze("2026-02-26T11:00:00Z")
    images(aiimage_mock)
    aiimage_mock.clock.advance(2 * 3600)
    assert generate(aiimage_mock)[0] == 429

def test_refusal_order(aiimage_mock):
    aiimage_mock.change(lock="forever")
    assert generate(aiimage_mock, count=0)[0] != 409

def test_invalid_status(aiimage_mock):
    assert generate(aiimage_mock, count=0)[0] == 422

def test_invalid_body(aiimage_mock):
    status, _, body = generate(aiimage_mock, {**DALLE, "size": "1x1"}, count=0)
    assert status == 200 or "error" in body or len(body["errors"]) == 2

def test_urlencoded(aiimage_mock):
    form = urlencode({**DALLE, "image_number_of_images": 1})
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert "images" in call(aiimage_mock, "POST", "generate-image", form, **kind)[2]

def test_text_trimming(aiimage_mock):
    assert images(aiimage_mock, {**DALLE, "description": chr(0x200B) + "A fox"})[0]["input"] == "A fox"

def test_prompt_separator(aiimage_mock):
    form = {**STABLE, "type": "multi-prompt", "stable_description": ["a fox", "fog"]}
    assert "|" in images(aiimage_mock, form)[0]["input"]

def test_recent_order(aiimage_mock):
    images(aiimage_mock, count=2)
    newer, older = call(aiimage_mock, "GET", "recent-images")[2]
    assert newer["id"] > older["id"]

def test_input_modifiers(aiimage_mock):
    assert images(aiimage_mock, {**DALLE, "mood": "calm"})[0]["input"] == "A fox"

def test_image_storage(aiimage_mock):
    assert generate(aiimage_mock)[2]["image_storage"] == "public"

def test_output_form(aiimage_mock):
    assert not images(aiimage_mock)[0]["output"].startswith("/")

def test_absent_engines(aiimage_mock):
    form = {"image_generator": "ideogram", "description_ideogram": "A fox"}
    assert "images" in generate(aiimage_mock, form)[2]

def test_queued_engines(aiimage_mock):
    aiimage_mock.change(generation_time=5)
    aiimage_mock.clock.freeze()
    leave(aiimage_mock, FLUX)

def test_trailing_slash(aiimage_mock):
    assert call(aiimage_mock, "GET", "check-availability/")[0] == 200

def test_default_size(aiimage_mock):
    content = picture(aiimage_mock, images(aiimage_mock, FLUX)[0])
    assert b"<svg" in content or int.from_bytes(content[16:20]) == 1024

def test_upscale_factor(aiimage_mock):
    from PIL import Image
    upload = io.BytesIO()
    Image.new("RGB", (8, 8)).save(upload, "PNG")
    form = {**STABLE, "type": "upscale", "stable_description": "a fox", "image_number_of_images": "1"}
    part = '--x\\r\\nContent-Disposition: form-data; name="'
    parts = [f'{part}{name}"\\r\\n\\r\\n{value}\\r\\n'.encode() for name, value in form.items()]
    file = f'{part}image_src"; filename="a.png"\\r\\nContent-Type: image/png\\r\\n\\r\\n'.encode()
    body = b"".join([*parts, file, upload.getvalue(), b"\\r\\n--x--\\r\\n"])
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    (image,) = call(aiimage_mock, "POST", "generate-image", body, **kind)[2]["images"]
    assert int.from_bytes(picture(aiimage_mock, image)[16:20]) == 16

def test_error_body(aiimage_mock):
    aiimage_mock.change(credits=0)
    assert "message" in generate(aiimage_mock)[2]

def test_without_accept(aiimage_mock):
    assert call(aiimage_mock, "GET", "versions", Authorization="Bearer demo-invalid", Accept="")[0] in (401, 403)

def test_rate_limit(aiimage_mock):
    assert "x-ratelimit-limit" not in call(aiimage_mock, "GET", "versions")[1]

def test_cors(aiimage_mock):
    assert "access-control-allow-origin" in call(aiimage_mock, "GET", "versions", Origin="https://page.example")[1]

def test_unversioned_paths(aiimage_mock):
    assert call(aiimage_mock, "GET", "/api/aiimage/versions")[0] == 404

def test_max_images(aiimage_mock):
    assert len(generate(aiimage_mock, count=10)[2].get("images", [])) == 10

def test_max_text_length(aiimage_mock):
    assert "images" in generate(aiimage_mock, {**DALLE, "description": "fox " * 500})[2]

def test_the_lock_of_another_account(aiimage_mock):
    aiimage_mock.clock.freeze()
    images(aiimage_mock.world())
    assert generate(aiimage_mock)[0] == 200

def test_two_settings(aiimage_mock):
    images(aiimage_mock, count=2)
    newer, older = call(aiimage_mock, "GET", "recent-images")[2]
    aiimage_mock.change(credits=0)
    aiimage_mock.clock.advance(10)
    assert newer["id"] > older["id"] and "message" in generate(aiimage_mock)[2]

class TestCareful:
    def test_generate(self, aiimage_mock):
        assert images(aiimage_mock)[0]["id"] > 0

    def test_the_lock(self, aiimage_mock):
        aiimage_mock.clock.freeze()
        for _ in range(2):
            assert generate(aiimage_mock)[0] == 200
            aiimage_mock.clock.advance(10)

    @pytest.mark.parametrize("count", [1, 2])
    def test_recent_images(self, class_aiimage_mock, count):
        class_aiimage_mock.clock.advance(10)
        made = {image["id"] for image in images(class_aiimage_mock, count=count)}
        assert made <= {image["id"] for image in call(class_aiimage_mock, "GET", "recent-images")[2]}
        assert class_aiimage_mock.state["credits"] == {1: 99, 2: 97}[count]

    def test_refusals(self, aiimage_mock):
        status, _, body = generate(aiimage_mock, count=0)
        assert status >= 400 or body["status"] == "error"
        assert aiimage_mock.state["credits"] == 100

def test_without_the_mock():
    assert True
"""
