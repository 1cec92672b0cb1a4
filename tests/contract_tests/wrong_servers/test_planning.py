"""The plan of a selftest."""

import pytest

from contract_tests.wrong_servers.catalogue import CATALOGUE
from contract_tests.wrong_servers.planning import MODES, Job, chosen, in_order, jobs_for


def test_a_conforming_server_has_every_seed_and_a_broken_one_no_control() -> None:
    chosen = [CATALOGUE[name] for name in ("conforming", "lock-ignored", "garbage")]
    jobs = [(job.name, job.mode, job.seed) for job in jobs_for(chosen, MODES["both"], 2)]
    assert jobs == [
        ("conforming", "black-box", 1),
        ("conforming", "black-box", 2),
        ("conforming", "control", 1),
        ("conforming", "control", 2),
        ("lock-ignored", "black-box", 1),
        ("lock-ignored", "control", 1),
        ("garbage", "black-box", 1),
    ]


def test_a_wrong_server_ends_once_nothing_is_left_to_prove_unless_all_checks_are_wanted() -> None:
    entry = CATALOGUE["lock-ignored"]
    assert [(job.only, job.until) for job in jobs_for([entry], ("control",), 1)] == [(("LOCK-ONE",), "proven")]
    assert [(job.only, job.until) for job in jobs_for([entry], ("control",), 1, whole=True)] == [((), "complete")]


def test_servers_are_chosen_by_name_kind_and_rule() -> None:
    assert [entry.name for entry in chosen(["lock-ignored"])] == ["lock-ignored"]
    assert {entry.kind for entry in chosen(["null"])} == {"null"}
    assert all("VERSIONS" in entry.rules for entry in chosen(["VERSIONS"]))
    assert len(chosen([])) >= len(CATALOGUE)
    with pytest.raises(LookupError, match="unknown"):
        chosen(["lock-ignored", "unknown"])


def test_trials_that_wait_for_locks_start_first_and_the_others_in_the_same_order_each_time() -> None:
    quick = [Job(name, "control", 1, ("SHAPE",)) for name in "abcdefgh"]
    slow = [Job("i", "control", 1, ("LOCK-10S",)), Job("j", "control", 1)]
    ordered = in_order([*quick, *slow])
    assert {job.name for job in ordered[:2]} == {"i", "j"}
    assert ordered == in_order([*slow, *reversed(quick)])
    assert [job for job in ordered if job in quick] != quick
