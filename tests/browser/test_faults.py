"""Faults, switched on and off on the page."""

import re

import pytest
from playwright.sync_api import Page, expect

from support.browser import Mocked, Watched, part


@pytest.fixture
def page(watched: Watched, token: str) -> Page:
    return watched.open(token)


def active(shared: Mocked, token: str) -> list[str]:
    return [each["fault"] for each in shared.control("GET", f"/worlds/{token}/faults")]


def switch_on(page: Page) -> None:
    page.get_by_role("button", name="Switch on").click()


def test_a_fault_is_switched_on_with_its_conditions(page: Page, shared: Mocked, token: str) -> None:
    form = part(page, "fault-form")
    form.get_by_label("Fault").select_option("proxy-error")
    form.get_by_label("code").select_option("504")
    form.get_by_label("Operation").select_option("getVersions")
    form.get_by_label("Times").fill("2")
    form.get_by_label("After").fill("1")
    switch_on(page)
    expect(part(page, "faults")).to_contain_text("proxy-error code 504, on getVersions, 2×, after 1")
    assert [shared.get("versions", token).status_code for _ in range(4)] == [200, 504, 504, 200]
    expect(part(page, "faults")).to_contain_text("applied to 2 of 4 requests")


def test_one_fault_is_switched_off_and_then_all(page: Page, shared: Mocked, token: str) -> None:
    for fault in ("drop", "malformed-json", "picture-missing"):
        part(page, "fault-form").get_by_label("Fault").select_option(fault)
        switch_on(page)
        expect(part(page, "faults")).to_contain_text(fault)
    assert active(shared, token) == ["drop", "malformed-json", "picture-missing"]
    page.get_by_role("button", name="Switch malformed-json off").click()
    expect(part(page, "faults-on")).to_have_text("2")
    assert active(shared, token) == ["drop", "picture-missing"]
    page.get_by_role("button", name="All off").click()
    expect(part(page, "faults-on")).to_have_text("0")
    assert active(shared, token) == []


def test_an_invalid_fault_is_refused_with_a_message(watched: Watched, page: Page, shared: Mocked, token: str) -> None:
    watched.expected = ("422",)
    part(page, "fault-form").get_by_label("Fault").select_option("status")
    part(page, "fault-form").get_by_label("code").fill("418")
    switch_on(page)
    expect(part(page, "fault-problem")).to_contain_text("has no documented status 418")
    assert active(shared, token) == []


def test_a_fault_that_another_client_switched_on_is_shown(page: Page, shared: Mocked, token: str) -> None:
    shared.control("PUT", f"/worlds/{token}/faults", [{"fault": "delay", "seconds": 0.25}])
    expect(part(page, "faults")).to_contain_text("delay seconds 0.25")


def test_every_fault_can_be_switched_on(page: Page, shared: Mocked, token: str) -> None:
    kinds = shared.control("GET", "/faults")["faults"]
    offered = part(page, "fault-form").get_by_label("Fault").locator("option")
    expect(offered).to_have_text([kind["fault"] for kind in kinds])
    needed = {"status": ("code", "409"), "delay": ("seconds", "0")}
    for kind in kinds:
        part(page, "fault-form").get_by_label("Fault").select_option(kind["fault"])
        if kind["fault"] in needed:
            name, value = needed[kind["fault"]]
            part(page, "fault-form").get_by_label(re.compile(f"^{name} ")).fill(value)
        switch_on(page)
        expect(part(page, "faults").get_by_role("listitem").last).to_contain_text(kind["fault"])
    assert active(shared, token) == [kind["fault"] for kind in kinds]
