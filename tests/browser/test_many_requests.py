"""Many requests: the page does no more work than it shows."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

from playwright.sync_api import expect

from support.browser import Mocked, Watched, part, rows

MOST_ROWS = 45
WATCH = """() => {
    window.added = 0;
    const rows = (nodes) => [...nodes].filter((node) => node.classList?.contains("row")).length;
    const count = (changes) => { for (const change of changes) window.added += rows(change.addedNodes); };
    new MutationObserver(count).observe(document.querySelector(".timeline"), { childList: true, subtree: true });
}"""
READ = """(list) => {
    const box = list.getBoundingClientRect();
    return document.elementFromPoint(box.x + 30, box.y + 20).closest(".row").dataset.id;
}"""


def call(shared: Mocked, token: str, times: int) -> str:
    """Send so many requests, and return the id of the last one."""
    connection = HTTPConnection(urlsplit(shared.origin).netloc)
    for _ in range(times):
        connection.request("GET", "/api/v1/aiimage/versions", headers={"authorization": f"Bearer {token}"})
        reply = connection.getresponse()
        reply.read()
    connection.close()
    return str(reply.headers["x-mock-request-id"])


@contextmanager
def calling(shared: Mocked, token: str) -> Iterator[None]:
    """Have somebody send some 200 requests a second, at most 10,000."""
    stop = threading.Event()

    def work() -> None:
        for _ in range(1000):
            if stop.wait(0.05):
                return
            call(shared, token, 10)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_a_thousand_requests_are_a_screenful_of_rows(watched: Watched, shared: Mocked, token: str) -> None:
    first = call(shared, token, 1)
    call(shared, token, 999)
    page = watched.open(token)
    expect(part(page, "count")).to_have_text("1000")
    assert rows(page).count() <= MOST_ROWS
    assert page.locator("*").count() < 1_500
    timeline = part(page, "timeline")
    timeline.focus()
    page.keyboard.press("End")
    expect(page.locator(f'.row[data-id="{first}"]')).to_be_visible()
    expect(page.locator(f'.row[data-id="{first}"]')).to_have_attribute("aria-posinset", "1000")
    assert rows(page).count() <= MOST_ROWS


def test_a_new_request_adds_one_row(watched: Watched, shared: Mocked, token: str) -> None:
    call(shared, token, 1000)
    page = watched.open(token)
    expect(part(page, "count")).to_have_text("1000")
    page.evaluate(WATCH)
    newest = call(shared, token, 1)
    expect(rows(page).first).to_have_attribute("data-id", newest)
    assert page.evaluate("added") == 1


def test_who_reads_further_down_is_not_pushed_away(watched: Watched, shared: Mocked, token: str) -> None:
    call(shared, token, 200)
    page = watched.open(token)
    expect(part(page, "count")).to_have_text("200")
    timeline = part(page, "timeline")
    timeline.evaluate("(list) => { list.scrollTop = 100 * 46; }")
    expect(rows(page).filter(has=page.locator("time")).first).to_have_attribute("aria-posinset", "95")
    read = timeline.evaluate(READ)
    call(shared, token, 7)
    expect(part(page, "count")).to_have_text("207")
    assert timeline.evaluate(READ) == read


def test_under_load_the_newest_request_appears_and_controls_work(watched: Watched, shared: Mocked, token: str) -> None:
    call(shared, token, 1000)
    page = watched.open(token)
    with calling(shared, token):
        expect(part(page, "count")).to_have_text("1000")
        page.get_by_role("button", name="Freeze").click()
        expect(part(page, "mode")).to_have_text("frozen")
        assert shared.world(token)["clock"]["mode"] == "frozen"
        asked = shared.generate(token, "In the midst of it")
        part(page, "filters").get_by_label("Text").fill("in the midst of it")
        expect(rows(page)).to_have_count(1)
        expect(rows(page)).to_have_attribute("data-id", asked.headers["x-mock-request-id"])
        part(page, "filters").get_by_label("Text").fill("")
        assert rows(page).count() <= MOST_ROWS
    newest = call(shared, token, 1)
    expect(rows(page).first).to_have_attribute("data-id", newest)
    assert rows(page).count() <= MOST_ROWS
