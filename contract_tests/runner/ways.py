"""The ways to run a test that the target or the profile does not allow, each with the cost of the test."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract_tests.checks.decisions import PROFILES, Decides, Profile
from contract_tests.oracle.facts import counted
from contract_tests.runner.target import Target

_MAX_WAYS = 3


@dataclass(frozen=True)
class Way:
    """A change of the target or the profile by which a test can run.

    missing: of the target; profile: the first that includes the test, None if the run's does; credits: the most that
    the test costs, besides those of the account `spent`.
    """

    missing: tuple[str, ...]
    profile: Profile | None
    credits: int
    spent: str
    seconds: float

    def __str__(self) -> str:
        most = f"at most {counted(self.credits, 'credit')}" if self.credits else "no credit"
        cost = f"{most} and those of {self.spent}" if self.spent else most
        changes = (*self.missing, f"--profile {self.profile}") if self.profile else self.missing
        return f"{' and '.join(changes)} ({cost}, {counted(max(1, round(self.seconds)), 'second')})"


def ways(decides: Decides, target: Target, profile: Profile) -> Iterator[Way]:
    """Yield the changes each of which lets a test run."""
    yield _way(decides, target, profile, decides.roles)
    payer = decides.free_with_role
    if payer and payer not in target.accounts and not decides.in_profile(profile, target):
        yield _way(decides, target, profile, tuple(dict.fromkeys((*decides.roles, payer))))


def _way(decides: Decides, target: Target, profile: Profile, roles: tuple[str, ...]) -> Way:
    absent = [role for role in roles if role not in target.accounts]
    free = decides.free_with_role in target.charged | set(absent)
    fits = free or decides.in_profile(profile, target)
    return Way(
        tuple(_missing(decides, target, absent)),
        None if fits else next(name for name in PROFILES if decides.in_profile(name, target)),
        0 if free else decides.cost(target),
        decides.cost_from_role if decides.cost_from_role in absent else "",
        decides.seconds,
    )


def _missing(decides: Decides, target: Target, absent: list[str]) -> Iterator[str]:
    if absent:
        yield f"the account{'s' if len(absent) > 1 else ''} {' and '.join(absent)}"
    if sandboxes := decides.sandboxes(target):
        yield f"an account {' and '.join(sandboxes)} that is not a sandbox"
    if decides.mode == "control" and target.control == "none":
        yield "the mock's control API (control: mock)"


def alternatives(found: Iterable[Way]) -> str:
    """Return the cheapest ways as the end of a sentence, at most three: what is missing only once."""
    cheapest: dict[tuple[str, ...], Way] = {}
    for way in sorted(found, key=_price):
        cheapest.setdefault(way.missing, way)
    return ", or ".join(map(str, list(cheapest.values())[:_MAX_WAYS]))


def _price(way: Way) -> tuple[int, bool, int, float]:
    return PROFILES.index(way.profile or "free"), bool(way.spent), way.credits, way.seconds
