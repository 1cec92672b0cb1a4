"""Fault plans: from JSON, as in a file or a call, to plans that a world keeps, and back."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mock_server.contract import Contract
from mock_server.domain.entry import PICTURE
from mock_server.domain.world import FaultPlan

from .base import Fault, FaultError, Target, parameters_of
from .registry import check_target, make_fault

MAX_FAULTS = 100
_Count = Annotated[int, Meta(ge=0, le=2**31, description=f"an integer from 0 to {2**31}")]


class _Binding(msgspec.Struct):
    """The keys that select requests. All other keys are parameters of the fault."""

    fault: Annotated[str, Meta(description="the name of a fault")]
    operation: Annotated[str, Meta(description="the id of an operation")] | None = None
    times: _Count | None = None
    after: _Count = 0
    probability: Annotated[float, Meta(ge=0, le=1, description="a number from 0 to 1")] = 1


def make_plans(entries: Sequence[Mapping[str, Any]], contract: Contract) -> tuple[FaultPlan, ...]:
    """Return the plans for a list of {"fault", "operation", "times", "after", "probability", parameters}.

    Raise FaultError, which names the place in the list.
    """
    if len(entries) > MAX_FAULTS:
        raise FaultError(f"{len(entries)} faults are too many: at most {MAX_FAULTS} can be on at once")
    return tuple(_numbered_plan(number, entry, contract) for number, entry in enumerate(entries))


def show_plan(plan: FaultPlan) -> dict[str, Any]:
    """Return a plan as JSON, with the number of requests that it has seen and been applied to."""
    return {
        "id": plan.id,
        "fault": plan.fault,
        "operation": plan.operations[0] if len(plan.operations) == 1 else None,
        "times": plan.times,
        "after": plan.after,
        "probability": plan.probability,
        **plan.parameters,
        "seen": plan.seen,
        "applied": plan.applied,
    }


def _numbered_plan(number: int, entry: Mapping[str, Any], contract: Contract) -> FaultPlan:
    try:
        return _plan(number + 1, entry, contract)
    except FaultError as error:
        raise FaultError(f"fault {number}: {error}") from error


def _plan(number: int, entry: Mapping[str, Any], contract: Contract) -> FaultPlan:
    binding = _binding(entry)
    parameters = {name: value for name, value in entry.items() if name not in _Binding.__struct_fields__}
    fault = make_fault(binding.fault, parameters)
    if binding.operation:
        operations: tuple[str, ...] = (_operation(binding.operation, contract),)
        check_target(fault, Target(contract, operations[0]))
    else:
        operations = _default_operations(fault, contract)
    conditions = (binding.times, binding.after, binding.probability)
    return FaultPlan(binding.fault, operations, parameters, *conditions, id=number)


def _binding(entry: Mapping[str, Any]) -> _Binding:
    known = parameters_of(_Binding)
    if "fault" not in entry:
        raise FaultError(f"fault is missing; it takes {known['fault'].takes}")
    return _Binding(**{name: key.read(entry[name], strict=True) for name, key in known.items() if name in entry})


def _default_operations(fault: Fault, contract: Contract) -> tuple[str, ...]:
    """Return the operations that a fault applies to if none is named; raise FaultError if there are none."""
    candidates = fault.operations or tuple(each.id for each in contract.operations)
    operations = tuple(each for each in candidates if _applies(fault, Target(contract, each)))
    if not operations:
        check_target(fault, Target(contract, candidates[0]))  # raises, and says why
    return operations


def _applies(fault: Fault, target: Target) -> bool:
    try:
        check_target(fault, target)
    except FaultError:
        return False
    return True


def _operation(name: str, contract: Contract) -> str:
    """Return the id of the operation with that id, or with that last segment of its path; raise FaultError.

    A path parameter is not a name.
    """
    names = {each.path.rpartition("/")[2]: each.id for each in contract.operations} | {"uploads": PICTURE}
    ids = {*names.values()}
    names = {name: each for name, each in names.items() if not name.startswith("{")}
    if name not in ids and name not in names:
        raise FaultError(f"unknown operation {name!r}; known: {', '.join(sorted(ids))}")
    return names.get(name, name)
