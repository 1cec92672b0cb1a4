"""Texts, worlds and faults that are easily shown wrong."""

import re

from playwright.sync_api import expect

from support.browser import Mocked, Watched, part, rows

OVERRIDE = "\u202e"


def test_a_long_text_is_shown_whole_and_a_longer_one_as_cut(watched: Watched, shared: Mocked, token: str) -> None:
    shared.generate(token, "x" * 700)
    shared.generate(token, "y" * 9_000)
    page = watched.open(token)
    rows(page).last.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".curl")).to_contain_text("x" * 700)
    expect(dialog.locator(".cut")).to_have_count(0)
    page.keyboard.press("Escape")
    rows(page).first.click()
    expect(dialog.locator(".cut").first).to_contain_text("has cut description_flux_pro, which has 9,000 characters")
    expect(dialog.locator(".cut").last).to_contain_text("no command can repeat it")
    expect(dialog.locator(".curl")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Edit and resend")).to_have_count(0)


def test_a_world_that_only_asks_is_listed_by_its_name(watched: Watched, shared: Mocked, token: str) -> None:
    page = watched.open("demo")
    shared.get("check-availability", token)
    name = shared.control("GET", f"/requests?token={token}")["requests"][0]["world"]
    option = part(page, "others").locator(f'option[value="{name}"]')
    for _ in range(2):
        expect(option).to_have_text(re.compile(r"^team\*\*\* · [0-9a-f]{6}$"))
        page.reload()


def test_one_of_two_faults_of_a_name_is_switched_off(watched: Watched, shared: Mocked, token: str) -> None:
    plans = [{"fault": "delay", "seconds": seconds} for seconds in (1, 2)]
    shared.control("PUT", f"/worlds/{token}/faults", plans)
    page = watched.open(token)
    part(page, "faults").get_by_role("button", name="Switch delay off").first.click()
    expect(part(page, "faults-on")).to_have_text("1")
    assert [each["seconds"] for each in shared.control("GET", f"/worlds/{token}/faults")] == [2]


def test_the_pictures_of_another_world_are_shown(watched: Watched, shared: Mocked, token: str) -> None:
    page = watched.open("demo-low")
    made = shared.generate(token, "Of another world").headers["x-mock-request-id"]
    page.get_by_label("Scope").select_option("all")
    part(page, "filters").get_by_label("Text").fill("Of another world")
    page.locator(f'.row[data-id="{made}"]').click()
    picture = page.get_by_role("dialog").locator(".made img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("(image) => image.naturalWidth") > 0


def test_a_forced_refusal_advises_what_the_verdict_expects(watched: Watched, shared: Mocked, token: str) -> None:
    fault = {"fault": "status", "code": 419, "operation": "generate-image"}
    shared.control("PUT", f"/worlds/{token}/faults", [fault])
    shared.generate(token)
    page = watched.open(token)
    expect(rows(page)).to_contain_text("A client buys credits before it sends this again")
    rows(page).click()
    expect(page.get_by_role("dialog")).to_contain_text("When: after buying credits")
    expect(page.get_by_role("dialog")).not_to_contain_text("Send it again")


def test_an_invisible_character_is_shown_as_one(watched: Watched, shared: Mocked, token: str) -> None:
    shared.generate(token, f"fox{OVERRIDE}xof")
    page = watched.open(token)
    expect(rows(page)).to_contain_text("fox‹U+202E›xof → 1 image")
    expect(page.locator(".gallery .prompt")).to_have_text("fox‹U+202E›xof")
    rows(page).click()
    shown = page.get_by_role("dialog").locator("pre").first
    expect(shown).to_contain_text("fox‹U+202E›xof")
    for language in ("curl", "Python", "JavaScript", "pytest"):
        page.get_by_role("button", name=language, exact=True).click()
        expect(page.locator(".curl")).to_contain_text("fox\\u202exof")  # the same text, in JSON
    assert OVERRIDE not in page.get_by_role("dialog").inner_text()


def test_an_invisible_character_in_a_label_is_shown_as_one(watched: Watched, shared: Mocked, token: str) -> None:
    shared.control("PATCH", f"/worlds/{token}", {"label": f"Anna{OVERRIDE}"})
    page = watched.open(token)
    expect(part(page, "picker").locator("option:checked")).to_have_text("Anna‹U+202E›")
