"""The state of an account as the control API of a mock shows it, before and after a generation."""

from typing import Any

from contract_tests.client.call import Reply
from contract_tests.oracle.facts import counted, price
from contract_tests.oracle.moments import moment_of, period_between
from contract_tests.runner.run import Run
from contract_tests.runner.target import Account
from contract_tests.runner.verdict import Verdict


class VisibleState:
    """The state of one account; a real service does not show it."""

    def __init__(self, run: Run, verdict: Verdict, account: Account) -> None:
        self._run, self._verdict, self._account = run, verdict, account
        self._before: Any = None

    def remember(self) -> None:
        """Remember the state before a generation."""
        self._before = self._read()

    def compare(self, images: int, reply: Reply) -> None:
        """If the state is visible, record when the images of the last generation were made, and check their price."""
        before, after = self._before, self._read()
        if before is None or after is None:
            return
        start, end = (moment_of(state["clock"]["now"]) for state in (before, after))
        if start and end:
            self._run.made_images.date(reply, period_between(start, end))
        if not self._account.sandbox:
            self._expect_price(images, int(before["credits"]), int(after["credits"]), reply)

    def _read(self) -> Any:
        return self._run.control.world(self._account.secret) if self._run.control else None

    def _expect_price(self, images: int, before: int, after: int, reply: Reply) -> None:
        """Check CREDIT-COST, and give the real price to the budget."""
        paid = before - after
        self._run.budget.observe(images, paid)
        self._verdict.expect(
            "CREDIT-COST",
            paid == price(images),
            expected=f"{counted(price(images), 'credit')} for {counted(images, 'image')}",
            received=f"{counted(paid, 'credit')}, from {before} to {after}",
            by=reply,
        )
