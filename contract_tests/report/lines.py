"""What a log shows while a run goes on: a line a test as it ends, and one a rule as soon as it is found broken."""

from collections.abc import Callable

from rich.text import Text

from contract_tests.oracle.counting import counted
from contract_tests.report.terminal import STYLES
from contract_tests.report.words import visible, word
from contract_tests.runner.events import Decision, Event, PlanMade, PreflightFailed, TestEnded, TestStarted
from contract_tests.runner.run import Run

Print = Callable[[Text], None]


class Lines:
    """Consumes the events of a run."""

    def __init__(self, show: Print, run: Run) -> None:
        self._show, self._run = show, run
        self._phases: dict[str, str] = {}
        self._phase = ""
        self._done = 0
        self._told: set[tuple[str, str]] = set()

    def __call__(self, event: Event) -> None:
        match event:
            case PlanMade(plan):
                self._phases = {entry.name: entry.phase for entry in plan.selected}
            case PreflightFailed(reason):
                self._show(Text(visible(reason), STYLES["could_not_look"]))
            case TestStarted(test):
                self._enter(self._phases.get(test, self._phase))
            case Decision(held=False):
                self._found(event)
            case TestEnded():
                self._ended(event)
            case _:
                return

    def _enter(self, phase: str) -> None:
        if phase != self._phase:
            self._phase = phase
            self._show(Text(phase.capitalize(), "bold"))

    def _found(self, decision: Decision) -> None:
        """A rule is told once for each verdict, when it first falls."""
        settings = self._run.settings
        if settings.baseline.reason(decision.identity) is not None:
            verdict = "accepted"
        else:
            verdict = "violated" if settings.rules[decision.rule].documented else "differs"
        if (decision.rule, verdict) in self._told:
            return
        self._told.add((decision.rule, verdict))
        line = Text("        ").append(f"{word(verdict):14}", STYLES[verdict])
        line.append(f" {decision.rule}: expected {_short(decision.expected)}; received {_short(decision.received)}")
        self._show(line)

    def _ended(self, event: TestEnded) -> None:
        self._done += 1
        line = Text(f"[{self._done:2}/{len(self._phases)}] ")
        line.append(f"{word(event.outcome):14}", STYLES[event.outcome])
        line.append(f" {event.seconds:5.1f} s  {event.test}")
        looked = event.outcome not in {"skipped", "could_not_look"}
        spent = counted(self._run.purse.spent, "credit")
        line.append(f"  {spent if looked else visible(event.reason.partition(chr(10))[0])}", "dim")
        self._show(line)


def _short(text: str) -> str:
    """The beginning of a text, on one line."""
    text = visible(" ".join(text.split()))
    return text if len(text) <= 100 else f"{text[:99]}…"
