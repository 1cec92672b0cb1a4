"""The clock of a world as a chart."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from support.browser import Mocked, Watched, part

MORNING = "2026-02-26T09:00:00Z"


@pytest.fixture
def page(watched: Watched, shared: Mocked, token: str) -> Page:
    """A frozen world with a generation of 3 s, one in progress, a 409 during it, and a failed check."""
    shared.control("POST", f"/worlds/{token}/clock", {"freeze": True, "set": MORNING})
    shared.control("PATCH", f"/worlds/{token}", {"generation_time": 12})
    page = watched.open("demo")
    page.get_by_label("Your token").fill(token)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(part(page, "mode")).to_have_text("frozen")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(part(page, "begun")).to_have_text("1 running")
    shared.control("POST", f"/worlds/{token}/clock", {"advance": 4})
    assert shared.generate(token).status_code == 409
    shared.control("PUT", f"/worlds/{token}/faults", [{"fault": "proxy-error", "operation": "versions"}])
    shared.get("versions", token)
    page.get_by_text("Timeline", exact=True).click()
    return page


def bars(page: Page, kind: str) -> Locator:
    return part(page, "chart").locator(f".bar.{kind}")


def test_a_refusal_is_seen_beside_the_lock_that_caused_it(page: Page, shared: Mocked, token: str) -> None:
    expect(bars(page, "begun")).to_have_count(1)
    expect(bars(page, "refused")).to_have_count(1)
    expect(bars(page, "failed")).to_have_count(1)
    expect(part(page, "chart").locator(".fault")).to_have_count(1)
    expect(part(page, "chart").locator(".lock.held title")).to_have_text("Lock: held until 09:00:10")
    refused, band = bars(page, "refused").bounding_box(), part(page, "chart").locator(".lock").first.bounding_box()
    assert refused
    assert band
    assert band["x"] < refused["x"] < band["x"] + band["width"] + 2
    shared.control("POST", f"/worlds/{token}/clock", {"advance": 8})
    expect(bars(page, "good")).to_have_count(1)
    expect(bars(page, "good").locator("title")).to_contain_text("12.0 s")
    expect(part(page, "chart").locator(".charge")).to_have_text("−1")
    expect(part(page, "chart").locator(".lock title").first).to_have_text("Lock: 09:00:00, 10.0 s")


def test_a_bar_leads_to_its_request(page: Page) -> None:
    bars(page, "refused").click()
    expect(page.get_by_role("dialog", name="Request details")).to_contain_text("LOCK-ONE")


def test_the_chart_is_zoomed_and_moved(page: Page) -> None:
    span = part(page, "chart-span")
    expect(span).to_have_text("08:59:10 to 09:00:10")
    page.get_by_role("button", name="Zoom in").click()
    expect(span).to_have_text("08:59:40 to 09:00:10")
    page.get_by_role("button", name="Earlier").click()
    expect(span).to_have_text("08:59:25 to 08:59:55")
    expect(bars(page, "refused")).to_have_count(0)
    page.get_by_role("button", name="All", exact=True).click()
    expect(span).to_have_text(re.compile("^08:59:59 to 09:00:10$"))


def test_the_edge_of_a_day_is_marked(page: Page, shared: Mocked, token: str) -> None:
    shared.control("POST", f"/worlds/{token}/clock", {"advance_to": "day-reset"})
    shared.get("versions", token)
    expect(part(page, "chart").locator(".day")).to_have_count(1)
    expect(part(page, "chart")).to_contain_text("2026-02-27")
