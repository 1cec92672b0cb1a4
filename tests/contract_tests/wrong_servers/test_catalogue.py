"""The catalogue of servers is well-formed."""

import subprocess
import sys
from collections import Counter

import pytest

from contract_tests.oracle.resources import load_rules
from contract_tests.wrong_servers.catalogue import CATALOGUE, breaks
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.serving import entries

WRONG = [entry for entry in entries() if entry.kind == "wrong"]
ASSUMED = [entry for entry in entries() if entry.kind == "assumed"]
DOCUMENTED = [rule.id for rule in load_rules().values() if rule.documented]


def test_there_are_enough_of_every_kind() -> None:
    kinds = Counter(entry.kind for entry in entries())
    assert kinds["wrong"] >= 60
    assert kinds["null"] >= 4
    assert kinds["right"] >= 8
    assert kinds["broken"] >= 6


@pytest.mark.parametrize("rule", DOCUMENTED)
def test_every_documented_rule_is_broken_in_two_ways_at_least(rule: str) -> None:
    assert sum(rule in entry.rules for entry in WRONG) >= 2


def test_what_is_wrong_breaks_documented_rules_only() -> None:
    assert [entry.name for entry in WRONG if not entry.rules or not set(entry.rules) <= set(DOCUMENTED)] == []


def test_what_differs_differs_from_assumptions_only() -> None:
    assumptions = load_rules().keys() - set(DOCUMENTED)
    assert [entry.name for entry in ASSUMED if not entry.rules or not set(entry.rules) <= assumptions] == []


def test_every_sentence_is_one() -> None:
    assert [entry.name for entry in entries() if not entry.sentence.endswith(".") or entry.sentence.count(". ")] == []
    assert len({entry.sentence for entry in entries()}) == len(entries())


def test_a_name_cannot_be_taken_twice() -> None:
    class LockIgnored(Service):
        pass

    with pytest.raises(ValueError, match="two servers are called lock-ignored"):
        breaks("LOCK-ONE", how="A copy.")(LockIgnored)
    assert CATALOGUE["lock-ignored"].source is not LockIgnored


def test_the_servers_share_no_code_with_the_suite_and_take_no_library() -> None:
    before = "import sys; before = set(sys.modules); import contract_tests.wrong_servers.serving"
    loaded = subprocess.check_output([sys.executable, "-c", f"{before}; print(*set(sys.modules) - before)"], text=True)
    foreign = {name for name in loaded.split() if name.partition(".")[0] not in sys.stdlib_module_names}
    others = {name for name in foreign if not name.startswith("contract_tests.wrong_servers")}
    assert others == {"contract_tests"}
