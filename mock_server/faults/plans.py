"""Faults as they are switched on: what a file or a call says, as plans that a world can keep."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mock_server.contract import Contract
from mock_server.domain.entry import PICTURE
from mock_server.domain.world import FaultPlan

from .base import Fault, FaultError, Target
from .registry import check, make_fault

MOST = 100
_Count = Annotated[int, Meta(ge=0, le=2**31)]


class _Binding(msgspec.Struct):
    """What binds a fault to requests; all else that is said are its parameters."""

    fault: str
    operation: str | None = None
    times: _Count | None = None
    after: _Count = 0
    probability: Annotated[float, Meta(ge=0, le=1)] = 1


def make_plans(told: Sequence[Mapping[str, Any]], contract: Contract) -> tuple[FaultPlan, ...]:
    """Return the plans for a list of {"fault", "operation", "times", "after", "probability", parameters}.

    Raise FaultError, which names the place in the list.
    """
    if len(told) > MOST:
        raise FaultError(f"{len(told)} faults are too many: at most {MOST} can be on at once")
    return tuple(_placed(number, each, contract) for number, each in enumerate(told))


def show_plan(plan: FaultPlan) -> dict[str, Any]:
    """Return a plan as it was told, with how many requests it has seen and struck."""
    return {
        "fault": plan.fault,
        "operation": plan.operations[0] if len(plan.operations) == 1 else None,
        "times": plan.times,
        "after": plan.after,
        "probability": plan.probability,
        **plan.parameters,
        "seen": plan.seen,
        "struck": plan.struck,
    }


def _placed(number: int, told: Mapping[str, Any], contract: Contract) -> FaultPlan:
    try:
        return _plan(told, contract)
    except (FaultError, msgspec.ValidationError) as error:
        raise FaultError(f"fault {number}: {error}") from error


def _plan(told: Mapping[str, Any], contract: Contract) -> FaultPlan:
    binding = msgspec.convert(told, _Binding)
    parameters = {name: value for name, value in told.items() if name not in _Binding.__struct_fields__}
    fault = make_fault(binding.fault, parameters)
    operations = (_operation(binding.operation, contract),) if binding.operation else _meant(fault, contract)
    for operation in operations if binding.operation else ():
        check(fault, Target(contract, operation))
    return FaultPlan(binding.fault, operations, parameters, binding.times, binding.after, binding.probability)


def _meant(fault: Fault, contract: Contract) -> tuple[str, ...]:
    """Return all that a fault can strike, pictures only where it is about them; raise FaultError where that is none."""
    operations = fault.operations or tuple(each.id for each in contract.operations)
    meant = tuple(each for each in operations if _can_strike(fault, Target(contract, each)))
    if not meant:
        check(fault, Target(contract, operations[0]))
    return meant


def _can_strike(fault: Fault, target: Target) -> bool:
    try:
        check(fault, target)
    except FaultError:
        return False
    return True


def _operation(name: str, contract: Contract) -> str:
    """Return the id of the operation that is named by its id or by the last word of its path."""
    names = {each.path.rpartition("/")[2]: each.id for each in contract.operations} | {"uploads": PICTURE}
    ids = {*names.values()}
    if name not in ids and name not in names:
        raise FaultError(f"there is no operation {name!r}: there are {', '.join(sorted(ids))}")
    return names.get(name, name)
