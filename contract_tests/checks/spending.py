"""Spends a known balance completely, by the requests that a service might charge in different ways."""

from contract_tests.checks.charges import ByBalance, ByPattern, Judge
from contract_tests.checks.experiment import Experiment
from contract_tests.client.call import Reply
from contract_tests.client.control import Control
from contract_tests.errors import InconclusiveError, UndocumentedLimitError
from contract_tests.oracle.engines import Fields
from contract_tests.oracle.facts import counted, price
from contract_tests.oracle.quota import Step

# From that many credits on, there are enough for a request of several images and another one after it.
_ENOUGH = 3
_MAX_REFUSED = 5


class Spending:
    """An account with a known balance; `left` is what should be left of it."""

    def __init__(self, experiment: Experiment, control: Control | None) -> None:
        self._experiment, self._control = experiment, control
        self._judge: Judge = ByBalance(experiment, control) if control else ByPattern(experiment)
        self.figure = self.left = experiment.api.figure
        self._short = False

    def refused_requests(self) -> None:
        """Send requests that must cost nothing.

        So many that their cost, if they have one, could not be taken for a wrong price: it would use up nearly all.
        """
        for _ in range(self.figure if self.figure <= _ENOUGH else min(self.figure - 1, _MAX_REFUSED)):
            self._judge.after(*self._experiment.invalid())
        if self._control:
            self._while_locked(self._control)

    def _while_locked(self, control: Control) -> None:
        """Send a request during the generation of another client."""
        token = self._experiment.api.token
        control.change(token, lock={"until": None})
        try:
            self._record(*self._experiment.overlapping())
        finally:
            # Where all accounts share a lock, one that never expires would keep out the other tests.
            control.change(token, lock=None)

    def expensive_requests(self) -> None:
        """Spend all but one credit: two images at once in the best quality, one by each engine, one from an upload."""
        if self.figure >= _ENOUGH:
            self._first()
        elif self._control is None:
            # Two credits tell more at once, unless the balance shows what one of them has paid.
            return
        engines = self._experiment.singles()[1:]
        uploaded = False
        while self.left > 1 and not self._short:
            if not engines and not uploaded:
                uploaded = True
                self._record(*self._experiment.use_upload())
                continue
            self._pay([*engines[:1], *self._experiment.singles()])
            engines = engines[1:]

    def _first(self) -> None:
        kinds = self._experiment.kinds()
        # The mock answers at once, so that nothing overlaps.
        if self._control is None:
            step, reply = self._experiment.use_meanwhile(kinds[0], 2, _MAX_REFUSED)
            if step.outcome not in {"refused", "failed"}:
                self._record(step, reply)
                return
        self._pay_at_once(kinds, 2)

    def too_many(self) -> str | None:
        """Request more images than there are credits left; return why that could not be tried."""
        if self._short:
            return None
        try:
            # An image before may have been free, and one of several too.
            beyond = 2 if self.figure < _ENOUGH else 3
            step, reply = self._experiment.use_too_many(self.left, beyond=beyond)
        except UndocumentedLimitError as error:
            return str(error)
        self._judge.after(step, reply, too_many=True)
        if step.outcome == "served":
            self.left = 0
        return None

    def last_credits(self) -> None:
        """Spend the rest at once, or one by one if the account was refused."""
        if self.left and not self._short:
            small = self.figure < _ENOUGH
            self._pay_at_once(self._experiment.kinds() if small else self._experiment.singles(), self.left)
        while self.left:
            before = self.left
            self._pay(self._experiment.singles())
            if self.left == before:
                return

    def conclude(self) -> None:
        """Decide the price, and whether the account is refused in the documented way."""
        # With credits left, an image was refused too early, and the documented refusal is not due.
        if not self.left and self._judge.used_up:
            self._experiment.expect_exhausted(f"{counted(self.figure, 'credit')} are spent")
        self._judge.conclude()
        self._experiment.expect_nothing_made()
        verdict = self._experiment.verdict
        if self._short and not verdict.broken and self._experiment.rule not in verdict.decided:
            raise InconclusiveError("requests without images cost credits, so that what is left is unknown")

    def _pay_at_once(self, kinds: list[Fields], images: int) -> None:
        try:
            self._pay(kinds, images)
        except UndocumentedLimitError:
            if images == 1:
                raise
            self._pay(kinds)

    def _pay(self, kinds: list[Fields], images: int = 1) -> None:
        self._record(*self._experiment.use(kinds, images))

    def _record(self, step: Step, reply: Reply) -> None:
        if step.outcome == "served":
            self.left = max(0, self.figure - price(self._experiment.images))
        self._short = step.outcome == "exhausted"
        self._judge.after(step, reply)
