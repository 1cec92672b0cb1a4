"""llms.txt has the base URL, the operations, tokens, rules and pitfalls of this mock."""

from mock_server.app import contract, rules
from support.control import control_call
from support.mock import Mock, Start, settings


def test_it_is_derived_from_document_rules_and_accounts(mock: Mock) -> None:
    reply = control_call(mock, "GET", "/llms.txt")
    assert reply.headers["content-type"].startswith("text/plain")
    text = reply.text
    assert "- Base URL: http://127.0.0.1/api/v1\n" in text
    assert all(f"`{each.method} {each.path}`" in text for each in contract().operations)
    assert all(f"- {rule.id} ({rule.source}): " in text for rule in rules().by_id.values())
    assert all(f"{engine}" in text for engine in contract().engines)
    assert "- `demo-low`: 2 credits" in text
    assert "- `demo-invalid`: not a valid token" in text


def test_a_closed_server_says_that_no_other_token_is_valid(start: Start) -> None:
    assert "any other: not valid" in control_call(start(settings(closed=True)), "GET", "/llms.txt").text


def test_it_is_behind_the_admin_token(start: Start) -> None:
    assert control_call(start(settings(admin_token="a-secret")), "GET", "/llms.txt").status_code == 401
