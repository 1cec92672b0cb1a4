"""What a run left out, why, and what would let it in."""

from collections.abc import Iterator
from dataclasses import dataclass

from contract_tests.checks.decisions import PROFILES
from contract_tests.runner.plan import Entry
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings


@dataclass(frozen=True)
class LeftOut:
    test: str
    rules: tuple[str, ...]
    reason: str
    remedy: str


def left_out(run: Run) -> Iterator[LeftOut]:
    """The tests that were not planned, then those that were planned and skipped."""
    plan = run.events.plan
    if plan is None:
        return
    for entry in plan.skipped:
        yield LeftOut(entry.name, entry.decides.rules, entry.reason or "", _remedy(entry, run.settings))
    planned = {entry.name: entry for entry in plan.selected}
    for event in run.events.ended:
        if event.outcome == "skipped" and event.test in planned:
            yield LeftOut(event.test, planned[event.test].decides.rules, event.reason, "")


def _remedy(entry: Entry, settings: Settings) -> str:
    absent = [role for role in entry.decides.roles if role not in settings.target.accounts]
    if absent:
        return f"{' and '.join(absent)} under accounts: of the target file"
    fits = [profile for profile in PROFILES if entry.decides.in_profile(profile, settings.target)]
    return f"--profile {fits[0]}" if fits and settings.profile not in fits else ""
