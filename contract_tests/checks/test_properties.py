"""Properties of all documented requests and of all invalid ones, checked with generated requests."""

from contract_tests.checks.decisions import decides
from contract_tests.client.api import Api
from contract_tests.errors import InconclusiveError
from contract_tests.fuzz.campaigns import CALLS, DOCUMENTED, INVALID, LINKED
from contract_tests.fuzz.engine import run_campaign
from contract_tests.fuzz.judgement import NOT_EXAMINED, Record
from contract_tests.oracle.kinds import Kind
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

# For want of credits `empty` is refused what it would otherwise be served: such a request was accepted.
UNEXAMINED = NOT_EXAMINED - {419}


@decides("SHAPE", seconds=4)
def test_calls_without_a_body(run: Run, verdict: Verdict) -> None:
    record = run_campaign(CALLS, run, verdict, "primary")
    # The 409 of check-availability is a documented reply.
    _require_checked(record, record.answered(Kind.BARE, but=NOT_EXAMINED - {409}))
    _expect_passed(verdict, record, "SHAPE")


@decides("SHAPE", credits=2, seconds=4, roles=("empty",), free_with_role="empty")
def test_documented_requests_are_accepted(run: Run, verdict: Verdict) -> None:
    """A service may refuse them for the state of the account, but not as invalid or with an undocumented status."""
    record = run_campaign(DOCUMENTED, run, verdict, "empty")
    if any(status == 200 for _, status in record.answers):
        raise InconclusiveError("the account empty was served, so it has credits")
    _require_checked(record, record.answered(Kind.DOCUMENTED, Kind.OPEN, but=UNEXAMINED))
    _expect_passed(verdict, record, "SHAPE")


@decides("SHAPE", "VALID-422", credits=2, seconds=4, free_with_role="empty")
def test_invalid_requests_are_refused(run: Run, verdict: Verdict, refused: Api) -> None:
    """If an account without credits is refused for its credits first, the primary account is used."""
    for role in dict.fromkeys((refused.role, "primary")):
        record = run_campaign(INVALID, run, verdict, role)
        checked = record.answered(Kind.INVALID, but=NOT_EXAMINED)
        if checked or record.broken:
            break
    _require_checked(record, checked)
    _expect_passed(verdict, record, "SHAPE", "VALID-422")


@decides("SHAPE", credits=3, seconds=30)
def test_linked_calls(run: Run, verdict: Verdict) -> None:
    """Along the document's links: from the availability check to a generation, then to the recent images."""
    record = run_campaign(LINKED, run, verdict, "primary")
    generated = sum(
        count for (kind, status), count in record.answers.items() if kind is not Kind.BARE and status == 200
    )
    _require_checked(record, min(generated, record.answered(Kind.BARE, but=NOT_EXAMINED)))
    _expect_passed(verdict, record, "SHAPE")


def _require_checked(record: Record, checked: int) -> None:
    if not checked and not record.broken:
        raise InconclusiveError(f"no generated request reached the checks ({record})")


def _expect_passed(verdict: Verdict, record: Record, *rules: str) -> None:
    for rule in rules:
        if rule not in record.rules:
            verdict.expect(rule, True, expected="replies as documented", received=str(record))
