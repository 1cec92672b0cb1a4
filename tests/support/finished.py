"""A finished run, with a finding of each kind."""

from pathlib import Path
from typing import Any

from contract_tests.checks.decisions import Decides
from contract_tests.client.exchange import Exchange
from contract_tests.oracle.resources import load_rules
from contract_tests.runner.events import Decision, PlanMade
from contract_tests.runner.plan import Entry, Plan
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from contract_tests.runner.ways import Way
from support.conformance import TOKEN, decision, ended, target

SLOW = Way(("the account slow",), None, 0, "", 1)
TOO_DEAR = "it may cost 9 credits, more than the profile quick allows"
FULL = Way((), "full", 9, "", 1)
_TEN_O_CLOCK = 1772100000  # 2026-02-26T10:00:00Z
HOSTILE = "<script>alert(1)</script> | `x` ```` @you\n::error::no\x00json"


def exchange(sent: float = 0.0, body: str = HOSTILE, role: str = "low") -> Exchange:
    return Exchange(
        "POST",
        "http://h/aiimage/generate-image",
        role,
        f"Bearer $AIIMAGE_TOKEN_{role.upper()}",
        body='{"a": 1}',
        status=200,
        response_body=body,
        response_headers={"server": "nginx", "x-request-id": "7f3e"},
        sent=sent,
        received=sent + 0.5,
        at=_TEN_O_CLOCK + sent - 10,
    )


def finished_run(folder: Path, **settings: Any) -> Run:
    """LOCK-ONE is violated, ORDER differs, SHAPE and AUTH were left out."""
    values: dict[str, Any] = {"seed": 7, "profile": "quick", "command": "aiimage-conform run --seed 7", **settings}
    run = Run(Settings(target("low"), report=folder, **values))
    entries = (
        Entry("a.py::t", Decides(("LOCK-ONE", "SHAPE")), 0),
        Entry("b.py::u", Decides(("ORDER",)), 0),
        Entry("c.py::v", Decides(("AUTH",), roles=("slow",)), 0, "the target has no account slow", (SLOW,)),
        Entry("d.py::w", Decides(("AUTH",), credits=9), 9, TOO_DEAR, (FULL,)),
    )
    rules = {id_: load_rules()[id_] for id_ in ("LOCK-ONE", "SHAPE", "ORDER", "AUTH")}
    for event in (
        PlanMade(Plan(entries, rules, 40), run.settings.baseline),
        Decision("a.py::t", "LOCK-ONE", passed=False, expected="409", received="200", exchanges=_lock_exchanges()),
        ended("a.py::t", "violated", f"LOCK-ONE: said {TOKEN}-primary\x00"),
        decision("b.py::u", "ORDER", passed=False),
        ended("b.py::u", "differs", "ORDER: …"),
    ):
        run.events.emit(event)
    return run


def _lock_exchanges() -> tuple[Exchange, Exchange]:
    return exchange(11.25), exchange(10.0, '{"status": "success"}')
