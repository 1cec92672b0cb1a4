"""The clock of a world, and the lock that counts down on it."""

from contextlib import closing
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from support.browser import Mocked, Watched, part
from support.server import Server

ORDER = {"image_generator": "flux-pro", "description_flux_pro": "x", "image_number_of_images": 1}
NOON = "2026-02-26T12:00:00Z"


@pytest.fixture
def stopped(shared: Mocked, token: str) -> str:
    """A world whose clock is frozen at noon."""
    shared.control("POST", f"/worlds/{token}/clock", {"freeze": True, "set": NOON})
    return token


def now(shared: Mocked, token: str) -> str:
    return str(shared.world(token)["clock"]["now"])


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_clock_is_frozen_and_resumed(watched: Watched, shared: Mocked, token: str) -> None:
    page = watched.open(token)
    expect(part(page, "mode")).to_have_text("running")
    press(page, "Freeze")
    expect(part(page, "mode")).to_have_text("frozen")
    assert shared.world(token)["clock"]["mode"] == "frozen"
    press(page, "Run")
    expect(part(page, "mode")).to_have_text("running")
    assert shared.world(token)["clock"]["mode"] == "real"


def test_a_clock_is_advanced(watched: Watched, shared: Mocked, stopped: str) -> None:
    page = watched.open(stopped)
    expect(part(page, "now")).to_have_text("2026-02-26 12:00:00")
    page.get_by_label("Seconds to advance").fill("90")
    press(page, "Go")
    expect(part(page, "now")).to_have_text("2026-02-26 12:01:30")
    assert now(shared, stopped) == "2026-02-26T12:01:30.000Z"


def test_a_lock_counts_down_on_the_frozen_clock_of_its_world(watched: Watched, shared: Mocked, stopped: str) -> None:
    lock = {"lock": {"until": "2026-02-26T12:00:10Z"}}
    shared.control("PATCH", f"/worlds/{stopped}", lock)
    page = watched.open(stopped)
    expect(part(page, "lock")).to_have_text("10.0 s")
    page.get_by_label("Seconds to advance").fill("3")
    press(page, "Go")
    expect(part(page, "lock")).to_have_text("7.0 s")
    press(page, "Advance to lock expiry")
    expect(part(page, "lock")).to_have_text("free")
    assert now(shared, stopped) == "2026-02-26T12:00:10.000Z"
    assert shared.world(stopped)["lock"] is None


def test_a_lock_counts_down_on_a_running_clock(watched: Watched, shared: Mocked, token: str) -> None:
    shared.control("POST", f"/worlds/{token}/clock", {"set": NOON})
    shared.control("PATCH", f"/worlds/{token}", {"lock": {"until": "2026-02-26T12:00:01Z"}})
    page = watched.open(token)
    expect(part(page, "lock")).to_have_text("free")
    assert shared.world(token)["lock"] is None


def test_a_global_lock_is_shown_in_every_world(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "behaviour.yaml").write_text("lock_scope: global\n")
    flags = ("--behaviour", str(tmp_path / "behaviour.yaml"), "--generation-time", "6")
    with Server(*flags) as server, closing(Mocked(server)) as mocked, closing(Watched(browser, mocked)) as tabs:
        mocked.control("POST", "/worlds/demo/clock", {"freeze": True})
        page = tabs.open("demo-low")
        expect(part(page, "lock")).to_have_text("free")
        with pytest.raises(httpx.RemoteProtocolError):
            mocked.order("demo", ORDER, **{"x-mock-fault": "lost-response;at=locked"})
        expect(part(page, "lock")).to_have_text("10.0 s")
        mocked.control("POST", "/worlds/demo/clock", {"advance": 6})
        expect(part(page, "lock")).to_have_text("free")
        assert tabs.problems == []


def test_a_permanent_lock_is_shown_as_such(watched: Watched) -> None:
    page = watched.open("demo-busy")
    expect(part(page, "lock")).to_have_text("held forever")
    expect(page.get_by_role("button", name="Advance to lock expiry")).to_be_disabled()


def test_the_clock_is_advanced_to_the_end_of_a_generation(watched: Watched, shared: Mocked, stopped: str) -> None:
    shared.control("PATCH", f"/worlds/{stopped}", {"generation_time": 4})
    page = watched.open(stopped)
    edge = page.get_by_role("button", name="Advance to generation end")
    expect(edge).to_be_disabled()
    send = """([token, order]) => {
        fetch("/api/v1/aiimage/generate-image", {
            method: "POST", body: JSON.stringify(order),
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json" } });
    }"""
    page.evaluate(send, [stopped, ORDER])
    expect(part(page, "running")).to_have_text("1 running")
    expect(part(page, "lock")).to_have_text("10.0 s")
    edge.click()
    expect(page.locator(".gallery li")).to_have_count(1)
    expect(part(page, "lock")).to_have_text("free")
    assert now(shared, stopped) == "2026-02-26T12:00:04.000Z"


def test_the_clock_is_advanced_to_the_next_day(watched: Watched, shared: Mocked, stopped: str) -> None:
    shared.generate(stopped, count=4)
    page = watched.open(stopped)
    expect(part(page, "used")).to_have_text("4")
    press(page, "Advance to day reset")
    expect(part(page, "used")).to_have_text("0")
    expect(part(page, "now")).to_have_text("2026-02-27 00:00:00")
    assert shared.world(stopped)["used_today"] == 0
