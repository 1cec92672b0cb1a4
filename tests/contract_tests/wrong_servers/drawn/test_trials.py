"""Runs of the suite against draws, the reduction of an accusation, and the summary."""

from dataclasses import replace

import pytest

from contract_tests.runner.events import PlanMade
from contract_tests.runner.outcome import conclude
from contract_tests.runner.plan import Plan
from contract_tests.wrong_servers.catalogue import BOTH
from contract_tests.wrong_servers.drawn import trials
from contract_tests.wrong_servers.drawn.campaign import Examined, Reduced, as_data, kind_of, plan, summary
from contract_tests.wrong_servers.drawn.drawing import Draw, named
from contract_tests.wrong_servers.drawn.replies import Replies
from contract_tests.wrong_servers.drawn.stability import unsteady
from contract_tests.wrong_servers.drawn.trials import Case, Result, cases, run_case
from contract_tests.wrong_servers.state import ROLES

CASE = Case(named(framing="chunked"), "control", ROLES, 17, 17)
RESULT = Result("conforms", 12, 3, 4, 40, 9.0, 100, (), (), {}, {})


def test_a_conforming_draw_is_not_accused() -> None:
    result = run_case(replace(CASE, only=("CREDIT-COST", "RECENT-SAME", "AUTH-401")))
    assert result.complaints == ()
    assert 0 < result.charged <= result.spent <= result.cap


def test_a_difference_is_expected_only_where_the_draw_contradicts_the_assumption() -> None:
    drawn = named(recent_order="oldest first")
    only = ("RECENT-ORDER",)
    assert run_case(replace(CASE, drawn=drawn, only=only)).complaints == ()
    unexplained = Draw({name: replace(way, differs=frozenset()) for name, way in drawn.ways.items()})
    found = run_case(replace(CASE, drawn=unexplained, only=only))
    assert [kind_of(complaint) for complaint in found.complaints] == ["differs RECENT-ORDER"]


def test_a_run_that_decides_nothing_is_not_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if no check could be imported."""
    monkeypatch.setattr(trials, "examine", lambda run: conclude([PlanMade(Plan((), run.settings.rules, 40))]))
    assert [kind_of(complaint) for complaint in run_case(CASE).complaints] == ["nothing decided"]


def test_a_fault_of_the_drawn_server_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Replies, "versions", lambda _: 1 / 0)
    complaints = run_case(replace(CASE, only=("VERSIONS",))).complaints
    assert any("ZeroDivisionError" in complaint for complaint in complaints)


def test_random_sequences_pass_no_rule_that_one_account_cannot_show() -> None:
    alone = replace(CASE, drawn=named(), mode="black-box", roles=("primary",), suite_seed=2)
    verdicts = run_case(replace(alone, only=("RECENT-OWN", "IMG-COUNT"))).verdicts
    assert verdicts == {"RECENT-OWN": "skipped", "IMG-COUNT": "passed"}


def test_a_draw_is_examined_in_both_modes_with_all_roles_and_with_one() -> None:
    drawn = named(lock_scope="global, undeclared", sandbox="every account, declared")
    planned = list(cases(drawn, 4))
    assert [(case.mode, len(case.roles)) for case in planned] == [
        ("black-box", 9), ("black-box", 1), ("control", 9), ("control", 1)
    ]  # fmt: skip
    assert [bool(case.drawn.ways) for case in planned] == [True, True, False, False]


def test_the_seed_of_a_draw_selects_one_case_and_whole_adds_the_others() -> None:
    one, four = (plan(4, 1, 1, BOTH, whole=whole) for whole in (False, True))
    assert {(case.mode, case.roles) for case in one} == {(case.mode, case.roles) for case in four}
    assert ([case.seed for case in one], len(four)) == ([1, 2, 3, 4], 16)
    assert [case.suite_seed for case in plan(1, 9, 3, BOTH, whole=False)] == [1, 2, 3]


def test_a_verdict_that_depends_on_the_seed_of_the_suite_is_named() -> None:
    runs = [
        (replace(CASE, suite_seed=seed), replace(RESULT, verdicts={"AUTH": "passed", "IMG-GET": verdict}))
        for seed, verdict in enumerate(("passed", "violated", "passed"), 1)
    ]
    assert [str(each) for each in unsteady(runs)] == [
        "seed 17, control, all roles: IMG-GET passed with seeds 1, 3, violated with seed 2"
    ]
    others = [(replace(case, seed=case.suite_seed), result) for case, result in runs]
    assert list(unsteady(others)) == []


def test_a_smaller_draw_explains_those_that_contain_it() -> None:
    reduced = Reduced("violated SHAPE", CASE, "violated SHAPE: x")
    larger = replace(CASE, drawn=named(framing="chunked", ids="descending"))
    assert reduced.explains("violated SHAPE", larger)
    assert not reduced.explains("violated AUTH", larger)
    assert not reduced.explains("violated SHAPE", replace(CASE, drawn=named(ids="descending")))


def test_the_summary_counts_and_names_the_smallest_draw() -> None:
    accused = replace(RESULT, complaints=("violated SHAPE: expected 200",), notes=("ORDER",))
    examined = [Examined(CASE, RESULT), Examined(replace(CASE, seed=18), accused)]
    reduced = [Reduced("violated SHAPE", CASE, "violated SHAPE: expected 200")]
    text = "\n".join(summary(examined, reduced))
    assert "framing: chunked 2" in text
    assert "ORDER: 1 runs" in text
    assert "1 runs accused a conforming server." in text
    assert "smallest draw: framing: chunked" in text
    assert as_data(examined, reduced)["runs"][1]["complaints"] == ("violated SHAPE: expected 200",)
