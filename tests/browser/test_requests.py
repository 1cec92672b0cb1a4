"""The timeline of requests, and the details of a request."""

import json
import subprocess
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from support.browser import Mocked, Watched, part, rows

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture
def busy(shared: Mocked, token: str) -> str:
    """A world with a picture, three refusals, and two reads."""
    shared.generate(token, "A red fox")
    shared.generate(token, "Too many", count=99)
    shared.control("PATCH", f"/worlds/{token}", {"credits": 2})
    shared.generate(token, "Too dear", count=3)
    shared.get("versions", token)
    shared.get("nowhere", token)
    return token


def expect_shown(page: Page, statuses: list[str]) -> None:
    expect(rows(page).locator(".status")).to_have_text(statuses)


def whole(page: Page, text: str) -> Any:
    """Open the request with this text, and return its dialog."""
    rows(page).filter(has_text=text).click()
    dialog = page.get_by_role("dialog", name="Request details")
    expect(dialog).to_be_visible()
    return dialog


def test_requests_are_newest_first_with_status_rule_and_reason(watched: Watched, busy: str) -> None:
    page = watched.open(busy)
    expect_shown(page, ["404", "200", "419", "422", "200"])
    refused = rows(page).nth(2)
    expect(refused).to_contain_text("CREDIT-419")
    expect(refused).to_contain_text("Credits needed: 3, left: 2. Ask for 2 images")
    expect(rows(page).nth(4)).to_contain_text("A red fox → 1 image")


def test_requests_are_filtered(watched: Watched, busy: str) -> None:
    page = watched.open(busy)
    expect(rows(page)).to_have_count(5)
    filters = part(page, "filters")
    for field, value, statuses in (
        ("Operation", "generateImage", ["419", "422", "200"]),
        ("Operation", "none", ["404"]),
        ("Status", "422", ["422"]),
        ("Text", "credits needed", ["419"]),
        ("Text", "RED FOX", ["200"]),
        ("Text", "valid-422", ["422"]),
    ):
        box = filters.get_by_label(field)
        box.fill(value) if field == "Text" else box.select_option(value)
        expect(part(page, "count")).to_have_text(f"{len(statuses)} of 5")
        expect_shown(page, statuses)
        box.fill("") if field == "Text" else box.select_option("")
    filters.get_by_label("Text").fill("nothing says this")
    expect(part(page, "no-requests")).to_have_text("No request matches the filters.")


def test_requests_without_a_token_are_listed_for_all_worlds(watched: Watched, shared: Mocked, token: str) -> None:
    page = watched.open(token)
    part(page, "filters").get_by_label("Scope").select_option("all worlds")
    part(page, "filters").get_by_label("Text").fill("401")
    reply = shared.get("versions", None)
    row = page.locator(f'.row[data-id="{reply.headers["x-mock-request-id"]}"]')
    expect(row).to_contain_text("AUTH-401")


def test_a_refusal_is_explained_in_full(watched: Watched, busy: str) -> None:
    page = watched.open(busy)
    dialog = whole(page, "Too dear") if rows(page).filter(has_text="Too dear").count() else whole(page, "CREDIT-419")
    expect(dialog).to_contain_text("Ask for 2 images")
    expect(dialog).to_contain_text("at once")
    expect(dialog.get_by_role("row", name="image_number_of_images 3 2")).to_be_visible()
    expect(dialog).to_contain_text('"description_flux_pro": "Too dear"')
    expect(dialog).to_contain_text("Please consider upgrading your plan")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_an_applied_fault_is_named(watched: Watched, shared: Mocked, token: str) -> None:
    shared.control("PUT", f"/worlds/{token}/faults", [{"fault": "proxy-error", "code": 503}])
    shared.get("versions", token)
    page = watched.open(token)
    expect(rows(page)).to_contain_text("proxy-error")
    dialog = whole(page, "getVersions")
    expect(dialog.get_by_role("heading", name="Applied faults")).to_be_visible()


def test_a_prompt_cannot_inject_markup(watched: Watched, shared: Mocked, token: str) -> None:
    shared.generate(token, SCRIPT)
    shared.generate(token, SCRIPT, count=0)
    page = watched.open(token)
    expect(page.locator(".gallery .prompt")).to_have_text(SCRIPT)
    expect(rows(page).last).to_contain_text(SCRIPT)
    dialog = whole(page, "VALID-422")
    expect(dialog).to_contain_text(SCRIPT)
    assert page.locator("main script, dialog script, img[src=x]").count() == 0


def test_a_request_is_repeated_by_its_command(watched: Watched, shared: Mocked) -> None:
    shared.control("PUT", "/worlds/demo-low", {})
    asked = shared.generate("demo-low", "It's a fox; $HOME `id`", count=7)
    page = watched.open("demo-low")
    dialog = whole(page, "CREDIT-419")
    command = dialog.locator(".curl").inner_text()
    assert "Authorization: Bearer demo-low" in command
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog.get_by_role("button", name="Copy", exact=True).click()
    expect(dialog.get_by_role("status").last).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == command
    done = subprocess.run(["bash", "-c", f"{command} --silent"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == asked.json()
    newest = shared.control("GET", "/requests?token=demo-low&limit=1")["requests"][0]
    assert newest["fields"]["description_flux_pro"] == "It's a fox; $HOME `id`"


def test_an_unknown_token_is_a_shell_variable(watched: Watched, busy: str) -> None:
    page = watched.open(busy)
    command = whole(page, "VALID-422").locator(".curl").inner_text()
    assert '-H "Authorization: Bearer $TOKEN"' in command
    assert busy not in page.content()


def test_coverage_and_verdict_follow_the_client(watched: Watched, shared: Mocked, token: str) -> None:
    page = watched.open(token)
    grid = page.get_by_role("region", name="Coverage grid")
    expect(part(page, "met")).to_have_text("0 of 22 met")
    expect(part(page, "verdict-word")).to_have_text("not exercised")
    for _ in range(2):
        shared.generate(token, "the same", count=0)
    expect(grid.get_by_role("row", name="generateImage")).to_contain_text("VALID-422 2×")
    expect(part(page, "met")).to_have_text("1 of 22 met")
    expect(part(page, "verdict-word")).to_have_text("misbehaved")
    violated = part(page, "verdict").get_by_role("listitem").first
    expect(violated).to_contain_text("CLIENT-SAME-422")
    violated.get_by_role("button", name="request 2").click()
    expect(page.get_by_role("dialog", name="Request details")).to_contain_text("VALID-422")
