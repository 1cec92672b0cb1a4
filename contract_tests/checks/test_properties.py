"""What must hold for every request that the document allows, and for every one that it does not: generated requests."""

from contract_tests.checks.decisions import decides
from contract_tests.client.api import Api
from contract_tests.errors import CouldNotLookError
from contract_tests.fuzz.campaigns import CALLS, DOCUMENTED, INVALID, LINKED
from contract_tests.fuzz.engine import carry_out
from contract_tests.fuzz.judgement import NOT_EXAMINED, Record
from contract_tests.fuzz.kinds import Kind
from contract_tests.runner.events import Verdict
from contract_tests.runner.run import Run

UNEXAMINED = NOT_EXAMINED - {419}


@decides("SHAPE", seconds=4)
def test_calls_without_a_body(run: Run, verdict: Verdict) -> None:
    record = carry_out(CALLS, run, verdict, "primary")
    _require_a_look(record, record.answered(Kind.BARE, but=NOT_EXAMINED - {409}))
    _held(verdict, record, "SHAPE")
    if record.answered(Kind.UNLISTED):
        _held(verdict, record, "NOT-FOUND")


@decides("SHAPE", credits=1, seconds=4, roles=("empty",), spares="empty")
def test_documented_requests_are_understood(run: Run, verdict: Verdict) -> None:
    """A service may refuse them for the account's sake, but not as invalid, and not with a status of its own."""
    record = carry_out(DOCUMENTED, run, verdict, "empty")
    if any(status == 200 for _, status in record.answers):
        raise CouldNotLookError("the account empty was served, so it cannot stand for one without credits")
    _require_a_look(record, record.answered(Kind.DOCUMENTED, Kind.OPEN, but=UNEXAMINED))
    _held(verdict, record, "SHAPE")


@decides("SHAPE", "VALID-422", credits=1, seconds=4, spares="empty")
def test_invalid_requests_are_refused(run: Run, verdict: Verdict, refused: Api) -> None:
    """Where an account without credits is told so first, another one has to ask."""
    for role in dict.fromkeys((refused.role, "primary")):
        record = carry_out(INVALID, run, verdict, role)
        looked = record.answered(Kind.INVALID, but=NOT_EXAMINED)
        if looked or record.broken:
            break
    _require_a_look(record, looked)
    _held(verdict, record, "SHAPE", "VALID-422")
    if record.answered(Kind.SOURCELESS, but=NOT_EXAMINED):
        _held(verdict, record, "I2I-SRC")


@decides("SHAPE", credits=2, seconds=30)
def test_calls_that_follow_each_other(run: Run, verdict: Verdict) -> None:
    """Along the document's links: from a free service to a generation, and from that to the recent images."""
    record = carry_out(LINKED, run, verdict, "primary")
    generated = sum(
        count for (kind, status), count in record.answers.items() if kind is not Kind.BARE and status == 200
    )
    _require_a_look(record, min(generated, record.answered(Kind.BARE, but=NOT_EXAMINED)))
    _held(verdict, record, "SHAPE")


def _require_a_look(record: Record, looked: int) -> None:
    if not looked and not record.broken:
        raise CouldNotLookError(f"no generated request got so far as to be examined ({record})")


def _held(verdict: Verdict, record: Record, *rules: str) -> None:
    for rule in rules:
        if rule not in record.rules:
            verdict.expect(rule, True, expected="replies as documented", received=str(record))
