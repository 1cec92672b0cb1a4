"""Random sequences by hypothesis: what to call next, and the shortest sequence that shows a deviation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from contract_tests.checks.sequence import ENGINES, DeviationFoundError, Sequence, Step
from contract_tests.errors import BudgetExceededError, InconclusiveError, TargetLostError
from contract_tests.oracle.facts import LOCK_MS

Opening = tuple[int, int, int]
Begin = Callable[[int, int, int], Sequence]
IMAGES_OF_A_REPETITION = 2
_QUICK_MS, _SLOW_MS = 3_000, LOCK_MS + 2_000
# Up to the end of a generation and of a lock, and just beyond them.
_JUMPS = (1, _QUICK_MS - 1, LOCK_MS - _QUICK_MS, LOCK_MS - 1, LOCK_MS + 1, _SLOW_MS)
_GENERATIONS_MS = (0, _QUICK_MS, _SLOW_MS)
_COUNTS = strategies.integers(1, 2)
_ENGINES = strategies.sampled_from(range(ENGINES))


class Exploration:
    """All sequences of one test. begin: opens one, from credits, daily limit and generation time in ms."""

    def __init__(self, begin: Begin, *, mocked: bool) -> None:
        self.begin, self.mocked = begin, mocked
        self.deviations: list[DeviationFoundError] = []
        self.exercised: set[str] = set()
        self.error: Exception | None = None
        self._openings: dict[DeviationFoundError, Opening] = {}

    def run(self, *, sequences: int, steps: int, seed: int, shrink: bool) -> None:
        """Run random sequences; `deviations` and `exercised` hold the result."""
        phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
        # Slow replies and idle steps are not faults. Without a database a seed repeats a run.
        settings = hypothesis.settings(
            max_examples=sequences, stateful_step_count=steps, phases=phases, database=None, deadline=None,
            suppress_health_check=list(HealthCheck), verbosity=Verbosity.quiet, print_blob=False,
            report_multiple_bugs=False,
        )  # fmt: skip
        # Hypothesis makes the instances, so that only the class can carry what they share.
        machine = hypothesis.seed(seed)(type("Calls", (Calls,), {"exploration": self}))
        try:
            run_state_machine_as_test(machine, settings=settings)
        except Exception as error:  # noqa: BLE001  hypothesis raises its own error for a sequence that it cannot repeat
            # Credits run out and replies get lost, so a sequence may not repeat; what was seen is recorded already.
            if not self.deviations:
                raise self.error or error from None

    def note(self, error: BaseException, opening: Opening) -> None:
        """Record the error that ended a sequence, and how that one began."""
        if isinstance(error, DeviationFoundError):
            self.deviations.append(error)
            self._openings[error] = opening
        elif isinstance(error, BudgetExceededError | InconclusiveError | TargetLostError):
            self.error = self.error or error

    def shortest(self) -> list[DeviationFoundError]:
        """Return the deviation with the fewest calls for each rule."""
        found: dict[str, DeviationFoundError] = {}
        for each in sorted(self.deviations, key=lambda error: len(error.trail)):
            found.setdefault(each.deviation.rule, each)
        return list(found.values())

    def repeated(self, found: DeviationFoundError) -> DeviationFoundError | None:
        """Take the same steps again; return the deviation if the same rule is contradicted again.

        A verdict must not depend on what chance drew, so the steps count as a check of their own.
        """
        sequence = self.begin(*self._openings[found])
        sequence.allowance.images = max(sequence.allowance.images, IMAGES_OF_A_REPETITION)
        try:
            for step in found.steps:
                sequence.take(step)
        except DeviationFoundError as again:
            return again if again.deviation.rule == found.deviation.rule else None
        finally:
            sequence.subject.close()
        return None


class Calls(RuleBasedStateMachine):
    """One sequence; hypothesis makes an instance for each.

    Every step can be drawn at any time and does nothing if it makes no sense: what can be drawn must not depend on
    the replies of the service.
    """

    exploration: ClassVar[Exploration]

    def __init__(self) -> None:
        super().__init__()
        self.sequence: Sequence | None = None
        self.opening: Opening = (0, 0, 0)
        self.over = False

    # Shrinking prefers the first value: credits and limit that suffice, and a generation that takes no time.
    @initialize(
        credits_=strategies.sampled_from((2, 1, 0)),
        daily_limit=strategies.sampled_from((2, 1, 0)),
        generation_ms=strategies.sampled_from(_GENERATIONS_MS),
        count=_COUNTS,
        engine=_ENGINES,
    )
    def begin(self, credits_: int, daily_limit: int, generation_ms: int, count: int, engine: int) -> None:
        """Every sequence begins with a generation."""
        self.opening = (credits_, daily_limit, generation_ms)
        self.sequence = self.exploration.begin(*self.opening)
        self._generate(count, engine)

    @rule(count=_COUNTS, engine=_ENGINES)
    def generate(self, count: int, engine: int) -> None:
        self._generate(count, engine)

    @rule()
    def check(self) -> None:
        with self._noted() as now:
            now.take(Step("check"))

    @rule()
    def recent(self) -> None:
        with self._noted() as now:
            now.take(Step("recent"))

    @rule()
    def invalid(self) -> None:
        with self._noted() as now:
            now.take(Step("invalid"))

    @rule(place=strategies.integers(0, 9))
    def picture(self, place: int) -> None:
        with self._noted() as now:
            if now.oracle.images:
                now.take(Step("picture", (place,)))

    @rule(milliseconds=strategies.sampled_from(_JUMPS))
    def advance(self, milliseconds: int) -> None:
        with self._noted() as now:
            if self.exploration.mocked:
                now.take(Step("advance", (milliseconds,)))

    def teardown(self) -> None:
        if self.sequence is None:
            return
        try:
            if self.exploration.mocked and not self.over:
                with self._noted() as now:
                    now.take(Step("finish"))
        finally:
            self.exploration.exercised |= self.sequence.exercised
            self.sequence.subject.close()

    def _generate(self, count: int, engine: int) -> None:
        with self._noted() as now:
            if self._may_generate(now):
                images = min(count, now.oracle.affordable_images(), now.allowance.images)
                now.take(Step("generate", (images, engine)))

    def _may_generate(self, now: Sequence) -> bool:
        """Return whether images may be made and no generation runs without its lock."""
        # Beside a generation without its lock, a refusal would depend on whether it is charged already, an assumption.
        held = now.oracle.lock == "taken"
        return now.allowance.images > 0 and not self.exploration.error and (not now.oracle.running or held)

    @contextmanager
    def _noted(self) -> Iterator[Sequence]:
        assert self.sequence
        try:
            yield self.sequence
        except BaseException as error:
            self.over = True
            self.exploration.note(error, self.opening)
            raise
