"""The exchanges that a budget allows to send again: those that show most for the credits, with what they need."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from contract_tests.comparison.facts import (
    LOCKED,
    NO_CREDITS,
    entries_of,
    holding,
    is_generation,
    over_limit,
    served,
    status_of,
)
from contract_tests.comparison.forms import address_key
from contract_tests.comparison.requests import cost_of, parameters
from contract_tests.oracle.engines import count_field, engine_field
from contract_tests.oracle.facts import counted
from contract_tests.oracle.replies import images_requested
from contract_tests.recordings.model import RecordedExchange

_KINDS = ("type", "quality")


@dataclass
class Unit:
    """Exchanges of which none is of use without the others. cost: at worst, in credits."""

    exchanges: list[RecordedExchange] = field(default_factory=list)

    @property
    def cost(self) -> int:
        return sum(map(cost_of, self.exchanges))

    @property
    def features(self) -> frozenset[Hashable]:
        return frozenset(feature for exchange in self.exchanges for feature in _features(exchange))


@dataclass(frozen=True)
class Selection:
    """The exchanges to send again, and why each of the others is not."""

    chosen: tuple[RecordedExchange, ...]
    left_out: dict[int, str]

    @property
    def cost(self) -> int:
        """The credits that it costs at worst, if the service serves what it refused before."""
        return sum(map(cost_of, self.chosen))

    @property
    def usual_cost(self) -> int:
        """The credits that it costs if the service answers as before."""
        return sum(cost_of(exchange) for exchange in self.chosen if served(exchange))


def select(exchanges: Sequence[RecordedExchange], cap: int) -> Selection:
    """Return the exchanges that are worth most within the cap; those without costs are always among them."""
    units = _units(exchanges)
    free = [unit for unit in units if unit.cost == 0]
    chosen, covered, left = list(free), set().union(*(unit.features for unit in free)), cap
    paid = [unit for unit in units if unit.cost]
    while paid:
        # The first of the best, so that the same recording has the same selection.
        best = max(paid, key=lambda unit: (len(unit.features - covered) / unit.cost, -unit.exchanges[0].number))
        paid.remove(best)
        if best.cost <= left:
            left -= best.cost
            covered |= best.features
            chosen.append(best)
    numbers = {exchange.number for unit in chosen for exchange in unit.exchanges}
    why = f"it does not fit into {counted(cap, 'credit')}"
    return Selection(
        tuple(exchange for exchange in exchanges if exchange.number in numbers),
        {exchange.number: why for exchange in exchanges if exchange.number not in numbers},
    )


def _units(exchanges: Sequence[RecordedExchange]) -> list[Unit]:
    """Return the exchanges in groups that must stay together."""
    unit_of = {exchange.number: Unit([exchange]) for exchange in exchanges}

    def join(one: RecordedExchange, other: RecordedExchange) -> None:
        first, second = unit_of[one.number], unit_of[other.number]
        if first is not second:
            first.exchanges += second.exchanges
            for exchange in second.exchanges:
                unit_of[exchange.number] = first

    for one, other in _needs(exchanges):
        join(one, other)
    units = {id(unit): unit for unit in unit_of.values()}
    for unit in units.values():
        unit.exchanges.sort(key=lambda exchange: exchange.number)
    return sorted(units.values(), key=lambda unit: unit.exchanges[0].number)


def _needs(exchanges: Sequence[RecordedExchange]) -> Iterator[tuple[RecordedExchange, RecordedExchange]]:
    """Yield an exchange with another one that it needs."""
    made_by = {
        address_key(str(entry.get("output"))): exchange
        for exchange in exchanges
        if served(exchange)
        for entry in entries_of(exchange)
    }
    for exchange in exchanges:
        if exchange.operation == "picture":
            maker = made_by.get(address_key(exchange.request.target))
            if maker is not None:
                yield maker, exchange
        if status_of(exchange) == LOCKED:
            yield from ((holder, exchange) for holder in list(holding(exchange, exchanges))[:1])
        if status_of(exchange) == NO_CREDITS or over_limit(exchange):
            # It was refused because of all that the account had made.
            earlier = (each for each in exchanges if each.role == exchange.role and served(each))
            yield from ((each, exchange) for each in earlier if each.sent < exchange.sent)


def _features(exchange: RecordedExchange) -> Iterator[Hashable]:
    """Yield what a reply can show: the operation with its status, and for a generation the kind of request."""
    status = status_of(exchange)
    yield exchange.operation, status, exchange.request.method
    if not is_generation(exchange):
        return
    fields = parameters(exchange.request)
    yield "engine", status, str(fields.get(engine_field()))
    yield from (("kind", status, name, str(fields[name])) for name in _KINDS if name in fields)
    yield "count", status, min(2, images_requested(fields))
    yield "fields", status, tuple(sorted(set(fields) - {count_field()}))
    yield "refused", exchange.role if status >= 400 else ""
