"""A measurement: the evidence of the exchanges of a run, and the readings that it leaves."""

from dataclasses import dataclass, field

from contract_tests.calibration.choice import Experiment
from contract_tests.calibration.evidence import ENOUGH, Evidence, Numbering, whole_space
from contract_tests.calibration.experiments import experiments
from contract_tests.calibration.readings import Remaining
from contract_tests.recordings.sanitiser import Sanitiser
from contract_tests.recordings.stand_ins import StandIns
from contract_tests.runner.run import Run
from contract_tests.runner.target import Account

_ABOUT_LIMITS = frozenset({"empty", "low", "limited", "almost_limited"})


@dataclass(frozen=True)
class Step:
    """An experiment that was conducted. credits: those spent by it; trouble: why it showed less than it might."""

    experiment: Experiment
    credits: int
    trouble: str = ""


def _unlimited(account: Account) -> bool:
    """Return whether an account is a sandbox, so that it has no use for a role that is about a limit [SANDBOX]."""
    return account.sandbox and account.role in _ABOUT_LIMITS


@dataclass
class Measurement:
    """The evidence of a run from now on."""

    run: Run
    steps: list[Step] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        accounts = {role: each for role, each in self.run.target.accounts.items() if not _unlimited(each)}
        addresses = (self.run.target.base_url, self.run.target.uploads)
        self.sanitiser = Sanitiser(self.run.masker, StandIns(self.run.settings.seed), addresses)
        self.evidence = Evidence(self.run, Numbering(self.run))
        self.experiments = experiments({role: each.figure for role, each in accounts.items()})
        questions = [question for each in self.experiments for question in (*each.questions, *each.incidental)]
        names = {name for question in questions for name in question.settings}
        self.space = whole_space(names)

    @property
    def remaining(self) -> Remaining:
        """The readings that all outcomes leave."""
        return self.evidence.remaining(self.space)

    @property
    def measured(self) -> Remaining:
        """The readings that are left by the outcomes that several exchanges show."""
        return self.evidence.remaining(self.space, ENOUGH)
