"""Runs of the suite against draws, the reduction of an accusation, and the summary."""

from dataclasses import replace

import pytest

from contract_tests.runner.events import PlanMade
from contract_tests.runner.outcome import conclude
from contract_tests.runner.plan import Plan
from contract_tests.wrong_servers.drawn import trials
from contract_tests.wrong_servers.drawn.campaign import Examined, Reduced, as_data, kind_of, summary
from contract_tests.wrong_servers.drawn.drawing import Draw, named
from contract_tests.wrong_servers.drawn.trials import Case, Result, cases, run_case
from contract_tests.wrong_servers.state import ROLES

CASE = Case(named(framing="chunked"), "control", ROLES, 17)
RESULT = Result("conforms", 12, 3, 4, 40, 9.0, 100, (), (), {})


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


def test_a_draw_is_examined_in_both_modes_with_all_roles_and_with_one() -> None:
    drawn = named(lock_scope="global, undeclared")
    planned = list(cases(drawn, 1))
    assert [(case.mode, len(case.roles)) for case in planned] == [
        ("black-box", 9), ("black-box", 1), ("control", 9), ("control", 1)
    ]  # fmt: skip
    assert [bool(case.drawn.ways) for case in planned] == [True, True, False, False]


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
