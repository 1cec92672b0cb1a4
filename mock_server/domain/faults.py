"""The faults that apply to a request: by operation, how many times, after how many requests, how likely."""

from collections.abc import Mapping
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from .world import FaultPlan, World


class SelectedFault(msgspec.Struct, frozen=True):
    """A fault that applies to a request. seed: of its random values."""

    fault: str
    parameters: Mapping[str, Any] = msgspec.field(default_factory=dict)
    seed: str = ""


def select_faults(world: World, operation: str, seed: int) -> tuple[World, tuple[SelectedFault, ...]]:
    """Return the world with the request counted in its fault plans, and the faults that apply to the request."""
    plans, selected = [], []
    for number, plan in enumerate(world.faults):
        # By the number of the request in its world, so that requests of other worlds do not change what is drawn.
        plan_seed = f"{seed}/{world.name}/{number}/{plan.seen}"
        applies = operation in plan.operations and _applies(plan, plan_seed)
        plans.append(_counted(plan, applies) if operation in plan.operations else plan)
        if applies:
            selected.append(SelectedFault(plan.fault, plan.parameters, plan_seed))
    return replace(world, faults=tuple(plans)), tuple(selected)


def _applies(plan: FaultPlan, seed: str) -> bool:
    if plan.seen < plan.after or (plan.times is not None and plan.applied >= plan.times):
        return False
    # With the seed itself, the first number that the fault draws would be this one again.
    return Random(f"{seed}/hits").random() < plan.probability  # noqa: S311


def _counted(plan: FaultPlan, applies: bool) -> FaultPlan:
    return replace(plan, seen=plan.seen + 1, applied=plan.applied + applies)
