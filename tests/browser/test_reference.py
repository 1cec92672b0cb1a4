"""The reference in a browser: its consoles, its search, and its contents."""

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from support.browser import Mocked, Watched


@pytest.fixture
def reference(watched: Watched, shared: Mocked) -> Page:
    page = watched.tab(viewport={"width": 1440, "height": 900}, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{shared.origin}/_mock/docs")
    return page


def console(page: Page, operation: str, token: str) -> Locator:
    """Return the console of an operation, for a token."""
    form = page.locator(f'form[aria-labelledby^="{operation}-console"]')
    form.get_by_label("Token", exact=True).fill(token)
    return form


def answered(form: Locator, status: str) -> Any:
    """Send, and return the body of the answer."""
    form.get_by_role("button", name="Send").click()
    expect(form.locator(".answer .status")).to_have_text(status)
    return json.loads(form.get_by_label("Response body").inner_text())


@pytest.mark.parametrize("operation", ["checkAvailability", "getVersions", "generateImage", "getRecentImages"])
def test_each_operation_is_sent_and_answered_beside_it(
    reference: Page, shared: Mocked, token: str, operation: str
) -> None:
    form = console(reference, operation, token)
    answered(form, "200")
    form.get_by_role("link", name="Show in the journal").click()
    dialog = reference.get_by_role("dialog", name="Request details")
    expect(dialog).to_contain_text(operation)
    expect(dialog).to_contain_text("this page")
    (entry,) = shared.control("GET", f"/requests?token={token}")["requests"]
    assert (entry["operation"], entry["sender"]) == (operation, "page")


def test_a_console_sends_the_fields_of_the_chosen_body(reference: Page, shared: Mocked, token: str) -> None:
    form = console(reference, "generateImage", token)
    form.get_by_label("Body").select_option("Flux Pro")
    fields = form.get_by_role("group", name="Flux Pro", exact=True)
    fields.get_by_label("description_flux_pro").fill("A hare")
    fields.get_by_label("image_number_of_images").fill("2")
    assert len(answered(form, "200")["images"]) == 2
    fields.get_by_label("image_number_of_images").fill("99")
    answered(form, "422")
    assert shared.world(token)["credits"] == 98


def test_a_refusal_is_forced(reference: Page, token: str) -> None:
    form = console(reference, "getVersions", token)
    form.get_by_label("Answer").select_option("401")
    answered(form, "401")


def test_a_lost_reply_shows_as_lost(reference: Page, shared: Mocked, token: str) -> None:
    shared.control("PUT", f"/worlds/{token}/faults", [{"fault": "lost-response", "at": "recorded"}])
    form = console(reference, "generateImage", token)
    form.get_by_role("button", name="Send").click()
    expect(form.locator(".answer")).to_contain_text("may have done what was asked")
    assert shared.control("GET", f"/requests?token={token}")["total"] == 1


def test_the_base_url_and_the_commands_are_copied(reference: Page, shared: Mocked) -> None:
    reference.get_by_role("button", name="Copy").first.click()
    expect(reference.get_by_role("button", name="Copied.")).to_be_visible()
    assert reference.evaluate("navigator.clipboard.readText()") == f"{shared.origin}/api/v1"
    block = reference.locator(".copied").filter(has=reference.locator("pre.shell")).first
    block.get_by_role("button").click()
    expect(block.get_by_role("button")).to_have_text("Copied.")
    assert reference.evaluate("navigator.clipboard.readText()") == block.locator("pre").inner_text()


def test_a_search_leaves_what_matches(reference: Page) -> None:
    reference.keyboard.press("/")
    reference.keyboard.type("credit-419")
    articles = reference.locator("main article")
    expect(reference.locator("nav [role=status]")).to_contain_text(f"of {articles.count()} parts")
    for name, shown in (("generateImage", True), ("getVersions", False), ("CREDIT-419", True), ("CORS", False)):
        article = reference.locator(f'article[aria-labelledby="{name}"]')
        expect(article).to_be_visible(visible=shown)
    reference.get_by_label("Search the reference").fill("")
    expect(reference.locator('article[aria-labelledby="CORS"]')).to_be_visible()


def test_the_current_section_is_marked(reference: Page) -> None:
    marked = reference.locator("nav [aria-current]")
    expect(marked).to_have_text("Start")
    for name, title in (
        ("generateImage", "Generate images"),
        ("CREDIT-419", "Documented"),
        ("schema-Image", "Schemas"),
    ):
        reference.locator(f'[id="{name}"]').evaluate("(node) => node.scrollIntoView()")
        expect(marked).to_have_text(title)


def test_the_document_is_downloaded(reference: Page) -> None:
    with reference.expect_download() as download:
        reference.get_by_role("link", name="openapi.json").click()
    assert download.value.suggested_filename == "openapi.json"


def test_the_way_back_leads_to_the_world_that_was_shown(watched: Watched, token: str) -> None:
    page = watched.open(token)
    address = page.url
    page.get_by_role("link", name="API reference").click()
    back = page.get_by_role("link", name="The page of the mock")
    expect(back).to_have_attribute("href", address)
    back.click()
    expect(page).to_have_url(address)
