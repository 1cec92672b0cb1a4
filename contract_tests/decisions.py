"""What a test declares: the rules it decides, what that costs at worst, and what it needs."""

from dataclasses import dataclass
from typing import Literal

import pytest

from contract_tests.targets import Target

Profile = Literal["free", "quick", "full"]
PROFILES: tuple[Profile, ...] = ("free", "quick", "full")
MOST_CREDITS = {"free": 0, "quick": 3, "full": 40}
MARK = "decides"


@dataclass(frozen=True)
class Decides:
    """Declared by `@decides(…)`.

    `credits` is the most the test can cost, also on a service that accepts what it should refuse; where `figure_of`
    names a role, what the target says of it comes on top. `spares` names a role whose account has nothing to spend:
    with it in the target, the test costs nothing.
    """

    rules: tuple[str, ...]
    credits: int = 0
    seconds: float = 1
    roles: tuple[str, ...] = ("primary",)
    spares: str | None = None
    figure_of: str | None = None
    quick: bool = False

    def cost(self, target: Target) -> int:
        if self.spares in target.accounts:
            return 0
        account = target.accounts.get(self.figure_of or "")
        return self.credits + (account.figure if account else 0)

    def in_profile(self, profile: Profile, target: Target) -> bool:
        return profile == "full" or self.cost(target) == 0 or (profile == "quick" and self.quick)

    def missing(self, target: Target) -> str | None:
        """Why the target does not allow the test, if so."""
        absent = [role for role in self.roles if role not in target.accounts]
        return f"the target has no account {' and '.join(absent)}" if absent else None


def decides(
    *rules: str,
    credits: int = 0,  # noqa: A002  the word of the domain
    seconds: float = 1,
    roles: tuple[str, ...] = ("primary",),
    spares: str | None = None,
    figure_of: str | None = None,
    quick: bool = False,
) -> pytest.MarkDecorator:
    """Mark a test with the rules that it decides."""
    return pytest.mark.decides(
        Decides(rules, credits, seconds, roles=roles, spares=spares, figure_of=figure_of, quick=quick)
    )


def declared(item: pytest.Item) -> Decides | None:
    mark = item.get_closest_marker(MARK)
    return mark.args[0] if mark else None
