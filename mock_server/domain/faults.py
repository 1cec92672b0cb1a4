"""When a fault strikes: which requests it is meant for, how often, after how many, how likely."""

from collections.abc import Mapping
from random import Random
from typing import Any

import msgspec
from msgspec.structs import replace

from .world import FaultPlan, World

_FOREVER = float("inf")


class Strike(msgspec.Struct, frozen=True):
    """A fault that strikes a request. chance: seed of whatever is random about it."""

    fault: str
    parameters: Mapping[str, Any] = msgspec.field(default_factory=dict)
    chance: str = ""


def strikes(world: World, operation: str, seed: int) -> tuple[World, tuple[Strike, ...]]:
    """Return the faults that strike the next request for an operation, and the world that has counted it."""
    plans, struck = [], []
    for number, plan in enumerate(world.faults):
        chance = f"{seed}/{world.name}/{number}/{plan.seen}"
        hit = operation in plan.operations and _hits(plan, chance)
        plans.append(_counted(plan, hit) if operation in plan.operations else plan)
        if hit:
            struck.append(Strike(plan.fault, plan.parameters, chance))
    return replace(world, faults=tuple(plans)), tuple(struck)


def _hits(plan: FaultPlan, chance: str) -> bool:
    left = _FOREVER if plan.times is None else plan.times - plan.struck
    return plan.seen >= plan.after and left > 0 and Random(f"{chance}/hits").random() < plan.probability  # noqa: S311


def _counted(plan: FaultPlan, hit: bool) -> FaultPlan:
    return replace(plan, seen=plan.seen + 1, struck=plan.struck + hit)
