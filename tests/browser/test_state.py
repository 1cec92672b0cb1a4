"""The state of a world, changed at a click, and the first visit."""

import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from support.browser import Mocked, Watched, part, rows


@pytest.fixture
def page(watched: Watched, token: str) -> Page:
    return watched.open(token)


@pytest.mark.parametrize(
    ("label", "field", "shown"),
    [
        ("Change the credits", "credits", "credits"),
        ("Change the images used today", "used_today", "used"),
        ("Change the daily limit", "daily_limit", "limit"),
        ("Change the generation time", "generation_time", "takes"),
    ],
)
def test_a_figure_is_changed_in_place(
    page: Page, shared: Mocked, token: str, label: str, field: str, shown: str
) -> None:
    before = shared.world(token)[field]
    page.get_by_role("button", name=label).click()
    editing = page.get_by_role("spinbutton", name=label)
    editing.fill("7")
    editing.press("Escape")
    expect(page.get_by_role("button", name=label)).to_be_focused()
    assert shared.world(token)[field] == before
    page.get_by_role("button", name=label).click()
    editing.fill("7")
    editing.press("Enter")
    expect(part(page, shown)).to_have_text("7")
    assert shared.world(token)[field] == 7


def test_the_lock_is_held_and_freed(page: Page, shared: Mocked, token: str) -> None:
    page.get_by_role("button", name="Hold", exact=True).click()
    expect(part(page, "lock")).to_have_text("held forever")
    assert shared.generate(token).status_code == 409
    page.get_by_role("button", name="Free", exact=True).click()
    expect(part(page, "lock")).to_have_text("free")
    assert shared.generate(token).status_code == 200


@pytest.mark.parametrize("label", ["409", "419", "429", "500"])
def test_the_next_request_gets_what_is_asked_for(page: Page, shared: Mocked, token: str, label: str) -> None:
    button = page.get_by_role("group", name="Next request").get_by_role("button", name=label)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert shared.generate(token).status_code == 200
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert [shared.generate(token).status_code for _ in range(2)] == [int(label), 200]
    expect(button).to_have_attribute("aria-pressed", "false")


def test_a_scenario_is_chosen_from_a_list(page: Page, shared: Mocked, token: str) -> None:
    page.get_by_text("World menu", exact=True).click()
    scenarios = page.get_by_label("Scenario")
    expect(scenarios.locator("option")).to_have_count(len(shared.control("GET", "/scenarios")["scenarios"]))
    scenarios.select_option("last-credits")
    page.get_by_role("button", name="Start").click()
    expect(part(page, "credits")).to_have_text(str(shared.control("GET", f"/worlds/{token}")["credits"]))
    assert shared.world(token)["credits"] < 10


def test_the_first_visit_has_a_request_to_copy_that_works(watched: Watched, shared: Mocked, token: str) -> None:
    page = watched.open("demo")
    page.get_by_label("Your token").fill(token)
    page.get_by_role("button", name="Open", exact=True).click()
    welcome = part(page, "welcome")
    expect(welcome).to_contain_text("Listening for the first request")
    expect(part(page, "base-url")).to_have_text(f"{shared.origin}/api/v1")
    expect(part(page, "own-token")).to_have_text(token)
    for name, program in (("Python", [sys.executable, "-"]), ("curl", ["bash"])):
        page.get_by_role("button", name=name, exact=True).first.click()
        code = part(page, "snippet").inner_text()
        if name == "Python":
            expect(part(page, "snippet")).to_contain_text("httpx")
        subprocess.run(program, input=code, text=True, capture_output=True, check=True)
        expect(rows(page).first).to_contain_text("200")
        expect(welcome).to_be_hidden()
        shared.control("DELETE", f"/requests?token={token}")
        page.reload()
        expect(welcome).to_be_visible()


def test_an_empty_world_says_where_requests_went(watched_own: Watched, own: Mocked, token: str) -> None:
    page = watched_own.open(token)
    other = f"other-{token}"
    expect(part(page, "welcome")).to_be_visible()
    own.get("versions", None)
    elsewhere = part(page, "elsewhere")
    expect(elsewhere).to_contain_text("1 request without a valid token")
    own.generate(other)
    line = elsewhere.locator("p").filter(has_text=f"1 request for the world othe*** · {own.name(other)[:6]}")
    line.get_by_role("button", name="show").click()
    expect(rows(page)).to_have_count(1)
    expect(page).to_have_url(f"{own.origin}/_mock/#world={own.name(other)}")
