"""What a test declares: the rules it decides, what that costs at worst, and what it needs."""

from dataclasses import dataclass
from typing import Any, Literal

import pytest

from contract_tests.runner.target import Target

Profile = Literal["free", "quick", "full"]
Way = Literal["any", "control", "black-box"]
PROFILES: tuple[Profile, ...] = ("free", "quick", "full")
MOST_CREDITS = {"free": 0, "quick": 3, "full": 40}
MARK = "decides"


@dataclass(frozen=True)
class Decides:
    """Declared by `@decides(…)`.

    credits: the most the test can cost, and the most images of the day it can make, also on a service that accepts what
    it should refuse; where `figure_of` names a role, what the target says of it comes on top.
    seconds: how long it takes at most, as a rule. roles: the accounts it needs.
    spares: a role whose account has nothing to spend; with it in the target the test costs nothing.
    quick: whether the profile quick has it. first: whether it finds out what an image costs, before dearer tests.
    way: `control` where the test sets states or moves time by the control API of the mock, `black-box` where another
    test does the same better with that API.
    """

    rules: tuple[str, ...]
    credits: int = 0
    seconds: float = 1
    roles: tuple[str, ...] = ("primary",)
    spares: str | None = None
    figure_of: str | None = None
    quick: bool = False
    first: bool = False
    way: Way = "any"

    def cost(self, target: Target) -> int:
        if self.spares in target.accounts:
            return 0
        account = target.accounts.get(self.figure_of or "")
        return self.credits + (account.figure if account else 0)

    def in_profile(self, profile: Profile, target: Target) -> bool:
        return profile == "full" or self.cost(target) == 0 or (profile == "quick" and self.quick)

    def fits(self, target: Target) -> bool:
        """Whether the test is for such a target: the clock of a mock decides faster what others are watched for."""
        return self.way != ("black-box" if target.control == "mock" else "control")

    def missing(self, target: Target) -> str | None:
        """Why the target does not allow the test, and what would, if so."""
        if self.way == "control" and target.control == "none":
            return "it takes a mock whose accounts and clocks can be set (control: mock in the target)"
        absent = [role for role in self.roles if role not in target.accounts]
        return f"the target has no account {' and '.join(absent)}: name one under accounts" if absent else None


def decides(*rules: str, **declared: Any) -> pytest.MarkDecorator:
    """Mark a test with the rules that it decides, and with what else `Decides` says of it."""
    return pytest.mark.decides(Decides(rules, **declared))


def declared(item: pytest.Item) -> Decides | None:
    mark = item.get_closest_marker(MARK)
    return mark.args[0] if mark else None
