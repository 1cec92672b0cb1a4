"""What a run was asked to do."""

from dataclasses import dataclass
from pathlib import Path

from contract_tests.checks.decisions import MOST_CREDITS, Profile
from contract_tests.errors import UsageError
from contract_tests.oracle.rules import Rule, load_rules
from contract_tests.runner.baseline import NO_BASELINE, Baseline
from contract_tests.runner.target import Target


@dataclass(frozen=True)
class Settings:
    """`command` is what repeats the run."""

    target: Target
    profile: Profile = "full"
    seed: int = 0
    only: tuple[str, ...] = ()
    max_credits: int | None = None
    report: Path | None = None
    strict: bool = False
    baseline: Baseline = NO_BASELINE
    command: str = "aiimage-conform run"

    @property
    def cap(self) -> int:
        """The most that may be spent, whatever the tests ask for."""
        caps = [self.target.budget.credits, self.max_credits, MOST_CREDITS[self.profile]]
        return min(cap for cap in caps if cap is not None)

    @property
    def rules(self) -> dict[str, Rule]:
        """The rules asked for, in the order of the file."""
        return {id_: rule for id_, rule in load_rules().items() if not self.only or id_ in self.only}


def parse_only(text: str | None) -> tuple[str, ...]:
    """The rule ids of `--only`, each of them known."""
    ids = tuple(part.strip().upper() for part in (text or "").split(",") if part.strip())
    unknown = [id_ for id_ in ids if id_ not in load_rules()]
    if unknown:
        raise UsageError(f"--only: no rule is called {', '.join(unknown)}; the rules are {', '.join(load_rules())}.")
    if text is not None and not ids:
        raise UsageError(f"--only: takes rule ids, separated by commas; the rules are {', '.join(load_rules())}.")
    return ids
