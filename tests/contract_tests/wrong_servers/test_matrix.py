"""The results of a selftest as text."""

from dataclasses import replace

from contract_tests.wrong_servers.catalogue import CATALOGUE
from contract_tests.wrong_servers.matrix import matrix, problems, progress, totals
from support.trials import TRIAL


def test_the_matrix_fits_a_hundred_columns_and_the_totals_count() -> None:
    survivor = replace(TRIAL, name="lock-expires-a-second-late", violated=())
    trials = [TRIAL, survivor]
    lines = list(matrix([CATALOGUE[trial.name] for trial in trials], trials))
    assert max(map(len, "\n".join(lines).splitlines())) <= 100
    assert "! survived" in lines[-1]
    assert next(totals(trials)) == (
        "control: Of 2 wrong servers, 1 were caught by the right rule, 0 only by another rule, and 1 survived."
    )
    assert len(problems(trials)) == 1


def test_the_line_of_a_trial_shows_whether_it_is_as_expected() -> None:
    assert progress(TRIAL, 1, 2).startswith("[  1/2] ok  lock-ignored")
    assert progress(replace(TRIAL, violated=()), 2, 2).startswith("[  2/2] NOT lock-ignored")
