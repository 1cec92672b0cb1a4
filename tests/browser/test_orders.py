"""The form that sends generate-image, and the pictures."""

import sys
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from support.browser import Mocked, Watched, part, rows
from support.extension import ENGINE, FIELDS, extended_copy
from support.server import Server

SOURCE = min((Path(__file__).parents[2] / "fixtures" / "images").glob("*.png"))
PROMPTS = {
    "dall-e": "description",
    "stablediffusion": "stable_description",
    "flux-pro": "description_flux_pro",
    "ideogram": "description_ideogram",
    "flux-pro-kontext": "description_flux_pro",
}


@pytest.fixture
def watched(watched: Watched) -> Watched:
    """Tabs in which the mock may refuse requests of the form, which a browser logs on its console."""
    watched.expected = ("status of 409", "status of 419", "status of 422")
    return watched


@pytest.fixture
def page(watched: Watched, shared: Mocked, token: str) -> Page:
    """The page with a typed token."""
    page = watched.open("demo-low")
    page.get_by_label("Your token").fill(token)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(part(page, "credits")).to_have_text("100")
    return page


def fill(page: Page, field: str, value: str) -> None:
    box = part(page, "order").locator(f'fieldset:not([hidden]) [name="{field}"]')
    box.select_option(value) if box.evaluate("(box) => box.tagName") == "SELECT" else box.fill(value)


def send(page: Page, status: int) -> None:
    page.get_by_role("button", name="Send", exact=True).click()
    expect(part(page, "answer").locator(".status")).to_have_text(str(status))


def test_every_engine_generates(page: Page, shared: Mocked, token: str) -> None:
    for engine, field in PROMPTS.items():
        page.get_by_label("Engine").select_option(engine)
        fill(page, field, f"A fox by {engine}")
        if engine == "stablediffusion":
            fill(page, "image_resolution", "128x96")
        send(page, 200)
        expect(page.locator(".gallery li").first).to_contain_text(f"A fox by {engine}")
    images = shared.control("GET", f"/worlds/{token}/images")["images"]
    assert [(each["engine"], each["prompt"]) for each in images] == [(each, f"A fox by {each}") for each in PROMPTS][
        ::-1
    ]


def test_showing_a_picture_is_not_a_client_request(page: Page, shared: Mocked, token: str) -> None:
    fill(page, "description", "A fox")
    send(page, 200)
    picture = page.locator(".gallery img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 256)
    assert shared.control("GET", f"/requests?token={token}")["total"] == 1
    assert shared.control("GET", f"/requests?token={token}&operation=uploads")["total"] == 0


def test_a_picture_is_shown_with_size_and_price(watched: Watched, shared: Mocked, token: str) -> None:
    page = watched.open(token)
    expect(part(page, "no-pictures")).to_be_visible()
    shared.generate(token, "A hare")
    expect(page.locator(".gallery li")).to_contain_text("flux-pro, 1 credit1024×1024")
    expect(part(page, "no-pictures")).to_be_hidden()


def test_an_image_is_made_from_an_upload(page: Page, shared: Mocked, token: str) -> None:
    page.get_by_label("Engine").select_option("stablediffusion")
    upload = part(page, "order").locator('[name="image_src"]')
    expect(upload).to_be_hidden()
    fill(page, "type", "image-to-image")
    fill(page, "image_resolution", "128x128")
    expect(upload).to_be_visible()
    send(page, 422)
    expect(part(page, "answer")).to_contain_text("image src field is required")
    upload.set_input_files(SOURCE)
    send(page, 200)
    (image,) = shared.control("GET", f"/worlds/{token}/images")["images"]
    assert image["mode"] == "image-to-image"


def test_an_invalid_request_is_explained(page: Page) -> None:
    fill(page, "description", "")
    fill(page, "image_number_of_images", "0")
    send(page, 422)
    expect(part(page, "answer")).to_contain_text("The description field is required")
    page.get_by_role("button", name="Details").click()
    expect(page.get_by_role("dialog", name="Request details")).to_contain_text("Nearest valid request")


def test_the_second_of_two_simultaneous_requests_is_locked(page: Page, shared: Mocked, token: str) -> None:
    shared.control("PATCH", f"/worlds/{token}", {"generation_time": 5})
    shared.control("POST", f"/worlds/{token}/clock", {"freeze": True})
    page.get_by_role("button", name="Send", exact=True).click()
    expect(part(page, "running")).to_have_text("1 running")
    send(page, 409)
    shared.control("POST", f"/worlds/{token}/clock", {"advance": 5})
    expect(part(page, "answer").locator(".status")).to_have_text("200")
    assert [each["status"] for each in shared.control("GET", f"/requests?token={token}")["requests"]] == [409, 200]


def test_a_ready_made_account_needs_no_token(watched: Watched) -> None:
    page = watched.open("demo-empty")
    expect(page.get_by_label("Token of this world")).to_be_hidden()
    send(page, 419)
    expect(rows(page).first).to_contain_text("CREDIT-419")


def test_a_world_with_an_unknown_token_asks_for_it(watched: Watched, shared: Mocked, token: str) -> None:
    page = watched.open(token)
    field = page.get_by_label("Token of this world")
    expect(field).to_be_visible()
    answer, press = part(page, "answer"), page.get_by_role("button", name="Send", exact=True)
    press.click()
    expect(answer).to_have_text("Enter the token of this world first.")
    field.fill("demo")
    press.click()
    expect(answer).to_have_text("This token belongs to another world.")
    assert shared.control("GET", f"/requests?token={token}")["total"] == 0
    field.fill(token)
    send(page, 200)


def test_opening_a_world_by_token_hides_the_token_field(watched: Watched, token: str) -> None:
    page = watched.open(token)
    expect(page.get_by_label("Token of this world")).to_be_visible()
    page.get_by_label("Your token").fill(token)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_label("Token of this world")).to_be_hidden()
    expect(part(page, "picker").locator("option:checked")).to_have_text(token)
    send(page, 200)


def test_an_engine_of_the_document_alone_generates(browser: Browser, tmp_path: Path) -> None:
    command = ("env", f"PYTHONPATH={extended_copy(tmp_path)}", sys.executable, "-P", "-m", "mock_server")
    with (
        Server("--generation-time", "0", command=command) as server,
        closing(Mocked(server)) as mocked,
        closing(Watched(browser, mocked)) as tabs,
    ):
        page = tabs.open("demo")
        page.get_by_label("Engine").select_option(ENGINE)
        for field, value in FIELDS.items():
            if field != "image_generator":
                fill(page, field, str(value))
        send(page, 200)
        expect(rows(page).first).to_contain_text(f"{FIELDS['aurora_text']} → 1 image")
        (entry,) = mocked.control("GET", "/requests?operation=generateImage")["requests"]
        assert entry["fields"] == FIELDS
        assert tabs.problems == []
