"""The requests that the page itself sends: marked as its own, sent once, and bound to a world."""

import pytest
from playwright.sync_api import Page, expect

from support.browser import Mocked, Watched, part, rows

ORDER_TWICE = """async (token) => {
    const order = { image_generator: "flux-pro", description_flux_pro: "A fox", image_number_of_images: 1 };
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const request = { method: "POST", headers, body: JSON.stringify(order) };
    for (let sent = 0; sent < 2; sent += 1) await (await fetch("/api/v1/aiimage/generate-image", request)).text();
}"""


@pytest.fixture
def page(watched: Watched, token: str) -> Page:
    """The page with a typed token."""
    page = watched.open("demo")
    page.get_by_label("Your token").fill(token)
    page.get_by_role("button", name="Open", exact=True).click()
    expect(part(page, "picker").locator("option:checked")).to_have_text(token)
    return page


def send(page: Page, status: str) -> None:
    page.get_by_role("button", name="Send", exact=True).click()
    expect(part(page, "answer").locator(".status")).to_have_text(status)


def test_a_request_of_the_page_is_not_the_clients(page: Page, shared: Mocked, token: str) -> None:
    send(page, "200")
    expect(rows(page)).to_contain_text("page")
    expect(part(page, "verdict-word")).to_have_text("not exercised")
    assert shared.control("GET", f"/verdict?token={token}")["verdict"] == "not exercised"
    expect(part(page, "met")).to_have_text("0 of 22 met")
    page.get_by_label("Count as the client").check()
    send(page, "200")
    expect(part(page, "verdict-word")).to_have_text("misbehaved")
    expect(part(page, "met")).to_have_text("1 of 22 met")


@pytest.mark.parametrize("fault", [{"fault": "lost-response", "at": "charged"}, {"fault": "drop"}, {"fault": "reset"}])
def test_a_lost_reply_shows_and_is_paid_once(page: Page, shared: Mocked, token: str, fault: dict[str, str]) -> None:
    send(page, "200")  # now there is a connection that a browser would use again
    shared.control("PUT", f"/worlds/{token}/faults", [{**fault, "operation": "generate-image", "times": 1}])
    send(page, "lost")
    expect(part(page, "answer")).to_contain_text("closed without a response")
    found = shared.control("GET", f"/requests?token={token}")["requests"]
    assert [each["status"] for each in found] == [None, 200]
    page.get_by_role("button", name="Details").click()
    expect(page.get_by_role("dialog")).to_contain_text(fault["fault"])


def test_a_browser_that_repeats_a_lost_request_is_named(watched: Watched, shared: Mocked, token: str) -> None:
    page = watched.open(token)
    watched.expected = ("ERR_", "status of")
    shared.control(
        "PUT", f"/worlds/{token}/faults", [{"fault": "lost-response", "at": "charged", "times": 1, "after": 1}]
    )
    page.evaluate(ORDER_TWICE, token)
    assert len(shared.control("GET", f"/requests?token={token}")["requests"]) == 3
    expect(part(page, "verdict")).to_contain_text("The browser may have sent it 2 times by itself")


def test_the_answer_is_gone_with_its_world(page: Page) -> None:
    send(page, "200")
    part(page, "picker").select_option("demo-low")
    expect(part(page, "credits")).to_have_text("2")
    expect(part(page, "answer")).to_be_hidden()


def test_a_request_in_progress_shows_its_time_on_the_clock_of_the_world(page: Page, shared: Mocked, token: str) -> None:
    shared.control("PATCH", f"/worlds/{token}", {"generation_time": 12})
    shared.control("POST", f"/worlds/{token}/clock", {"freeze": True})
    page.get_by_role("button", name="Send", exact=True).click()
    row = rows(page).first
    expect(row).to_contain_text("running")
    expect(part(page, "begun")).to_have_text("1 running")
    expect(part(page, "mode")).to_have_text("frozen")
    shared.control("POST", f"/worlds/{token}/clock", {"advance": 11})
    expect(row.locator(".took")).to_have_text("11.0 s")
    row.click()
    expect(page.get_by_role("dialog")).to_contain_text("The request is in progress")
    page.keyboard.press("Escape")
    shared.control("POST", f"/worlds/{token}/clock", {"advance": 1})
    expect(row.locator(".status")).to_have_text("200")
    expect(part(page, "begun")).to_be_hidden()
    expect(rows(page)).to_have_count(1)


def test_a_request_that_ends_late_is_in_the_list(watched: Watched, shared: Mocked, page: Page, token: str) -> None:
    shared.control("POST", f"/worlds/{token}/clock", {"freeze": True})
    shared.control("PATCH", f"/worlds/{token}", {"generation_time": 5})
    page.get_by_role("button", name="Send", exact=True).click()
    expect(part(page, "begun")).to_have_text("1 running")
    for _ in range(60):
        shared.get("versions", token)
    shared.control("POST", f"/worlds/{token}/clock", {"advance": 5})
    expect(part(page, "count")).to_have_text("61")
    expect(part(page, "begun")).to_be_hidden()
