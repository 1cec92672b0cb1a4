"""Drawn servers that are calibrated, and compared with a mock that has their profile."""

import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace as with_values

from contract_tests.calibration.calibration import Calibration
from contract_tests.calibration.profile import profile_text
from contract_tests.client.budget import Budget
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from contract_tests.wrong_servers.drawn.accounts import LOCK_MS
from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.drawn.service import Service
from contract_tests.wrong_servers.drawn.serving import Server
from contract_tests.wrong_servers.drawn.trials import ONE_ROLE, Case, target_of
from contract_tests.wrong_servers.listening import in_thread
from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.pacing import transport_at
from contract_tests.wrong_servers.state import ROLES
from contract_tests.wrong_servers.virtual_time import fast_time
from support.fidelity import Comparison, DrawnSide, compare
from support.fidelity_mock import MockSide

CAPS = {ROLES: 10, ONE_ROLE: 3}
# Where time cannot be virtual.
_FACTOR = 6
# The freedom that no setting of the mock expresses: a failure at random is the same in no two servers.
UNEXPRESSED = ("failed generations",)
_REQUESTS_PER_SECOND = 10
_SEED = 1


class SecondByCall(Pace):
    """A pace whose every reading is a second later, so that no rate of requests is ever too high."""

    def __init__(self) -> None:
        super().__init__()
        self._seconds = 0

    def seconds(self) -> float:
        self._seconds += 1
        return float(self._seconds)

    def wall_ms(self) -> int:
        return int(self._origin * 1000)


@dataclass(frozen=True)
class Calibrated:
    """A calibration with its profile. charged: the credits that the server itself has counted."""

    calibration: Calibration
    profile: str
    charged: int


def calibrate(drawn: Draw, roles: tuple[str, ...]) -> Calibrated:
    """Calibrate a drawn server, in virtual time."""
    with fast_time(_FACTOR) as pace:
        return _calibrate(drawn, roles, pace)


def _calibrate(drawn: Draw, roles: tuple[str, ...], pace: Pace) -> Calibrated:
    server = Server(Service(drawn, pace, control=False))
    with in_thread(server) as address:
        target = target_of(Case(drawn, "black-box", roles, _SEED, _SEED), address)
        limits = with_values(target.budget, requests_per_second=_REQUESTS_PER_SECOND)
        target = replace(target, budget=limits)
        settings = Settings(target, seed=_SEED, max_credits=CAPS[roles])
        budget = Budget(settings.cap)
        transport = transport_at(pace, target, budget)
        run = Run(settings, transport)
        with closing(transport):
            calibration = Calibration(run, show=lambda _: None)
            run.preflight()
            calibration.measure()
        charged = sum(charge.credits for charge in server.service.accounts.charges)
        return Calibrated(calibration, profile_text(calibration, datetime.now(UTC)), charged)


def likeness(drawn: Draw, profile: str, seed: int, sequences: int) -> Comparison:
    """Compare a drawn server with a mock that has a profile."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profile.yaml"
        path.write_text(profile, encoding="utf-8")
        mock = MockSide(path, sandbox=drawn["sandbox"] != "none")
        try:
            side = DrawnSide(Service(drawn, SecondByCall(), control=True))
            # No one sees a shorter one at a service whose every generation outlives its lock.
            takes = drawn["generation time"]
            return compare(side, mock, seed, sequences, takes / 1000 if takes > LOCK_MS else 0)
        finally:
            mock.close()


def expressed(drawn: Draw) -> Draw:
    """Return a draw without the ways that no setting of the mock expresses."""
    return drawn.without(UNEXPRESSED)
