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


def test_the_login_keeps_the_world_in_the_address(guarded: Watched) -> None:
    page = guarded.tab()
    page.goto(guarded.address("demo-low"))
    log_in(page, "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    log_in(page, ADMIN)
    expect(part(page, "credits")).to_have_text("2")
    assert page.url == guarded.address("demo-low")


def test_the_reference_asks_for_the_login_and_comes_back(guarded: Watched) -> None:
    page = guarded.tab()
    page.goto(f"{guarded.mocked.origin}/_mock/docs#LOCK-10S")
    log_in(page, ADMIN)
    expect(page.locator("#LOCK-10S")).to_be_attached()
    assert page.url == f"{guarded.mocked.origin}/_mock/docs#LOCK-10S"


def test_a_mock_with_another_token_asks_for_it(browser: Browser) -> None:
    with Server("--admin-token", ADMIN) as first, closing(Mocked(first, ADMIN)) as mocked:
        tabs = Watched(browser, mocked)
        tabs.expected = ("401", "ERR_", "503")
        page = tabs.tab()
        page.goto(tabs.address("demo-low"))
        log_in(page, ADMIN)
        expect(page.locator("#live")).to_have_text("live")
        first.stop()
    with Server("--admin-token", "another", "--port", str(first.port)):
        expect(page.get_by_label("Admin token")).to_be_visible()
        log_in(page, "another")
        expect(part(page, "credits")).to_have_text("2")
    tabs.close()
    assert tabs.problems == []
