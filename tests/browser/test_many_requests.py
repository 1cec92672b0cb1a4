"""Many requests, worlds and pictures: the page renders only what is visible, and asks for no more than it can show."""

import time

import pytest
from playwright.sync_api import Page, expect

from support.browser import Mocked, Watched, part, rows
from support.load import load, send

MAX_ROWS = 60
WATCH = """() => {
    window.added = 0;
    const rows = (nodes) => [...nodes].filter((node) => node.classList?.contains("row")).length;
    const count = (changes) => { for (const change of changes) window.added += rows(change.addedNodes); };
    new MutationObserver(count).observe(document.querySelector(".timeline"), { childList: true, subtree: true });
}"""
READ = """async (list) => {
    for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
    const box = list.getBoundingClientRect();
    return document.elementFromPoint(box.x + 30, box.y + 20).closest(".row").dataset.id;
}"""


def test_only_a_screenful_of_a_thousand_requests_is_rendered(watched: Watched, shared: Mocked, token: str) -> None:
    first = send(shared.origin, token, 1)
    send(shared.origin, token, 999)
    page = watched.open(token)
    expect(part(page, "count")).to_have_text("1,000")
    assert rows(page).count() <= MAX_ROWS
    assert page.locator("*").count() < 1_500
    timeline = part(page, "timeline")
    timeline.focus()
    page.keyboard.press("End")
    expect(page.locator(f'.row[data-id="{first}"]')).to_be_visible()
    expect(page.locator(f'.row[data-id="{first}"]')).to_have_attribute("aria-posinset", "1000")
    assert rows(page).count() <= MAX_ROWS


def test_a_new_request_adds_one_row(watched: Watched, shared: Mocked, token: str) -> None:
    last = send(shared.origin, token, 1000)
    page = watched.open(token)
    expect(rows(page).first).to_have_attribute("data-id", last)
    page.evaluate(WATCH)
    newest = send(shared.origin, token, 1)
    expect(rows(page).first).to_have_attribute("data-id", newest)
    assert page.evaluate("added") == 1


def test_new_requests_keep_the_scroll_position(watched: Watched, shared: Mocked, token: str) -> None:
    send(shared.origin, token, 200)
    page = watched.open(token)
    expect(part(page, "count")).to_have_text("200")
    timeline = part(page, "timeline")
    timeline.evaluate("(list) => { list.scrollTop = 100 * 28; }")
    expect(rows(page).filter(has=page.locator("time")).first).to_have_attribute("aria-posinset", "95")
    read = timeline.evaluate(READ)
    send(shared.origin, token, 7)
    expect(part(page, "count")).to_have_text("207")
    assert timeline.evaluate(READ) == read


def test_under_load_the_newest_request_appears_and_controls_work(watched: Watched, shared: Mocked, token: str) -> None:
    send(shared.origin, token, 1000)
    page = watched.open(token)
    with load(shared.origin, token):
        expect(part(page, "count")).to_have_text("1,000")
        page.get_by_role("button", name="Freeze").click()
        expect(part(page, "mode")).to_have_text("frozen")
        assert shared.world(token)["clock"]["mode"] == "frozen"
        reply = shared.generate(token, "During the load")
        part(page, "filters").get_by_label("Text").fill("during the load")
        expect(rows(page)).to_have_count(1)
        expect(rows(page)).to_have_attribute("data-id", reply.headers["x-mock-request-id"])
        part(page, "filters").get_by_label("Text").fill("")
        assert rows(page).count() <= MAX_ROWS
    newest = send(shared.origin, token, 1)
    expect(rows(page).first).to_have_attribute("data-id", newest)
    assert rows(page).count() <= MAX_ROWS


class Traffic:
    """Counts the bytes that a tab receives, as they are on the wire."""

    def __init__(self, page: Page) -> None:
        self.received = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.dataReceived", self._add)

    def _add(self, event: dict[str, int]) -> None:
        self.received += event["encodedDataLength"]


@pytest.mark.slow
def test_the_page_costs_little_to_load_and_less_to_keep(watched_own: Watched, own: Mocked, token: str) -> None:
    for number in range(500):
        own.get("versions", f"reader-{number}")
    for number in range(40):
        own.generate(token, f"Picture {number}")
    send(own.origin, token, 1000)
    page = watched_own.tab()
    traffic = Traffic(page)
    page.goto(watched_own.address(token))
    expect(part(page, "count")).to_have_text("1,000")
    expect(page.locator(".gallery img").first).to_have_js_property("complete", True)
    assert traffic.received < 600_000
    before, began = traffic.received, time.monotonic()
    with load(own.origin, token):
        for number in range(30):
            own.get("versions", f"newcomer-{number}")
            newest = own.generate(token, f"During the load {number}").headers["x-mock-request-id"]
            send(own.origin, token, 20)
        part(page, "filters").get_by_label("Text").fill("During the load 29")
        expect(page.locator(f'.row[data-id="{newest}"]')).to_be_visible()
    assert (traffic.received - before) / (time.monotonic() - began) < 50_000
