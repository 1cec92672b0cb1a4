"""A request is a place: its address, those beside it, keys, filters, and ways to take it away."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from support.browser import Mocked, Watched, part, rows


@pytest.fixture
def busy(shared: Mocked, token: str) -> str:
    """A world with a generation, two refusals and a check."""
    shared.generate(token, "A fox")
    shared.generate(token, "Nothing", count=0)
    shared.control("PATCH", f"/worlds/{token}", {"credits": 2})
    shared.generate(token, "Too dear", count=3)
    shared.get("check-availability", token)
    return token


def opened(watched: Watched, token: str) -> Page:
    page = watched.open(token)
    expect(rows(page)).to_have_count(4)
    return page


def test_a_request_has_an_address_that_can_be_shared(watched: Watched, busy: str) -> None:
    page = opened(watched, busy)
    rows(page).filter(has_text="CREDIT-419").click()
    dialog = page.get_by_role("dialog", name="Request details")
    expect(dialog).to_contain_text("Ask for 2 images")
    another = watched.tab()
    another.goto(page.url)
    expect(another.get_by_role("dialog", name="Request details")).to_contain_text("Ask for 2 images")
    page.go_back()
    expect(dialog).to_be_hidden()
    page.go_forward()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page).not_to_have_url(re.compile("request="))  # the history takes a moment


def test_the_requests_above_and_below_are_one_key_away(watched: Watched, busy: str) -> None:
    page = opened(watched, busy)
    for _ in range(2):
        page.keyboard.press("j")
    expect(rows(page).nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Request details")
    expect(dialog).to_contain_text("CREDIT-419")
    page.keyboard.press("j")
    expect(dialog).to_contain_text("VALID-422")
    page.keyboard.press("k")
    expect(dialog).to_contain_text("CREDIT-419")
    dialog.get_by_role("button", name="Next request").click()
    expect(dialog).to_contain_text("VALID-422")
    dialog.get_by_role("button", name="Next request").click()
    expect(dialog).to_contain_text("A fox")
    expect(dialog.get_by_role("button", name="Next request")).to_be_disabled()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(part(page, "filters").get_by_label("Text")).to_be_focused()
    page.keyboard.type("j")
    expect(part(page, "filters").get_by_label("Text")).to_have_value("j")
    part(page, "timeline").evaluate("(list) => list.focus()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("search the requests")


def test_filters_are_in_the_address(watched: Watched, busy: str) -> None:
    page = opened(watched, busy)
    counts = page.get_by_role("group", name="Requests by status")
    expect(counts).to_contain_text("200 2")
    counts.get_by_role("button", name="422").click()
    expect(rows(page)).to_have_count(1)
    assert page.url.endswith("&status=422")
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(counts.get_by_role("button", name="422")).to_have_attribute("aria-pressed", "true")
    counts.get_by_role("button", name="422").click()
    expect(rows(page)).to_have_count(4)
    grid = page.get_by_role("region", name="Coverage grid")
    grid.get_by_role("row", name="checkAvailability").get_by_role("button", name="1×").click()
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("checkAvailability")


def test_a_request_is_taken_away_as_code_that_works(
    watched: Watched, shared: Mocked, tmp_path: Path, token: str
) -> None:
    shared.control("PUT", "/worlds/demo-low", {})
    shared.generate("demo-low", 'It\'s "a" fox', count=7)
    page = watched.open("demo-low")
    rows(page).filter(has_text="CREDIT-419").first.click()
    dialog = page.get_by_role("dialog", name="Request details")
    dialog.get_by_role("button", name="Python").click()
    done = subprocess.run([sys.executable, "-c", dialog.locator(".curl").inner_text()], capture_output=True, text=True)
    assert done.stdout.startswith("419 "), done.stderr
    dialog.get_by_role("button", name="pytest").click()
    test = dialog.locator(".curl").inner_text()
    assert "aiimage_mock.change(credits=2)" in test
    (tmp_path / "test_taken.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert "1 passed" in done.stdout, done.stdout
    dialog.get_by_role("button", name="JavaScript").click()
    expect(dialog.locator(".curl")).to_contain_text('"Bearer demo-low"')
    expect(dialog.locator(".curl")).to_contain_text("await fetch(")


def test_a_request_is_changed_and_sent_again(watched: Watched, shared: Mocked, token: str) -> None:
    shared.control("PATCH", f"/worlds/{token}", {"credits": 2})
    shared.generate(token, "Too dear by far", count=3)
    page = watched.open("demo")
    page.get_by_label("Your token").fill(token)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(rows(page)).to_contain_text("CREDIT-419")
    rows(page).first.click()
    page.get_by_role("button", name="Edit and resend").click()
    expect(page.get_by_label("Engine")).to_have_value("flux-pro")
    form = part(page, "order").locator("fieldset:not([hidden])")
    expect(form.locator('[name="description_flux_pro"]')).to_have_value("Too dear by far")
    form.locator('[name="image_number_of_images"]').fill("2")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(part(page, "answer").locator(".status")).to_have_text("200")


def test_two_requests_are_compared(watched: Watched, busy: str) -> None:
    page = opened(watched, busy)
    rows(page).filter(has_text="CREDIT-419").click()
    dialog = page.get_by_role("dialog", name="Request details")
    dialog.get_by_label("Compare with").select_option(label=dialog.locator("option").last.inner_text())
    differing = dialog.get_by_role("row", name="image_number_of_images")
    expect(differing).to_have_class("differs")
    expect(differing.get_by_role("cell")).to_have_text(["3", "1", "differs"])
    expect(dialog.get_by_role("row", name="image_generator")).not_to_have_class("differs")
    dialog.get_by_role("button", name="Only the first").click()
    expect(dialog).to_contain_text("Nearest valid request")


def test_the_filtered_requests_are_exported(watched: Watched, busy: str, tmp_path: Path) -> None:
    page = opened(watched, busy)
    page.get_by_role("group", name="Requests by status").get_by_role("button", name="422").click()
    expect(rows(page)).to_have_count(1)
    saved = {}
    for kind in ("har", "json"):
        with page.expect_download() as download:
            page.get_by_label("Export").select_option(kind)
        assert download.value.suggested_filename == f"aiimage-mock-requests.{kind}"
        download.value.save_as(tmp_path / kind)
        saved[kind] = json.loads((tmp_path / kind).read_text())
    (entry,) = saved["har"]["log"]["entries"]
    assert (saved["har"]["log"]["version"], entry["response"]["status"]) == ("1.2", 422)
    assert json.loads(entry["request"]["postData"]["text"])["description_flux_pro"] == "Nothing"
    assert busy not in json.dumps(saved)
    assert [each["status"] for each in saved["json"]["requests"]] == [422]


def test_the_reference_leads_back_to_the_page(watched: Watched) -> None:
    page = watched.open("demo")
    page.get_by_role("link", name="API reference").click()
    page.get_by_role("link", name="The page").click()
    expect(page.locator("#live")).to_have_text("live")
