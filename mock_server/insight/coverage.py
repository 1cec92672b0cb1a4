"""Coverage: which operation, status and rule a client has met, and which never."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.contract import Contract, Rules
from mock_server.domain.entry import PICTURE

from .nearest import PICTURE_PATH

Met = tuple[str, int, str | None]
Tally = Mapping[Met, int]

# Which rules can lead to a status. One of an operation's own leads there only where the rule speaks about it.
_LEADING: Mapping[int, tuple[str, ...]] = {
    401: ("AUTH-401",),
    404: ("NOT-FOUND",),
    405: ("NOT-FOUND",),
    409: ("LOCK-CHECK", "LOCK-ONE"),
    419: ("CREDIT-419",),
    422: ("VALID-422", "I2I-SRC"),
    429: ("DAILY-429",),
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One operation: documented statuses, each with the rules that lead there. operation: "" for what is none."""

    operation: str
    method: str | None
    path: str | None
    statuses: Mapping[int, tuple[str, ...]]

    def possible(self) -> Iterator[Met]:
        for status, rules in self.statuses.items():
            for rule in rules or (None,):
                yield self.operation, status, rule


def coverage(tally: Tally, contract: Contract, rules: Rules) -> dict[str, Any]:
    """Return what was met of all that is documented, and what was met beyond it.

    tally: how often each (operation, status, rule) was met, operation "" for a request that is none. Its 404, 405
    and 413 stand in a row of their own, operation None, with those of any operation that does not document them.
    {"operations": [{"operation", "method", "path", "statuses": [{"status", "met", "rules": [{"id", "met"}]}]}],
    "met", "possible", "never": [{"operation", "status", "rule"}], "undocumented": the same with "met"}.
    """
    rows = tuple(_rows(contract, rules))
    placed = _placed(tally, rows)
    possible = [each for row in rows for each in row.possible()]
    never = [each for each in possible if not _times(placed, *each)]
    beyond = [each for each in placed if not any(each[0] == row.operation and each[1] in row.statuses for row in rows)]
    return {
        "operations": [_operation(row, placed) for row in rows],
        "met": len(possible) - len(never),
        "possible": len(possible),
        "never": [_shown(each) for each in never],
        "undocumented": [{**_shown(each), "met": placed[each]} for each in sorted(beyond, key=str)],
    }


def _shown(met: Met) -> dict[str, Any]:
    operation, status, rule = met
    return {"operation": operation or None, "status": status, "rule": rule}


def _rows(contract: Contract, rules: Rules) -> Iterator[_Row]:
    for each in contract.operations:
        leading = {status: _leading(status, rules, each.id) for status in sorted(each.responses)}
        yield _Row(each.id, each.method, each.path, leading)
    yield _Row(PICTURE, "GET", PICTURE_PATH, {200: (), 404: _leading(404, rules)})
    yield _Row("", None, None, {status: _leading(status, rules) for status in sorted(contract.fallbacks)})


def _leading(status: int, rules: Rules, operation: str | None = None) -> tuple[str, ...]:
    known = [rules.by_id[each] for each in _LEADING.get(status, ()) if each in rules.by_id]
    return tuple(rule.id for rule in known if operation is None or operation in rule.operations)


def _placed(tally: Tally, rows: tuple[_Row, ...]) -> dict[Met, int]:
    """Return the tally with what no operation documents, but every path may answer, under no operation."""
    own, anywhere = {row.operation: row.statuses for row in rows}, rows[-1].statuses
    placed: dict[Met, int] = {}
    for (operation, status, rule), times in tally.items():
        elsewhere = status in anywhere and status not in own.get(operation, {})
        met = ("" if elsewhere else operation, status, rule)
        placed[met] = placed.get(met, 0) + times
    return placed


def _times(placed: Tally, operation: str, status: int, rule: str | None) -> int:
    """Return how often a status was met by a rule; by whatever means where no rule leads there."""
    if rule is not None:
        return placed.get((operation, status, rule), 0)
    return sum(times for (name, code, _), times in placed.items() if (name, code) == (operation, status))


def _operation(row: _Row, placed: Tally) -> dict[str, Any]:
    return {
        "operation": row.operation or None,
        "method": row.method,
        "path": row.path,
        "statuses": [
            {
                "status": status,
                "met": _times(placed, row.operation, status, None),
                "rules": [{"id": rule, "met": _times(placed, row.operation, status, rule)} for rule in rules],
            }
            for status, rules in row.statuses.items()
        ],
    }
