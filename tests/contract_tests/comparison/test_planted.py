"""Planted causes: each is diagnosed as what it is, and nothing that is unchanged counts as a change of the service."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import structs

from contract_tests.comparison.diagnosis import diagnose
from contract_tests.comparison.finding import Finding
from contract_tests.comparison.outcome import Outcome
from contract_tests.comparison.playing import replay
from contract_tests.recordings.model import RecordedExchange, Recording
from contract_tests.wrong_servers.drawn.drawing import draw, named
from support.recorded import Client, Script, briefly, everything
from support.recorded_draw import drawn
from support.recorded_mock import mock, replay_target, service_target
from support.recorded_named import asked_again, recorded_at
from support.server import Server

Diagnose = Callable[[], list[Finding]]


@pytest.fixture(scope="module")
def default_mock() -> Iterator[Server]:
    with mock() as server:
        yield server


SETTINGS: list[tuple[str, Any, str]] = [
    ("locked_status_field", "absent", "LOCK-409-BODY"),
    ("locked_message_field", "error", "LOCK-409-BODY"),
    ("output_form", "slash", "IMG-STORAGE"),
    ("image_storage", "s3", "IMG-STORAGE"),
    ("created_at", "microseconds", "SHAPE"),
    ("further_fields", "family", "SHAPE"),
    ("invalid_status", 400, "VALID-422"),
    ("error_body", "envelope", "ERROR-BODY"),
    ("rate_limit", "starter", "RATE"),
    ("lock_release", "expiry", "LOCK-RELEASE"),
    ("credit_need", "any", "CREDIT-NEED"),
    ("daily_unit", "requests", "DAILY-RESET"),
    ("recent_order", "oldest-first", "RECENT-ORDER"),
    ("input_modifiers", "appended", "IMG-INPUT"),
    ("queued_engines", ["flux-pro"], "QUEUED"),
    ("trailing_slash", "redirected", "NOT-FOUND"),
    ("without_accept", "redirect", "NO-ACCEPT"),
    ("lock_scope", "global", "LOCK-SCOPE"),
    ("versions", {"dall-e": "dalle4"}, "VERSIONS"),
    ("unauthenticated_status", 403, "AUTH-401"),
    ("invalid_body", "message", "VALID-422"),
    ("daily_limit_body", "errors", "DAILY-429"),
    ("upscale_factor", 3, "IMG-SIZE"),
    ("absent_engines", ["flux-pro"], "ENGINES"),
]
_FAST = {"locked_message_field", "invalid_status"}


@pytest.mark.parametrize(
    ("setting", "value", "rule"),
    [pytest.param(*case, id=case[0], marks=() if case[0] in _FAST else pytest.mark.slow) for case in SETTINGS],
)
def test_a_mock_that_is_wrong_by_a_setting(
    setting: str, value: Any, rule: str, tmp_path: Path, default_mock: Server
) -> None:
    behaviour = tmp_path / "behaviour.yaml"
    behaviour.write_text(yaml.safe_dump({setting: value}), encoding="utf-8")
    with mock("--generation-time", "0.2", "--behaviour", str(behaviour)) as service:
        recording = recorded_at(service_target(service), everything)
    findings = diagnose(replay(recording, replay_target(default_mock)))
    causes = [finding.cause for finding in findings]
    assert {cause.diagnosis for cause in causes} == {"mock_wrong"}
    explained = [cause for cause in causes if cause.setting is not None]
    assert explained
    for cause in explained:
        assert cause.setting is not None
        assert (cause.rule, cause.setting.name, cause.setting.value) == (rule, setting, value)
    assert len(explained) >= len(causes) - 1  # a path outside the document has no setting of its own


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "rule"), [("unauthenticated_body", "AUTH-401"), ("unknown_path_body", "NOT-FOUND")]
)
def test_a_mock_that_answers_json_in_place_of_a_page(
    setting: str, rule: str, tmp_path: Path, default_mock: Server
) -> None:
    behaviour = tmp_path / "behaviour.yaml"
    behaviour.write_text(yaml.safe_dump({setting: "page"}), encoding="utf-8")
    with mock("--generation-time", "0", "--behaviour", str(behaviour)) as service:
        recording = recorded_at(service_target(service), everything)
    causes = [finding.cause for finding in diagnose(replay(recording, replay_target(default_mock)))]
    assert {cause.diagnosis for cause in causes} == {"mock_wrong"}
    # To a client that does not accept JSON, a page may also be due to `without_accept`.
    assert (rule, setting, "page") in [
        (each.rule, each.setting.name, each.setting.value) for each in causes if each.setting
    ]


CHANGES = {
    "stamps": ("microseconds", "SHAPE"),
    "error bodies": ("envelope", "ERROR-BODY"),
    "recent order": ("oldest first", "RECENT-ORDER"),
    "output": ("absolute", "IMG-STORAGE"),
    "invalid": ("400", "VALID-422"),
    "lock release": ("expiry", "LOCK-RELEASE"),
    "versions": ("one", "VERSIONS"),
    "input": ("modifiers appended", "IMG-INPUT"),
    "rate headers": ("with reset", "RATE-HEADERS"),
    "unauthenticated": ("403", "AUTH-401"),
    "status of generate's 409": ("missing", "LOCK-409-BODY"),
    "extra fields": ("the same everywhere", "SHAPE"),
}


@pytest.mark.parametrize(
    ("freedom", "script", "way", "rule"),
    [
        *(
            pytest.param(freedom, briefly, *CHANGES[freedom], id=f"{freedom}, briefly")
            for freedom in ("stamps", "invalid")
        ),
        *(
            pytest.param(freedom, everything, *case, id=freedom, marks=pytest.mark.slow)
            for freedom, case in CHANGES.items()
        ),
    ],
)
def test_a_service_that_changed(freedom: str, script: Script, way: str, rule: str) -> None:
    with drawn(draw_of()) as before:
        recording = before.recorded(script)
    with drawn(draw_of(**{freedom: way}), first=700) as after:
        findings = diagnose(after.asked_again(recording))
    assert rule in {finding.rule for finding in findings if finding.diagnosis == "service_changed"}
    assert {finding.diagnosis for finding in findings} <= {"service_changed", "inconclusive"}


def draw_of(**ways: str) -> Any:
    return named(**{name.replace(" ", "_"): way for name, way in {"generation time": "0.4 s", **ways}.items()})


CONTRADICTIONS = {
    "any-token": "AUTH",
    "one-image-less": "IMG-COUNT",
    "input-empty": "IMG-INPUT",
    "picture-as-mp4": "IMG-GET",
    "json-two-values": "SHAPE",
}


@pytest.mark.parametrize(
    ("name", "script", "rule"),
    [
        pytest.param("any-token", briefly, "AUTH", id="any-token, briefly"),
        *(
            pytest.param(name, everything, rule, id=name, marks=pytest.mark.slow)
            for name, rule in CONTRADICTIONS.items()
        ),
    ],
)
def test_a_document_that_is_wrong(name: str, script: Script, rule: str) -> None:
    """The service contradicts the documentation in the recording and in its reissue alike."""
    recording = recorded_at(name, script)
    findings = diagnose(asked_again(name, recording))
    assert rule in {finding.rule for finding in findings if finding.diagnosis == "document_wrong"}
    assert {finding.diagnosis for finding in findings} == {"document_wrong"}


@dataclass(frozen=True)
class Unusable:
    """A recording that cannot be compared. change: changes it; accounts: the state of the accounts in the reissue."""

    rule: str
    script: Script
    change: Callable[[RecordedExchange], RecordedExchange] = lambda exchange: exchange
    accounts: dict[str, dict[str, int]] | None = None


def _without_reply(exchange: RecordedExchange) -> RecordedExchange:
    lost = exchange.operation == "generateImage"
    return structs.replace(exchange, response=None, error="ReadTimeout") if lost else exchange


def _refused(exchange: RecordedExchange) -> RecordedExchange:
    assert exchange.response is not None
    return structs.replace(exchange, response=structs.replace(exchange.response, status=401, json={"message": "No."}))


def _one(client: Client) -> None:
    client.check()
    client.generate()
    client.recent()


def _low(client: Client) -> None:
    client.generate("low", image_number_of_images=2)


def _almost_limited(client: Client) -> None:
    client.generate("almost_limited")


def _busy(client: Client) -> None:
    client.check("busy")
    client.generate("busy")


UNUSABLE = {
    "a call without a reply": Unusable("SHAPE", _one, _without_reply),
    "a token that was refused": Unusable("AUTH", _one, _refused),
    "credits that are used up": Unusable("CREDIT-419", _low, accounts={"low": {"credits": 1}}),
    "a day that is used up": Unusable("DAILY-429", _almost_limited, accounts={"almost_limited": {"used_today": 50}}),
    "a lock that is free again": Unusable("LOCK-ONE", _busy, accounts={"busy": {}}),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in UNUSABLE.items()])
def test_a_recording_that_is_unusable(case: Unusable) -> None:
    recording = recorded_at("conforming", case.script)
    changed = Recording(recording.manifest, [case.change(each) for each in recording.exchanges])
    findings = diagnose(asked_again("conforming", changed, case.accounts))
    assert case.rule in {finding.rule for finding in findings}
    assert {finding.diagnosis for finding in findings} == {"recording_unusable"}


# Where a check holds the lock for a moment, milliseconds decide on the next reply.
_BY_CHANCE = ["sandbox", "checks"]


def _assert_unchanged(outcome: Outcome) -> None:
    assert [finding.document for finding in diagnose(outcome)] == []
    assert len(outcome.pairs) > 20


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 10, 17])
def test_an_unchanged_service_shows_no_difference(seed: int) -> None:
    """Ids, times and addresses are other ones; everything else that the contract leaves open is the same."""
    server = draw(seed).without([*_BY_CHANCE, "lock release", "generation time"])
    with drawn(server) as before:
        recording = before.recorded(everything)
    with drawn(server, first=700) as after:
        outcome = after.asked_again(recording)
    _assert_unchanged(outcome)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20, 30))
def test_ten_unchanged_services_show_no_difference(seed: int) -> None:
    server = draw(seed).without(_BY_CHANCE)
    with drawn(server) as before:
        recording = before.recorded(everything)
    with drawn(server, first=700) as after:
        outcome = after.asked_again(recording)
    _assert_unchanged(outcome)


def test_the_same_reissue_has_the_same_verdicts() -> None:
    recording = recorded_at("conforming", briefly)
    outcome = asked_again("any-token", recording)
    first = [finding.document for finding in diagnose(outcome)]
    assert first
    assert all([finding.document for finding in diagnose(outcome)] == first for _ in range(20))
