"""Rows and verdict in sight without scrolling, times, menus, and the page on paper."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from support.browser import Mocked, Watched, part, rows
from support.load import send

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
FIT = """(rows) => rows.filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length"""
CLIPPED = (
    """(nodes) => nodes.filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => node.textContent)"""
)


def test_twenty_rows_the_verdict_and_the_coverage_are_in_sight(watched: Watched, shared: Mocked, token: str) -> None:
    send(shared.origin, token, 60)
    shared.control("PATCH", f"/worlds/{token}", {"credits": 1_234_567, "daily_limit": 1_000_000, "used_today": 123_456})
    page = watched.open(token, viewport=DESK)
    expect(part(page, "credits")).to_have_text("1,234,567")
    expect(rows(page).nth(25)).to_be_attached()
    assert rows(page).evaluate_all(FIT) >= 20
    for name in ("verdict-chip", "met-chip"):
        expect(part(page, name)).to_be_in_viewport()
    assert page.locator(".state .figure").evaluate_all(CLIPPED) == []


def test_times_are_relative_on_the_clock_of_the_world(watched: Watched, shared: Mocked, token: str) -> None:
    shared.control("POST", f"/worlds/{token}/clock", {"freeze": True, "set": "2026-02-26T23:59:00Z"})
    shared.get("versions", token)
    page = watched.open(token)
    row = rows(page).first
    expect(row.locator(".ago")).to_have_text("now")
    expect(row.locator("time")).to_have_text("23:59:00.000")
    shared.control("POST", f"/worlds/{token}/clock", {"advance": 50})
    expect(row.locator(".ago")).to_have_text("50 s ago")
    shared.control("POST", f"/worlds/{token}/clock", {"advance": 3600})
    expect(row.locator(".ago")).to_have_text("1 h ago")
    expect(row.locator("time")).to_have_text("02-26 23:59:00.000")  # no longer the world's today
    row.click()
    expect(page.get_by_role("dialog")).to_contain_text("2026-02-26 23:59:00.000, 1 h ago")


def test_the_requests_of_all_worlds_name_theirs(watched: Watched, shared: Mocked, token: str) -> None:
    shared.get("versions", token)
    page = watched.open(token)
    expect(rows(page).first).not_to_contain_text("team***")
    page.get_by_label("Scope").select_option("all")
    part(page, "filters").get_by_label("Text").fill("team***")
    expect(rows(page).filter(has_text="team***").first).to_be_visible()


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(watched: Watched, token: str) -> None:
    page = watched.open(token)
    item = page.get_by_role("button", name="Reset this world")
    menu = page.get_by_text("World menu", exact=True)
    menu.click()
    expect(item).to_be_visible()
    page.keyboard.press("Escape")
    expect(item).to_be_hidden()
    menu.click()
    expect(item).to_be_visible()
    page.mouse.click(5, 300)
    expect(item).to_be_hidden()


@contextmanager
def printed(page: Page) -> Iterator[None]:
    """Show the page as on paper."""
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    yield
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")


def test_the_whole_filtered_list_is_printed_and_nothing_is_clipped(
    watched: Watched, shared: Mocked, token: str
) -> None:
    send(shared.origin, token, 150)
    shared.generate(token, "A prompt that is longer than a line " * 4)
    page = watched.open(token, viewport={"width": 700, "height": 900})
    expect(part(page, "count")).to_have_text("151")
    page.get_by_label("Operation").first.select_option("getVersions")
    with printed(page):
        expect(rows(page)).to_have_count(150)
        assert part(page, "timeline").evaluate("(list) => list.scrollHeight <= list.clientHeight + 1")
        page.get_by_label("Operation").first.evaluate("(box) => { box.value = ''; }")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert part(page, "coverage").evaluate("(box) => box.scrollWidth <= box.clientWidth + 1")
        expect(page.get_by_role("button", name="Freeze")).to_be_hidden()
    expect(rows(page)).not_to_have_count(150)


def test_an_open_request_is_printed_whole(watched: Watched, shared: Mocked, token: str) -> None:
    shared.generate(token, "word " * 700)
    page = watched.open(token, viewport=DESK)
    rows(page).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    with printed(page):
        assert dialog.evaluate("(box) => box.scrollHeight <= box.clientHeight + 1")
        expect(page.locator("main")).to_be_hidden()


@pytest.mark.parametrize("path", ["/_mock/", "/_mock/docs"])
def test_paper_is_light_however_dark_the_screen(watched: Watched, shared: Mocked, path: str) -> None:
    page = watched.tab(color_scheme="dark")
    page.goto(f"{shared.origin}{path}")
    ink = "getComputedStyle(document.body).color.match(/\\d+/g).slice(0, 3).map(Number)"
    assert min(page.evaluate(ink)) > 200
    page.emulate_media(media="print")
    assert max(page.evaluate(ink)) < 60


def test_a_phone_shows_requests_first_and_the_form_at_a_tap(watched: Watched, shared: Mocked, token: str) -> None:
    shared.generate(token)
    page = watched.open(token, viewport=PHONE, has_touch=True)
    expect(rows(page).first).to_be_in_viewport()
    page.get_by_role("button", name="Send", exact=True).first.tap()
    expect(page.get_by_role("region", name="Send a request")).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")
    rows(page).first.tap()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize("kind", ["status", "lost-response"])
def test_a_verdict_and_refusals_are_louder_than_anything_else(
    watched: Watched, shared: Mocked, token: str, kind: str
) -> None:
    shared.generate(token, "A fox")
    fault = {"fault": kind, "code": 409} if kind == "status" else {"fault": kind, "at": "recorded"}
    shared.control("PUT", f"/worlds/{token}/faults", [fault])
    page = watched.open(token)
    part(page, "order").get_by_role("textbox", name="order-token").or_(page.get_by_label("Token of this world")).fill(
        token
    )
    part(page, "order").get_by_role("button", name="Send").click()
    expect(rows(page)).to_have_count(2)
    grounds = (
        rows(page).locator(".status").evaluate_all("(all) => all.map((each) => getComputedStyle(each).backgroundColor)")
    )
    assert grounds[0] != grounds[1] == "rgba(0, 0, 0, 0)"
