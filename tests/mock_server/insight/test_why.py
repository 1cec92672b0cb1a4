"""The reason of a refusal, as data and as a sentence."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract import Contract, Rules
from mock_server.domain.clock import seconds
from mock_server.domain.entry import Problem
from mock_server.insight import why
from support.clocks import START
from support.journal import OPERATIONS, entry

WAIT = "A client waits until the next day, or as long as Retry-After says, before it sends this again."
ASK = "A client asks check-availability once a second, and sends it again when that says 200."
UNTIL = START + seconds(10)
LOCKED = {"lock": {"until": UNTIL}}
FOREVER: dict[str, Any] = {"lock": {"until": None}}
ENGINE = Problem("image_generator", "required", "The image generator field is required.")
COUNT = Problem("image_number_of_images", "required", "The image number of images field is required.")
SEND_TOKEN = "Send the header Authorization: Bearer <token>, with a valid one, with every call."
POLL = "Ask check-availability once a second, and generate when it says 200."
AGAIN = "send it again at 2026-02-26T10:00:10Z."
SHORT = {"credits": 1, "needed": 3, "images": 3}
TWO = {"image_number_of_images": 2}


def message(contract: Contract, rules: Rules, **changes: Any) -> str:
    found = why(entry(**changes), contract, rules)
    assert found
    return str(found["message"])


@pytest.mark.parametrize("status", [None, 200, 304, 500, 503])
def test_a_request_that_was_not_refused_has_no_reason(contract: Contract, rules: Rules, status: int | None) -> None:
    assert why(entry(status=status), contract, rules) is None


def test_a_refusal_names_its_rule_its_state_and_its_end(contract: Contract, rules: Rules) -> None:
    found = why(entry(status=409, rule="LOCK-ONE", state=LOCKED, ends_at=UNTIL), contract, rules)
    assert found
    assert found["rule"] == "LOCK-ONE"
    assert found["source"] == "doc"
    assert found["statement"] == rules.by_id["LOCK-ONE"].statement
    assert found["state"] == {"lock": {"until": "2026-02-26T10:00:10Z"}}
    assert found["ends_at"] == found["nearest"]["when"] == "2026-02-26T10:00:10Z"


def test_a_refusal_without_a_rule_has_the_source_assumed(contract: Contract, rules: Rules) -> None:
    found = why(entry(status=413), contract, rules)
    assert found
    assert (found["rule"], found["source"], found["statement"], found["ends_at"]) == (None, "assumed", None, None)
    assert found["message"] == "The request body is larger than the limit. Send a smaller one."


@pytest.mark.parametrize(
    ("changes", "message_"),
    [
        (
            {"status": 401, "rule": "AUTH-401"},
            f"The request carries no token. {SEND_TOKEN}",
        ),
        (
            {"status": 401, "rule": "AUTH-401", "authorized": True},
            f"The token is not valid. {SEND_TOKEN}",
        ),
        (
            {"status": 404, "rule": "NOT-FOUND", "path": "/aiimage/versions", "method": "GET"},
            "There is no such path. The nearest is getVersions: GET /api/v1/aiimage/versions.",
        ),
        (
            {"status": 405, "rule": "NOT-FOUND", "method": "PUT"},
            "The path does not take PUT. The nearest is generateImage: POST /api/v1/aiimage/generate-image.",
        ),
        (
            {"status": 404, "rule": "NOT-FOUND", "operation": "picture", "picture": "a.png"},
            "There is no picture of that title. Fetch the address in output exactly as the reply gives it.",
        ),
        (
            {"status": 409, "rule": "LOCK-ONE", "state": LOCKED, "ends_at": UNTIL},
            f"A generation holds the lock. It is free again at 2026-02-26T10:00:10Z at the latest. {POLL}",
        ),
        (
            {"status": 409, "rule": "LOCK-CHECK", "state": FOREVER},
            "A generation holds the lock forever. Waiting does not help: delete the lock by the control API.",
        ),
        (
            {"status": 409, "rule": "LOCK-ONE"},
            f"A generation holds the lock. {POLL}",
        ),
        (
            {"status": 419, "rule": "CREDIT-419", "state": {"credits": 1, "needed": 2, "images": 2}, "fields": TWO},
            "Credits needed: 2, left: 1. Ask for 1 image, or buy credits before sending it again.",
        ),
        (
            {"status": 419, "rule": "CREDIT-419", "state": {"credits": 0, "needed": 2, "images": 2}, "fields": TWO},
            "Credits needed: 2, left: 0. Buy credits before sending it again.",
        ),
        (
            {"status": 419, "rule": "CREDIT-419"},
            "Credits are short. Buy credits before sending it again.",
        ),
        (
            {"status": 422, "rule": "VALID-422", "problems": (ENGINE,)},
            "The image generator field is required. Send the nearest request instead.",
        ),
        (
            {"status": 422, "rule": "VALID-422", "problems": (ENGINE, ENGINE, COUNT)},
            "The image generator field is required. 1 more field is wrong. Send the nearest request instead.",
        ),
        (
            {"status": 422, "rule": "VALID-422"},
            "The parameters are not valid. Send the nearest request instead.",
        ),
        (
            {"status": 429, "rule": "DAILY-429"},
            "The daily limit is reached. Send it again on another day.",
        ),
        (
            {"status": 429, "faults": ("burst",)},
            f"No rule refused it: the fault burst answered 429. {WAIT}",
        ),
        (
            {"status": 409, "code": None},
            f"No rule refused it: the mock was asked to answer 409. {ASK}",
        ),
        (
            {"status": 408, "faults": ("http-error",)},
            "No rule refused it: the fault http-error answered 408. Send it again.",
        ),
        ({"status": 418, "rule": "NEW"}, "The rule NEW refused it with 418."),
    ],
)
def test_a_message_has_the_reason_and_the_remedy(
    contract: Contract, rules: Rules, changes: dict[str, Any], message_: str
) -> None:
    assert message(contract, rules, **changes) == message_


@pytest.mark.parametrize(
    ("limit", "used", "ends_at", "message_"),
    [
        (5, 5, UNTIL, "The daily limit of 5 images is reached. Send it again at 2026-02-26T10:00:10Z."),
        (
            5,
            4,
            UNTIL,
            f"The daily limit of 5 images is reached. Ask for 1 image at once or {AGAIN}",
        ),
        (1, 0, None, "The daily limit of 1 image is reached. Ask for 1 image at once."),
        (1, 1, None, "The daily limit of 1 image is reached. Ask for 1 image at 2026-02-27T00:00:00Z."),
        (0, 0, None, "The daily limit of 0 images allows no image at all. Waiting does not help."),
    ],
)
def test_a_message_about_the_daily_limit_has_the_remaining_images(
    contract: Contract, rules: Rules, limit: int, used: int, ends_at: int | None, message_: str
) -> None:
    state = {"daily_limit": limit, "used_today": used, "reserved": 0, "resets_at": START + 14 * 3600 * seconds(1)}
    assert message(contract, rules, status=429, rule="DAILY-429", state=state, ends_at=ends_at, fields=TWO) == message_


@given(
    st.sampled_from(sorted(OPERATIONS)),
    st.integers(400, 499),
    st.sampled_from([None, "LOCK-ONE", "VALID-422", "GONE"]),
    st.sampled_from(
        [
            {},
            LOCKED,
            FOREVER,
            {"credits": 1, "needed": 3, "images": 3},
            {"daily_limit": 3, "used_today": 3, "reserved": 1},
        ]
    ),
    st.sampled_from([None, UNTIL]),
    st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5), max_size=3),
)
def test_every_refusal_has_a_reason_that_can_be_written_as_json(
    contract: Contract,
    rules: Rules,
    operation: str,
    status: int,
    rule: str | None,
    state: dict[str, Any],
    ends_at: int | None,
    fields: dict[str, Any],
) -> None:
    refused = entry(0, operation, status, rule=rule, state=state, ends_at=ends_at, fields=fields)
    found = why(refused, contract, rules)
    assert found
    assert found["message"].endswith(".")
    assert json.loads(json.dumps(found)) == found
