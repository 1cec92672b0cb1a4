"""Spends a known balance completely, and judges the price by how long it lasts, or by the balance if that is shown."""

from contract_tests.checks.experiment import SANDBOX_HINT, Experiment
from contract_tests.client.call import Reply
from contract_tests.client.control import Control
from contract_tests.errors import InconclusiveError, UndocumentedLimitError
from contract_tests.oracle.engines import Fields
from contract_tests.oracle.facts import counted, price
from contract_tests.oracle.quota import Step, as_if, credit_readings, explanations

# From that many credits on, the balance suffices for a request of several images and another one after it.
_ENOUGH = 3
_MAX_INVALID = 5


class Spending:
    """An account with a known balance; `left` is what should be left of it."""

    def __init__(self, experiment: Experiment, control: Control | None) -> None:
        self._experiment, self._control = experiment, control
        self._verdict, self._api = experiment.verdict, experiment.api
        self.figure = self.left = experiment.api.figure
        self._early = self._overdrawn = False
        if (balance := self._balance()) is not None and balance != self.figure:
            raise InconclusiveError(f"the balance is {balance}, and the target says {self.figure}")

    def refused_requests(self) -> None:
        """Send requests that must cost nothing.

        So many that their cost, if they have one, could not be taken for a wrong price: it would use up nearly all.
        """
        for _ in range(self.figure if self.figure <= _ENOUGH else min(self.figure - 1, _MAX_INVALID)):
            before = self._balance()
            self._judge_paid(before, *self._experiment.invalid())
        if self._control:
            self._while_locked(self._control)

    def _while_locked(self, control: Control) -> None:
        """Send a request during the generation of another client."""
        token = self._api.token
        control.change(token, lock={"until": None})
        try:
            before = self._balance()
            self._count(before, *self._experiment.overlapping())
        finally:
            # Where all accounts share a lock, one that never expires would keep out the other tests.
            control.change(token, lock=None)

    def expensive_requests(self) -> None:
        """Spend all but one credit by requests that a service might price differently."""
        if self.figure < _ENOUGH:
            return
        self._first()
        engines = self._experiment.singles()[1:]
        while self.left > 1 and not self._early:
            self._pay([*engines[:1], *self._experiment.singles()])
            engines = engines[1:]

    def _first(self) -> None:
        """Two images in the best quality, with other requests meanwhile."""
        kinds = self._experiment.kinds()
        if self._control is None:
            step, reply = self._experiment.use_meanwhile(kinds[0], 2, _MAX_INVALID)
            if step.outcome != "refused":
                return self._count(None, step, reply)
        return self._pay_several(kinds, 2)

    def too_many(self) -> str | None:
        """Request more images than there are credits left; return the service's own limit if that is in the way."""
        if self._early:
            return None
        before = self._balance()
        # By two more: even if an image before was free, they are too many.
        for images in (self.left + 2, self.left + 1):
            try:
                step, reply = self._experiment.use(self._experiment.singles(), images)
            except UndocumentedLimitError as error:
                limit = str(error)
                continue
            self._judge_need(before, step, reply)
            return None
        return limit

    def _judge_need(self, before: int | None, step: Step, reply: Reply) -> None:
        refused, expected = step.outcome != "served", f"a refusal, with {counted(self.left, 'credit')} left"
        self._verdict.expect("CREDIT-NEED", refused, expected=expected, received=str(reply.status), by=reply)
        if refused:
            self._judge_paid(before, step, reply)
        else:
            # It has spent the rest, at whatever price.
            self._overdrawn, self.left = True, 0

    def last_credits(self) -> None:
        """Spend the rest at once, or one by one if the account was refused."""
        if self.left and not self._early:
            kinds = self._experiment.kinds() if self.figure < _ENOUGH else self._experiment.singles()
            self._pay_several(kinds, self.left)
        while self.left:
            before = self.left
            self._pay(self._experiment.singles())
            if self.left == before:
                return

    def _pay_several(self, kinds: list[Fields], images: int) -> None:
        try:
            self._pay(kinds, images)
        except UndocumentedLimitError:
            if images == 1:
                raise
            self._pay(kinds)

    def _pay(self, kinds: list[Fields], images: int = 1) -> None:
        before = self._balance()
        self._count(before, *self._experiment.use(kinds, images))

    def _count(self, before: int | None, step: Step, reply: Reply) -> None:
        if step.outcome == "served":
            self.left = max(0, self.figure - price(self._experiment.images))
        self._early = step.outcome == "exhausted"
        self._judge_paid(before, step, reply)

    def judge(self) -> None:
        """Decide the price, and whether the account is refused in the documented way."""
        balance = self._balance()
        # With a balance left, the price was found wrong, and a refusal is not due yet.
        if not self.left and (balance is None or balance <= 0):
            self._experiment.expect_exhausted(f"{counted(self.figure, 'credit')} are spent")
        if self._control:
            self._judge_balance()
        else:
            self._judge_pattern()
        self._experiment.expect_nothing_made()

    def _judge_balance(self) -> None:
        left = self._balance()
        self._verdict.expect(
            "CREDIT-ATOMIC", (left or 0) >= 0, expected="no balance below 0", received=str(left), by=self._api.trail[-1]
        )

    def _judge_pattern(self) -> None:
        """Compare the replies with those of services that charge in other ways."""
        steps, images = self._experiment.steps, self._experiment.images
        if not images:
            raise InconclusiveError(
                f"the account low has fewer than the {self.figure} credits in the target file, or a refused request "
                "costs a credit: correct the file if it is wrong"
            )
        engines = list(dict.fromkeys(step.engine for step in steps))
        fitting = explanations(credit_readings(engines), self.figure, steps)
        harmless = [reading for reading in fitting if "CREDIT-COST" not in reading.breaks]
        exact = any("CREDIT-ATOMIC" not in reading.breaks for reading in harmless)
        hint = SANDBOX_HINT if images > self.figure else ""
        received = f"{counted(images, 'image')}{as_if(fitting)}{hint}"
        # Where a refused request may have been charged instead, the price remains open.
        if exact or not harmless or len(harmless) == len(fitting):
            self._expect("CREDIT-COST", bool(harmless), received)
        if harmless:
            self._expect("CREDIT-ATOMIC", exact, received)
        elif images < self.figure:
            self._experiment.run.budget.learn_price(self.figure // (images + 1) + 1)

    def _expect(self, rule: str, passed: bool, received: str) -> None:
        expected = f"{counted(self.figure, 'image')} for {counted(self.figure, 'credit')}, then a refusal"
        self._verdict.expect(rule, passed, expected=expected, received=received, by=self._experiment.trail)

    def _balance(self) -> int | None:
        return int(self._control.world(self._api.token)["credits"]) if self._control else None

    def _judge_paid(self, before: int | None, step: Step, reply: Reply) -> None:
        """Check what a request has cost, if the balance is shown."""
        after = self._balance()
        if before is None or after is None:
            return
        paid, due = before - after, price(step.images) if step.outcome == "served" else 0
        if due:
            self._experiment.run.budget.observe(step.images, paid)
        self._verdict.expect(
            "CREDIT-COST" if due else "CREDIT-ATOMIC",
            paid == due,
            expected=f"{counted(due, 'credit')} paid",
            received=f"{counted(paid, 'credit')} paid, from {before} to {after}",
            by=reply,
        )
