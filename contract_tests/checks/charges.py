"""Judges what an account is charged: by its balance, if that is shown, or by how long its credits last."""

from typing import Protocol

from contract_tests.calibration.questions import shown
from contract_tests.checks.experiment import SANDBOX_HINT, Experiment
from contract_tests.client.call import Reply
from contract_tests.client.control import Control
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.facts import counted, price
from contract_tests.oracle.quota import Step, as_if, credit_readings, explanations

_NEED = "a refusal of more images than there are credits left"


class Judge(Protocol):
    @property
    def used_up(self) -> bool:
        """Whether a refusal is due after all credits were spent at the documented price."""

    def after(self, step: Step, reply: Reply, *, too_many: bool = False) -> None:
        """Judge a request by itself. too_many: whether it was for more images than there are credits left."""

    def conclude(self) -> None:
        """Judge all requests together."""


class ByBalance:
    """Knows the balance before and after each request."""

    def __init__(self, experiment: Experiment, control: Control) -> None:
        self._experiment, self._control = experiment, control
        self._expect = experiment.verdict.expect
        # Of several tries, those before the last may have cost credits, too [CREDIT-ATOMIC].
        experiment.before_request = self._remember
        self._before, figure = self._balance(), experiment.api.figure
        if self._before != figure:
            raise InconclusiveError(f"the balance is {self._before}, and the target says {figure}")

    @property
    def used_up(self) -> bool:
        return self._balance() <= 0

    def after(self, step: Step, reply: Reply, *, too_many: bool = False) -> None:
        if step.outcome == "served" and too_many and self._balance() != self._before:
            # A request that the balance cannot pay for in full may cost all of it.
            self._expect("CREDIT-NEED", False, expected=_NEED, received=str(reply.status), by=reply)
            return
        self._expect_paid(step, reply)
        if step.outcome == "exhausted":
            self._expect_due(step, reply, too_many=too_many)

    def _expect_paid(self, step: Step, reply: Reply) -> None:
        after = self._balance()
        paid, due = self._before - after, price(step.images) if step.outcome == "served" else 0
        if due:
            self._experiment.run.budget.observe(step.images, paid)
        self._expect(
            "CREDIT-COST" if due else "CREDIT-ATOMIC",
            paid == due,
            expected=f"{counted(due, 'credit')} paid",
            received=f"{counted(paid, 'credit')} paid, from {self._before} to {after}",
            by=reply,
        )

    def _expect_due(self, step: Step, reply: Reply, *, too_many: bool) -> None:
        if too_many:
            self._experiment.verdict.note(shown("credit_need"), "all", by=reply)
            self._expect("CREDIT-NEED", True, expected=_NEED, received=str(reply.status), by=reply)
        elif price(step.images) <= self._before:
            expected = f"{counted(step.images, 'image')} for a balance of {self._before}"
            self._expect("CREDIT-COST", False, expected=expected, received=str(reply.status), by=reply)

    def conclude(self) -> None:
        left, last = self._balance(), self._experiment.trail[-1]
        self._expect("CREDIT-ATOMIC", left >= 0, expected="no balance below 0", received=str(left), by=last)

    def _remember(self) -> None:
        self._before = self._balance()

    def _balance(self) -> int:
        return int(self._control.world(self._experiment.api.token)["credits"])


class ByPattern:
    """Compares the replies with those of services that charge in other ways."""

    used_up = True

    def __init__(self, experiment: Experiment) -> None:
        self._experiment, self._figure = experiment, experiment.api.figure
        self._tried_too_many = False

    def after(self, step: Step, reply: Reply, *, too_many: bool = False) -> None:  # noqa: ARG002  no reply decides alone
        self._tried_too_many = self._tried_too_many or too_many

    def conclude(self) -> None:
        steps, images = self._experiment.steps, self._experiment.images
        if not images:
            raise InconclusiveError(
                f"the account low has fewer than the {self._figure} credits in the target file, or a refused request "
                "costs a credit: correct the file if it is wrong"
            )
        # The engine of an invalid request has no price.
        engines = [step.engine for step in steps if step.outcome in {"served", "exhausted"}]
        fitting = explanations(credit_readings(engines), self._figure, steps)
        harmless = [reading for reading in fitting if "CREDIT-COST" not in reading.breaks]
        hint = SANDBOX_HINT if images > self._figure else ""
        likely = [reading for reading in harmless if reading.breaks == harmless[0].breaks]
        received = f"{counted(images, 'image')}{as_if(likely)}"
        if not harmless:
            self._expect("CREDIT-COST", False, f"{received}{as_if(fitting)}{hint}")
            self._learn_price(images)
            return
        exact = "CREDIT-ATOMIC" not in harmless[0].breaks
        # Where a refused request may have been charged instead, the price remains open.
        if exact or len(harmless) == len(fitting):
            self._expect("CREDIT-COST", True, received)
        self._expect("CREDIT-ATOMIC", exact, received)
        if self._tried_too_many and len({reading.whole for reading in harmless}) == 1:
            trail = tuple(self._experiment.trail)
            self._experiment.verdict.note(shown("credit_need"), "all" if harmless[0].whole else "any", by=trail)
            self._expect("CREDIT-NEED", harmless[0].whole, received, _NEED)

    def _expect(self, rule: str, passed: bool, received: str, expected: str = "") -> None:
        expected = expected or f"{counted(self._figure, 'image')} for {counted(self._figure, 'credit')}, then a refusal"
        self._experiment.verdict.expect(rule, passed, expected=expected, received=received, by=self._experiment.trail)

    def _learn_price(self, images: int) -> None:
        """Raise the budget's price: an image costs more than the credits divided by one more image."""
        if images < self._figure:
            self._experiment.run.budget.learn_price(self._figure // (images + 1) + 1)
