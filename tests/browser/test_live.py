"""The page while the mock stops and starts again."""

from contextlib import closing

from playwright.sync_api import Browser, expect

from support.browser import Mocked, Watched, part
from support.server import Server
from support.valkey import fresh_url


def test_a_lost_connection_is_shown_and_recovered(browser: Browser) -> None:
    with Server("--generation-time", "0") as first, closing(Mocked(first)) as mocked:
        tabs = Watched(browser, mocked)
        tabs.expected = ("ERR_", "503")  # whatever is asked while it stops
        page = tabs.open("demo")
        mocked.generate("demo")
        expect(part(page, "credits")).to_have_text("99")
        first.stop()
        expect(page.locator("#live")).to_have_text("reconnecting …")
        page.get_by_role("button", name="Freeze").click()
        expect(page.locator("#notice")).to_have_text("The mock does not answer. Is it still running?×")
    with Server("--generation-time", "0", "--port", str(first.port)) as second, closing(Mocked(second)) as mocked:
        mocked.generate("demo", "After the break", count=2)
        expect(page.locator("#live")).to_have_text("live")
        expect(part(page, "credits")).to_have_text("98")
        expect(page.locator(".gallery li")).to_have_count(2)
        expect(page.locator("#notice")).to_contain_text("started again. Its state is new")
        expect(page.locator("#notice")).not_to_contain_text("does not answer")
    tabs.close()
    assert tabs.problems == []


def test_the_page_works_with_many_workers(browser: Browser, token: str) -> None:
    flags = ("--workers", "2", "--state", fresh_url(), "--admin-token", "s3cret", "--generation-time", "0")
    with (
        Server(*flags) as server,
        closing(Mocked(server, "s3cret")) as mocked,
        closing(Watched(browser, mocked)) as tabs,
    ):
        pages = [tabs.tab() for _ in range(2)]
        for page in pages:
            page.goto(tabs.address(token))
            page.get_by_label("Admin token").fill("s3cret")
            page.keyboard.press("Enter")
            expect(page.locator("#live")).to_have_text("live")
            page.goto(tabs.address(token))
        for made in range(1, 5):
            mocked.generate(token, f"Picture {made}")
        for page in pages:
            expect(page.locator(".row")).to_have_count(4)
            expect(page.locator(".gallery li")).to_have_count(4)
            expect(part(page, "credits")).to_have_text("96")
        part(pages[0], "freeze").click()
        for page in pages:
            expect(part(page, "mode")).to_have_text("frozen")
        assert tabs.problems == []
