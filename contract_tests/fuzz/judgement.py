"""Checks the reply to a generated request, and records what a campaign found."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import MappingProxyType

from contract_tests.client.call import Reply
from contract_tests.oracle.contract import Contract
from contract_tests.oracle.engines import Fields
from contract_tests.oracle.facts import ACCOUNT_REFUSALS
from contract_tests.oracle.kinds import Kind
from contract_tests.oracle.oracle import Deviation
from contract_tests.oracle.replies import made, own_limit

Cause = tuple[str, str, int]  # rule, operation, status
# These may precede the check of the parameters, and say nothing about them [ORDER].
NOT_EXAMINED = ACCOUNT_REFUSALS | {401}
# Statuses of a firewall or web server, which see unusual data before the service does.
_GUARDS = frozenset({403, 406, 413, 414, 431})
_UNREADABLE = frozenset({400, 415})
_SERVED = range(200, 300)


def judge(
    contract: Contract, operation: str, kind: Kind, reply: Reply, fields: Fields = MappingProxyType({})
) -> Iterator[Deviation]:
    """Yield what a reply contradicts, given the kind of its request. fields: those of a documented request."""
    if kind is Kind.UNLISTED:
        yield from _of_unlisted_method(reply)
    elif kind is Kind.UNAUTHENTICATED:
        yield from _of_unauthenticated(contract, operation, reply)
    elif kind is Kind.DOCUMENTED and _refused_as_invalid(reply) and not own_limit(fields, reply):
        yield Deviation(
            "SHAPE", "a documented request is served, or refused for the state of the account", _status(reply)
        )
    elif not _tolerable(kind, reply.status):
        yield from contract.deviations(operation, reply, invalid=kind.wrong)
        yield from _of_accepted(kind, reply)


def _of_unlisted_method(reply: Reply) -> Iterator[Deviation]:
    """Yield what contradicts NOT-FOUND; any refusal is fine."""
    # An OPTIONS may be answered for CORS, by the service or by a web server.
    served = reply.status in _SERVED and reply.exchange.method != "OPTIONS"
    if served or reply.status == 500:
        yield Deviation("NOT-FOUND", "405 for a method that is not listed", _status(reply))
    elif reply.status == 405 and not reply.headers.get("allow"):
        yield Deviation("NOT-FOUND", "405 with an Allow header", "405 without it")


def _of_unauthenticated(contract: Contract, operation: str, reply: Reply) -> Iterator[Deviation]:
    if reply.status in _SERVED:
        yield Deviation("AUTH", "no service without a valid token", _status(reply))
    else:
        yield from contract.deviations(operation, reply, authorized=False)


def _of_accepted(kind: Kind, reply: Reply) -> Iterator[Deviation]:
    if not made(reply):
        return
    if kind is Kind.WITHOUT_SOURCE:
        yield Deviation("I2I-SRC", "a refusal where image_src is missing", _status(reply))
    elif kind in {Kind.INVALID, Kind.UNREADABLE}:
        yield Deviation("VALID-422", f"422 for a request that is {kind}", _status(reply))


def _refused_as_invalid(reply: Reply) -> bool:
    """Return whether the reply calls the request invalid."""
    return 400 <= reply.status < 500 and reply.status not in NOT_EXAMINED


def _tolerable(kind: Kind, status: int) -> bool:
    """Return whether web servers differ in this refusal, so that it proves nothing."""
    if kind in {Kind.OPEN, Kind.UNREADABLE}:
        return status in _GUARDS | _UNREADABLE
    return kind in {Kind.INVALID, Kind.WITHOUT_SOURCE} and status in _GUARDS


def _status(reply: Reply) -> str:
    return f"status {reply.status}"


@dataclass
class Record:
    """The responses to requests of each kind, and the shortest request for each cause of a deviation.

    failed: those that were answered 200 with `status: error`, which says nothing about the request [STATUS-ERROR].
    """

    answers: Counter[tuple[Kind, int]] = field(default_factory=Counter)
    failed: Counter[Kind] = field(default_factory=Counter)
    broken: dict[Cause, tuple[Deviation, Reply]] = field(default_factory=dict)

    def count(self, kind: Kind, reply: Reply) -> None:
        if reply.status in _SERVED and not made(reply):
            self.failed[kind] += 1
        else:
            self.answers[kind, reply.status] += 1

    def note(self, cause: Cause, deviation: Deviation, reply: Reply) -> None:
        known = self.broken.get(cause)
        if known is None or len(reply.exchange.curl) < len(known[1].exchange.curl):
            self.broken[cause] = deviation, reply

    @property
    def rules(self) -> set[str]:
        """The rules that a reply contradicted."""
        return {rule for rule, _, _ in self.broken}

    def answered(self, *kinds: Kind, but: frozenset[int] = frozenset()) -> int:
        """Return how many requests of these kinds got a status that is not in `but`."""
        return sum(count for (kind, status), count in self.answers.items() if kind in kinds and status not in but)

    def __str__(self) -> str:
        answers = [f"{count} {kind}: {status}" for (kind, status), count in sorted(self.answers.items())]
        failed = [f"{count} {kind}: 200 with status error" for kind, count in sorted(self.failed.items())]
        return ", ".join(answers + failed)
