"""A page of another origin calls the API and fetches a picture, and gets nothing of the control API. [CORS]"""

from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from support.browser import Mocked
from support.mock import PREFIX

ORDER = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}
# As a client on a page sends it, with headers that need a preflight.
CALL = """
async ([url, token, body]) => {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", accept: "application/json" };
  try {
    const reply = await fetch(url, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers });
    return [reply.status, reply.headers.get("content-type"), await reply.text()];
  } catch (error) { return [null, null, String(error)]; }
}
"""


class Elsewhere(BaseHTTPRequestHandler):
    """An empty page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>Elsewhere</title>")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[Page]:
    """An empty page at a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    Thread(target=server.serve_forever, daemon=True).start()
    with closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        yield page
    server.shutdown()
    server.server_close()


def test_a_page_of_another_origin_generates_and_fetches(elsewhere: Page, shared: Mocked, token: str) -> None:
    status, _, text = elsewhere.evaluate(CALL, [f"{shared.origin}{PREFIX}/generate-image", token, ORDER])
    assert status == 200, text
    output = shared.get("recent-images", token).json()[0]["output"]
    status, kind, _ = elsewhere.evaluate(CALL, [f"{shared.origin}/{output}", token, None])
    assert (status, kind) == (200, "image/png")


def test_a_page_of_another_origin_reads_refusals(elsewhere: Page, shared: Mocked, token: str) -> None:
    invalid = {**ORDER, "image_number_of_images": 0}
    assert elsewhere.evaluate(CALL, [f"{shared.origin}{PREFIX}/generate-image", token, invalid])[0] == 422
    assert elsewhere.evaluate(CALL, [f"{shared.origin}{PREFIX}/nowhere", token, None])[0] == 404
    assert elsewhere.evaluate(CALL, [f"{shared.origin}{PREFIX}/versions", "demo-invalid", None])[0] == 401


def test_the_control_api_is_closed_to_other_origins(elsewhere: Page, shared: Mocked, token: str) -> None:
    status, _, error = elsewhere.evaluate(CALL, [f"{shared.origin}/_mock/worlds", token, None])
    assert (status, error) == (None, "TypeError: Failed to fetch")
