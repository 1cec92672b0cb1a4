"""The verdict of a test: it adds decisions to the events of the run, each with its evidence."""

from collections.abc import Container, Hashable
from typing import NoReturn

from contract_tests.calibration.readings import Question
from contract_tests.client.call import Reply
from contract_tests.client.evidence import excerpt
from contract_tests.client.exchange import Exchange
from contract_tests.errors import InconclusiveError, RuleBrokenError
from contract_tests.oracle.contract import Contract
from contract_tests.oracle.oracle import Deviation
from contract_tests.oracle.resources import load_rules
from contract_tests.runner.events import Decision, Events, Observed, describe


class Verdict:
    """Collects the decisions of one test about the rules that the run asks for."""

    def __init__(self, test: str, events: Events, contract: Contract, wanted: Container[str]) -> None:
        self._test, self._events, self._contract, self._wanted = test, events, contract, wanted
        self.decided: set[str] = set()
        self.broken: list[Decision] = []

    def expect(
        self,
        rule: str,
        holds: bool,
        *,
        expected: str,
        received: str,
        example: str = "",
        by: Reply | Exchange | tuple[Reply, ...] = (),
    ) -> bool:
        """Decide a rule and continue; the test fails at its end if any decision was against the service."""
        if rule not in load_rules():
            raise LookupError(f"{self._test} decides the unknown rule {rule}")
        if rule not in self._wanted:
            return holds
        # Masked here, so that the finding is the same for a baseline; cut, since a service may repeat anything.
        texts = [excerpt(self._events.masker(text)) for text in (expected, received, example)]
        decision = Decision(self._test, rule, holds, texts[0], texts[1], _exchanges(by), texts[2])
        self.decided.add(rule)
        if not holds:
            self.broken.append(decision)
        self._events.emit(decision)
        return holds

    def require(
        self, rule: str, holds: bool, *, expected: str, received: str, by: Reply | Exchange | tuple[Reply, ...] = ()
    ) -> None:
        """Decide a rule that the rest of the test depends on; raise RuleBrokenError if it does not pass."""
        if self.expect(rule, holds, expected=expected, received=received, by=by):
            return
        self._end(rule, expected, received)

    def step(
        self, rule: str, holds: bool, *, expected: str, received: str, by: Reply | Exchange | tuple[Reply, ...] = ()
    ) -> None:
        """Take a step on the way to a decision: it can break the rule, as `require` does, and never passes it."""
        if not holds:
            self.require(rule, holds, expected=expected, received=received, by=by)

    def _end(self, rule: str, expected: str, received: str) -> NoReturn:
        self.finish()
        # Reached if the run does not ask for the rule (--only), so that its breach is not a finding.
        raise InconclusiveError(f"{rule} was not met (expected {expected}; received {received})")

    def expect_status(
        self, rule: str, reply: Reply, status: int, when: str = "", *, by: Reply | tuple[Reply, ...] = ()
    ) -> bool:
        """Decide a rule by the status of a reply and continue. by: the replies that show it, if not this one alone."""
        expected, received = f"{status} {when}".strip(), str(reply.status)
        return self.expect(rule, reply.status == status, expected=expected, received=received, by=by or reply)

    def require_status(
        self, rule: str, reply: Reply, status: int, when: str = "", *, by: Reply | tuple[Reply, ...] = ()
    ) -> None:
        """Decide a rule by the status of a reply; raise as `require` does."""
        expected, received = f"{status} {when}".strip(), str(reply.status)
        self.require(rule, reply.status == status, expected=expected, received=received, by=by or reply)

    def step_status(
        self, rule: str, reply: Reply, status: int, when: str = "", *, by: Reply | tuple[Reply, ...] = ()
    ) -> None:
        """Take a step by the status of a reply, as `step` does."""
        if reply.status != status:
            self.require_status(rule, reply, status, when, by=by)

    def report(self, deviation: Deviation, *, by: Reply | tuple[Reply, ...]) -> None:
        """Decide against the service."""
        self.expect(
            deviation.rule,
            False,
            expected=deviation.expected,
            received=deviation.received,
            example=deviation.example,
            by=by,
        )

    def note(self, question: Question, outcome: Hashable, *, by: Reply | tuple[Reply, ...]) -> None:
        """State how the service uses a freedom, which decides nothing; a profile may rest on it."""
        self._events.emit(Observed(self._test, question, outcome, _exchanges(by)))

    def finish(self) -> None:
        """Raise RuleBrokenError with all decisions against the service, if there are any."""
        if self.broken:
            raise RuleBrokenError("\n\n".join(describe(decision) for decision in self.broken))

    def observe(self, operation: str, reply: Reply, *, authorized: bool = True, invalid: bool = False) -> None:
        """Report what a reply contradicts in the document; every call of an operation passes through here.

        invalid: whether the request is invalid.
        """
        for deviation in self._contract.deviations(operation, reply, authorized=authorized, invalid=invalid):
            self.report(deviation, by=reply)


class SilentVerdict(Verdict):
    """Decides nothing by the document alone, for requests that their caller knows more about."""

    def observe(self, *_: object, **__: object) -> None:
        """Do nothing."""


def _exchanges(by: Reply | Exchange | tuple[Reply, ...]) -> tuple[Exchange, ...]:
    if isinstance(by, Exchange):
        return (by,)
    return tuple(reply.exchange for reply in (by if isinstance(by, tuple) else (by,)))
