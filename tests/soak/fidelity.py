"""How alike a mock with a measured profile is: `python tests/soak/fidelity.py [--any] [SERVERS] [SEQUENCES]`.

Each drawn server is calibrated twice, within 10 credits with all roles and within 3 with one account. Then it and a
mock with the profile get the same random sequences of calls. One account with credits is never over its daily limit,
without credits or locked forever: its profile is judged by the replies to accounts that are none of these, and the
share of all replies is printed beside it. Without --any, the servers are drawn without failures at random, which no
setting of the mock expresses. A profile that misses is printed with the settings that it leaves open.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import yaml

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from contract_tests.wrong_servers.drawn.drawing import Draw, draw  # noqa: E402
from contract_tests.wrong_servers.drawn.trials import ONE_ROLE  # noqa: E402
from support.calibrated import CAPS, calibrate, expressed, likeness  # noqa: E402
from support.fidelity import Comparison  # noqa: E402

_CAUSES = 6
_ENOUGH = 0.95


@dataclass(frozen=True)
class Trial:
    """One drawn server, calibrated with some roles, and how many sequences it gets."""

    seed: int
    roles: tuple[str, ...]
    sequences: int
    any_way: bool

    @property
    def drawn(self) -> Draw:
        return draw(self.seed) if self.any_way else expressed(draw(self.seed))


@dataclass(frozen=True)
class Result:
    """The comparison after a calibration, what the calibration cost, and the settings that it left open."""

    trial: Trial
    charged: int
    comparison: Comparison
    open: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of the replies that the calibrating accounts could get."""
        one = self.trial.roles == ONE_ROLE
        return self.comparison.share_of_usual_replies if one else self.comparison.share_of_replies

    def line(self) -> str:
        found = self.comparison
        left = "" if self.share >= _ENOUGH else f"; open: {', '.join(self.open)}"
        return (
            f"  {len(self.trial.roles)} roles, {self.charged} credits: {self.share:.1%} alike; "
            f"{found.share_of_replies:.1%} of all {found.replies} replies, {found.share:.1%} of the "
            f"{found.sequences} sequences; {dict(found.causes.most_common(_CAUSES))}{left}"
        )


def conduct(trial: Trial) -> Result:
    found = calibrate(trial.drawn, trial.roles)
    likened = likeness(trial.drawn, found.profile, trial.seed, trial.sequences)
    return Result(trial, found.charged, likened, tuple(yaml.safe_load(found.profile)["measured"]["open"]))


def main(servers: int, sequences: int, first: int, jobs: int, *, any_way: bool) -> None:
    seeds = range(first, first + servers)
    trials = [Trial(seed, roles, sequences, any_way) for seed in seeds for roles in CAPS]
    good = Counter[int]()
    with ProcessPoolExecutor(jobs) as pool:
        for result in _shown(pool.map(conduct, trials)):
            good[len(result.trial.roles)] += result.share >= _ENOUGH
    for roles, cap in CAPS.items():
        print(f"{good[len(roles)]} of {servers} at {_ENOUGH:.0%}: {len(roles)} roles, {cap} credits")


def _shown(results: Iterator[Result]) -> Iterator[Result]:
    seed = None
    for result in results:
        if result.trial.seed != seed:
            seed = result.trial.seed
            print(f"seed {seed}: {result.trial.drawn}")
        print(result.line(), flush=True)
        yield result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("servers", type=int, nargs="?", default=20)
    parser.add_argument("sequences", type=int, nargs="?", default=1000)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--jobs", type=int, default=1, help="how many servers at once")
    parser.add_argument("--any", action="store_true", help="with failures at random too")
    given = parser.parse_args()
    main(given.servers, given.sequences, given.first, given.jobs, any_way=given.any)
