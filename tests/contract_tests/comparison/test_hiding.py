"""The report of a drift shows nothing that the service sent and that is not public."""

from typing import Any

import pytest
from msgspec import structs

from contract_tests.client.masking import Masker
from contract_tests.comparison.accepted import AcceptedDifferences
from contract_tests.comparison.comparison import Comparison
from contract_tests.comparison.finding import Cause, Finding
from contract_tests.comparison.hiding import Hiding
from contract_tests.comparison.outcome import Outcome
from contract_tests.comparison.reissue import Reissued
from contract_tests.comparison.replay import Played
from contract_tests.recordings.model import Response
from support.exchanges import JSON, check, recording
from support.recorded import target_at

SENT = {"message": "zorblax", "id": 90412, "errors": {"quimby": "jane@zembla.test"}, "count": 7, "status": "success"}


def outcome(body: Any, *, drifts: bool = True) -> Outcome:
    recorded = check(1, 0, 200)
    reissued = structs.replace(recorded, response=Response(200, JSON, json=body))
    played = Played({1: Reissued(reissued)}, {2: "no reply: zorblax"}, "it ended with zorblax after 12 requests")
    target = target_at("http://127.0.0.1:1", {})
    return Outcome(recording(recorded), target, played, {}, Masker([]), 0.0 if drifts else None)


def finding(received: Any, where: str = "/response/json/message", why: str = "") -> Finding:
    cause = Cause("service_changed", "SHAPE", why=why)
    return Finding(cause, 1, "GET checkAvailability", where, "text", received, "curl http://127.0.0.1:1/api/v1/zorblax")


@pytest.mark.parametrize("received", ["zorblax", 90412, ["zorblax"], {"quimby": "zorblax"}, "7 entries of zorblax"])
def test_a_word_or_number_of_a_reply_is_replaced(received: Any) -> None:
    shown = Hiding(outcome(SENT)).finding(
        finding(received, "/response/json/errors/quimby", "zorblax; documented: a text")
    )
    text = str(shown)
    assert not [each for each in ("zorblax", "90412", "quimby") if each in text]
    assert shown.where == "/response/json/errors/…"
    assert shown.cause.why.endswith("; documented: a text")
    assert type(shown.received) is type(received)


@pytest.mark.parametrize("received", [7, "7 entries", "success", None, True, "array", "a fraction of 6 digits"])
def test_words_of_the_suite_and_public_ones_stay(received: Any) -> None:
    assert Hiding(outcome(SENT)).finding(finding(received)).received == received


def test_the_address_of_the_target_stays() -> None:
    body = {"message": "http://127.0.0.1:1/api/v1/ of 127.0.0.1"}
    assert Hiding(outcome(body)).finding(finding(body["message"])).received == body["message"]


def test_a_replay_hides_nothing() -> None:
    given = finding("zorblax")
    assert Hiding(outcome(SENT, drifts=False)).finding(given) == given


def test_the_reasons_of_an_end_and_of_what_is_left_out_have_no_words_of_the_service() -> None:
    comparison = Comparison(outcome(SENT), AcceptedDifferences(), "aiimage-conform drift", 1)
    assert "zorblax" not in str([comparison.sentence, comparison.left_out()])
    assert "after 12 requests" in comparison.sentence
