"""The catalogue of servers is well-formed."""

import subprocess
import sys
from collections import Counter

import pytest

from contract_tests.oracle.resources import load_rules
from contract_tests.wrong_servers.catalogue import BOTH, CATALOGUE, Mode, breaks
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.serving import entries

WRONG = [entry for entry in entries() if entry.kind == "wrong"]
ASSUMED = [entry for entry in entries() if entry.kind == "assumed"]
DOCUMENTED = [rule.id for rule in load_rules().values() if rule.documented]


def test_every_kind_has_enough_servers() -> None:
    kinds = Counter(entry.kind for entry in entries())
    assert kinds["wrong"] >= 60
    assert kinds["null"] >= 4
    assert kinds["conforming"] >= 8
    assert kinds["broken"] >= 6


@pytest.mark.parametrize("mode", BOTH)
@pytest.mark.parametrize("rule", DOCUMENTED)
def test_at_least_five_servers_break_every_documented_rule_in_each_mode(rule: str, mode: Mode) -> None:
    assert sum(entry.rules[0] == rule and mode in entry.modes for entry in WRONG) >= 5


def test_wrong_servers_break_documented_rules_only() -> None:
    assert [entry.name for entry in WRONG if not entry.rules or not set(entry.rules) <= set(DOCUMENTED)] == []


def test_assumed_servers_differ_from_assumptions_only() -> None:
    assumptions = load_rules().keys() - set(DOCUMENTED)
    assert [entry.name for entry in ASSUMED if not entry.rules or not set(entry.rules) <= assumptions] == []


def test_every_description_is_one_distinct_sentence() -> None:
    assert [entry.name for entry in entries() if not entry.sentence.endswith(".") or entry.sentence.count(". ")] == []
    assert len({entry.sentence for entry in entries()}) == len(entries())


def test_a_duplicate_name_is_refused() -> None:
    class LockIgnored(Service):
        pass

    with pytest.raises(ValueError, match="duplicate server lock-ignored"):
        breaks("LOCK-ONE", how="A copy.")(LockIgnored)
    assert CATALOGUE["lock-ignored"].source is not LockIgnored


def test_the_servers_use_of_the_suite_only_where_the_document_lies() -> None:
    before = "import sys; before = set(sys.modules); import contract_tests.wrong_servers.serving"
    loaded = subprocess.check_output([sys.executable, "-c", f"{before}; print(*set(sys.modules) - before)"], text=True)
    foreign = {name for name in loaded.split() if name.partition(".")[0] not in sys.stdlib_module_names}
    suite = {name for name in foreign if name.startswith("contract_tests")}
    others = {name for name in suite if not name.startswith("contract_tests.wrong_servers")}
    assert others == {"contract_tests", "contract_tests.oracle", "contract_tests.oracle.resources"}
    libraries = {name.partition(".")[0].strip("_") for name in foreign - suite}
    # It reads the document and draws pictures of several types.
    assert {name for name in libraries if not name.startswith("cython")} <= {"yaml", "PIL"}
