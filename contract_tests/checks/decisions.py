"""The declaration of a test: the rules it decides, its worst-case cost, and what it needs."""

from dataclasses import dataclass
from typing import Any, Literal

import pytest

from contract_tests.runner.target import Target

Profile = Literal["free", "quick", "full"]
Mode = Literal["any", "control", "black-box"]
PROFILES: tuple[Profile, ...] = ("free", "quick", "full")
MAX_CREDITS = {"free": 0, "quick": 3, "full": 40}
MARK = "decides"
# The beginnings of rules that do not apply to a sandbox account [SANDBOX].
_NOT_IN_A_SANDBOX = ("CREDIT-", "DAILY-")


@dataclass(frozen=True)
class Decides:
    """Declared by `@decides(…)`.

    credits: the most credits and images that the test can cost, also on a service that accepts what it should refuse.
    cost_from_role: a role whose number in the target file is added to that. seconds: its usual maximum.
    roles: the accounts it needs. free_with_role: a role that is never charged, with which the test costs nothing.
    quick: whether the profile quick includes it. first: whether it runs early, as it reveals the price of an image.
    mode: `control` if the test needs the mock's control API, `black-box` if another test does the same with that API.
    """

    rules: tuple[str, ...]
    credits: int = 0
    seconds: float = 1
    roles: tuple[str, ...] = ("primary",)
    free_with_role: str | None = None
    cost_from_role: str | None = None
    quick: bool = False
    first: bool = False
    mode: Mode = "any"

    def cost(self, target: Target) -> int:
        if self.free_with_role in target.charged:
            return 0
        account = target.accounts.get(self.cost_from_role or "")
        return self.credits + (account.figure if account else 0)

    def in_profile(self, profile: Profile, target: Target) -> bool:
        return profile == "full" or self.cost(target) == 0 or (profile == "quick" and self.quick)

    def fits(self, target: Target) -> bool:
        """Return whether the test is for this kind of target, with or without the mock's control API."""
        return self.mode != ("black-box" if target.control == "mock" else "control")

    def missing(self, target: Target) -> str | None:
        """Return why the target does not allow the test, and what would; None if it does."""
        if self.mode == "control" and target.control == "none":
            return "it needs the control API of the mock (control: mock in the target)"
        absent = [role for role in self.roles if role not in target.accounts]
        if absent:
            return f"the target has no account {' and '.join(absent)}: name one under accounts"
        if sandboxes := self.sandboxes(target):
            return f"the account {' and '.join(sandboxes)} is a sandbox, where nothing is charged and no limit applies"
        return None

    def sandboxes(self, target: Target) -> list[str]:
        """Return the roles whose accounts are sandboxes, if the test needs others."""
        found = [role for role in self.roles if role in target.accounts and target.accounts[role].sandbox]
        return found if any(rule.startswith(_NOT_IN_A_SANDBOX) for rule in self.rules) else []


def decides(*rules: str, **declared: Any) -> pytest.MarkDecorator:
    """Mark a test with the rules that it decides and the other fields of `Decides`."""
    return pytest.mark.decides(Decides(rules, **declared))


def declared(item: pytest.Item) -> Decides | None:
    mark = item.get_closest_marker(MARK)
    return mark.args[0] if mark else None
