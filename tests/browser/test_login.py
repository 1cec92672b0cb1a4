"""The page of a mock that was started with an admin token."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from support.browser import Mocked, Watched, part
from support.server import Server

ADMIN = "s3cret"


@pytest.fixture
def guarded(browser: Browser) -> Iterator[Watched]:
    with (
        Server("--admin-token", ADMIN, "--generation-time", "0") as server,
        closing(Mocked(server, ADMIN)) as mocked,
        closing(Watched(browser, mocked)) as tabs,
    ):
        tabs.expected = ("401",)
        yield tabs
        assert tabs.problems == []


def log_in(page: Page, token: str) -> None:
    page.get_by_label("Admin token").fill(token)
    page.keyboard.press("Enter")


def test_the_page_is_live_between_login_and_logout(guarded: Watched) -> None:
    page = guarded.tab()
    page.goto(f"{guarded.mocked.origin}/_mock/")
    log_in(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("Wrong admin token.")
    log_in(page, ADMIN)
    expect(page.locator("#live")).to_have_text("live")
    guarded.mocked.generate("demo", "Seen by who may")
    expect(page.locator(".gallery li")).to_contain_text("Seen by who may")
    expect(page.locator(".gallery img")).to_have_js_property("complete", True)
    assert page.locator(".gallery img").evaluate("(image) => image.naturalWidth") > 0
    part(page, "freeze").click()
    expect(part(page, "mode")).to_have_text("frozen")
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Admin token")).to_be_visible()


def test_an_ended_session_leads_to_the_login(guarded: Watched) -> None:
    page = guarded.tab()
    page.goto(f"{guarded.mocked.origin}/_mock/")
    log_in(page, ADMIN)
    expect(page.locator("#live")).to_have_text("live")
    page.context.clear_cookies()
    guarded.mocked.control("PATCH", "/worlds/demo", {"credits": 1})
    expect(page.get_by_label("Admin token")).to_be_visible()
