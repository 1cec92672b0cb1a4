"""A browser that shows the page of a mock, and the problems that it reports."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect, sync_playwright

from support.mock import PREFIX
from support.server import Server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE_MS = 10_000
# A browser under root refuses its own sandbox; here it opens only this machine's own mock.
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]

expect.set_options(timeout=PATIENCE_MS)


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine, or None. AIIMAGE_CHROMIUM may name one."""
    named = os.environ.get("AIIMAGE_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium(path: str, *flags: str) -> Iterator[Browser]:
    """Run a browser with additional flags. While it runs, no test of this thread can run its own event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        yield browser
        browser.close()


class Mocked:
    """A mock in its own process, and the calls of a test."""

    def __init__(self, server: Server, admin_token: str | None = None) -> None:
        self.origin = server.origin
        headers = {"authorization": f"Bearer {admin_token}"} if admin_token else {}
        self._control = httpx.Client(base_url=f"{self.origin}/_mock", headers=headers, timeout=30)
        self._client = httpx.Client(base_url=self.origin, timeout=30)

    def close(self) -> None:
        self._control.close()
        self._client.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Return the response of the control API."""
        reply = self._control.request(method, path, json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def world(self, token: str) -> dict[str, Any]:
        found: dict[str, Any] = self.control("GET", f"/worlds/{token}")
        return found

    def name(self, token: str) -> str:
        """Return the name of the world of a token, and create the world if it does not exist."""
        return str(self.control("PATCH", f"/worlds/{token}", {})["world"])

    def get(self, operation: str, token: str | None) -> httpx.Response:
        return self._client.get(f"{PREFIX}/{operation}", headers=_bearer(token))

    def generate(self, token: str, prompt: str = "A fox", count: int = 1) -> httpx.Response:
        """Generate images with an engine that needs only a prompt."""
        order = {"image_generator": "flux-pro", "description_flux_pro": prompt, "image_number_of_images": count}
        return self.order(token, order)

    def order(self, token: str, order: Mapping[str, Any], **headers: str) -> httpx.Response:
        return self._client.post(f"{PREFIX}/generate-image", headers={**_bearer(token), **headers}, json=order)

    def fetch(self, output: str) -> httpx.Response:
        """Fetch a picture as a client does."""
        return self._client.get(f"/{output}")


def _bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"authorization": f"Bearer {token}"}


class Watched:
    """Tabs that show the page of one mock, with their problems: errors, and requests to other hosts."""

    def __init__(self, browser: Browser, mocked: Mocked) -> None:
        self.mocked = mocked
        self.problems: list[str] = []
        self.expected: tuple[str, ...] = ()
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def open(self, *tokens: str, page: Page | None = None, **context: Any) -> Page:
        """Return a live tab that shows the worlds of these tokens. page: a tab of the same window."""
        tab = page.context.new_page() if page else self._context(**context).new_page()
        self._watch(tab)
        tab.goto(self.address(*tokens))
        expect(tab.locator("#live")).to_have_text("live")
        return tab

    def address(self, *tokens: str) -> str:
        named = zip(("world", "beside"), map(self.mocked.name, tokens), strict=False)
        return f"{self.mocked.origin}/_mock/#{'&'.join(f'{key}={name}' for key, name in named)}"

    def tab(self, **context: Any) -> Page:
        """Return an empty tab of a new window."""
        tab = self._context(**context).new_page()
        self._watch(tab)
        return tab

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _context(self, **options: Any) -> BrowserContext:
        context = self._browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self._contexts.append(context)
        return context

    def _watch(self, tab: Page) -> None:
        tab.set_default_timeout(PATIENCE_MS)
        tab.on("pageerror", lambda error: self._note(f"error: {error}"))
        tab.on("console", self._said)
        tab.on("request", self._request)

    def _said(self, said: ConsoleMessage) -> None:
        if said.type != "log":
            self._note(f"{said.type}: {said.text} ({said.location['url']})")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.mocked.origin, "data:", "blob:")):
            self._note(f"request: {request.url}")

    def _note(self, problem: str) -> None:
        if not any(each in problem for each in self.expected):
            self.problems.append(problem)


def part(where: Page | Locator, name: str) -> Locator:
    """Return the element with a role in a pane."""
    return where.locator(f'[data-part="{name}"]')


def rows(where: Page | Locator) -> Locator:
    """Return the rows of the timeline that are in the page."""
    return where.get_by_role("option").and_(where.locator(".row"))
