"""Pictures of the page for the documentation, always of the same history at the same instant."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Locator, Page, expect

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.browser import Mocked, Watched, chromium, find_chromium, part, rows
from support.pages import page as page_of
from support.server import Server

README = page_of("README")
FOLDER = Path(__file__).parents[2] / "docs" / "images"
FLAGS = ("--generation-time", "0", "--seed", "7")
STILL = (
    "--num-raster-threads=1",
    "--disable-partial-raster",
)  # otherwise the shades of round corners vary between runs
SHOP = "shop-frontend"
MORNING = "2026-02-26T09:14:03.250Z"
ORDERS = (
    ("A lighthouse in a storm, seen from the sea", "1024x1024"),
    ("Two foxes at a bus stop, watercolour", "1792x1024"),
    ("A bowl of lemons on a blue table", "512x512"),
    ("A paper boat on a rainy street", "1024x1024"),
    ("An orchard under the first snow", "1024x1792"),
)


def main() -> None:
    path = find_chromium()
    if path is None:
        sys.exit("Chromium not found: install it, or set AIIMAGE_CHROMIUM.")
    FOLDER.mkdir(exist_ok=True)
    picture()
    with Server(*FLAGS) as server, closing(Mocked(server)) as mocked, chromium(path, *STILL) as browser:
        make_history(mocked)
        overview(browser, mocked)
        exchange(browser, mocked)
        phone(browser, mocked)
        timeline(browser, mocked)


def picture() -> None:
    """Save the picture of the request in README."""
    with Server("--generation-time", "0") as server:
        fields = json.loads(README.fenced[1].text.split("-d '")[1].rstrip("'\n"))
        url, headers = f"{server.base_url}/aiimage/generate-image", {"Authorization": "Bearer demo"}
        (image,) = httpx.post(url, json=fields, headers=headers).json()["images"]
        (FOLDER / "picture.png").write_bytes(httpx.get(f"{server.origin}/{image['output']}").content)


def make_history(mocked: Mocked) -> None:
    """Make a history: pictures, refusals, faults, and a running generation."""
    mocked.control("POST", f"/worlds/{SHOP}/clock", {"freeze": True, "set": MORNING})
    mocked.control("PATCH", f"/worlds/{SHOP}", {"credits": 9, "used_today": 31})
    for prompt, size in ORDERS:
        step(mocked, 4.2)
        mocked.get("check-availability", SHOP)
        for image in order(mocked, prompt, size).json()["images"]:
            step(mocked, 0.3)
            mocked.fetch(image["output"])
    step(mocked, 1.5)
    order(mocked, "A city of glass at dawn", "1024x1024", count=7)
    step(mocked, 2)
    order(mocked, "", "1024x768")
    mocked.control(
        "PUT", f"/worlds/{SHOP}/faults", [{"fault": "proxy-error", "operation": "recent-images", "times": 2}]
    )
    for _ in range(3):
        step(mocked, 0.8)
        mocked.get("recent-images", SHOP)
    lose_an_answer(mocked)
    step(mocked, 1.2)
    order(mocked, "A kite above the dunes", "1024x1024")


def lose_an_answer(mocked: Mocked) -> None:
    """Close the connection once the lock is taken; the generation continues."""
    mocked.control("PATCH", f"/worlds/{SHOP}", {"generation_time": 6})
    with suppress(httpx.RemoteProtocolError):
        order(mocked, "A kite above the dunes", "1024x1024", fault="lost-response;at=locked")


def step(mocked: Mocked, seconds: float) -> None:
    mocked.control("POST", f"/worlds/{SHOP}/clock", {"advance": seconds})


def order(mocked: Mocked, prompt: str, size: str, count: int = 1, fault: str = "") -> httpx.Response:
    fields = {"image_generator": "dall-e", "description": prompt, "size": size, "quality": "hd"}
    return mocked.order(SHOP, {**fields, "image_number_of_images": count}, **{"x-mock-fault": fault})


@contextmanager
def opened(browser: Browser, mocked: Mocked, **context: Any) -> Iterator[Page]:
    """Open the page with the token of the world, and wait until everything is loaded."""
    with closing(Watched(browser, mocked)) as tabs:
        page = tabs.open(SHOP, reduced_motion="reduce", **context)
        page.get_by_label("Your token").fill(SHOP)
        page.get_by_role("button", name="Open", exact=True).click()
        expect(part(page, "picker").locator("option:checked")).to_have_text(SHOP)
        expect(part(page, "verdict-word")).to_have_text("misbehaved")
        expect(part(page, "count")).to_have_text(str(mocked.control("GET", f"/requests?token={SHOP}")["total"]))
        expect(page.locator(".gallery li")).to_have_count(len(ORDERS))
        settle(page)
        page.evaluate("document.activeElement.blur()")
        yield page


def settle(page: Page) -> None:
    """Wait until every picture is loaded."""
    images = page.locator("img")
    for place in range(images.count()):
        image = images.nth(place)
        image.scroll_into_view_if_needed()
        image.evaluate("(image) => image.decode()")
    page.evaluate("document.querySelector('.gallery').scrollTop = 0")
    page.evaluate("scrollTo(0, 0)")
    page.mouse.move(0, 0)


def save(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


def overview(browser: Browser, mocked: Mocked) -> None:
    with opened(browser, mocked, viewport={"width": 1360, "height": 860}) as page:
        save(page, "page-overview")


def exchange(browser: Browser, mocked: Mocked) -> None:
    with opened(browser, mocked, viewport={"width": 1360, "height": 860}, color_scheme="dark") as page:
        rows(page).filter(has_text="CREDIT-419").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        hide_id(dialog)
        save(page, "page-request")


def timeline(browser: Browser, mocked: Mocked) -> None:
    with opened(browser, mocked, viewport={"width": 1360, "height": 860}) as page:
        page.get_by_text("Timeline", exact=True).click()
        page.get_by_role("button", name="All", exact=True).click()
        expect(part(page, "chart").locator(".bar")).to_have_count(rows_of(mocked))
        save(page, "page-timeline")


def rows_of(mocked: Mocked) -> int:
    """Return how many requests the world has."""
    return int(mocked.control("GET", f"/requests?token={SHOP}")["total"])


def hide_id(dialog: Locator) -> None:
    """Remove the id, which varies between runs."""
    dialog.get_by_text("Id", exact=True).evaluate("(term) => { term.nextElementSibling.remove(); term.remove(); }")
    dialog.get_by_role("button", name="Close").evaluate("(button) => button.blur()")


def phone(browser: Browser, mocked: Mocked) -> None:
    with opened(browser, mocked, viewport={"width": 360, "height": 740}, device_scale_factor=2) as page:
        save(page, "page-phone")


if __name__ == "__main__":
    main()
