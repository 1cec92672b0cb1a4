"""Accessibility: keyboard, screen reader, dark and light, small screens."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from support.browser import Mocked, Watched, part, rows

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
BAD = ("minor", "moderate", "serious", "critical")
AXE = Axe()
LOG_IN = """() => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = "login";
    document.body.append(form);
    form.submit();
}"""


@pytest.fixture
def busy(shared: Mocked, token: str) -> str:
    """A world with state of each kind to show."""
    shared.control("PUT", f"/worlds/{token}/faults", [{"fault": "proxy-error", "operation": "versions"}])
    shared.generate(token, "A fox")
    for _ in range(2):
        shared.generate(token, "Nothing", count=0)
    shared.get("versions", token)
    shared.control("PATCH", f"/worlds/{token}", {"lock": "forever"})
    return token


def complaints(page: Page) -> list[Any]:
    """Return the findings of axe."""
    found = AXE.run(page).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found if each["impact"] in BAD]


@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", PHONE)], ids=["light", "dark on a phone"])
def test_axe_finds_nothing_serious(watched: Watched, busy: str, scheme: str, size: dict[str, int]) -> None:
    page = watched.open(busy, "demo-low", color_scheme=scheme, viewport=size, bypass_csp=True)
    pane = page.get_by_role("article").first
    expect(part(pane, "verdict-word")).to_have_text("misbehaved")
    expect(rows(pane)).to_have_count(4)
    assert complaints(page) == []
    rows(pane).nth(1).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("dialog").locator("summary").click()
    assert complaints(page) == []
    page.keyboard.press("Escape")
    part(pane, "reset").locator("xpath=ancestor::details/summary").click()
    assert complaints(page) == []
    part(pane, "reset").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", PHONE)], ids=["light", "dark on a phone"])
def test_axe_finds_nothing_serious_in_the_reference(
    watched: Watched, shared: Mocked, scheme: str, size: dict[str, int]
) -> None:
    page = watched.tab(color_scheme=scheme, viewport=size, bypass_csp=True)
    page.goto(f"{shared.origin}/_mock/docs")
    expect(page.locator("#LOCK-10S")).to_be_attached()
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_axe_finds_nothing_serious_at_the_login(watched: Watched, shared: Mocked) -> None:
    for scheme in ("light", "dark"):
        page = watched.tab(color_scheme=scheme, bypass_csp=True)
        watched.expected = ("401",)
        page.goto(f"{shared.origin}/_mock/")
        page.evaluate(LOG_IN)
        expect(page.get_by_role("alert")).to_be_visible()
        assert complaints(page) == []


def test_everything_can_be_done_by_keyboard(watched: Watched, shared: Mocked, busy: str) -> None:
    page = watched.open(busy)
    expect(rows(page)).to_have_count(4)
    seen = walk(page)
    for name in (
        "Skip to the worlds",
        "Compare two worlds",
        "Freeze",
        "Switch on",
        "Send",
        "All off",
        "World menu",
        "Change the credits",
        "lost reply",
    ):
        assert name in seen
    part(page, "timeline").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(rows(page).nth(1)).to_have_attribute("aria-selected", "true")
    active = part(page, "timeline").get_attribute("aria-activedescendant")
    assert active == rows(page).nth(1).get_attribute("id")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Request details")
    expect(dialog).to_contain_text("VALID-422")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(part(page, "timeline")).to_be_focused()
    part(page, "freeze").focus()
    page.keyboard.press("Enter")
    expect(part(page, "mode")).to_have_text("frozen")
    assert shared.world(busy)["clock"]["mode"] == "frozen"


def walk(page: Page) -> list[str]:
    """Walk through the page with the Tab key and return the focused elements; assert that the focus is visible."""
    seen: list[str] = []
    look = """() => {
        const at = document.activeElement;
        const ring = getComputedStyle(at.type === "file" ? at.parentElement : at);
        const name = at.getAttribute("aria-label") ?? at.textContent.trim();
        return at === document.body ? null : [name, ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2];
    }"""
    for _ in range(120):
        page.keyboard.press("Tab")
        found = page.evaluate(look)
        if found is None:
            break
        name, visible = found
        assert visible, name
        seen.append(name)
    return seen


def test_reduced_motion_is_respected(watched: Watched, token: str) -> None:
    page = watched.open(token, reduced_motion="reduce")
    assert part(page, "freeze").evaluate("(button) => getComputedStyle(button).transitionDuration") == "0s"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_forced_colours(watched: Watched, busy: str, scheme: str) -> None:
    page = watched.open(busy, color_scheme=scheme, forced_colors="active", reduced_motion="reduce", bypass_csp=True)
    expect(part(page, "verdict-word")).to_have_text("misbehaved")
    page.get_by_text("Timeline", exact=True).click()
    assert complaints(page) == []
    rows(page).nth(1).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert complaints(page) == []


def test_axe_finds_nothing_on_the_first_visit_and_in_the_lists(watched: Watched, busy: str, token: str) -> None:
    for size, scheme in ((DESK, "dark"), (PHONE, "light")):
        page = watched.open(f"{token}-new", color_scheme=scheme, viewport=size, bypass_csp=True)
        expect(part(page, "welcome")).to_be_visible()
        assert complaints(page) == []
        page.get_by_role("button", name="All worlds").click()
        expect(page.get_by_role("dialog").locator("tbody tr").first).to_be_visible()
        assert complaints(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        assert complaints(page) == []
        page.keyboard.press("Escape")
        page.goto(watched.address(busy))
        rows(page).nth(1).click()
        choices = page.get_by_label("Compare with")
        choices.select_option(index=1)
        expect(page.locator(".compared")).to_be_visible()
        assert complaints(page) == []
