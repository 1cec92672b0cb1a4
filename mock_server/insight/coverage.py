"""Coverage: the operations, statuses and rules that a client has met, and those it never met."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.contract import Contract, Rules
from mock_server.domain.entry import PICTURE
from mock_server.domain.refusals import REFUSALS

from .nearest import PICTURE_PATH

Met = tuple[str, int, str | None]
Tally = Mapping[Met, int]


@dataclass(frozen=True, slots=True)
class _Row:
    """One operation. statuses: the documented ones, each with the rules that lead to it; operation: "" for none."""

    operation: str
    method: str | None
    path: str | None
    statuses: Mapping[int, tuple[str, ...]]

    def possible(self) -> Iterator[Met]:
        for status, rules in self.statuses.items():
            for rule in rules or (None,):
                yield self.operation, status, rule


def coverage(tally: Tally, contract: Contract, rules: Rules) -> dict[str, Any]:
    """Return the documented replies that were met, and the other replies that were met.

    tally: how often each (operation, status, rule) was met, operation "" for a request to no operation. Its 404, 405
    and 413 have a row of their own, operation None, with those of any operation that does not document them.
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
    """Return the rules that lead to a status of an operation, or of any path: those that concern all operations."""
    refusing = dict.fromkeys(kind.rule for kind in REFUSALS.values() if kind.status == status and kind.rule)
    known = [rules.by_id[each] for each in refusing if each in rules.by_id]
    concerned = {operation} if operation else {each for rule in rules.by_id.values() for each in rule.operations}
    return tuple(rule.id for rule in known if concerned <= {*rule.operations})


def _placed(tally: Tally, rows: tuple[_Row, ...]) -> dict[Met, int]:
    """Return the tally, with the replies that every path may give moved to no operation."""
    # The last row is that of no operation.
    own, anywhere = {row.operation: row.statuses for row in rows}, rows[-1].statuses
    placed: dict[Met, int] = {}
    for (operation, status, rule), times in tally.items():
        elsewhere = status in anywhere and status not in own.get(operation, {})
        met = ("" if elsewhere else operation, status, rule)
        placed[met] = placed.get(met, 0) + times
    return placed


def _times(placed: Tally, operation: str, status: int, rule: str | None) -> int:
    """Return how often a status was met by a rule; by any cause if `rule` is None."""
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
