"""The pytest plugin of a run: selects the planned tests, guards budget and time, and records their results."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.checks.decisions import MARK, declared
from contract_tests.errors import (
    BudgetExceededError,
    InconclusiveError,
    PreflightError,
    RuleBrokenError,
    TargetLostError,
    UndocumentedLimitError,
)
from contract_tests.report import files
from contract_tests.runner.events import Ending, Interrupted, PlanMade, PreflightFailed, TestEnded, TestStarted
from contract_tests.runner.plan import Plan, make_plan
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

NAME = "conformance"


class ConformancePlugin:
    """Runs the planned tests of one run, or only makes the plan."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.plan = Plan((), run.settings.rules, run.settings.cap)

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", f"{MARK}(decides): the rules that a test decides, its cost and its needs")
        if config.getoption("numprocesses", None):
            raise pytest.UsageError("the tests share one account and one budget: run them without -n")

    # Last, so that -k and -m have selected before.
    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        ours = {_name(item): (item, mark) for item in items if (mark := declared(item))}
        settings = self.run.settings
        tests = [(name, mark) for name, (_, mark) in ours.items()]
        self.plan = make_plan(tests, settings.target, settings.profile, settings.rules, settings.cap)
        chosen = [ours[entry.name][0] for entry in self.plan.selected]
        others = [item for item in items if not declared(item)]
        config.hook.pytest_deselected(items=[item for item, _ in ours.values() if item not in chosen])
        items[:] = chosen + others
        self.run.events.emit(PlanMade(self.plan, settings.baseline))

    # Before the loop of pytest itself, which runs the tests if this returns None.
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        if session.config.option.collectonly:
            return
        try:
            self.run.preflight()
        except PreflightError as error:
            self.run.events.emit(PreflightFailed(str(error)))
            pytest.exit(self.run.masker(str(error)), returncode=3)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        mark, limit = declared(item), self.run.target.budget.seconds
        if mark and self.run.seconds + mark.seconds > limit:
            pytest.skip(f"it may take {mark.seconds:g} s, and {self.run.seconds:.0f} of {limit:g} s are used")
        if mark:
            self.run.events.emit(TestStarted(_name(item)))

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        verdict = pyfuncitem.funcargs.get("verdict")
        if not isinstance(verdict, Verdict):
            return (yield)
        try:
            result = yield
        except (BudgetExceededError, UndocumentedLimitError) as error:
            verdict.finish()
            pytest.skip(str(error))
        except Exception:
            # Findings made before the error outweigh it.
            verdict.finish()
            raise
        verdict.finish()
        self._require_decided(pyfuncitem, verdict)
        return result

    def _require_decided(self, item: pytest.Item, verdict: Verdict) -> None:
        mark = declared(item)
        wanted = self.run.settings.rules
        undecided = [rule for rule in (mark.rules if mark else ()) if rule in wanted and rule not in verdict.decided]
        if undecided:
            raise InconclusiveError(f"a fault of the suite: the test passed without deciding {', '.join(undecided)}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if not declared(item):
            return report
        if call.when == "call" or (call.when == "setup" and not report.passed):
            self._end(item, call, report)
        report.sections = [(title, self.run.masker(text)) for title, text in report.sections]
        return report

    def _end(self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        outcome, reason = _outcome(call)
        if call.excinfo is not None and isinstance(call.excinfo.value, TargetLostError):
            self.run.events.emit(Interrupted(f"the service was lost: {reason}"))
            item.session.shouldstop = "the service was lost"
        if outcome == "violated":
            outcome = self._severity(item)
        self.run.events.emit(TestEnded(_name(item), outcome, call.duration, reason, _undecided(call)))
        if outcome in {"violated", "differs", "accepted", "inconclusive"}:
            report.longrepr = self.run.masker(reason)
        if outcome == "accepted" or (outcome == "differs" and not self.run.settings.strict):
            # Reported to pytest as an expected failure, since neither a difference nor an accepted finding fails a run.
            report.outcome, report.wasxfail = "skipped", outcome

    def _severity(self, item: pytest.Item) -> Ending:
        """Return the worst outcome of a test with decisions against the service."""
        verdict = getattr(item, "funcargs", {}).get("verdict")
        if not isinstance(verdict, Verdict):
            return "violated"
        settings = self.run.settings
        fresh = [decision for decision in verdict.broken if settings.baseline.reason(decision.identity) is None]
        if not fresh:
            return "accepted"
        return "violated" if any(settings.rules[decision.rule].documented for decision in fresh) else "differs"

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        # pytest calls this also for pytest.exit after the preflight, and where a lost service ended the session.
        if isinstance(excinfo.value, KeyboardInterrupt) and not isinstance(excinfo.value, pytest.Session.Interrupted):
            self.run.events.emit(Interrupted("the run was interrupted"))

    def pytest_internalerror(self, excrepr: Any) -> None:
        self.run.events.emit(Interrupted(f"a fault of the suite: {str(excrepr).strip().splitlines()[-1]}"))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.config.option.collectonly:
            return
        self.run.transport.close()
        outcome = files.write_all(self.run)
        # pytest returns what it finds here after this hook.
        session.exitstatus = outcome.exit_status(strict=self.run.settings.strict)


def _name(item: pytest.Item) -> str:
    """Return the name of a test in reports, independent of where the package is installed."""
    return f"{item.path.name}::{item.name}"


def _undecided(call: pytest.CallInfo[None]) -> str:
    """Return why a test with findings could not decide the rest."""
    before = call.excinfo.value.__context__ if call.excinfo else None
    return str(before) if isinstance(before, InconclusiveError) else ""


def _outcome(call: pytest.CallInfo[None]) -> tuple[Ending, str]:
    if call.excinfo is None:
        return "passed", ""
    error = call.excinfo.value
    if isinstance(error, pytest.skip.Exception):
        return "skipped", str(error)
    if isinstance(error, RuleBrokenError):
        return "violated", str(error)
    if isinstance(error, InconclusiveError | TargetLostError):
        return "inconclusive", str(error)
    # A bug of the suite must not look like a violation.
    where = call.excinfo.traceback[-1]
    return "inconclusive", f"{type(error).__name__}: {error} ({Path(where.path).name}:{where.lineno + 1})"
