from collections.abc import Iterator
from dataclasses import replace

import pytest

from contract_tests.checks.overlap import judge_409_body, judge_life, judge_seconds, judge_seen
from contract_tests.client.call import Reply
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.contract import load_contract
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from contract_tests.runner.verdict import Verdict
from support.conformance import target
from support.overlaps import overlap, reply


@pytest.fixture
def run() -> Iterator[Run]:
    run = Run(Settings(target()))
    yield run
    run.transport.close()


@pytest.mark.parametrize(
    ("sent", "certain"),
    [(0.05, False), (0.5, True), (2.0, True), (2.4, False), (3.5, False)],
)
def test_a_call_certainly_overlaps_only_well_within_the_generation(run: Run, sent: float, certain: bool) -> None:
    watched = overlap(run, reply(200, 0.0, 3.0), reply(200, 0.01, 0.02))
    assert watched.certainly_running(reply(200, sent, sent + 0.01)) is certain


def test_an_observed_lock_proves_that_the_generation_had_begun(run: Run) -> None:
    watched = overlap(run, reply(200, 0.0, 3.0), reply(409, 0.01, 0.02))
    assert watched.certainly_running(reply(200, 0.03, 0.04))


def test_a_generation_that_took_longer_than_another_one_may_have_begun_late(run: Run) -> None:
    run.made_images.add("primary", reply(200, 0.0, 1.5), queues=False)
    watched = overlap(run, reply(200, 0.0, 3.7), reply(200, 0.01, 0.02))
    assert not watched.certainly_running(reply(200, 0.93, 0.94))
    assert watched.certainly_running(reply(200, 2.1, 2.11))


def test_a_slow_network_widens_the_margin(run: Run) -> None:
    watched = overlap(run, reply(200, 0.0, 3.0), reply(200, 0.1, 0.6))
    assert watched.margin == pytest.approx(1.5)
    assert not watched.certainly_running(reply(200, 1.0, 1.5))


def test_an_expired_lock_proves_nothing(run: Run) -> None:
    watched = overlap(run, reply(200, 0.0, 30.0), reply(409, 0.1, 0.11))
    assert not watched.certainly_running(reply(200, 9.9, 9.95))


def test_a_failed_generation_is_inconclusive(run: Run) -> None:
    with pytest.raises(InconclusiveError, match="was answered 419"):
        overlap(run, reply(419, 0.0, 0.1)).certainly_running(reply(200, 0.05, 0.06))


def test_the_life_of_a_lock_is_bounded_by_the_checks(run: Run) -> None:
    checks = reply(409, 0.1, 0.2), reply(409, 9.8, 9.9), reply(200, 10.0, 10.1)
    life = overlap(run, reply(200, 0.0, 12.0), *checks).life()
    assert [life.at_least, life.at_most] == pytest.approx([9.6, 10.1])
    assert not life.cut_short
    assert len(life.witnesses) == 3


def test_a_lock_that_ended_with_its_generation_was_cut_short(run: Run) -> None:
    checks = reply(409, 0.1, 0.2), reply(200, 3.0, 3.01)
    assert overlap(run, reply(200, 0.0, 3.0), *checks).life().cut_short


def test_a_lock_that_was_never_seen_to_end_has_no_upper_bound(run: Run) -> None:
    life = overlap(run, reply(200, 0.0, 12.0), reply(409, 0.1, 0.2), reply(409, 11.8, 11.9)).life()
    assert life.at_least == pytest.approx(11.6)
    assert life.at_most == float("inf")


def test_a_lock_that_was_never_seen_is_inconclusive(run: Run) -> None:
    with pytest.raises(InconclusiveError, match="never seen"):
        overlap(run, reply(200, 0.0, 12.0), reply(200, 0.1, 0.2)).life()


GENERATION = reply(200, 0.0, 4.0)
LOCKED = reply(409, 0.5, 0.51)


@pytest.fixture
def verdict(run: Run) -> Verdict:
    return Verdict("a test", run.events, load_contract(), run.settings.rules)


def broken(verdict: Verdict) -> list[str]:
    return [decision.rule for decision in verdict.broken]


@pytest.mark.parametrize("status", [200, 423, 503])
def test_a_check_that_does_not_report_a_generation_is_a_finding(run: Run, verdict: Verdict, status: int) -> None:
    judge_seen(verdict, overlap(run, GENERATION, reply(status, 1.0, 1.01)))
    assert broken(verdict) == ["LOCK-CHECK"]


@pytest.mark.parametrize("sent", [0.1, 3.5])
def test_a_check_at_the_edge_of_a_generation_is_not_a_finding(run: Run, verdict: Verdict, sent: float) -> None:
    judge_seen(verdict, overlap(run, GENERATION, LOCKED, reply(200, sent, sent + 0.01)))
    assert broken(verdict) == []
    assert verdict.decided == {"LOCK-CHECK"}


def test_a_lock_that_ends_while_the_generation_runs_is_a_finding(run: Run, verdict: Verdict) -> None:
    judge_seen(verdict, overlap(run, GENERATION, LOCKED, reply(200, 2.0, 2.01)))
    assert broken(verdict) == ["LOCK-CHECK"]


def test_a_generation_without_an_overlap_is_inconclusive(run: Run, verdict: Verdict) -> None:
    with pytest.raises(InconclusiveError, match="was over before"):
        judge_seen(verdict, overlap(run, GENERATION))


@pytest.mark.parametrize(
    "second",
    [
        reply(200, 0.6, 4.6),
        reply(200, 0.6, 8.5),  # it waited for the first to end, where a check had reported the lock
        reply(423, 0.6, 0.61),
        reply(402, 0.6, 0.61),
    ],
)
def test_another_generation_that_is_not_refused_is_a_finding(run: Run, verdict: Verdict, second: Reply) -> None:
    with pytest.raises(Exception, match="LOCK-ONE"):
        judge_seconds(verdict, overlap(run, GENERATION, LOCKED), [second])


@pytest.mark.parametrize(
    "second",
    [
        reply(200, 3.9, 8.0),
        reply(400, 0.6, 0.61),
        reply(403, 0.6, 0.61),
        reply(419, 0.6, 0.61),
        reply(422, 0.6, 0.61),
        reply(429, 0.6, 0.61),
        reply(502, 0.6, 0.61),
    ],
)
def test_any_other_answer_is_inconclusive(run: Run, verdict: Verdict, second: Reply) -> None:
    with pytest.raises(InconclusiveError, match="no other generation certainly overlapped"):
        judge_seconds(verdict, overlap(run, GENERATION, LOCKED), [second])
    assert verdict.decided == set()


def test_one_that_waited_is_inconclusive_where_checks_are_served_one_at_a_time(run: Run, verdict: Verdict) -> None:
    with pytest.raises(InconclusiveError, match="no other generation certainly overlapped"):
        judge_seconds(verdict, overlap(run, GENERATION, reply(200, 0.5, 4.1)), [reply(200, 0.6, 8.5)])


@pytest.mark.parametrize("status", [400, 403, 419, 422, 429, 500, 503])
def test_steady_refusals_are_a_finding_where_the_same_requests_alone_are_served(
    run: Run, verdict: Verdict, status: int
) -> None:
    seconds = [reply(status, 0.6, 0.61), reply(status, 0.7, 0.71)]
    with pytest.raises(Exception, match="LOCK-ONE"):
        judge_seconds(verdict, overlap(run, GENERATION, LOCKED), seconds, able=True)


@pytest.mark.parametrize("others", [[], [reply(409, 0.7, 0.71)]])
def test_a_single_failure_is_not_a_finding(run: Run, verdict: Verdict, others: list[Reply]) -> None:
    seconds = [reply(503, 0.6, 0.61), *others]
    if others:
        judge_seconds(verdict, overlap(run, GENERATION, LOCKED), seconds, able=True)
        assert "LOCK-ONE" not in broken(verdict)
    else:
        with pytest.raises(InconclusiveError):
            judge_seconds(verdict, overlap(run, GENERATION, LOCKED), seconds, able=True)


def test_a_refused_generation_has_a_message(run: Run, verdict: Verdict) -> None:
    judge_seconds(verdict, overlap(run, GENERATION, LOCKED), [reply(409, 0.6, 0.61)])
    assert broken(verdict) == ["LOCK-409-BODY"]


@pytest.mark.parametrize(("released", "rules"), [(5.0, ["LOCK-10S"]), (9.9, []), (10.1, []), (11.5, ["LOCK-10S"])])
def test_a_lock_must_expire_after_the_documented_time(
    run: Run, verdict: Verdict, released: float, rules: list[str]
) -> None:
    checks = [reply(409, at / 10, at / 10 + 0.01) for at in range(1, int(released * 10))]
    judge_life(
        verdict, overlap(run, reply(200, 0.0, 14.0), *checks, reply(200, released, released + 0.01)), shared=False
    )
    assert broken(verdict) == rules


def test_a_shared_lock_that_lives_longer_is_inconclusive(run: Run, verdict: Verdict) -> None:
    checks = [reply(409, at / 10, at / 10 + 0.01) for at in range(1, 130)]
    with pytest.raises(InconclusiveError, match="another client"):
        judge_life(verdict, overlap(run, reply(200, 0.0, 14.0), *checks), shared=True)


def test_a_409_that_is_a_web_page_does_not_end_a_test_of_the_lock(run: Run) -> None:
    verdict = Verdict("a test", run.events, load_contract(), run.settings.rules)
    judge_409_body(verdict, replace(reply(409, 0.0, 0.1), content=b"<h1>Busy</h1>"))
    assert not verdict.broken
