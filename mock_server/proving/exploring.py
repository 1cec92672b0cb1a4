"""The search for the smallest readings under which a client that passes does so no longer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .minimising import minimise
from .outcome import Outcome
from .readings import Choice, Plan, Reading, Space
from .results import Json

_DEFAULT: Reading = frozenset()


class UnrepeatableError(Exception):
    """A client does not end alike twice under the same reading, so none explains its end. The message says when."""


@dataclass(frozen=True, slots=True)
class Change:
    """A smallest reading that changes how a client ends, and its end there."""

    reading: Reading
    outcome: Outcome


def explore(run: Callable[[Reading], Outcome], plan: Plan) -> Iterator[Change]:
    """Yield the changes that a plan shows, at most one for each setting; raise UnrepeatableError.

    run: runs the client, which passes under the defaults.
    """
    known: list[frozenset[str]] = []
    for readings in (plan.readings, plan.closer):
        for reading in readings:
            rest = _without(reading, known)
            while rest and not run(rest).passed:
                smallest = _smallest(run, rest)
                yield Change(smallest, _confirmed(run, smallest))
                known.append(frozenset(choice.setting for choice in smallest))
                rest = _without(rest, known)
        if not known:
            return


def described(plan: Plan) -> str:
    """Return a plan in words."""
    left_out = f", {plan.left_out:,} others left out" if plan.left_out else ""
    return f"{plan.mode}, {len(plan.readings)} readings of {plan.settings} settings{left_out}"


def tried(plan: Plan) -> Json:
    """Return a plan as the beginning of what was tried."""
    numbers = {"readings": len(plan.readings), "settings": plan.settings}
    return {
        "mode": plan.mode,
        **numbers,
        **({"left_out": plan.left_out} if plan.left_out else {}),
        "tests": 0,
        "runs": 0,
    }


def finding(space: Space, test: str, name: str, change: Change) -> Json:
    """Return a change as an entry of the results. name: of the test, in the sentence."""
    values = space.values(change.reading)
    choices = sorted(change.reading, key=lambda choice: list(values).index(choice.setting))
    beliefs = " or ".join(f"{choice.belief} ({choice.rule}, {choice.source})" for choice in choices)
    return {
        "test": test,
        "reading": values,
        "rule": ", ".join(dict.fromkeys(choice.rule for choice in choices)),
        "source": ", ".join(dict.fromkeys(choice.source for choice in choices)),
        "outcome": change.outcome.name,
        "default_outcome": "passed",
        "message": change.outcome.message,
        "sentence": f"{name} passes only if {beliefs}",
    }


def _smallest(run: Callable[[Reading], Outcome], reading: Reading) -> Reading:
    def fails(part: Sequence[Choice]) -> bool:
        return not run(frozenset(part)).passed

    return frozenset(minimise(sorted(reading, key=lambda choice: choice.setting), fails))


def _confirmed(run: Callable[[Reading], Outcome], reading: Reading) -> Outcome:
    """Return the outcome under a reading if the defaults still give another one."""
    if not (again := run(_DEFAULT)).passed:
        raise UnrepeatableError(f"it does not pass a second time ({again.name}: {again.message})")
    if (outcome := run(reading)).passed:
        raise UnrepeatableError("it fails and passes under the same reading")
    return outcome


def _without(reading: Reading, known: Sequence[frozenset[str]]) -> Reading:
    """Return a reading without one of the settings of each change that is known."""
    for names in known:
        if names <= {choice.setting for choice in reading}:
            reading = frozenset(choice for choice in reading if choice.setting != min(names))
    return reading
