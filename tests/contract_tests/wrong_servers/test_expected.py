"""Whether the result of a trial is as expected."""

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.wrong_servers.catalogue import CATALOGUE
from contract_tests.wrong_servers.expected import summary, unexpected
from support.trials import TRIAL


@pytest.mark.parametrize(
    ("name", "changes", "complaint"),
    [
        ("lock-ignored", {}, None),
        ("lock-ignored", {"violated": ("SHAPE",)}, "not caught by LOCK-ONE, only by SHAPE"),
        ("lock-ignored", {"violated": ()}, "not caught by LOCK-ONE"),
        ("lock-ignored", {"reports": False}, "it left no reports"),
        ("lock-ignored", {"reasons": {"SHAPE": "inconclusive: a fault of the suite: x"}}, "a fault of the suite"),
        ("oldest-first", {"violated": (), "differs": ("RECENT-ORDER",)}, None),
        ("oldest-first", {"differs": ("RECENT-ORDER",)}, "violated: LOCK-ONE"),
        ("conforming", {"violated": (), "exit_status": 0}, None),
        ("conforming", {"violated": ()}, None),
        ("conforming", {"violated": (), "differs": ("ORDER",)}, "differs: ORDER"),
        ("conforming-with-full-lock", {"violated": (), "differs": ("LOCK-RELEASE",)}, None),
        ("empty", {"exit_status": 3}, None),
        ("empty", {"exit_status": 0}, "it ended with exit status 0"),
    ],
)
def test_an_unexpected_result_is_reported(name: str, changes: dict[str, Any], complaint: str | None) -> None:
    found = unexpected(CATALOGUE[name], replace(TRIAL, name=name, **changes))
    assert (complaint is None) == (found is None)
    assert (complaint or "") in (found or "")


def test_a_summary_names_the_rule_or_the_other_findings() -> None:
    entry = CATALOGUE["lock-ignored"]
    assert summary(entry, TRIAL) == "LOCK-ONE"
    assert summary(entry, replace(TRIAL, violated=("SHAPE",), differs=("ORDER",))) == "SHAPE,(ORDER)"
    assert summary(entry, replace(TRIAL, violated=())) == "survived"
    assert summary(CATALOGUE["conforming"], replace(TRIAL, violated=(), exit_status=0)) == "exit 0"
