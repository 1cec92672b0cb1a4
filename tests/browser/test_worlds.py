"""Worlds on the page: shown, switched, compared, reset."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from support.browser import Mocked, Watched, part


def opened(watched: Watched, page: Page, token: str) -> None:
    """Open the world of a token as a user does."""
    page.get_by_label("Your token").fill(token)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(part(page, "picker").locator("option:checked")).to_have_text(token)


def press_in_menu(page: Page, menu: str, name: str) -> None:
    item = page.get_by_role("button", name=name)
    if not item.is_visible():
        page.get_by_text(menu, exact=True).click()
    item.click()


def test_a_world_is_shown_and_kept_up_to_date(watched: Watched, shared: Mocked, token: str) -> None:
    shared.generate(token, count=3)
    page = watched.open(token)
    expect(part(page, "credits")).to_have_text("97")
    expect(part(page, "used")).to_have_text("3")
    expect(page.get_by_role("meter", name="Images used today")).to_have_js_property("value", 3)
    expect(page.get_by_role("meter", name="Credits left")).to_have_js_property("max", 100)
    shared.control("PATCH", f"/worlds/{token}", {"credits": 5, "daily_limit": 9})
    expect(part(page, "credits")).to_have_text("5")
    expect(part(page, "limit")).to_have_text("9")


def test_two_tabs_show_two_independent_worlds(watched: Watched, shared: Mocked, token: str) -> None:
    other = f"{token}-other"
    one = watched.open(token)
    two = watched.open(other, page=one)
    shared.generate(token, "A red fox")
    shared.generate(other, "A blue hare", count=2)
    for page, prompt, left in ((one, "A red fox", "99"), (two, "A blue hare", "98")):
        expect(part(page, "credits")).to_have_text(left)
        expect(page.locator(".row")).to_have_count(1)
        expect(page.locator(".row")).to_contain_text(prompt)
        expect(page.locator(".gallery li").first).to_contain_text(prompt)


def test_ready_made_accounts_are_offered_by_name(watched: Watched, shared: Mocked) -> None:
    page = watched.open("demo-empty")
    expect(part(page, "credits")).to_have_text("0")
    part(page, "picker").select_option("demo-almost-limited")
    expect(part(page, "used")).to_have_text("49")
    expect(page).to_have_url(re.compile(f"#world={shared.name('demo-almost-limited')}$"))
    page.go_back()
    expect(part(page, "credits")).to_have_text("0")


def test_a_typed_token_stays_in_the_tab(watched: Watched, shared: Mocked, token: str) -> None:
    page = watched.open("demo")
    opened(watched, page, token)
    assert token not in page.url
    assert page.evaluate("[document.cookie, JSON.stringify(localStorage)]") == ["", "{}"]
    shared.generate(token)
    expect(part(page, "credits")).to_have_text("99")
    page.reload()
    expect(part(page, "picker").locator("option:checked")).to_have_text(token)


def test_an_invalid_token_is_explained(watched: Watched) -> None:
    watched.expected = ("404",)
    page = watched.open("demo")
    page.get_by_label("Your token").fill("demo-invalid")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.locator("#notice")).to_contain_text("is not valid on this mock")
    page.locator("#notice").get_by_role("button", name="Close").click()
    expect(page.locator("#notice")).to_be_hidden()


def test_a_world_of_another_client_can_be_selected(watched: Watched, shared: Mocked, token: str) -> None:
    page = watched.open("demo")
    shared.generate(token)
    option = part(page, "others").locator(f'option[value="{shared.name(token)}"]')
    expect(option).to_have_text(re.compile(r"^team\*\*\* · [0-9a-f]{6}$"))
    part(page, "picker").select_option(shared.name(token))
    expect(part(page, "credits")).to_have_text("99")


def test_an_unknown_world_is_explained(watched: Watched) -> None:
    watched.expected = ("404",)
    page = watched.open("demo")
    page.goto(f"{watched.mocked.origin}/_mock/#world=0123456789abcdef")
    expect(part(page, "problem")).to_contain_text("World 0123456789abcdef not found")


def test_two_worlds_are_shown_side_by_side(watched: Watched, shared: Mocked, token: str) -> None:
    shared.generate(token, count=2)
    page = watched.open(token)
    page.get_by_role("button", name="Compare two worlds").click()
    panes = page.get_by_role("article")
    expect(panes).to_have_count(2)
    part(panes.nth(1), "picker").select_option("demo-low")
    expect(part(panes.nth(1), "credits")).to_have_text("2")
    expect(part(panes.nth(0), "credits")).to_have_text("98")
    left, right = (panes.nth(place).bounding_box() for place in (0, 1))
    assert left
    assert right
    assert left["x"] + left["width"] <= right["x"]
    page.reload()
    expect(part(panes.nth(1), "credits")).to_have_text("2")
    part(panes.nth(0), "close").click()
    expect(panes).to_have_count(1)
    expect(part(panes.nth(0), "credits")).to_have_text("2")


def test_a_reset_is_undone_and_other_worlds_stay(watched: Watched, shared: Mocked, token: str) -> None:
    other = f"{token}-other"
    shared.generate(token)
    page = watched.open(token)
    expect(part(page, "credits")).to_have_text("99")
    press_in_menu(page, "World menu", "Reset this world")
    expect(part(page, "reset")).to_be_hidden()  # the menu has closed
    expect(part(page, "credits")).to_have_text("100")
    expect(page.locator(".gallery li")).to_have_count(0)
    expect(page.locator(".row")).to_have_count(0)
    shared.generate(other)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#notice")).to_contain_text("Undone")
    expect(part(page, "credits")).to_have_text("99")
    expect(page.locator(".gallery li")).to_have_count(1)
    expect(page.locator(".row")).to_have_count(1)
    assert shared.world(other)["credits"] == 99


def test_a_reset_of_all_worlds_requires_confirmation_and_is_undone(watched_own: Watched, own: Mocked) -> None:
    own.generate("demo")
    page = watched_own.open("demo")
    for answer, left in (("Cancel", 99), ("Continue", 100)):
        press_in_menu(page, "More", "Reset all worlds")
        page.get_by_role("dialog").get_by_role("button", name=answer).click()
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(part(page, "credits")).to_have_text(str(left))
    page.get_by_role("button", name="Undo").click()
    expect(part(page, "credits")).to_have_text("99")


def test_a_reset_restores_a_ready_made_account(watched_own: Watched, own: Mocked) -> None:
    before = own.world("demo-empty")
    own.control("PATCH", "/worlds/demo-empty", {"credits": 55})
    page = watched_own.open("demo-empty")
    expect(part(page, "credits")).to_have_text("55")
    press_in_menu(page, "World menu", "Reset this world")
    expect(part(page, "credits")).to_have_text("0")
    assert {**own.world("demo-empty"), "clock": None} == {**before, "clock": None}


def test_all_worlds_are_reset_and_restored_from_a_snapshot(watched_own: Watched, own: Mocked, tmp_path: Path) -> None:
    own.generate("demo", "A fox", count=2)
    own.generate("customer", "A hare")
    page = watched_own.open("demo")
    page.get_by_text("More", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download snapshot").click()
    assert download.value.suggested_filename == "aiimage-mock-snapshot.json"
    download.value.save_as(tmp_path / "snapshot.json")
    page.get_by_role("button", name="Reset all worlds").click()
    page.get_by_role("dialog").get_by_role("button", name="Continue").click()
    expect(part(page, "credits")).to_have_text("100")
    expect(page.locator(".gallery li")).to_have_count(0)
    names = {own.control("GET", f"/worlds/{token}")["world"] for token in ("demo", "customer")}
    assert names.isdisjoint(listed(own))
    page.get_by_label("Upload snapshot").set_input_files(tmp_path / "snapshot.json")
    page.get_by_role("dialog").get_by_role("button", name="Continue").click()
    expect(part(page, "credits")).to_have_text("98")
    expect(page.locator(".gallery li")).to_have_count(2)
    expect(page.locator("#notice")).to_contain_text("Imported 2 worlds")
    assert names <= listed(own)


def listed(mocked: Mocked) -> set[str]:
    """Return the names of all worlds with a change or a request."""
    return {each["world"] for each in mocked.control("GET", "/worlds")["worlds"]}


def test_an_invalid_snapshot_file_changes_nothing(watched_own: Watched, own: Mocked, tmp_path: Path) -> None:
    watched_own.expected = ("422",)
    own.generate("demo")
    page = watched_own.open("demo")
    (tmp_path / "other.json").write_text('{"version": 1}')
    page.get_by_label("Upload snapshot").set_input_files(tmp_path / "other.json")
    page.get_by_role("dialog").get_by_role("button", name="Continue").click()
    expect(page.locator("#notice")).to_contain_text("Invalid body")
    assert own.world("demo")["credits"] == 99


def test_any_of_many_worlds_is_found(watched: Watched, shared: Mocked, token: str) -> None:
    shared.control("PATCH", f"/worlds/{token}", {"label": f"Checkout of {token}"})
    shared.generate(token, count=0)
    for number in range(60):
        shared.control("PATCH", f"/worlds/{token}-{number}", {})
    page = watched.open("demo")
    page.get_by_role("button", name="All worlds").click()
    dialog = page.get_by_role("dialog", name="Worlds")
    expect(dialog).to_contain_text("the first 50 of")
    expect(dialog.locator("tbody tr")).to_have_count(50)
    dialog.get_by_label("Search").fill(f"checkout of {token}")
    expect(dialog.locator("tbody tr")).to_have_count(1)
    expect(dialog.locator("tbody tr")).to_contain_text("422 1×")
    dialog.get_by_role("button", name=f"Checkout of {token}").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".row")).to_contain_text("VALID-422")
    expect(part(page, "picker").locator("option:checked")).to_have_text(f"Checkout of {token}")
