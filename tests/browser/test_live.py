"""What the page does when the mock goes away and comes back."""

from contextlib import closing

from playwright.sync_api import Browser, expect

from support.browser import Mocked, Watched, part
from support.server import Server


def test_a_lost_connection_is_plain_to_see_and_made_up_for(browser: Browser) -> None:
    with Server("--generation-time", "0") as first, closing(Mocked(first)) as mocked:
        tabs = Watched(browser, mocked)
        tabs.expected = ("ERR_",)
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
    tabs.close()
    assert tabs.problems == []
