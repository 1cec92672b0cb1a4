"""One recording by the plan: the steps in order, what is said of each, and why it ended."""

import traceback
from collections.abc import Callable
from pathlib import Path

from contract_tests.errors import (
    BudgetExceededError,
    InconclusiveError,
    PreflightError,
    TargetLostError,
    UndocumentedLimitError,
)
from contract_tests.oracle.facts import counted
from contract_tests.recordings.plan import RecordingPlan, Step
from contract_tests.recordings.quoting import quoted
from contract_tests.recordings.recorder import Recorder
from contract_tests.recordings.requests import Requests
from contract_tests.runner.run import Run

_FIRST = "the first replies"


class PlannedRecording:
    """Takes the steps of a plan. say: prints a line."""

    def __init__(self, run: Run, recorder: Recorder, plan: RecordingPlan, say: Callable[[str], None]) -> None:
        self._run, self._recorder, self._plan, self._say = run, recorder, plan, say

    def record(self) -> str | None:
        """Send everything; return why the recording ended early, None for a whole one."""
        requests = Requests(self._run)
        try:
            self._recorder.purpose = _FIRST
            self._run.preflight()
            for number, step in enumerate(self._plan.steps, 1):
                if self._run.seconds > self._run.target.budget.seconds:
                    return f"it took longer than the {self._run.target.budget.seconds:g} s of the target"
                self._say(f"{number}/{len(self._plan.steps)} {step.purpose}: {self._taken(step, requests)}")
        except (PreflightError, TargetLostError) as error:
            return self._said(error)
        except Exception as error:  # noqa: BLE001  its message may quote the service
            place = traceback.extract_tb(error.__traceback__)[-1]
            return f"a fault of the suite: {type(error).__name__} ({Path(place.filename).name}:{place.lineno})"
        return None

    def _taken(self, step: Step, requests: Requests) -> str:
        """Take a step; return what is said of it."""
        self._recorder.purpose = step.purpose
        before = self._recorder.count
        why = ""
        try:
            step.send(requests)
        except BudgetExceededError as error:
            why = f" ({error})"
        except (InconclusiveError, UndocumentedLimitError) as error:
            why = f" ({self._said(error)})"
        return f"{counted(self._recorder.count - before, 'call')}{why}"

    def _said(self, error: Exception) -> str:
        """Return what is printed of an error, which may quote the service."""
        return quoted(str(error), self._recorder.sanitiser)
